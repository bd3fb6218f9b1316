"""Teams of organisations, and who is in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from landed.errors import TokenRefused
from landed.records import FORGES, TeamMember
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    MISSING_FIELD,
    Node,
    optional_text,
    within,
)
from landed.sources.forges.github_client import GitHubClient
from landed.sources.forges.github_fields import (
    next_cursor,
    nodes,
)
from landed.sources.forges.github_naming import account_of
from landed.sources.forges.github_queries import TEAMS
from landed.sources.forges.github_reading import People, all_of, count_errors, whole


def read_teams(client: GitHubClient, login: str, bots: Collection[str]) -> Iterator[Page]:
    """Yield one page with all team members of an organisation, under the name GitHub gives it.

    Nothing where `login` is a person, or where the token may not see teams: that is a finding.
    """
    page = Page()
    people = People(client.host, bots)
    members: dict[tuple[str, str], TeamMember] = {}
    cursor: str | None = None
    size = 20
    while True:
        try:
            answer = client.graphql(
                f"teams of {login}", TEAMS, {"login": login, "cursor": cursor}, size
            )
        except TokenRefused:
            return
        size = answer.size
        organisation = answer.data.get("organization")
        if not isinstance(organisation, dict):
            return
        name = optional_text(organisation, "login") or login
        count_errors(answer, page)
        if organisation.get("teams") is None:
            return
        listed = whole(client.host, f"teams of {login}", organisation["teams"])
        for team in nodes(listed, page):
            slug = optional_text(team, "slug")
            if slug is None:
                page.fault(MISSING_FIELD)
                continue
            for member in _members(client, team, slug, page):
                person, kind = account_of(optional_text(member, "login"), "User", bots)
                if person is not None:
                    people.note(person, kind, optional_text(member, "name"))
                    members[slug, person] = TeamMember(FORGES, client.host, name, slug, person)
        cursor = next_cursor(listed)
        if cursor is None:
            break
    page.records.extend(members.values())
    people.onto(page)
    if not page.faults:
        page.teams_of.add(name)
    yield page


def _members(client: GitHubClient, team: Node, slug: str, page: Page) -> Iterator[Node]:
    return all_of(client, f"team {slug}", "members", team, within(team, "members"), page)
