"""Issues that are incidents or bugs, and what is said of their cause and their repair."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from landed.records import FORGES, Incident, IncidentLink, Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    moment,
    optional_moment,
    optional_text,
    text,
    within,
)
from landed.sources.forges.fields import number as identity
from landed.sources.forges.gitlab_client import GitLabClient, NotAllowed, NotThere
from landed.sources.forges.gitlab_fields import (
    label_names,
)
from landed.sources.forges.gitlab_naming import GITLAB, incident_id
from landed.sources.forges.gitlab_reading import number_of, reference
from landed.sources.forges.gitlab_walking import Walk, oldest_first, walk
from landed.sources.forges.issue_labels import INCIDENT, NONE, IssueLabels
from landed.sources.forges.issue_text import incident_links
from landed.sources.forges.rules import Rules

_SEVERITY = re.compile(r"(?:severity|sev)[ ]?[:/=-]{0,2}[ ]?(\w[\w -]{0,40})", re.IGNORECASE)


def incident_of(item: Node, project: Project, labels: IssueLabels) -> Incident:
    """The record of an issue, from a list of the API or a webhook. Raises Unreadable.

    GitLab's own type Incident makes it one whatever its labels are.
    """
    names = label_names(item)
    number = identity(item, "iid")
    own = (optional_text(item, "issue_type") or optional_text(item, "type") or "").lower()
    return Incident(
        repository=FORGES,
        project=project.project,
        incident=incident_id(number),
        number=number,
        kind=INCIDENT if own == "incident" else labels.kind(names),
        title=text(item, "title"),
        severity=_severity(item, names),
        service=None,
        environment=None,
        started_at=moment(item, "created_at"),
        resolved_at=optional_moment(item, "closed_at") if item.get("state") == "closed" else None,
        updated_at=moment(item, "updated_at"),
        source=GITLAB,
    )


def links_of(
    incident: Incident, body: str | None, closed_by: Iterable[Node], project: Project
) -> list[IncidentLink]:
    """What the body of an issue says, and the merge requests that close it."""
    place = (FORGES, project.project, incident.incident)
    links = {
        (kind, target): rule for kind, target, rule in incident_links(body, project=project.name)
    }
    for request in closed_by:
        full = optional_text(within(request, "references"), "full")
        number = request.get("iid")
        if full or isinstance(number, int):
            target = reference(full, project) if full else str(number)
            links["fixed-by-change", target] = "closes"
    return [IncidentLink(*place, kind, target, rule) for (kind, target), rule in links.items()]


def read_issues(
    client: GitLabClient, project: Project, rules: Rules, state: dict[str, Any] | None
) -> Iterator[Page]:
    """Yield incidents and bugs that changed since `state`; see `Forge.read`.

    In a first reading issues that are neither are passed over; later each that changed is told,
    since it may have been one before. With other labels than last time all is read again.
    """
    same = state is not None and state.get("labels") == rules.labels.globs
    walking = Walk.of(state if same else None)
    # Who read with other labels may hold issues that are neither now.
    first = not walking.finished and (state is None or same)
    last = Page()
    path = f"/projects/{number_of(project)}/issues"

    def listed(since: str | None, number: int) -> list[Node]:
        asked = {**oldest_first(since), "scope": "all", "state": "all"}
        return client.page(f"issues of {project.name}", path, asked, number)

    def kept(page: Page) -> Page:
        page.state = {**walking.state(), "labels": rules.labels.globs}
        return page

    for items in walk(listed, walking, last, client.page_size):
        page = _told(client, project, rules, items, first)
        for item in items:
            walking.note(item)
        yield kept(page)
    walking.finished = True
    yield kept(last)


def _told(
    client: GitLabClient, project: Project, rules: Rules, items: Sequence[Node], first: bool
) -> Page:
    page = Page()
    found: list[tuple[Node, Incident]] = []
    for item in items:
        try:
            incident = incident_of(item, project, rules.labels)
        except Unreadable as fault:
            page.fault(fault.kind)
            continue
        if incident.kind != NONE:
            found.append((item, incident))
        elif not first:
            page.records.append(incident)

    def closing(pair: tuple[Node, Incident]) -> list[Node] | None:
        return _closing(client, project, pair[1])

    for (item, incident), requests in client.several(closing, found):
        if requests is None:
            page.fault("withheld")
        page.records.append(incident)
        body = optional_text(item, "description")
        page.records.extend(links_of(incident, body, requests or [], project))
    return page


def _closing(client: GitLabClient, project: Project, incident: Incident) -> list[Node] | None:
    """The merge requests that close an issue; null where GitLab does not tell."""
    if incident.resolved_at is None:
        return []
    path = f"/projects/{number_of(project)}/issues/{incident.number}/closed_by"
    try:
        return list(client.all(f"what closes issue {incident.number} of {project.name}", path))
    except (NotThere, NotAllowed):
        return None


def _severity(item: Node, labels: Iterable[str]) -> str | None:
    """What GitLab knows of an incident's severity, or a label such as `severity::1` says."""
    own = optional_text(item, "severity")
    if own and own.lower() != "unknown":
        return own.lower()
    for label in labels:
        if found := _SEVERITY.fullmatch(label.strip()):
            return found[1].lower()
    return None
