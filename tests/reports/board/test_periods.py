"""Days, weeks and months of scheduled reports."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from landed.errors import UsageError
from landed.reports.board.periods import Period, last_whole_period, period_named, period_of


@pytest.mark.parametrize(
    ("every", "now", "expected"),
    [
        ("day", datetime(2026, 11, 22, 6, 0), Period("2026-11-21", *[date(2026, 11, 21)] * 2)),
        ("day", datetime(2026, 11, 22, 5, 59), Period("2026-11-20", *[date(2026, 11, 20)] * 2)),
        (
            "week",
            datetime(2026, 11, 22, 12, 0),
            Period("2026-W46", date(2026, 11, 9), date(2026, 11, 15)),
        ),
        (
            "week",
            datetime(2026, 11, 23, 6, 0),
            Period("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ),
        (
            "month",
            datetime(2026, 12, 1, 5, 0),
            Period("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ),
        (
            "month",
            datetime(2026, 12, 1, 6, 0),
            Period("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ),
        (
            "month",
            datetime(2028, 3, 1, 6, 0),
            Period("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ),
    ],
)
def test_the_last_whole_period_ends_when_its_hour_strikes(
    every: str, now: datetime, expected: Period
) -> None:
    assert last_whole_period(every, 6, now.replace(tzinfo=UTC)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("every", ["day", "week", "month"])
def test_a_period_is_found_again_by_its_name(every: str) -> None:
    # the first days of January may lie in a week of the year before
    for day in (date(2026, 11, 22), date(2027, 1, 1), date(2024, 12, 30)):
        period = period_of(every, day)  # type: ignore[arg-type]
        assert period_named(every, period.name) == period  # type: ignore[arg-type]
        assert period.first <= day <= period.last


@pytest.mark.parametrize(
    ("every", "name"),
    [("day", "yesterday"), ("week", "2026-W60"), ("week", "2026-47"), ("month", "2026-13")],
)
def test_what_is_no_period_says_how_to_write_it(every: str, name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is no {every}: write it as 2026-"):
        period_named(every, name)  # type: ignore[arg-type]
