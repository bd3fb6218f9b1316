"""The table of costs: groups, days, places, both prices, and what has no price."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.pricing.captured import CLAUDE_SESSION, add_calls, columns_of

from landed.config import CashSettings, InvoiceSettings, PersonSettings, Settings
from landed.pricing import price_calls
from landed.records import AGENTS
from landed.reports.cost import BY, Asked, Cost, read_cost
from landed.reports.cost_json import cost_document
from landed.reports.cost_terminal import cost_lines, dollars, short
from landed.reports.cost_zone import zone
from landed.store import Store

UTC_ZONE = zone("UTC")
START = datetime(2026, 11, 21, 19, 33, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "workspace") as opened:
        yield opened


def add(store: Store, table: str, **row: Any) -> None:
    """Put one row into a table, null where nothing is said."""
    schema = columns_of(table)
    plain = {name: row.get(name) for name in schema.names}
    store.merge(table, pa.Table.from_pylist([plain], schema=schema), AGENTS)


def add_session(store: Store, session: str, *, agent: str = "claude-code", **told: Any) -> None:
    add(
        store,
        "session",
        agent=agent,
        session=session,
        started_at=START,
        ended_at=START,
        machine_user="ann",
        sub_agent=told.pop("sub_agent", False),
        parent=told.pop("parent", None),
        branch=told.pop("branch", None),
    )
    add(store, "session_place", agent=agent, session=session, how="worktree", **told)


def cost(store: Store, by: str = "model", settings: Settings | None = None, **asked: Any) -> Cost:
    settings = settings or Settings()
    price_calls(store, settings, date(2026, 11, 22))
    return read_cost(store, settings, Asked(by, asked.pop("zone", UTC_ZONE), **asked))


def dollars_by_key(found: Cost) -> dict[str | None, int | None]:
    return {row.key: row.amounts.list_microdollars for row in found.rows}


def test_the_captured_session(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)

    found = cost(store)

    total = found.total
    assert (total.calls, total.unpriced_calls, total.list_microdollars) == (4, 0, 125_450)
    assert (total.input_tokens, total.output_tokens) == (3660, 486)
    assert (total.cache_read_tokens, total.cache_write_5m_tokens) == (90_000, 8_000)
    assert total.cached_share == 90_000 / 101_660
    assert total.cash_microdollars is None
    assert total.reported_microdollars is None
    assert [row.key for row in found.rows] == ["claude-opus-4-8"]


def test_every_group_holds_everything(store: Store) -> None:
    add_calls(store, [*CLAUDE_SESSION, {"call": "x", "session": None, "model": None}])
    add_session(store, "s1", belongs_to="r1", name="shop", branch="main", feature="cart")

    for by in BY:
        found = cost(store, by)
        assert sum(row.amounts.calls for row in found.rows) == 5, by
        assert sum(row.amounts.list_microdollars or 0 for row in found.rows) == 125_450, by


def test_groups_by_what_is_known_of_a_session(store: Store) -> None:
    add_calls(
        store,
        [
            {"call": "a", "session": "s1", "input_tokens": 1_000},
            {"call": "b", "session": "s2", "input_tokens": 2_000},
            {"call": "c", "session": "s2.1", "input_tokens": 4_000, "sub_agent": True},
            {"call": "d", "session": None, "input_tokens": 8_000},
        ],
    )
    place = {"belongs_to": "r1", "name": "shop"}
    add_session(store, "s1", branch="main", feature="cart", person="ann@x.org", **place)
    add_session(store, "s2", worktree="/w/menu", name="menu", person="bob@x.org")
    add_session(store, "s2.1", parent="s2", sub_agent=True, branch="main", name="menu")
    team = Settings(people=(PersonSettings(emails=("Ann@x.org",), team="checkout"),))

    assert dollars_by_key(cost(store, "session")) == {"s1": 5_000, "s2": 30_000, None: 40_000}
    assert dollars_by_key(cost(store, "repository")) == {
        "r1": 5_000,
        "/w/menu": 10_000,
        "menu": 20_000,
        None: 40_000,
    }
    assert dollars_by_key(cost(store, "feature")) == {"cart": 5_000, None: 70_000}
    assert dollars_by_key(cost(store, "team", team)) == {"checkout": 5_000, None: 70_000}
    mains = [row for row in cost(store, "branch").rows if row.key == "main"]
    assert [(row.name, row.amounts.list_microdollars) for row in mains] == [
        ("menu", 20_000),
        ("shop", 5_000),
    ]


def test_a_turns_branch_counts_before_its_sessions(store: Store) -> None:
    add_calls(store, [{"call": "a", "turn": "t1", "input_tokens": 10}])
    add_session(store, "s1", name="shop", branch="main")
    add(
        store,
        "turn",
        agent="claude-code",
        turn="t1",
        session="s1",
        started_at=START,
        ended_at=START,
        branch="try-it",
        interrupted=False,
    )

    assert dollars_by_key(cost(store, "branch")) == {"try-it": 50}


def at(*moments: datetime) -> list[dict[str, Any]]:
    return [
        {"call": f"{moment:%m-%d %H:%M}", "happened_at": moment, "input_tokens": 1}
        for moment in moments
    ]


def test_days_weeks_and_months_are_those_of_the_time_zone(store: Store) -> None:
    add_calls(
        store, at(datetime(2026, 11, 1, 2, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC))
    )
    new_york = zone("America/New_York")

    assert list(dollars_by_key(cost(store, "day"))) == ["2026-11-01"]
    assert list(dollars_by_key(cost(store, "day", zone=new_york))) == ["2026-10-31", "2026-11-01"]
    assert list(dollars_by_key(cost(store, "week", zone=new_york))) == ["2026-10-26"]
    assert list(dollars_by_key(cost(store, "month", zone=new_york))) == ["2026-10", "2026-11"]


def test_days_on_which_clocks_change(store: Store) -> None:
    # in Berlin midnight is 23:00 UTC in winter and 22:00 UTC in summer
    late = [
        datetime(2026, 3, 28, 22, 30, tzinfo=UTC),
        datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
        datetime(2026, 10, 24, 21, 59, tzinfo=UTC),
        datetime(2026, 10, 25, 22, 30, tzinfo=UTC),
    ]
    add_calls(store, at(*late))

    found = cost(store, "day", zone=zone("Europe/Berlin"))

    assert [(row.key, row.amounts.calls) for row in found.rows] == [
        ("2026-03-28", 1),
        ("2026-03-29", 1),
        ("2026-03-30", 1),
        ("2026-10-24", 1),
        ("2026-10-25", 1),
    ]


def test_a_window_has_its_first_and_its_last_day(store: Store) -> None:
    moments = [
        datetime(2026, 10, 24, 21, 59, tzinfo=UTC),
        datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 22, 59, tzinfo=UTC),
        datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
    ]
    add_calls(store, at(*moments))
    window = {"since": date(2026, 10, 25), "until": date(2026, 10, 25)}

    found = cost(store, "day", zone=zone("Europe/Berlin"), **window)

    assert [(row.key, row.amounts.calls) for row in found.rows] == [("2026-10-25", 2)]


def test_what_has_no_price_is_listed_and_in_no_sum(store: Store) -> None:
    add_calls(
        store,
        [
            {"call": "a", "input_tokens": 10},
            {"call": "b", "model": "house\x1b[31m", "input_tokens": 10, "reported_cost": 7_500},
            {"call": "c", "model": "house\x1b[31m", "input_tokens": 20},
            {"call": "d", "input_tokens": 10**17},
        ],
    )

    found = cost(store)

    assert found.total.list_microdollars == 50
    assert found.total.unpriced_calls == 3
    assert found.total.input_tokens == 40
    assert dollars_by_key(found)["house\x1b[31m"] is None
    assert [(one.model, one.reason, one.calls, one.tokens) for one in found.unpriced] == [
        ("house\x1b[31m", "unknown model", 2, 30),
        ("claude-opus-4-8", "token counts not credible", 1, 0),
    ]
    shown = "\n".join(cost_lines(found, 80))
    assert "Without a price, and in no dollars above: 3 calls" in shown
    assert "$0.01 by the agent's account" in shown
    assert "unknown model: give its price in landed.toml under [[prices]]" in shown
    assert "\x1b" not in shown


def test_cash_stands_beside_list_where_something_paid_is_known(store: Store) -> None:
    add_calls(store, [*CLAUDE_SESSION, {"call": "gpt", "model": "gpt-5.5", "input_tokens": 100}])
    line = InvoiceSettings(vendor="anthropic", month="2026-11", amount=0.1)
    settings = Settings(cash=CashSettings(invoices=(line,)))

    found = cost(store, settings=settings)

    assert {row.key: row.amounts.cash_microdollars for row in found.rows} == {
        "claude-opus-4-8": 100_000,
        "gpt-5.5": 0,
    }
    assert "cash $" in next(cost_lines(found, 80))


@pytest.mark.parametrize("width", [80, 130])
@pytest.mark.parametrize("by", BY)
def test_no_line_is_wider_than_the_terminal(store: Store, by: str, width: int) -> None:
    long = "a-very-long-name-of-a-model-or-branch-or-anything-else-that-people-may-think-of"
    huge = {"input_tokens": 999_999_999, "output_tokens": 999_999_999}
    add_calls(store, [{"call": str(n), "model": f"{long}-{n}", **huge} for n in range(70)])
    add_calls(store, [{"call": "priced", "cache_read_tokens": 999_999_999}])
    add_session(store, "s1", name=long, branch=long, feature=long)
    bill = InvoiceSettings(vendor="anthropic", month="2026-11", amount=99_999)

    found = cost(store, by, Settings(cash=CashSettings(invoices=(bill,))))

    assert max(len(line) for line in cost_lines(found, width)) <= width


def test_json_has_every_figure(store: Store) -> None:
    add_calls(store, [*CLAUDE_SESSION, {"call": "x", "model": "house", "output_tokens": 5}])

    document = cost_document(cost(store, since=date(2026, 11, 1)))

    assert document["by"] == "model"
    assert (document["since"], document["until"]) == (date(2026, 11, 1), None)
    assert document["timezone"] == "UTC"
    assert [row["key"] for row in document["rows"]] == ["claude-opus-4-8", "house"]
    assert document["total"] == {
        "calls": 5,
        "unpriced_calls": 1,
        "input_tokens": 3660,
        "cache_read_tokens": 90_000,
        "cache_write_5m_tokens": 8_000,
        "cache_write_1h_tokens": 0,
        "output_tokens": 491,
        "reasoning_tokens": 0,
        "web_searches": 0,
        "list_microdollars": 125_450,
        "cash_microdollars": None,
        "reported_microdollars": None,
        "waste_microdollars": None,
        "cached_share": 90_000 / 101_660,
    }
    assert document["unpriced"][0]["advice"].startswith("give its price")


def test_nothing_at_all(store: Store) -> None:
    found = cost(store, "day")

    assert found.rows == ()
    assert found.total.list_microdollars is None
    assert list(cost_lines(found)) == ["No calls of agents in this window."]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "–"),
        (0, "0.00"),
        (1, "<0.01"),
        (1_234_567_890, "1,234.57"),
        (-2_500_000, "−2.50"),
    ],
)
def test_dollars(amount: int | None, text: str) -> None:
    assert dollars(amount) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1_000, "1.00k"), (45_600, "45.6k"), (7_890_000, "7.89M")],
)
def test_short_counts(number: int, text: str) -> None:
    assert short(number) == text
