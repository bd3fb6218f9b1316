"""Projects and people of groups: every subgroup counts as a team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from landed.records import FORGES, AccountEmail, Project, TeamMember
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    optional_text,
    text,
)
from landed.sources.forges.fields import number as identity
from landed.sources.forges.gitlab_client import GitLabClient, NotAllowed, NotThere
from landed.sources.forges.gitlab_naming import GITLAB
from landed.sources.forges.gitlab_reading import People
from landed.sources.forges.keys import login_of, project_key
from landed.sources.forges.rules import Rules

UNMATCHED = "unmatched"


def project_of(item: Node, host: str, seen_at: datetime) -> Project:
    """The record of a project, from the API. Raises Unreadable."""
    visibility = optional_text(item, "visibility")
    return Project(
        repository=FORGES,
        project=project_key(GITLAB, host, identity(item, "id")),
        forge=GITLAB,
        host=host,
        name=text(item, "path_with_namespace"),
        default_branch=optional_text(item, "default_branch"),
        address=optional_text(item, "http_url_to_repo"),
        private=visibility != "public" if visibility else None,
        archived=item.get("archived") is True,
        state="present",
        seen_at=seen_at,
        belongs_to=None,
        how=UNMATCHED,
    )


def read_projects(
    client: GitLabClient, groups: Sequence[str], names: Sequence[str]
) -> Iterator[Project]:
    """Yield the projects of groups with all their subgroups, and those that are named, each once.

    Raises:
        ProjectGone: at the end, where groups or projects are not there: all others were yielded.
    """
    seen: set[str] = set()
    missing: NotThere | None = None
    for group in groups:
        asked = {"include_subgroups": "true", "with_shared": "false", "order_by": "id"}
        path = f"/groups/{quote(group, safe='')}/projects"
        try:
            for item in client.all(f"group {group}", path, **asked, sort="asc"):
                yield from _once(item, client.host, seen)
        except NotThere as error:
            missing = error
    for name in names:
        try:
            item = client.one(f"project {name}", f"/projects/{quote(name, safe='')}")
        except NotThere as error:
            missing = error
            continue
        yield from _once(item, client.host, seen)
    if missing is not None:
        raise missing


def _once(item: Node, host: str, seen: set[str]) -> Iterator[Project]:
    """Yield a project unless it was yielded before; one that cannot be read is passed over."""
    try:
        project = project_of(item, host, datetime.now(UTC))
    except Unreadable:
        return
    if project.project not in seen:
        seen.add(project.project)
        yield project


def read_teams(client: GitLabClient, groups: Sequence[str], rules: Rules) -> Iterator[Page]:
    """Yield, a page for each group, who is in it and in which of its subgroups.

    A subgroup's name as a team is its path within the group; the group's own members are the team
    that is called as the group. Subgroups whose members this token may not see are counted; the
    group is then not told as complete.
    """
    for group in groups:
        page = Page()
        people = People(client.host, rules.bots)
        path = f"/groups/{quote(group, safe='')}"
        try:
            own = client.one(f"group {group}", path)
            below = list(client.all(f"subgroups of {group}", f"{path}/descendant_groups"))
        except (NotThere, NotAllowed):
            page.fault("withheld")
            yield page
            continue
        told: dict[TeamMember, None] = {}
        for node in [own, *below]:
            for member in _members(client, node, page):
                login = people.user(member)[0]
                if login is not None:
                    team = _team(node, group)
                    told[TeamMember(FORGES, client.host, group, team, login)] = None
                    if email := login_of(optional_text(member, "email")):
                        page.records.append(AccountEmail(FORGES, client.host, login, email))
        page.records = list(dict.fromkeys([*page.records, *told]))
        people.onto(page)
        if not page.faults:
            page.teams_of.add(group)
        yield page


def _members(client: GitLabClient, group: Node, page: Page) -> Iterator[Node]:
    try:
        number = identity(group, "id")
    except Unreadable as fault:
        page.fault(fault.kind)
        return
    try:
        yield from client.all(f"members of group {number}", f"/groups/{number}/members")
    except (NotThere, NotAllowed):
        page.fault("withheld")


def _team(group: Node, organisation: str) -> str:
    full = optional_text(group, "full_path") or str(group.get("path"))
    within = full.lower().removeprefix(organisation.lower()).strip("/")
    return within or full.lower()
