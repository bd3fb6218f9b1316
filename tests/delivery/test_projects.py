"""Which repository each project is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.delivery.scripted import START, change, project, whole

from landed.delivery.addresses import addresses
from landed.delivery.imports import import_deployments
from landed.delivery.projects import place_projects
from landed.delivery.writing import Told, write_pages
from landed.records import FORGES, TABLES
from landed.sources.deployments.files import FileDeployment
from landed.sources.forges.contract import Page
from landed.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "workspace") as opened:
        yield opened


def append(store: Store, table: str, repository: str, **told: Any) -> None:
    """A row of a table of the ledger; what is not told is null, nothing or the beginning."""
    schema = pa.schema([f for f in TABLES[table].schema if f.name != "repository"])
    empty: dict[str, Any] = {}
    for column in schema:
        if column.nullable:
            empty[column.name] = None
        elif pa.types.is_string(column.type):
            empty[column.name] = ""
        elif pa.types.is_timestamp(column.type):
            empty[column.name] = START
        else:
            empty[column.name] = False if pa.types.is_boolean(column.type) else 0
    store.append(table, pa.Table.from_pylist([empty | told], schema=schema), repository)


def clone(
    store: Store, repository: str, remote: str | None, *commits: str, name: str = "", days: int = 0
) -> None:
    """A repository that was read on this machine."""
    at = START + timedelta(days=days)
    append(store, "repository", repository, last_commit_at=at)
    path = f"/srv/{repository}/{remote or name}"
    append(store, "location", repository, path=path, name=name or repository, remote=remote)
    for index, commit in enumerate(commits):
        append(store, "commit", repository, commit=commit, commit_index=index)


def told(store: Store, *records: Any) -> None:
    write_pages(store, [Told(Page(records=list(records)), "github", "github.com")], START)


def found(store: Store) -> list[tuple[str, str | None, str]]:
    rows = store.read("project", FORGES).to_pylist()
    return [(row["name"], row["belongs_to"], row["how"]) for row in rows]


@pytest.mark.parametrize(
    "remote",
    [
        "github.com/acme/shop",
        "github.com:acme/shop",
        "GitHub.com/Acme/Shop",
        "github.com:22/acme/shop",
    ],
)
def test_the_address_tells_however_it_is_spelled(store: Store, remote: str) -> None:
    clone(store, "r1", remote)
    clone(store, "r2", "github.com/acme/other")
    told(store, project(1))

    placed = place_projects(store)

    assert found(store) == [("acme/shop", "r1", "remote")]
    assert (placed.projects, placed.unmatched) == (1, ())


def test_a_project_without_address_is_at_its_host_and_name(store: Store) -> None:
    clone(store, "r1", "github.com/acme/shop")
    told(store, project(1, address=None))

    place_projects(store)

    assert found(store) == [("acme/shop", "r1", "remote")]


def test_an_owner_that_is_a_number_is_no_port() -> None:
    assert "github.com/123/abc" in addresses("github.com:123/abc")
    assert addresses("/srv/git/shop") == set()


def test_an_alias_of_the_host_is_no_address_but_the_commits_tell(store: Store) -> None:
    merged = change("", 7).merge_commit
    clone(store, "r1", "work-github:acme/shop")
    told(store, project(1), change(project(1).project, 7))
    place_projects(store)
    assert found(store) == [("acme/shop", None, "unmatched")]

    append(store, "commit", "r1", commit=merged, commit_index=0)
    place_projects(store)

    assert found(store) == [("acme/shop", "r1", "commits")]


def test_commits_that_several_repositories_know_tell_nothing(store: Store) -> None:
    shared = change("", 7).merge_commit or ""
    clone(store, "r1", None, shared)
    clone(store, "r2", None, shared)
    told(store, project(1), change(project(1).project, 7))

    placed = place_projects(store)

    assert found(store) == [("acme/shop", None, "unmatched")]
    assert placed.unmatched == ("acme/shop",)


def test_commits_of_its_branches_tell_too(store: Store) -> None:
    page = whole(project(1).project, 7)
    commits = [record.commit for record in page.records if hasattr(record, "ordinal")]
    clone(store, "r1", None, commits[0])
    told(store, project(1))
    write_pages(store, [Told(page, "github", "github.com", project(1).project)], START)

    place_projects(store)

    assert found(store) == [("acme/shop", "r1", "commits")]


def test_a_history_begun_anew_at_one_address_is_the_one_that_shares_commits(store: Store) -> None:
    merged = change("", 7).merge_commit or ""
    clone(store, "old", "github.com/acme/shop", merged)
    clone(store, "new", "github.com/acme/shop", days=9)
    told(store, project(1))
    place_projects(store)
    assert found(store) == [("acme/shop", "new", "remote")]

    told(store, change(project(1).project, 7))
    place_projects(store)

    assert found(store) == [("acme/shop", "old", "remote")]


def test_a_rename_at_the_forge_changes_nothing_while_the_commits_are_shared(store: Store) -> None:
    merged = change("", 7).merge_commit or ""
    clone(store, "r1", "github.com/acme/shop", merged)
    told(store, project(1), change(project(1).project, 7))
    place_projects(store)

    told(store, project(1, "acme/store", seen_at=START + timedelta(days=1)))
    place_projects(store)

    assert found(store) == [("acme/store", "r1", "commits")]


def deployment(repository: str, commit: str = "abcdef1") -> FileDeployment:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return FileDeployment(
        commit, True, repository, "production", None, commit, at, at, "success", None, None
    )


@pytest.mark.parametrize(
    ("named", "how"),
    [
        ("git@github.com:acme/shop.git", "remote"),
        ("https://github.com/acme/shop", "remote"),
        ("acme/shop", "configuration"),
        ("Shop", "configuration"),
    ],
)
def test_what_files_name_is_found_by_address_or_name(store: Store, named: str, how: str) -> None:
    clone(store, "r1", "github.com/acme/shop", name="acme/shop")
    clone(store, "r2", "github.com/acme/cart", name="acme/cart")
    import_deployments(store, [deployment(named)], "file.csv", START)

    place_projects(store)

    assert found(store) == [(named, "r1", how)]


def test_a_name_that_only_the_forge_knows_is_found_through_it(store: Store) -> None:
    merged = change("", 7).merge_commit or ""
    clone(store, "r1", None, merged, name="checkout")
    told(store, project(1), change(project(1).project, 7))
    import_deployments(store, [deployment("acme/shop")], "file.csv", START)

    place_projects(store)

    assert [row[1] for row in found(store)] == ["r1", "r1"]


def test_a_name_of_two_repositories_is_found_by_the_commit(store: Store) -> None:
    clone(store, "r1", None, "abcdef1" + "0" * 33, name="shop")
    clone(store, "r2", None, "1" * 40, name="shop")
    import_deployments(store, [deployment("shop")], "file.csv", START)

    place_projects(store)

    assert found(store) == [("shop", "r1", "commits")]


def test_an_abbreviated_commit_is_completed_where_one_commit_begins_so(store: Store) -> None:
    full = "abcdef1" + "0" * 33
    clone(store, "r1", "github.com/acme/shop", full, "1234567" + "0" * 33, "1234567" + "1" * 33)
    rows = [deployment("github.com/acme/shop", commit) for commit in ("abcdef1", "1234567")]
    import_deployments(store, rows, "file.csv", START)

    place_projects(store)

    assert store.read("deployment", FORGES)["commit"].to_pylist() == ["1234567", full]
    again = import_deployments(store, rows, "file.csv", START)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)


def test_without_any_project_there_is_nothing_to_do(store: Store) -> None:
    assert place_projects(store).projects == 0
