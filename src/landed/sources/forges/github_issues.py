"""Issues that are incidents or bugs by their labels.

The first pass asks only for issues with such labels. Later ones ask for all that changed since, so
that an issue which lost its label is told as none any more. Issues come in the order of their last
change, so that the time of the last one read is how far a pass got.

The state: `globs`, by which labels were chosen (others: everything is read again, and `before` are
the former ones); `labelled`, how far the first pass got, and `began`, when it began; after it
`since`, how far later ones got.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from landed.records import FORGES, Incident, IncidentLink
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    moment,
    number,
    optional_moment,
    optional_text,
    text,
    within,
)
from landed.sources.forges.github_client import GraphAnswer
from landed.sources.forges.github_fields import (
    next_cursor,
    nodes,
)
from landed.sources.forges.github_naming import GITHUB, incident_id
from landed.sources.forges.github_queries import ISSUES, LABEL_NAMES
from landed.sources.forges.github_reading import Place, count_errors, whole
from landed.sources.forges.issue_labels import NONE, IssueLabels
from landed.sources.forges.issue_text import incident_links
from landed.sources.forges.patience import answered_at

PAGE_SIZE = 50
OVERLAP = timedelta(seconds=5)
"""Clocks of a forge's machines differ a little."""


def read_issues(place: Place, state: dict[str, Any] | None, labels: IssueLabels) -> Iterator[Page]:
    """Yield the incidents and bugs that came or changed since `state`."""
    known = state or {}
    same = known.get("globs") == labels.globs
    if same and known.get("since"):
        yield from _changed(place, known["since"], labels)
        return
    before = known.get("before") if same else known.get("globs")
    chosen = [labels, *([IssueLabels(*before)] if before else [])]
    page = Page()
    names, answer = _label_names(place, chosen, page)
    began = known["began"] if same else (answered_at(answer.headers) - OVERLAP).isoformat()
    if not names:
        page.state = {"globs": labels.globs, "since": began}
        yield page
        return
    filters: dict[str, Any] = {"labels": names, "filter": {}}
    if same and known.get("labelled"):
        filters["filter"] = {"since": known["labelled"]}
    for last, page, over in _pages(place, filters, chosen):
        page.state = {"globs": labels.globs, "since": began}
        if not over:
            page.state = {
                "globs": labels.globs,
                "before": before,
                "began": began,
                "labelled": last,
            }
        yield page


def _changed(place: Place, since: str, labels: IssueLabels) -> Iterator[Page]:
    for last, page, _ in _pages(place, {"filter": {"since": since}}, [labels]):
        page.state = {"globs": labels.globs, "since": last or since}
        yield page


def _label_names(
    place: Place, chosen: Iterable[IssueLabels], page: Page
) -> tuple[list[str], GraphAnswer]:
    """The project's labels that name incidents or bugs by any of `chosen`."""
    names: set[str] = set()
    cursor: str | None = None
    while True:
        repository, answer = place.repository("labels", LABEL_NAMES, {"cursor": cursor}, 100)
        count_errors(answer, page)
        listed = whole(place.client.host, "labels", repository.get("labels"))
        for node in nodes(listed, page):
            name = optional_text(node, "name")
            if name and any(labels.kind([name]) != NONE for labels in chosen):
                names.add(name)
        cursor = next_cursor(listed)
        if cursor is None:
            return sorted(names), answer


def _pages(
    place: Place, filters: dict[str, Any], chosen: list[IssueLabels]
) -> Iterator[tuple[str | None, Page, bool]]:
    """Yield pages, each with the time of its last issue and whether it is the last."""
    cursor: str | None = None
    last: str | None = None
    size = PAGE_SIZE
    while True:
        repository, answer = place.repository("issues", ISSUES, {**filters, "cursor": cursor}, size)
        size = answer.size
        page = Page()
        count_errors(answer, page)
        listed = whole(place.client.host, "issues", repository.get("issues"))
        for node in nodes(listed, page):
            try:
                _put(node, place, chosen, page)
                last = text(node, "updatedAt")
            except Unreadable as fault:
                page.fault(fault.kind)
        cursor = next_cursor(listed)
        yield last, page, cursor is None
        if cursor is None:
            return


def _put(node: Node, place: Place, chosen: list[IssueLabels], page: Page) -> None:
    """Put an issue on the page where its labels say so, or once did."""
    names = [name for label in nodes(within(node, "labels"), page) if (name := _name(label))]
    kind = chosen[0].kind(names)
    if kind == NONE:
        lost = [_name(within(event, "label")) for event in nodes(within(node, "lost"), page)]
        once = [name for name in (*lost, *names) if name]
        if all(labels.kind(once) == NONE for labels in chosen):
            return
    incident = Incident(
        repository=FORGES,
        project=place.project.project,
        incident=incident_id(number(node, "number")),
        number=number(node, "number"),
        kind=kind,
        title=text(node, "title"),
        severity=None,
        service=None,
        environment=None,
        started_at=moment(node, "createdAt"),
        resolved_at=optional_moment(node, "closedAt"),
        updated_at=moment(node, "updatedAt"),
        source=GITHUB,
    )
    page.records.append(incident)
    if kind != NONE:
        page.records.extend(_links(node, place, incident, page))


def _links(node: Node, place: Place, incident: Incident, page: Page) -> Iterator[IncidentLink]:
    """What the body says of cause and repair, and what closed the issue."""
    body = optional_text(node, "body") or ""
    found = {
        (kind, target): rule
        for kind, target, rule in reversed(incident_links(body, project=place.name))
    }
    closing = [within(event, "closer") for event in nodes(within(node, "closing"), page)]
    requests = list(nodes(within(node, "closedByPullRequestsReferences"), page))
    for closer in [*closing, *requests]:
        if oid := optional_text(closer, "oid"):
            found["fixed-by-commit", oid] = "closes"
        elif closer.get("merged") is True:
            found["fixed-by-change", place.target(closer)] = "closes"
    for (kind, target), rule in found.items():
        yield IncidentLink(FORGES, place.project.project, incident.incident, kind, target, rule)


def _name(label: Node) -> str | None:
    return optional_text(label, "name")
