"""What the doctor knows of forges: projects, what was read of them, and what a token may not do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers.github_forge import TOKEN, GitHubServer, serving
from tests.servers.github_samples import shop

from landed.config import ConnectionSettings, Settings
from landed.delivery.reading import read_forges
from landed.reports.forge_connections import find_forges
from landed.store import Store


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubServer]:
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    with serving(shop()) as found:
        yield found


def settings(workspace: Path, server: GitHubServer) -> Settings:
    connection = ConnectionSettings(
        forge="github", url=server.url, projects=("acme/shop",), token="environment:SHOP_TOKEN"
    )
    return Settings(workspace=workspace, connections=(connection,))


def test_a_project_is_told_with_what_was_read_of_it(tmp_path: Path, server: GitHubServer) -> None:
    here = settings(tmp_path, server)
    read_forges(here, lambda: Store.for_settings(here))

    (found,) = find_forges(here, lambda: Store.for_settings(here))

    (project,) = found.projects
    assert project.name == "acme/shop"
    assert project.changes == len(shop().repositories[0].pull_requests)
    assert project.last_read_at is not None
    assert found.unmatched == [project]
    assert found.token == "the environment variable SHOP_TOKEN"
    assert found.error is None
    assert any("webhook" in finding.what for finding in found.findings or ())


def test_a_refused_token_is_told_and_hinders_nothing(
    tmp_path: Path, server: GitHubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = settings(tmp_path, server)
    read_forges(here, lambda: Store.for_settings(here))
    monkeypatch.setenv("SHOP_TOKEN", "ghp_withdrawn")

    (found,) = find_forges(here, lambda: Store.for_settings(here))

    assert found.findings is None
    assert found.error is not None
    assert "token" in found.error
    assert "ghp_withdrawn" not in found.error
    assert [project.name for project in found.projects] == ["acme/shop"]


def test_without_asking_no_question_leaves(tmp_path: Path, server: GitHubServer) -> None:
    here = settings(tmp_path, server)
    read_forges(here, lambda: Store.for_settings(here))
    server.forget()

    (found,) = find_forges(here, lambda: Store.for_settings(here), ask=False)

    assert server.questions() == []
    assert found.findings is None
    assert found.error is None


def test_what_could_not_be_read_stands_with_its_project(
    tmp_path: Path, server: GitHubServer
) -> None:
    here = settings(tmp_path, server)
    read_forges(here, lambda: Store.for_settings(here))
    server.forge.remove(server.forge.repositories[0])
    read = read_forges(here, lambda: Store.for_settings(here))

    (found,) = find_forges(here, lambda: Store.for_settings(here), ask=False)

    told = " ".join(problem for project in found.projects for problem in project.problems)
    assert read.troubles
    assert "acme/shop" in told
