"""Pull requests and issues as GitHub's webhooks spell them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from landed.records import (
    FORGES,
    Change,
    ChangeLabel,
    ChangeReference,
    Incident,
    IncidentLink,
    Project,
    ReviewRequest,
)
from landed.sources.forges.change_signals import signals_of
from landed.sources.forges.contract import ForgeRecord
from landed.sources.forges.fields import (
    Node,
    count,
    moment,
    number,
    optional_moment,
    optional_text,
    text,
    within,
)
from landed.sources.forges.github_naming import GITHUB, incident_id
from landed.sources.forges.issue_labels import NONE
from landed.sources.forges.issue_text import change_references, incident_links
from landed.sources.forges.keys import login_of
from landed.sources.forges.rules import Rules

_TAKEN_AWAY = ("deleted", "transferred")
"""What happens to an issue that is none of this project's any more."""

Who = Callable[[Node], tuple[str | None, str]]
"""Tells name and kind of the account of a user object."""


def change_of(request: Node, project: Project, who: Who) -> Change:
    """The record of a pull request. Raises Unreadable."""
    author, kind = who(within(request, "user"))
    merged = request.get("merged") is True or request.get("merged_at") is not None
    closed = text(request, "state").lower() != "open"
    head, base = within(request, "head"), within(request, "base")
    return Change(
        repository=FORGES,
        project=project.project,
        number=number(request, "number"),
        title=text(request, "title"),
        state="merged" if merged else "closed" if closed else "open",
        draft=request.get("draft") is True,
        author=author,
        author_kind=kind,
        head_ref=text(head, "ref"),
        head_commit=optional_text(head, "sha"),
        fork=within(head, "repo").get("id") != within(base, "repo").get("id"),
        base_ref=text(base, "ref"),
        # Before the merge this names a commit that was only made to try it.
        merge_commit=optional_text(request, "merge_commit_sha") if merged else None,
        opened_at=moment(request, "created_at"),
        merged_at=optional_moment(request, "merged_at"),
        closed_at=optional_moment(request, "closed_at"),
        updated_at=moment(request, "updated_at"),
        merged_by=who(within(request, "merged_by"))[0],
        additions=count(request, "additions"),
        deletions=count(request, "deletions"),
        files=count(request, "changed_files"),
        commits=count(request, "commits"),
    )


def said_by(request: Node, change: Change, project: Project, rules: Rules) -> Iterator[ForgeRecord]:
    """Yield labels, who is asked to review, references and signals of a pull request."""
    place = (FORGES, project.project, change.number)
    labels = label_names(request)
    for label in labels:
        yield ChangeLabel(*place, label)
    asked = dict.fromkeys(_texts(request, "requested_teams", "slug"), True)
    for login in _texts(request, "requested_reviewers", "login"):
        asked.setdefault(login_of(login) or login, False)
    for reviewer, team in asked.items():
        yield ReviewRequest(*place, reviewer, team)
    body = optional_text(request, "body")
    for kind, target in change_references(change.title, body, project=project.name):
        yield ChangeReference(*place, kind, target)
    yield from signals_of(change, body, labels, rules.match_signals)


def incident_of(told: Node, project: Project, rules: Rules) -> Iterator[ForgeRecord]:
    """Yield an issue that is an incident or a bug, or was until now, and its links."""
    issue = within(told, "issue")
    if "pull_request" in issue:
        return
    kind = rules.labels.kind(label_names(issue))
    taken = (
        optional_text(within(told, "label"), "name") if told.get("action") == "unlabeled" else None
    )
    if kind == NONE and (taken is None or rules.labels.kind([taken]) == NONE):
        return
    if told.get("action") in _TAKEN_AWAY:
        kind = NONE
    its_number = number(issue, "number")
    incident = Incident(
        repository=FORGES,
        project=project.project,
        incident=incident_id(its_number),
        number=its_number,
        kind=kind,
        title=text(issue, "title"),
        severity=None,
        service=None,
        environment=None,
        started_at=moment(issue, "created_at"),
        resolved_at=optional_moment(issue, "closed_at"),
        updated_at=moment(issue, "updated_at"),
        source=GITHUB,
    )
    yield incident
    body = optional_text(issue, "body") if kind != NONE else None
    for relation, target, rule in incident_links(body, project=project.name):
        yield IncidentLink(FORGES, project.project, incident.incident, relation, target, rule)


def label_names(node: Node) -> list[str]:
    """Names of labels, each once."""
    return list(dict.fromkeys(_texts(node, "labels", "name")))


def _texts(node: Node, field: str, name: str) -> Iterator[str]:
    listed = node.get(field)
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and (said := optional_text(entry, name)):
            yield said
