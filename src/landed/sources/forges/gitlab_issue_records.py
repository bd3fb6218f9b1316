"""Records of issues that are incidents or bugs, of lists of the API and of webhooks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from landed.records import FORGES, Incident, IncidentLink, Project
from landed.sources.forges.fields import (
    Node,
    moment,
    optional_moment,
    optional_text,
    text,
    within,
)
from landed.sources.forges.fields import number as identity
from landed.sources.forges.gitlab_fields import label_names
from landed.sources.forges.gitlab_naming import GITLAB, incident_id
from landed.sources.forges.gitlab_reading import reference
from landed.sources.forges.issue_labels import INCIDENT, IssueLabels
from landed.sources.forges.issue_text import incident_links

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


def _severity(item: Node, labels: Iterable[str]) -> str | None:
    """What GitLab knows of an incident's severity, or a label such as `severity::1` says."""
    own = optional_text(item, "severity")
    if own and own.lower() != "unknown":
        return own.lower()
    for label in labels:
        if found := _SEVERITY.fullmatch(label.strip()):
            return found[1].lower()
    return None
