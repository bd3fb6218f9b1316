"""Deployments and incidents of files and commands: each once, and as it was told last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.histories.builder import History

from landed.delivery.imports import (
    NO_PROJECT,
    Imported,
    count_bad_rows,
    import_deployments,
    import_incidents,
    project_named,
    record_deployment,
)
from landed.delivery.recording import told_deployment, told_incident
from landed.errors import UsageError
from landed.records import FORGES
from landed.sources.deployments.files import FileDeployment
from landed.sources.incidents.files import FileIncident
from landed.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "workspace") as opened:
        yield opened


def deployment(name: str, days: int = 0, **told: Any) -> FileDeployment:
    at = NOON + days * DAY
    row = FileDeployment(
        name, True, "acme/shop", "production", None, "a" * 40, at, at, "success", None, "Ann"
    )
    return replace(row, **told)


def unnamed(name: str, days: int) -> FileDeployment:
    """A deployment whose row has no id of its own: `name` is made of what it says."""
    return deployment(name, days, has_id=False)


def incident(name: str, *links: tuple[str, str], **told: Any) -> FileIncident:
    row = FileIncident(
        name, "acme/shop", "Down", "incident", None, None, None, NOON, NOON + DAY, links
    )
    return replace(row, **told)


def ids(store: Store) -> list[str]:
    found: list[str] = store.read("deployment", FORGES)["deployment"].to_pylist()
    return found


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    rows = [deployment("1"), deployment("2", 1, creator=None), unnamed("x", 2)]

    first = import_deployments(store, rows, "all.csv", NOON)
    before = store.read("deployment", FORGES), store.read("source_state", FORGES)
    second = import_deployments(store, rows, "all.csv", NOON + DAY)

    assert (first, second) == (Imported(3, 0, 0), Imported(0, 0, 3))
    assert (store.read("deployment", FORGES), store.read("source_state", FORGES)) == before
    row = before[0].to_pylist()[0]
    assert (row["project"], row["deployment"], row["creator"], row["source"]) == (
        "named:acme/shop",
        "file:1",
        "ann",
        "file",
    )
    projects = store.read("project", FORGES).to_pylist()
    assert [(p["project"], p["forge"], p["name"]) for p in projects] == [
        ("named:acme/shop", "named", "acme/shop")
    ]


def test_a_corrected_file_corrects(store: Store) -> None:
    import_deployments(store, [deployment("1"), deployment("2")], "all.csv", NOON)

    done = import_deployments(store, [deployment("1", state="failure")], "other.csv", NOON + DAY)

    assert done == Imported(0, 1, 0)
    rows = store.read("deployment", FORGES).to_pylist()
    assert [(row["state"], row["updated_at"]) for row in rows] == [
        ("failure", NOON + DAY),
        ("success", NOON),
    ]


def test_rows_without_id_go_with_the_file_in_the_time_that_it_covers(store: Store) -> None:
    import_deployments(store, [unnamed(name, day) for day, name in enumerate("abcd")], "f", NOON)

    done = import_deployments(store, [unnamed("b", 1), unnamed("D", 3)], "f", NOON)

    assert done == Imported(1, 0, 1, removed=2)
    assert ids(store) == ["file:D", "file:a", "file:b"]


def test_what_another_file_told_stays(store: Store) -> None:
    import_deployments(store, [unnamed("a", 0), deployment("1", 1)], "one.csv", NOON)

    import_deployments(store, [unnamed("b", 0), unnamed("c", 2)], "two.csv", NOON)

    assert ids(store) == ["file:1", "file:a", "file:b", "file:c"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("acme/Shop ", "named:acme/shop"),
        ("git@GitHub.com:acme/shop.git", "named:github.com/acme/shop"),
        ("https://ann:pw@github.com/acme/shop", "named:github.com/acme/shop"),
        ("github.com/acme/shop", "named:github.com/acme/shop"),
        ("https://", "named:https://"),
    ],
)
def test_a_repository_has_one_name_however_it_is_written(text: str, key: str) -> None:
    assert project_named(text) == key


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" acme/Shop ", "acme/Shop"),
        (
            "https://ci-token:s3@cret@git.acme.example:8443/acme/shop.git",
            "https://git.acme.example:8443/acme/shop.git",
        ),
        ("git@github.com:acme/shop.git", "git@github.com:acme/shop.git"),
        ("acme/shop@home", "acme/shop@home"),
    ],
)
def test_credentials_of_an_address_are_not_kept(store: Store, text: str, shown: str) -> None:
    row = incident("1", repository=text)

    import_incidents(store, [row], "a.csv", NOON)

    assert [one["name"] for one in store.read("project", FORGES).to_pylist()] == [shown]


def told(path: Path, **given: Any) -> FileDeployment:
    said: dict[str, Any] = {
        "environment": "production",
        "commit": "HEAD",
        "service": None,
        "repository": None,
        "state": "success",
        "ref": None,
        "own_id": None,
        "at": None,
        "now": NOON,
    }
    return told_deployment(path, **(said | given))


@pytest.fixture
def shop(tmp_path: Path) -> History:
    history = History(tmp_path / "shop")
    history.write("cart.py", "total = 0\n")
    history.commit("Add the cart")
    return history


def test_a_pipeline_tells_what_its_clone_is_at(shop: History) -> None:
    head = shop.git("rev-parse", "HEAD").decode().strip()

    assert (told(shop.path).commit, told(shop.path).repository) == (head, "shop")
    assert told(shop.path, commit=head[:9]).commit == head

    shop.git("remote", "add", "origin", "https://token@github.com/acme/shop.git")
    assert told(shop.path).repository == "github.com/acme/shop"


def test_without_a_clone_the_pipeline_tells_more(tmp_path: Path) -> None:
    row = told(tmp_path, repository="acme/shop", commit="ABCDEF1")
    assert (row.repository, row.commit) == ("acme/shop", "abcdef1")
    cloned_from = "https://ci-token:secret@git.acme.example/acme/shop.git"
    row = told(tmp_path, repository=cloned_from, commit="ABCDEF1", service=" ", ref="")
    assert row.repository == "https://git.acme.example/acme/shop.git"
    assert (row.service, row.ref) == (None, None)

    for nowhere in (None, " "):
        with pytest.raises(UsageError, match="name it with --repository"):
            told(tmp_path, repository=nowhere)
    with pytest.raises(UsageError, match="HEAD is no commit id"):
        told(tmp_path, repository="acme/shop")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"state": "fine"}, "fine is no state"),
        ({"at": "soon"}, "--at soon is no time"),
        ({"at": "9999-01-01"}, "--at 9999-01-01 is yet to come"),
        ({"environment": " "}, "--environment is empty"),
        ({"commit": "--all"}, "--all is no commit id"),
    ],
)
def test_what_is_told_wrong_is_said(shop: History, given: Any, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        told(shop.path, **given)


def test_a_deployment_is_told_further_by_its_id(store: Store, shop: History) -> None:
    def record(hours: int, **given: Any) -> Imported:
        now = NOON + timedelta(hours=hours)
        row = told(shop.path, own_id="42", now=now, **given)
        return record_deployment(store, row, now, timed="at" in given)

    assert record(0, state="pending", service="web", ref="v1") == Imported(1, 0, 0)
    assert record(1) == Imported(0, 1, 0)
    assert record(2) == Imported(0, 0, 1)

    row = store.read("deployment", FORGES).to_pylist()[0]
    assert (row["deployment"], row["state"], row["service"], row["ref"], row["source"]) == (
        "command:42",
        "success",
        "web",
        "v1",
        "command",
    )
    assert (row["created_at"], row["finished_at"]) == (NOON, NOON + timedelta(hours=1))

    assert record(3, at="2026-03-01T12:30:00Z") == Imported(0, 1, 0)
    assert store.read("deployment", FORGES)["finished_at"].to_pylist() == [
        NOON + timedelta(minutes=30)
    ]


def test_incidents_are_told_once_with_their_links(store: Store) -> None:
    rows = [
        incident("OPS-1", ("caused-by-commit", "abcdef1"), ("fixed-by-change", "12")),
        incident("OPS-2", repository=None, resolved_at=None),
    ]

    assert import_incidents(store, rows, "ops.csv", NOON) == Imported(2, 0, 0)
    assert import_incidents(store, rows, "again.csv", NOON + DAY) == Imported(0, 0, 2)

    found = store.read("incident", FORGES).to_pylist()
    assert [(row["project"], row["incident"], row["source"]) for row in found] == [
        (NO_PROJECT, "file:OPS-2", "ops.csv"),
        ("named:acme/shop", "file:OPS-1", "ops.csv"),
    ]
    links = store.read("incident_link", FORGES).to_pylist()
    assert [(row["kind"], row["target"], row["rule"]) for row in links] == [
        ("caused-by-commit", "abcdef1", "field"),
        ("fixed-by-change", "12", "field"),
    ]
    assert store.read("project", FORGES)["project"].to_pylist() == ["named:acme/shop"]


def test_a_corrected_incident_has_the_links_that_it_has_now(store: Store) -> None:
    import_incidents(store, [incident("1", ("caused-by-commit", "abcdef1"))], "f", NOON)

    done = import_incidents(store, [incident("1", ("caused-by-change", "3"))], "f", NOON)

    assert done == Imported(0, 1, 0)
    assert store.read("incident_link", FORGES)["target"].to_pylist() == ["3"]


def test_ids_of_two_trackers_are_two_incidents(store: Store) -> None:
    import_incidents(store, [incident("1")], "a.csv", NOON, "jira")
    import_incidents(store, [incident("1")], "b.csv", NOON, "pager")

    assert store.read("incident", FORGES)["incident"].to_pylist() == ["jira:1", "pager:1"]


def test_an_incident_is_told_further_by_its_id(store: Store) -> None:
    def record(hours: int, **given: Any) -> Imported:
        now = NOON + timedelta(hours=hours)
        row = told_incident(store, "7", "acme/shop", "file", given, now)
        return import_incidents(store, [row], "command", now)

    record(0, title="Down", severity="1", caused_by="#3")
    record(2, resolved_at="now", fixed_by="abcdef1")
    assert record(3, title="Down") == Imported(0, 0, 1)

    row = store.read("incident", FORGES).to_pylist()[0]
    assert (row["title"], row["severity"], row["started_at"], row["resolved_at"]) == (
        "Down",
        "1",
        NOON,
        NOON + timedelta(hours=2),
    )
    links = store.read("incident_link", FORGES).to_pylist()
    assert [(link["kind"], link["target"]) for link in links] == [
        ("caused-by-change", "3"),
        ("fixed-by-commit", "abcdef1"),
    ]
    with pytest.raises(UsageError, match="bad is no kind"):
        record(4, kind="bad")


def test_bad_rows_are_counted_in_the_place_of_those_before(store: Store) -> None:
    count_bad_rows(store, "incidents", "ops.csv", 3)
    count_bad_rows(store, "incidents", "ops.csv", 2)
    count_bad_rows(store, "incidents", "well.csv", 0)

    rows = store.read("problem", FORGES).to_pylist()
    assert [(row["source"], row["subject"], row["count"]) for row in rows] == [
        ("file:incidents", "ops.csv", 2)
    ]


def test_a_text_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="write it as UTF-8"):
        import_incidents(store, [incident("1", title="\udcff")], "f", NOON)
    assert store.read("incident", FORGES).num_rows == 0
