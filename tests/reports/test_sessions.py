"""The table of sessions: what is not known is a dash, and names cannot act."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from landed.reports.journeys_model import Money, SessionOutcome
from landed.reports.sessions import SessionList, session_lines

ONE = SessionOutcome(
    repository="shop",
    agent="claude-code",
    session="06436a8f-1fd9-4dca",
    feature=None,
    branch=None,
    started_at=datetime(2026, 6, 7, 8, 9, tzinfo=UTC),
    turns=2,
    calls=3,
    unpriced_calls=0,
    cost=Money(45_000_000, 12_000_000),
    lines=1_200,
    landed=900,
    standing=800,
    open_lines=0,
    gone=400,
    wasted=100,
    waste_list_microdollars=3_000_000,
)


def table(*sessions: SessionOutcome, spent: Money, width: int = 100) -> list[str]:
    """The table of these sessions, of five in all."""
    shown = SessionList(list(sessions), 5, spent, 1_200, 800, 100, 3_000_000)
    return [line.plain for line in session_lines(shown, width)]


def test_cash_has_a_column_where_any_is_known() -> None:
    with_cash = table(ONE, spent=ONE.cost)
    without = table(ONE, spent=Money(45_000_000, 0))

    assert with_cash[0].split()[-6:] == ["turns", "list", "cash", "lines", "stand", "waste"]
    assert "cash" not in without[0]
    assert with_cash[1].split()[-6:] == ["2", "$45.00", "$12.00", "1,200", "800", "100"]
    assert with_cash[2].startswith(
        "5 sessions (4 more; --limit 0 shows all): $45.00 list, $12.00 cash;"
    )


def test_without_feature_and_branch_the_repository_is_told() -> None:
    for found, told in (
        (ONE, "shop"),
        (replace(ONE, branch="main"), "main"),
        (replace(ONE, branch="main", feature="SHOP-7"), "SHOP-7"),
    ):
        assert f"claude-code  {told} " in table(found, spent=ONE.cost)[1]


def test_a_session_without_any_known_price_costs_a_dash() -> None:
    free = replace(ONE, cost=Money(None, 0), unpriced_calls=3)

    lines = table(free, spent=Money(None, 0))

    assert lines[1].split()[-4:] == ["–", "1,200", "800", "100"]
    assert lines[-1] == "3 calls of these without a known price: landed cost names them"


def test_names_are_cut_and_written_out() -> None:
    hostile = replace(ONE, agent="\x1b[2J" * 9, feature="w\n" * 300, session="\x07" * 40)

    lines = table(hostile, spent=ONE.cost, width=110)

    assert all(letter.isprintable() for letter in "".join(lines))
    assert "…" in lines[1]


def test_no_session_says_where_to_look() -> None:
    (line,) = table(spent=Money(None, 0))

    assert line.startswith("No sessions. landed doctor tells")
