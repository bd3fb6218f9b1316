"""Issues that are incidents or bugs, and what is said of their cause and their repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from landed.records import Incident, Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    optional_text,
)
from landed.sources.forges.gitlab_client import GitLabClient, NotAllowed, NotThere
from landed.sources.forges.gitlab_issue_records import incident_of, links_of
from landed.sources.forges.gitlab_reading import number_of
from landed.sources.forges.gitlab_walking import Walk, oldest_first, walk
from landed.sources.forges.issue_labels import NONE
from landed.sources.forges.rules import Rules


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
