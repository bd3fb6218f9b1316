"""Pages and deliveries in any order, and any of them twice, give the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.delivery.scripted import START, change, check, project, whole

from landed.delivery.writing import Told, write_pages
from landed.records import (
    FORGES,
    Account,
    Deployment,
    DeploymentChange,
    ForgeRelease,
    Incident,
    IncidentLink,
    Review,
)
from landed.sources.forges.contract import Page
from landed.store import Store

KEY = project(1).project
NOW = datetime(2026, 4, 1, tzinfo=UTC)
TABLES = (
    "project",
    "change",
    "change_commit",
    "change_label",
    "change_reference",
    "change_signal",
    "review",
    "review_comment",
    "review_request",
    "check_run",
    "forge_release",
    "account",
    "deployment",
    "deployment_change",
    "incident",
    "incident_link",
)


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


def deployment(at: int, state: str) -> Deployment:
    finished = hour(at) if state != "pending" else None
    return Deployment(
        FORGES, KEY, "github:1", "production", True, None, "a" * 40, "main", state, START,
        finished, hour(at), None, "github",
    )  # fmt: skip


def incident(at: int) -> Page:
    told = Incident(
        FORGES, KEY, "github:1", 1, "incident", f"Down {at}", None, None, None, hour(at), None,
        hour(at), "github",
    )  # fmt: skip
    link = IncidentLink(FORGES, KEY, "github:1", "caused-by-commit", f"{at:07}", "root-cause")
    return Page(records=[told, link])


def review(state: str) -> Review:
    return Review(FORGES, KEY, "r1", 1, "ben", "user", state, START, None)


def script() -> list[Page]:
    """What polling and webhooks tell of one project, in the order in which it happened."""
    return [
        whole(KEY, 1, 0, "a", state="open"),
        Page(records=[change(KEY, 1, 1, title="Retitled")]),
        whole(KEY, 1, 1, "b", title="Retitled"),
        Page(records=[change(KEY, 1, 2), review("approved")]),
        whole(KEY, 1, 3, "c"),
        whole(KEY, 2, 0),
        Page(records=[review("dismissed")]),
        Page(records=[check(KEY, 1, "pending", 1)]),
        Page(records=[check(KEY, 1, "failure", 2), check(KEY, 2, "success", 2)]),
        Page(records=[check(KEY, 1, "success", 3)]),
        Page(records=[deployment(1, "pending"), DeploymentChange(FORGES, KEY, "github:1", 1)]),
        Page(records=[deployment(2, "success")]),
        incident(1),
        incident(2),
        Page(records=[ForgeRelease(FORGES, KEY, "v1", "One", False, None, "ann")]),
        Page(records=[ForgeRelease(FORGES, KEY, "v1", "One", False, hour(4), "ann")]),
        Page(records=[Account(FORGES, "github.com", "ann", "unknown", None, None)]),
        Page(records=[Account(FORGES, "github.com", "ann", "user", "Ann", None)]),
        Page(records=[project(1), project(1, "acme/store", seen_at=hour(9))]),
    ]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("workspace")) as opened:
        yield opened


def rows_of(store: Store, batches: list[list[Page]]) -> dict[str, list[dict[str, Any]]]:
    """All rows after these batches, each of them written at once into an empty store."""
    for table in (*TABLES, "source_state"):
        store.delete(table, FORGES)
    for batch in batches:
        write_pages(store, [Told(page, "github", "github.com", KEY) for page in batch], NOW)
    return {table: store.read(table, FORGES).to_pylist() for table in TABLES}


@pytest.fixture(scope="module")
def in_order(store: Store) -> dict[str, list[dict[str, Any]]]:
    """The rows where everything comes once, as it happened."""
    return rows_of(store, [[page] for page in script()])


@st.composite
def batches(draw: st.DrawFn) -> list[list[Page]]:
    """The script in any order, some of it twice, in batches of any size."""
    pages = script()
    twice = draw(st.lists(st.integers(0, len(pages) - 1), max_size=8))
    order = draw(st.permutations([*range(len(pages)), *twice]))
    found: list[list[Page]] = [[]]
    for place in order:
        if found[-1] and draw(st.booleans()):
            found.append([])
        found[-1].append(pages[place])
    return found


@given(arriving=batches())
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_the_order_of_pages_does_not_matter(
    store: Store, in_order: dict[str, list[dict[str, Any]]], arriving: list[list[Page]]
) -> None:
    assert rows_of(store, arriving) == in_order


def test_the_script_ends_as_it_happened(in_order: dict[str, list[dict[str, Any]]]) -> None:
    first = in_order["change"][0]
    assert (first["number"], first["title"]) == (1, "Change 1")
    assert first["updated_at"] == change(KEY, 1, 3).updated_at
    assert [row["label"] for row in in_order["change_label"]] == ["featurec", "feature"]
    assert in_order["review"][0]["state"] == "dismissed"
    assert [row["state"] for row in in_order["check_run"]] == ["success", "success"]
    assert in_order["deployment"][0]["state"] == "success"
    assert [row["target"] for row in in_order["incident_link"]] == ["0000002"]
    assert in_order["project"][0]["name"] == "acme/store"
