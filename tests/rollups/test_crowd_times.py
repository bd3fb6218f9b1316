"""Of which times figures are shown: no two differ by the work of a few people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from tests.rollups.presences import PARTS, Work, rolled_up, work

from landed.rollups import Filter
from landed.rollups.privacy import Privacy
from landed.store import Store
from landed.store.local import LocalStore

NOBODY: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with LocalStore.open_file(tmp_path_factory.mktemp("workspace")) as opened:
        yield opened


def worked_in_months(people: Sequence[str]) -> list[Work]:
    """Work of these people in September, in October, and so on."""
    return [
        row
        for number, own in enumerate(people)
        for row in work(own, day=date(2026 + (8 + number) // 12, (8 + number) % 12 + 1, 7))
    ]


def test_times_begin_with_months_and_the_end_that_runs_is_open(store: Store) -> None:
    rolled_up(store, [row for day in PARTS for row in work("abcde", day=day)])
    privacy = Privacy(store, 5, NOBODY)
    asked = Filter(since=date(2026, 10, 3), until=date(2026, 11, 16))

    assert privacy.window(asked) == Filter(since=date(2026, 10, 1))
    assert privacy.window(asked.between(date(2026, 9, 9), date(2026, 9, 10))) == Filter(
        since=date(2026, 9, 1), until=date(2026, 9, 30)
    )
    assert privacy.window(asked.between(date(2026, 7, 9), date(2026, 8, 26))) == Filter(
        since=date(2026, 7, 1), until=date(2026, 8, 31)
    )
    assert privacy.window(asked.between(date(2026, 12, 9), date(2026, 12, 10))) == Filter(
        since=date(2026, 12, 1), until=date(2026, 12, 31)
    )
    assert (
        privacy.decision(asked, "sessions").why
        == "the time cuts off work of fewer than five people"
    )
    assert privacy.decision(Filter(until=date(2026, 11, 30)), "sessions").shown


def test_trends_are_drawn_over_months_and_over_weeks_that_months_clip(store: Store) -> None:
    rolled_up(store, [row for day in PARTS for row in work("abcde", day=day)])
    privacy = Privacy(store, 5, NOBODY)

    assert privacy.cells(Filter(), "sessions", "month") == [
        (date(2026, 8, 24), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 8)),
    ]
    september = Filter(since=date(2026, 9, 1), until=date(2026, 9, 30))
    assert privacy.cells(september, "sessions", "week") == [
        (date(2026, 9, 1), date(2026, 9, 6)),
        (date(2026, 9, 7), date(2026, 9, 13)),
        (date(2026, 9, 14), date(2026, 9, 20)),
        (date(2026, 9, 21), date(2026, 9, 27)),
        (date(2026, 9, 28), date(2026, 9, 30)),
    ]
    assert privacy.cells(Filter(), "sessions", "week")[:2] == [
        (date(2026, 8, 24), date(2026, 8, 30)),
        (date(2026, 8, 31), date(2026, 9, 6)),
    ]


def test_the_only_viewers_trend_begins_and_ends_where_it_is_asked_to(store: Store) -> None:
    rolled_up(store, [row for day in PARTS for row in work("a", day=day)])
    privacy = Privacy(store, 5, frozenset("a"))
    asked = Filter(since=date(2026, 9, 3), until=date(2026, 9, 15))

    assert privacy.window(asked) == asked
    assert privacy.cells(asked, "sessions", "week") == [
        (date(2026, 9, 3), date(2026, 9, 6)),
        (date(2026, 9, 7), date(2026, 9, 13)),
        (date(2026, 9, 14), date(2026, 9, 15)),
    ]
    assert privacy.cells(Filter(since=date(2026, 12, 1)), "sessions", "week") == []


def test_weeks_of_a_few_people_are_one_with_those_beside_them(store: Store) -> None:
    rows = [
        *work("abcde", day=date(2026, 9, 1)),
        *work("a", day=date(2026, 9, 7)),
        *work("bcdef", day=date(2026, 9, 14)),
        *work("b", day=date(2026, 9, 28)),
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert privacy.cells(Filter(), "sessions", "week") == [
        (date(2026, 9, 1), date(2026, 9, 13)),
        (date(2026, 9, 14), date(2026, 9, 30)),
    ]


def test_a_part_of_a_week_of_a_few_people_is_joined_within_its_month(store: Store) -> None:
    rows = [
        *work("abcde", day=date(2026, 9, 1)),
        *work("ab", day=date(2026, 9, 28)),
        *work("cde", day=date(2026, 10, 1)),
        *work("abcde", day=date(2026, 10, 5)),
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert privacy.cells(Filter(since=date(2026, 10, 1)), "sessions", "week") == [
        (date(2026, 10, 1), date(2026, 10, 11))
    ]


@pytest.mark.parametrize(
    ("people", "begin"),
    [
        (["abcde", "abcde", "abcde"], [9, 10, 11]),
        (["abcde", "abc", "abcde", "abcde"], [9, 11, 12]),
        (["abc", "abcde", "abcde"], [9, 11]),
        (["abcde", "ab", "cde", "abcde", "ab"], [9, 10, 12]),
        (["abcde", "ab", "c", "abcde"], [9, 12]),
        (["abcde", "", "abc", "abcde"], [9, 10, 11]),
    ],
)
def test_a_month_of_enough_people_stays_alone_but_for_neighbours_of_a_few(
    store: Store, people: list[str], begin: list[int]
) -> None:
    rolled_up(store, worked_in_months(people))

    cells = Privacy(store, 5, NOBODY).cells(Filter(), "sessions", "month")

    assert [first.month for first, _ in cells] == begin


def test_a_team_of_enough_people_in_each_month_of_a_time_is_shown(store: Store) -> None:
    others = [replace(row, team="B") for row in worked_in_months(["vwxyz"] * 5)]
    rows = [*worked_in_months(["abcde", "ab", "abcde", "abcde", "abcde"]), *others]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    for month in (9, 10, 11, 12):
        asked = Filter(since=date(2026, month, 1), team=("A",))
        assert privacy.decision(asked, "sessions").shown == (month != 10)


def test_a_teams_weeks_are_joined_where_few_others_worked(store: Store) -> None:
    rows = [
        *work("abc", team="A", day=date(2026, 9, 7)),
        *work("d", team="B", day=date(2026, 9, 7)),
        *work("abc", team="A", day=date(2026, 9, 14)),
        *work("def", team="B", day=date(2026, 9, 14)),
    ]
    privacy = Privacy(rolled_up(store, rows), 3, NOBODY)

    assert len(privacy.cells(Filter(), "sessions", "week")) == 2
    assert len(privacy.cells(Filter(team=("A",)), "sessions", "week")) == 1


def test_a_teams_agents_have_no_finer_times_than_the_team(store: Store) -> None:
    first, second = date(2026, 9, 7), date(2026, 10, 5)
    rows = [
        row
        for day, others in ((first, "rs"), (second, "tuvwx"))
        for row in [
            *work("abcde", team="A", agent="x", day=day),
            *work("fghij", team="A", agent="y", day=day),
            *work(others, team="B", agent="y", day=day),
        ]
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert len(privacy.cells(Filter(), "sessions")) == 2
    assert len(privacy.cells(Filter(team=("A",)), "sessions")) == 1
    assert len(privacy.cells(Filter(team=("A",), agent=("x",)), "sessions")) == 1


def test_months_in_which_few_others_worked_are_joined(store: Store) -> None:
    rows = [
        *worked_in_months(["abcde", "abcde", "abcde"]),
        *[replace(row, team="B") for row in worked_in_months(["vw", "vwxyz", "vwxyz"])],
    ]
    privacy = Privacy(rolled_up(store, rows), 5, NOBODY)

    assert len(privacy.cells(Filter(), "sessions")) == 3
    assert len(privacy.cells(Filter(team=("A",)), "sessions")) == 2
    assert not privacy.decision(Filter(until=date(2026, 9, 30), team=("A",)), "sessions").shown
