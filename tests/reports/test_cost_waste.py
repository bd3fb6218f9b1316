"""Waste: the dollars of lines that were refused, beside those of lines that were kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.pricing.captured import add_calls, columns_of

from landed.config import PersonSettings, Settings
from landed.pricing import price_calls
from landed.records import AGENTS, UNREAD
from landed.reports.cost import Asked, Cost, read_cost
from landed.reports.cost_terminal import cost_lines
from landed.reports.cost_waste import with_waste
from landed.reports.cost_zone import zone
from landed.store import Store

REFUSED_AT = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
KEPT_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SETTINGS = Settings(people=(PersonSettings(emails=("ann@x.org",), team="checkout"),))


def add(store: Store, table: str, rows: list[dict[str, Any]], partition: str = AGENTS) -> None:
    schema = columns_of(table)
    plain = [{name: row.get(name) for name in schema.names} for row in rows]
    store.merge(table, pa.Table.from_pylist(plain, schema=schema), partition)


def edit(number: int, turn: str, moment: datetime, status: str) -> dict[str, Any]:
    return {
        "edit": number,
        "agent": "claude-code",
        "name": f"edit-{number}",
        "session": "s1",
        "turn": turn,
        "happened_at": moment,
        "path": "/shop/cart.py",
        "tool": "Edit",
        "kind": "update",
        "status": status,
        "decided_by": "person",
        "changed_by_user": False,
        "lines_added": 2,
        "lines_removed": 0,
    }


def turn(name: str, moment: datetime, branch: str) -> dict[str, Any]:
    times = {"started_at": moment, "ended_at": moment, "interrupted": False}
    return {"agent": "claude-code", "turn": name, "session": "s1", "branch": branch} | times


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A session of two turns: the lines of the first were refused, those of the second kept."""
    with Store.open(tmp_path / "workspace") as opened:
        session = {"agent": "claude-code", "session": "s1"}
        times = {"started_at": REFUSED_AT, "ended_at": KEPT_AT}
        add(opened, "session", [session | times | {"machine_user": "ann", "sub_agent": False}])
        place = {"worktree": "/shop", "name": "shop", "how": "inside", "person": "ann@x.org"}
        add(opened, "session_place", [session | place | {"feature": "cart"}])
        add(opened, "turn", [turn("t1", REFUSED_AT, "try"), turn("t2", KEPT_AT, "main")])
        add(
            opened,
            "edit",
            [edit(1, "t1", REFUSED_AT, "refused"), edit(2, "t2", KEPT_AT, "applied")],
        )
        lines = [
            {"edit": number, "ordinal": ordinal, "state": state}
            for number, state in ((1, "refused"), (2, "present"))
            for ordinal in (0, 1)
        ]
        add(opened, "generated_line", lines, UNREAD)
        calls = [
            {"call": "a", "turn": "t1", "happened_at": REFUSED_AT, "input_tokens": 1001},
            {"call": "b", "turn": "t2", "happened_at": KEPT_AT, "input_tokens": 4000},
        ]
        add_calls(opened, calls)
        yield opened


def cost(store: Store, by: str, **asked: Any) -> Cost:
    price_calls(store, SETTINGS, date(2026, 11, 22))
    found = read_cost(store, SETTINGS, Asked(by, asked.pop("zone", zone("UTC")), **asked))
    return with_waste(store, SETTINGS, found)


@pytest.mark.parametrize(
    ("by", "waste"),
    [
        ("model", {"claude-opus-4-8": 5005}),
        ("agent", {"claude-code": 5005}),
        ("session", {"s1": 5005}),
        ("repository", {"/shop": 5005}),
        ("branch", {"main": 0, "try": 5005}),
        ("feature", {"cart": 5005}),
        ("team", {"checkout": 5005}),
        ("day", {"2026-11-19": 5005, "2026-11-20": 0}),
        ("week", {"2026-11-16": 5005}),
        ("month", {"2026-11": 5005}),
    ],
)
def test_waste_stands_where_its_calls_stand(store: Store, by: str, waste: dict[str, int]) -> None:
    found = cost(store, by)

    assert {row.key: row.amounts.waste_microdollars for row in found.rows} == waste
    assert found.total.waste_microdollars == 5005
    assert found.total.list_microdollars == 25_005


def test_days_of_waste_are_those_of_the_time_zone(store: Store) -> None:
    found = cost(store, "day", zone=zone("Europe/Berlin"))

    assert {row.key: row.amounts.waste_microdollars for row in found.rows} == {"2026-11-20": 5005}


def test_waste_outside_the_window_is_not_counted(store: Store) -> None:
    assert cost(store, "model", since=date(2026, 11, 20)).total.waste_microdollars == 0


def test_the_table_tells_its_share(store: Store) -> None:
    lines = list(cost_lines(cost(store, "model"), 80))

    assert lines[0].endswith("list $   waste $")
    assert "Waste at list price: $0.01 (20 %): lines rejected, discarded," in lines


def test_without_any_generated_line_nothing_is_said_of_waste(store: Store) -> None:
    store.delete("generated_line", UNREAD)

    assert cost(store, "model").total.waste_microdollars is None
