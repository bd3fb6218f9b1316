"""Merge requests as records: what they are, what they bring, who looked at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from landed.records import (
    FORGES,
    Change,
    ChangeCommit,
    ChangeLabel,
    ChangeReference,
    Project,
    ReviewRequest,
)
from landed.sources.forges.change_signals import signals_of
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    count,
    moment,
    optional_moment,
    optional_text,
    storable,
    text,
    within,
)
from landed.sources.forges.fields import number as identity
from landed.sources.forges.fields import state as state_of
from landed.sources.forges.gitlab_check_records import check_of
from landed.sources.forges.gitlab_client import GitLabClient, NotAllowed, NotThere
from landed.sources.forges.gitlab_fields import (
    commit_id,
    label_names,
    optional_commit_id,
)
from landed.sources.forges.gitlab_naming import CHANGE_STATES, login_of_address
from landed.sources.forges.gitlab_pipelines import tip_checked
from landed.sources.forges.gitlab_reading import People, number_of, reference
from landed.sources.forges.gitlab_reviews import awaited, discussion
from landed.sources.forges.gitlab_walking import Walk, oldest_first, walk
from landed.sources.forges.issue_text import change_references
from landed.sources.forges.rules import Rules

AT_ONCE = 20
"""So many merge requests stand on one page, with all that belongs to them."""
_SIZES = """
query($project: ID!, $numbers: [String!]) {
  project(fullPath: $project) {
    mergeRequests(iids: $numbers, first: 100) {
      nodes { iid diffStatsSummary { additions deletions fileCount } }
    }
  }
}
"""


@dataclass(slots=True)
class _Parts:
    """What further questions about one merge request told; null parts are not open to us."""

    commits: list[Node] = field(default_factory=list)
    notes: list[Node] = field(default_factory=list)
    closes: list[Node] = field(default_factory=list)
    approvals: Node | None = None
    pipelines: list[tuple[Node, str | None]] = field(default_factory=list)
    gone: bool = False
    withheld: int = 0


def change_of(item: Node, project: Project, people: People, sizes: Node, commits: int) -> Change:
    """The record of a merge request, from a list or a single answer of the API.

    `sizes` is GitLab's summary of its differences, `commits` how many were listed. Raises
    Unreadable.
    """
    author, kind = people.named(item, "author")
    state = state_of(item, "state", CHANGE_STATES)
    merged = state == "merged"
    updated = moment(item, "updated_at")
    merged_at = (optional_moment(item, "merged_at") or updated) if merged else None
    merger = people.named(item, "merge_user")[0] or people.named(item, "merged_by")[0]
    head = optional_commit_id(item, "sha")
    return Change(
        repository=FORGES,
        project=project.project,
        number=identity(item, "iid"),
        title=text(item, "title"),
        state=state,
        draft=(item.get("draft") or item.get("work_in_progress")) is True,
        author=author,
        author_kind=kind,
        head_ref=text(item, "source_branch"),
        head_commit=head,
        fork=item.get("source_project_id") != item.get("target_project_id"),
        base_ref=text(item, "target_branch"),
        merge_commit=landed_as(item) if merged else None,
        opened_at=moment(item, "created_at"),
        merged_at=merged_at,
        closed_at=merged_at or (optional_moment(item, "closed_at") if state == "closed" else None),
        updated_at=updated,
        merged_by=merger if merged else None,
        additions=count(sizes, "additions"),
        deletions=count(sizes, "deletions"),
        files=count(sizes, "fileCount"),
        commits=commits,
    )


def landed_as(item: Node) -> str | None:
    """The commit that a merged request became: the merge, the squash, or its tip (fast-forward)."""
    return (
        optional_commit_id(item, "merge_commit_sha")
        or optional_commit_id(item, "squash_commit_sha")
        or optional_commit_id(item, "sha")
    )


def said_by(item: Node, change: Change, project: Project, rules: Rules) -> Iterator[Any]:
    """Yield labels, signals and references of a merge request, from its list entry or payload."""
    place = (FORGES, project.project, change.number)
    labels = label_names(item)
    for label in labels:
        yield ChangeLabel(*place, label)
    body = optional_text(item, "description")
    yield from signals_of(change, body, labels, rules.match_signals)
    for kind, target in change_references(change.title, body, project=project.name):
        yield ChangeReference(*place, kind, target)


def read_changes(
    client: GitLabClient, project: Project, rules: Rules, state: dict[str, Any] | None
) -> Iterator[Page]:
    """Yield merge requests that changed since `state`, whole; see `Forge.read`."""
    walking = Walk.of(state)
    last = Page()
    path = f"/projects/{number_of(project)}/merge_requests"

    def listed(since: str | None, number: int) -> list[Node]:
        asked = {**oldest_first(since), "scope": "all", "state": "all"}
        return client.page(f"merge requests of {project.name}", path, asked, number)

    for items in walk(listed, walking, last, client.page_size):
        for begin in range(0, len(items), AT_ONCE):
            some = items[begin : begin + AT_ONCE]
            page = whole_changes(client, project, rules, some)
            for item in some:
                walking.note(item)
            page.state = walking.state()
            yield page
    walking.finished = True
    last.state = walking.state()
    yield last


def read_some(
    client: GitLabClient, project: Project, rules: Rules, numbers: Sequence[int]
) -> Iterator[Page]:
    """Yield these merge requests whole, with their checks; those that are gone are left out."""
    path = f"/projects/{number_of(project)}/merge_requests"
    for begin in range(0, len(numbers), AT_ONCE):
        wanted = [str(number) for number in numbers[begin : begin + AT_ONCE]]
        asked = {"iids[]": wanted, "scope": "all", "state": "all"}
        items = client.page(f"merge requests of {project.name}", path, asked)
        yield whole_changes(client, project, rules, items, checks=True)


def whole_changes(
    client: GitLabClient,
    project: Project,
    rules: Rules,
    items: Sequence[Node],
    *,
    checks: bool = False,
) -> Page:
    """Ask for all that belongs to some listed merge requests, and put it on one page."""
    page = Page()
    people = People(project.host, rules.bots)
    sizes = _sizes(client, project, items)

    def ask(item: Node) -> _Parts:
        return _parts(client, project, item, checks)

    for item, parts in client.several(ask, items):
        if parts.withheld:
            page.fault("withheld", parts.withheld)
        if parts.gone:
            page.fault("gone-meanwhile")
            continue
        try:
            size = sizes.get(str(item.get("iid")), {})
            change = change_of(item, project, people, size, len(parts.commits))
        except Unreadable as fault:
            page.fault(fault.kind)
            continue
        page.records.append(change)
        page.records.extend(_whole(item, parts, change, project, rules, people, page))
        page.whole.add(change.number)
    people.onto(page)
    return page


def _whole(
    item: Node,
    parts: _Parts,
    change: Change,
    project: Project,
    rules: Rules,
    people: People,
    page: Page,
) -> Iterator[Any]:
    said = list(said_by(item, change, project, rules))
    yield from said
    known = {record.target for record in said if isinstance(record, ChangeReference)}
    place = (FORGES, project.project, change.number)
    for target in _closed(parts.closes, project):
        if target not in known:
            known.add(target)
            yield ChangeReference(*place, "closes", target)
    # GitLab lists the newest commit first.
    yield from _commits(reversed(parts.commits), change, page)
    told = discussion(change, parts.notes, parts.approvals, people, page)
    yield from told.reviews
    yield from told.comments
    for name in awaited(item, told, people):
        yield ReviewRequest(*place, name, False)
    seen: set[str] = set()
    for pipeline, commit in parts.pipelines:
        try:
            check = check_of(pipeline, change.project, commit)
        except Unreadable as fault:
            page.fault(fault.kind)
            continue
        if check.check_id not in seen:
            seen.add(check.check_id)
            yield check


def _closed(issues: Iterable[Node], project: Project) -> Iterator[str]:
    for issue in issues:
        full = optional_text(within(issue, "references"), "full")
        number = issue.get("iid")
        if full:
            yield reference(full, project)
        elif isinstance(number, int):
            yield str(number)


def _commits(commits: Iterable[Node], change: Change, page: Page) -> Iterator[ChangeCommit]:
    seen: set[str] = set()
    for commit in commits:
        try:
            number = commit_id(commit, "id")
            email = optional_text(commit, "author_email")
            authored = optional_moment(commit, "authored_date")
        except Unreadable as fault:
            page.fault(fault.kind)
            continue
        if number not in seen:
            seen.add(number)
            address = email.lower() if email else None
            yield ChangeCommit(
                *(FORGES, change.project, change.number, number, len(seen) - 1),
                *(login_of_address(address), address, authored),
            )


def _parts(client: GitLabClient, project: Project, item: Node, checks: bool) -> _Parts:
    """Ask for all that belongs to one merge request."""
    parts = _Parts()
    try:
        number = identity(item, "iid")
    except Unreadable:
        return parts
    what = f"merge request {project.name}!{number}"
    path = f"/projects/{number_of(project)}/merge_requests/{number}"
    try:
        parts.commits = list(client.all(f"commits of {what}", f"{path}/commits"))
    except NotThere:
        parts.gone = True
        return parts
    notes = {"sort": "asc", "order_by": "created_at"}
    try:
        parts.notes = list(client.all(f"notes of {what}", f"{path}/notes", **notes))
    except (NotThere, NotAllowed):
        parts.withheld += 1
    try:
        parts.approvals = client.one(f"approvals of {what}", f"{path}/approvals")
    except (NotThere, NotAllowed):
        parts.withheld += 1
    if item.get("state") != "closed":
        try:
            parts.closes = list(client.all(f"issues of {what}", f"{path}/closes_issues"))
        except (NotThere, NotAllowed):
            parts.withheld += 1
    # Pipelines of a fork's branch run in the fork: reading the project's own never meets them.
    if checks or item.get("source_project_id") != item.get("target_project_id"):
        try:
            pipelines = list(client.all(f"pipelines of {what}", f"{path}/pipelines"))
            landed = landed_as(item) if item.get("state") == "merged" else None
            if checks and landed and landed != item.get("sha"):
                listed = f"/projects/{number_of(project)}/pipelines"
                pipelines += client.all(f"pipelines of {what}", listed, sha=landed)
            parts.pipelines = [
                (pipeline, tip_checked(client, project, pipeline)) for pipeline in pipelines
            ]
        except (NotThere, NotAllowed):
            parts.withheld += 1
    return parts


def _sizes(client: GitLabClient, project: Project, items: Sequence[Node]) -> dict[str, Node]:
    """Lines and files of merge requests by number; GraphQL alone tells, where it is open to us."""
    numbers = [str(item.get("iid")) for item in items]
    try:
        data = client.graphql(
            f"sizes of merge requests of {project.name}",
            _SIZES,
            {"project": project.name, "numbers": numbers},
        )
    except (NotThere, NotAllowed):
        return {}
    listed = within(data, "project", "mergeRequests").get("nodes")
    return {
        storable(str(node.get("iid"))): within(node, "diffStatsSummary")
        for node in (listed if isinstance(listed, list) else [])
        if isinstance(node, dict)
    }
