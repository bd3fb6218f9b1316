"""Whom a look under filters is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from tests.server.running import ANA, Running

from landed.rollups import Filter, compute_rollups, write_rollups
from landed.server.accounts.looking import people_left
from landed.store import Store

ROWS = [
    {"person": "ana@x.org", "team": "payments", "repository": "shop", "agent": "codex"},
    {"person": "ben@x.org", "team": "payments", "repository": "cart", "agent": "codex"},
    {"person": "ben@x.org", "team": "payments", "repository": "cart", "agent": "aider"},
    {"person": "cleo@x.org", "team": "", "repository": "shop", "agent": "aider"},
    {"person": None, "team": "payments", "repository": "shop", "agent": "aider"},
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store that knows who worked at what."""
    with Store.open(tmp_path) as opened:
        rows = [{"model": "", "feature": "", **row} for row in ROWS]
        opened.put_rollup("presence", pa.Table.from_pylist(rows))
        yield opened


def left(store: Store, **chosen: tuple[str, ...]) -> list[str]:
    """Whom a filter leaves in."""
    found = people_left(store, Filter(**chosen))  # type: ignore[arg-type]
    assert found is not None
    return sorted(found)


def test_a_filter_leaves_in_those_who_worked_there(store: Store) -> None:
    assert left(store, team=("payments",)) == ["ana@x.org", "ben@x.org"]
    assert left(store, team=("",)) == ["cleo@x.org"]
    assert left(store, repository=("shop", "cart")) == ["ana@x.org", "ben@x.org", "cleo@x.org"]
    assert left(store, team=("payments",), agent=("aider",)) == ["ben@x.org"]
    assert left(store, team=("no such team",)) == []


def test_without_a_choice_it_is_about_everybody(store: Store) -> None:
    assert people_left(store, Filter()) is None


def test_a_page_under_filters_is_noted_for_those_whom_they_leave_in(company: Running) -> None:
    with company.server.store.writing() as store:
        tables = compute_rollups(store, company.server.settings)
        presence = tables["presence"]
        rows = [
            {"population": "sessions", "model": "", "feature": "", "day": 20500, **row}
            for row in ROWS
        ]
        tables["presence"] = pa.Table.from_pylist(rows, schema=presence.schema)
        write_rollups(store, tables)
    browser = company.signed_in("ana", ANA)

    browser.get("/?team=payments&period=30d")
    browser.get("/")

    (look,) = company.accounts.access.about(["ben@x.org"])
    assert (look.who, look.page, look.people) == ("ana", "/", 2)
    assert look.filters == {"period": ["30d"], "team": ["payments"]}
    assert company.accounts.access.about(["cleo@x.org"]) == []
    assert [one.people for one in company.accounts.access.all()] == [None, 2]
