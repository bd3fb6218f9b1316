"""Repositories, teams and findings of a connection to GitHub."""

from __future__ import annotations

import pytest
from tests.servers.github_forge import GitHubServer, serving
from tests.servers.github_model import GitHub, Hook, Organisation, Repository
from tests.servers.github_samples import change, only, reader, shop
from tests.servers.kept import Kept

from landed.errors import ProjectGone
from landed.records import Account, Project, TeamMember
from landed.sources.forges.contract import Finding


def acme(**given: object) -> GitHub:
    """An organisation of 120 repositories, and one elsewhere."""
    repositories = [Repository(number, f"acme/r{number}") for number in range(1, 121)]
    return GitHub(
        [*repositories, Repository(500, "other/tool", private=True, archived=True)],
        organisations={"acme": Organisation("acme", {"platform": ["Ana", "ben"], "web": ["ana"]})},
        names={"Ana": "Ana Lovelace"},
        **given,  # type: ignore[arg-type]
    )


def test_all_repositories_of_an_organisation_and_named_ones_come_once() -> None:
    with serving(acme()) as server:
        named = ["other/tool", "acme/r7", "other/unknown"]
        with reader(server, organisations=["acme"], projects=named) as forge:
            projects = list(forge.projects())

    assert [project.name for project in projects] == [
        *(f"acme/r{number}" for number in range(1, 121)),
        "other/tool",
    ]
    tool = projects[-1]
    assert (tool.project, tool.private, tool.archived) == ("github:127.0.0.1:500", True, True)
    assert (tool.default_branch, tool.state, tool.how) == ("main", "present", "unmatched")
    assert tool.address == "https://github.example/other/tool.git"


def test_the_repositories_of_a_person_are_read_like_those_of_an_organisation() -> None:
    with serving(acme()) as server, reader(server, organisations=["other"], projects=[]) as forge:
        assert [project.name for project in forge.projects()] == ["other/tool"]
        assert list(forge.teams()) == []


def test_an_organisation_that_is_not_there_is_said_to_be_so() -> None:
    with (
        serving(acme()) as server,
        reader(server, organisations=["amce"]) as forge,
        pytest.raises(ProjectGone, match="no organisation or user amce"),
    ):
        list(forge.projects())


def renamed(server: GitHubServer) -> Project:
    """The project acme/shop as it was known before it was called acme/store."""
    with reader(server) as forge:
        project = only(forge)
    server.forge.rename(server.forge.repositories[0], "acme/store")
    return project


@pytest.mark.parametrize("noun", ["changes", "checks", "deployments", "releases", "issues"])
def test_a_renamed_repository_is_followed_and_keeps_its_key(noun: str) -> None:
    with serving(shop(change(1))) as server:
        project = renamed(server)
        with reader(server) as forge:
            pages = list(forge.read(project, noun, None))
            assert [only(forge).project, only(forge).name] == [project.project, "acme/store"]

    assert {getattr(row, "project", project.project) for page in pages for row in page.records} <= {
        project.project
    }


def test_a_name_that_another_repository_took_over_is_not_taken_for_the_former_one() -> None:
    with serving(shop(change(1))) as server:
        project = renamed(server)
        server.forge.moved.clear()
        server.forge.repositories.append(Repository(9, "acme/shop", pull_requests=[change(2)]))
        with reader(server) as forge, pytest.raises(ProjectGone, match="acme/shop"):
            list(forge.read(project, "changes", None))


@pytest.mark.parametrize("status", [404, 410, 451])
@pytest.mark.parametrize("noun", ["changes", "checks", "deployments", "releases", "issues"])
def test_a_repository_that_goes_while_it_is_read_is_said_to_be_gone(noun: str, status: int) -> None:
    with serving(shop(change(1))) as server, reader(server) as forge:
        project = only(forge)
        server.forge.remove(server.forge.repositories[0], status)
        with pytest.raises(ProjectGone, match="acme/shop"):
            list(forge.read(project, noun, None))
        assert list(forge.projects()) == []


def test_teams_are_told_with_all_their_members_and_their_names() -> None:
    forge_data = acme()
    forge_data.organisations["acme"].teams |= {f"t{n}": ["cara"] for n in range(30)}
    forge_data.organisations["acme"].teams["everybody"] = [f"user{n}" for n in range(130)]
    with serving(forge_data) as server, reader(server, organisations=["ACME"]) as forge:
        told = Kept()
        pages = list(forge.teams())
        for page in pages:
            told.keep(page)

    assert [page.teams_of for page in pages] == [{"acme"}]
    members = [(row.team, row.login) for row in told.of(TeamMember)]
    assert {row.organisation for row in told.of(TeamMember)} == {"acme"}
    assert len(members) == 2 + 1 + 30 + 130
    assert ("platform", "ana") in members
    names = {row.login: row.name for row in told.of(Account)}
    assert (names["ana"], names["ben"]) == ("Ana Lovelace", None)


def found(forge_data: GitHub, **given: object) -> list[Finding]:
    """What a reader of the first repository of acme finds."""
    with serving(forge_data) as server:
        projects = ["acme/r1"]
        with reader(server, organisations=["acme"], projects=projects, **given) as forge:  # type: ignore[arg-type]
            return forge.findings(list(forge.projects())[:1])


def test_where_all_is_well_nothing_is_found() -> None:
    forge_data = acme()
    forge_data.repositories[0].hooks = [Hook(1, ["push", "pull_request"])]

    assert found(forge_data) == []


def test_a_webhook_of_the_organisation_stands_for_all_its_repositories() -> None:
    forge_data = acme()
    forge_data.organisations["acme"].hooks = [Hook(1, ["*"])]

    assert found(forge_data) == []


@pytest.mark.parametrize("hooks", [[], [Hook(1, ["push"])], [Hook(1, ["*"], active=False)]])
def test_a_project_without_a_webhook_of_use_is_found(hooks: list[Hook]) -> None:
    forge_data = acme()
    forge_data.repositories[0].hooks = hooks

    (finding,) = found(forge_data)

    assert finding.what == "acme/r1 has no webhook that tells of pull requests"
    assert not finding.serious


def test_rights_that_are_missing_are_found() -> None:
    forge_data = acme(hidden={"teams", "hooks", "deployments"}, scopes="")
    forge_data.repositories[0].private = True

    findings = {finding.what: finding.serious for finding in found(forge_data)}

    assert findings == {
        "the token lacks the scope repo: of private repositories nothing can be read": True,
        "the token may not see the teams of acme: figures by team are missing": False,
        "the token may not see the deployments of acme/r1": True,
        "the token may not see the webhooks of acme/r1": False,
    }


def test_teams_that_may_not_be_seen_are_no_error() -> None:
    with (
        serving(acme(hidden={"teams"})) as server,
        reader(server, organisations=["acme"]) as forge,
    ):
        assert list(forge.teams()) == []


def test_a_repository_that_the_connection_names_and_that_is_not_there_is_found() -> None:
    with serving(shop()) as server, reader(server, projects=["acme/shop", "acme/sohp"]) as forge:
        findings = forge.findings(list(forge.projects()))

    assert findings[0].what == "127.0.0.1 shows no repository acme/sohp"
    assert findings[0].serious


def test_few_requests_left_are_found() -> None:
    with serving(shop()) as server, reader(server) as forge:
        server.remaining = 100
        findings = [finding.what for finding in forge.findings(list(forge.projects()))]

    assert [what for what in findings if "requests of this hour" in what] == [
        "95 of 5,000 requests of this hour are left (core)",
        "99 of 5,000 requests of this hour are left (graphql)",
    ]
