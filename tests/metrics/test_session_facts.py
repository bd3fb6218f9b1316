"""What the metrics of sessions are made from, on the shop that real agents wrote."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from tests.shop import LAST_EVENT, Shop, build_shop

from landed.metrics import SessionBench, SessionFacts, Window, read_session_facts
from landed.records import AGENTS, TABLES
from landed.store import Store
from landed.sync import sync

PAID = """
[cash]
hourly_rate = 120

[[cash.seats]]
vendor = "anthropic"
holder = "dev@example.com"
monthly = 20
since = 2026-11-01
until = 2026-11-22

[[cash.seats]]
vendor = "cursor"
holder = "dev@example.com"
monthly = 40
since = 2026-10-01
"""


@pytest.fixture
def shop(tmp_path: Path, home: Path) -> Shop:
    """The shop with its logs, read once."""
    made = build_shop(tmp_path / "shop", home)
    made.configure(PAID)
    sync(made.path, made.settings())
    return made


def facts(shop: Shop, window: Window | None = None, *, every: bool = False) -> SessionFacts:
    """The facts of the shop, or of everything captured."""
    settings = shop.settings()
    with Store.for_settings(settings, read_only=True) as store:
        known = None if every else store.repositories_in("location")
        return read_session_facts(store, settings, known, window or Window())


def test_every_session_is_there_once_with_its_dollars(shop: Shop) -> None:
    with SessionBench(facts(shop)) as bench:
        sessions = bench.rows("session_outcome")
        spent = sum(row["list_microdollars"] for row in bench.rows("turn_costs"))
        (funnel,) = bench.rows("funnel")

    assert len(sessions) == 11
    assert sum(row["list_microdollars"] for row in sessions) == spent == 831_225
    assert [funnel[name] for name in ("generated", "accepted", "committed", "merged", "live")] == [
        60,
        58,
        53,
        45,
        39,
    ]


def test_the_fix_of_an_agents_bug_is_the_one_fixing_turn(shop: Shop) -> None:
    assert [row["agent"] for row in facts(shop).tables["fixing_turn"].to_pylist()] == ["codex"]


def test_a_prompt_is_an_instant_and_work_a_span(shop: Shop) -> None:
    spans = facts(shop).tables["activity_span"].to_pylist()

    persons = [row for row in spans if row["actor"] == "person"]
    assert len(persons) == 11
    assert all(row["started_ms"] == row["ended_ms"] for row in persons)
    assert {row["person"] for row in spans} == {"dev@example.com"}
    assert all(row["started_ms"] <= row["ended_ms"] for row in spans)


def test_what_was_paid_is_that_of_the_months_of_the_window(shop: Shop) -> None:
    november = Window(since=date(2026, 11, 1), until=date(2026, 11, 21))
    october = Window(since=date(2026, 10, 1), until=date(2026, 10, 31))

    assert {row["month"] for row in facts(shop, november).tables["paid"].to_pylist()} == {"2026-11"}
    assert {row["month"] for row in facts(shop, october).tables["paid"].to_pylist()} == {"2026-10"}


def test_people_are_counted_by_month_without_automation(shop: Shop) -> None:
    months = facts(shop).tables["month_people"].to_pylist()

    assert months == [{"month": "2026-11", "active": 1, "developers": 1}]


def test_seats_are_those_held_on_the_last_day_with_their_holders_last_use(shop: Shop) -> None:
    held = facts(shop, Window(until=date(2026, 11, 22))).tables["seat_use"].to_pylist()

    assert [(row["vendor"], row["monthly_microdollars"]) for row in held] == [
        ("anthropic", 20_000_000),
        ("cursor", 40_000_000),
    ]
    last = held[0]["last_second"]
    assert 0 < LAST_EVENT.timestamp() - last < timedelta(hours=1).total_seconds()
    assert held[1]["last_second"] is None


def test_a_window_holds_what_began_in_it(shop: Shop) -> None:
    before = facts(shop, Window(until=date(2026, 11, 21)))
    after = facts(shop, Window(since=date(2026, 11, 23)))

    for found in (before, after):
        assert not found.any
        assert found.tables["activity_span"].num_rows == 0


def test_lines_are_in_the_window_of_their_turn(shop: Shop) -> None:
    with Store.for_settings(shop.settings()) as store:
        turns = store.query("select * from turn").to_pylist()
        asked = min(turns, key=lambda turn: turn["started_at"])
        asked["started_at"] -= timedelta(days=1)
        store.replace("turn", pa.Table.from_pylist(turns, TABLES["turn"].schema), AGENTS)

    with SessionBench(facts(shop, Window(since=date(2026, 11, 22)))) as bench:
        (funnel,) = bench.rows("funnel")
        lines = bench.rows("turn_costs")[0]

    # the first session's 14 lines go with their turn's $0.12545
    assert funnel["generated"] == 60 - 14
    assert (lines["kind"], lines["list_microdollars"]) == ("lines", 763_650 - 125_450)
    assert funnel["generated_list"] == lines["list_microdollars"]


def test_globs_choose_lines_by_path_and_leave_turns(shop: Shop) -> None:
    found = facts(shop, Window(paths=("cart.py",), excludes=("tax.py",)))

    assert set(found.tables["journey_line"]["path"].to_pylist()) == {"cart.py"}
    assert found.tables["journey_turn"].num_rows == 11


def test_without_releases_it_is_not_known_what_is_live(shop: Shop) -> None:
    shop.git("tag", "-d", "v1.0.0")
    sync(shop.path, shop.settings())
    found = facts(shop)

    assert found.journey.missing
    for name in ("deployed", "live"):
        assert set(found.tables["journey_line"][name].to_pylist()) == {None}
    with SessionBench(found) as bench:
        assert bench.rows("ship_rate") == []


def test_everything_captured_is_the_shop_here(shop: Shop) -> None:
    one, every = facts(shop), facts(shop, every=True)

    for name in ("journey_line", "journey_turn", "activity_span", "fixing_turn"):
        assert every.tables[name].num_rows == one.tables[name].num_rows
