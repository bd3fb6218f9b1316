"""What a month comes to, by the habits of the weeks before."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from landed.compare import forecast_month

TODAY = date(2026, 11, 11)


def days(amounts: dict[int, int]) -> dict[date, int]:
    """Amounts by how many days ago."""
    return {TODAY - timedelta(days=ago): amount for ago, amount in amounts.items()}


def test_work_that_never_changes_is_foretold_to_the_dollar() -> None:
    found = forecast_month(days(dict.fromkeys(range(70), 10)), TODAY)

    assert found.so_far == 11 * 10
    assert (found.low, found.expected, found.high) == (300, 300, 300)
    assert found.missing is None


def test_weekends_without_work_stay_without() -> None:
    worked = {ago: 10 for ago in range(70) if (TODAY - timedelta(days=ago)).weekday() < 5}

    found = forecast_month(days(worked), TODAY)

    assert found.expected == 21 * 10  # the working days of that November


def test_busy_and_quiet_weeks_widen_the_band() -> None:
    weeks = {ago: 100 if (ago // 7) % 2 else 10 for ago in range(70)}

    found = forecast_month(days(weeks), TODAY)

    assert found.low is not None and found.high is not None and found.expected is not None
    assert found.low < found.expected < found.high


def test_three_weeks_are_needed() -> None:
    found = forecast_month(days(dict.fromkeys(range(20), 10)), TODAY)

    assert found.expected is None
    assert found.missing == "needs 3 weeks of spending, there are 2"


def test_nothing_spent_says_what_it_needs() -> None:
    assert forecast_month({}, TODAY).missing == "needs 3 weeks of spending, there are 0"


def test_the_last_day_of_a_month_is_no_forecast() -> None:
    last = date(2026, 11, 30)
    spent = {last - timedelta(days=ago): 7 for ago in range(60)}

    found = forecast_month(spent, last)

    assert (found.low, found.expected, found.high) == (210, 210, 210)


@given(st.dictionaries(st.integers(0, 80), st.integers(0, 10**9), max_size=80))
def test_the_band_holds_the_expectation_and_never_less_than_was_spent(
    amounts: dict[int, int],
) -> None:
    found = forecast_month(days(amounts), TODAY)

    assert found.so_far == sum(amount for ago, amount in amounts.items() if ago < 11)
    if found.expected is not None:
        assert found.low is not None and found.high is not None
        assert found.so_far <= found.low <= found.expected <= found.high
