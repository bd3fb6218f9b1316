"""How a change is named, and through which connection it is asked for."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from landed.config import ConnectionSettings
from landed.delivery.connections import Connection
from landed.delivery.one_change import ChangeName, find_connection, known_project, name_change
from landed.delivery.rows import plain_rows
from landed.errors import UsageError
from landed.records import FORGES, Project
from landed.store import Store

SHOP = "github.com/acme/shop"


def connection(name: str, forge: str = "github", **told: tuple[str, ...]) -> Connection:
    settings = ConnectionSettings(forge=forge, token="environment:TOKEN", **told)  # type: ignore[arg-type]
    return Connection(name, settings, configured=True)


@pytest.mark.parametrize(
    ("text", "number", "address"),
    [
        ("12", 12, SHOP),
        ("#12", 12, SHOP),
        ("!12", 12, SHOP),
        ("https://github.com/Other/Shop/pull/3", 3, "github.com/other/shop"),
        ("https://github.com/other/shop/pull/3/files", 3, "github.com/other/shop"),
        ("https://gitlab.com/a/b/c/-/merge_requests/4", 4, "gitlab.com/a/b/c"),
        ("https://gitlab.com/a/b/merge_requests/4", 4, "gitlab.com/a/b"),
    ],
)
def test_a_change_is_named_by_number_or_web_address(text: str, number: int, address: str) -> None:
    found = name_change(text, "git@github.com:Acme/Shop.git")

    assert (found.number, found.addresses) == (number, {address})


def test_a_clone_without_a_remote_leaves_the_project_open() -> None:
    assert name_change("12", None) == ChangeName(12, frozenset())


@pytest.mark.parametrize(
    "text", ["", "shop", "12a", "https://github.com/acme/shop", "https://[", "9" * 30]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="its number or its web address"):
        name_change(text, None)


def test_the_first_connection_that_names_the_project_is_asked() -> None:
    elsewhere = connection("elsewhere", projects=("acme/till",))
    organisation = connection("organisation", organisations=("Acme",))
    project = connection("project", projects=("acme/shop",))
    known = [elsewhere, organisation, project]
    change = name_change("1", SHOP)

    assert find_connection(known, None, change, {}) is organisation
    assert find_connection([elsewhere, project], None, change, {}) is project
    assert find_connection(known, "elsewhere", change, {}) is elsewhere
    assert find_connection([elsewhere], None, change, {}) is None
    gitlab = connection("gitlab", "gitlab", projects=("acme/shop",))
    assert find_connection([gitlab], None, change, {}) is None


def test_a_project_that_only_files_name_does_not_hide_the_forges(tmp_path: Path) -> None:
    def known(key: str, forge: str) -> dict[str, Any]:
        seen = datetime(2026, 1, 1, tzinfo=UTC)
        told = Project(
            FORGES, key, forge, "", "acme/shop", None, None, None, False, "present", seen, "r",
            "remote",
        )  # fmt: skip
        return asdict(told)

    rows = [known("github:github.com:1", "github"), known("named:acme/shop", "named")]
    with Store.open(tmp_path) as store:
        store.merge("project", plain_rows("project", rows), FORGES)
        found = known_project(store, "r", name_change("12", None))

    assert found is not None
    assert found.project == "github:github.com:1"


def test_a_connection_that_is_not_there_is_refused() -> None:
    change = name_change("1", SHOP)

    with pytest.raises(UsageError, match="known are work"):
        find_connection([connection("work")], "home", change, {})
    with pytest.raises(UsageError, match="landed connect"):
        find_connection([], "home", change, {})


def test_a_pipeline_brings_its_own() -> None:
    github = {"GITHUB_REPOSITORY": "acme/shop", "GITHUB_TOKEN": "x"}
    change = name_change("1", SHOP)
    found = find_connection([], None, change, github)
    assert found is not None
    assert (found.settings.forge, found.settings.url) == ("github", None)
    assert (found.settings.projects, found.settings.token) == (
        ("acme/shop",),
        "environment:GITHUB_TOKEN",
    )

    gitlab = {
        "CI_PROJECT_PATH": "acme/shop",
        "CI_SERVER_URL": "https://git.example.com",
        "GITLAB_TOKEN": "x",
        "CI_JOB_TOKEN": "y",
    }
    change = name_change("1", "https://git.example.com/acme/shop.git")
    found = find_connection([], None, change, gitlab)
    assert found is not None
    assert (found.settings.url, found.settings.token) == (
        "https://git.example.com",
        "environment:GITLAB_TOKEN",
    )


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"GITHUB_REPOSITORY": "acme/shop"},
        {"GITHUB_REPOSITORY": "acme/till", "GITHUB_TOKEN": "x"},
        # a job's own token may not read merge requests
        {"CI_PROJECT_PATH": "acme/shop", "CI_JOB_TOKEN": "x"},
    ],
)
def test_a_pipeline_without_a_token_or_of_another_project_brings_none(
    environment: dict[str, str],
) -> None:
    assert find_connection([], None, name_change("1", SHOP), environment) is None
