"""What a page's address says to look at, and the bar that changes it."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.datastructures import QueryParams

from landed.errors import UsageError
from landed.rollups.filters import Filter
from landed.server.pages.addresses import Address
from landed.server.pages.filter_bar import Chip, Choice, bar_of, filter_of

TODAY = date(2026, 11, 21)


def asked(query: str) -> Filter:
    return filter_of(QueryParams(query), TODAY)


def test_an_address_without_a_time_means_three_months() -> None:
    assert asked("") == Filter(since=date(2026, 9, 1))


@pytest.mark.parametrize(
    ("period", "since"),
    [
        ("this-month", date(2026, 11, 1)),
        ("3m", date(2026, 9, 1)),
        ("6m", date(2026, 6, 1)),
        ("12m", date(2025, 12, 1)),
        ("all", None),
    ],
)
def test_a_period_is_of_whole_months_the_one_that_runs_the_last(
    period: str, since: date | None
) -> None:
    assert asked(f"period={period}") == Filter(since=since)


def test_a_period_may_begin_in_the_year_before() -> None:
    january = date(2027, 1, 31)
    assert filter_of(QueryParams("period=3m"), january) == Filter(since=date(2026, 11, 1))


def test_periods_of_days_mean_those_of_months() -> None:
    assert asked("period=30d") == asked("period=this-month")
    assert asked("period=90d") == asked("period=3m")
    assert bar_of(Address("/", QueryParams("period=30d")), {}).period == "this-month"


def test_days_outdo_a_period() -> None:
    since, until = date(2026, 1, 2), date(2026, 3, 4)
    assert asked("period=30d&since=2026-01-02&until=2026-03-04") == Filter(since, until)
    assert asked("until=2026-03-04") == Filter(until=until)


def test_dimensions_take_several_values_once_each_and_a_hyphen_is_for_the_untold() -> None:
    found = asked("period=all&team=a&team=b&team=a&model=-&agent=")
    assert found == Filter(team=("a", "b"), model=("",))


@pytest.mark.parametrize(
    "query",
    ["since=yesterday", "until=2026-02-30", "until=9999-12-31", "since=0001-01-01", "period=7d"],
)
def test_a_time_that_is_none_is_told(query: str) -> None:
    with pytest.raises(UsageError, match=query.partition("=")[2]):
        asked(query)


def test_a_time_that_ends_before_it_begins_is_told() -> None:
    with pytest.raises(UsageError, match="exchange"):
        asked("since=2026-03-04&until=2026-01-02")


def test_each_filter_that_holds_can_be_taken_away() -> None:
    address = Address("/spend", QueryParams("team=a&agent=codex&sort=name&page=2&period=30d"))
    bar = bar_of(address, {"team": [Choice("a", "Team A"), Choice("b", "Team B")]})
    assert bar.chips == (
        Chip("team", "Team A", "/spend?agent=codex&sort=name&period=30d"),
        Chip("agent", "codex", "/spend?team=a&sort=name&period=30d"),
    )
    assert bar.reset == "/spend?sort=name"
    assert bar.carried == (("sort", "name"),)


def test_the_untold_are_offered_in_words() -> None:
    bar = bar_of(Address("/", QueryParams("team=-")), {"team": [Choice("a", "a"), Choice("", "")]})
    (pick,) = bar.picks
    assert pick.choices == (Choice("a", "a"), Choice("-", "no team"))
    assert pick.chosen == {"-"}
    assert [chip.label for chip in bar.chips] == ["no team"]


def test_a_dimension_without_choices_is_not_offered() -> None:
    assert bar_of(Address("/", QueryParams("")), {"model": []}).picks == ()


def test_the_time_is_told_in_words() -> None:
    def told(query: str) -> str:
        return bar_of(Address("/", QueryParams(query)), {}).told

    assert told("") == "this month and the two before"
    assert told("period=all") == "all time"
    assert told("since=2026-01-02") == "since 2026-01-02"
    assert told("until=2026-01-02") == "until 2026-01-02"
    assert told("since=2026-01-02&until=2026-02-03") == "2026-01-02 to 2026-02-03"


def test_an_offered_time_replaces_the_days() -> None:
    bar = bar_of(Address("/", QueryParams("since=2026-01-02&team=a")), {})
    assert bar.period is None
    words = "this month and the eleven before"
    assert ("12m", "12 m", words, "/?team=a&period=12m") in bar.periods
