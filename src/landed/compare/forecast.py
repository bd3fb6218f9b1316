"""What a month will come to, from the days so far: the same weekdays of recent weeks, resampled.

Work has a weekly rhythm, so each day that is left is drawn from the same weekday of recent weeks;
the days of one week are drawn together, because busy weeks are busy on all days (a block bootstrap
over weeks; Künsch, The Annals of Statistics 17, 1989). It knows nothing of plans, only of habits.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

WEEKS = 8
"""So many weeks before today are drawn from."""
FEWEST_WEEKS = 3
SAMPLES = 4000
SEED = 20_260_101
BAND = (10.0, 90.0)
"""The percentiles of the samples between which the band lies: 80 % of them."""


@dataclass(frozen=True)
class Forecast:
    """What a month comes to: so far, expected, and the band of 80 %; null with `missing` why.

    Amounts are in the unit of the days that were given.
    """

    month: date
    so_far: int
    expected: int | None
    low: int | None
    high: int | None
    weeks: int
    missing: str | None


def forecast_month(spent: dict[date, int], today: date) -> Forecast:
    """Forecast the month of `today` from amounts by day; days that are not there had none.

    `today` itself counts as spent in full. Needs three whole weeks since the first day with an
    amount.
    """
    first = today.replace(day=1)
    last = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    so_far = sum(amount for day, amount in spent.items() if first <= day <= today)
    known = [day for day, amount in spent.items() if amount and day <= today]
    whole = (today - min(known)).days // 7 if known else 0
    weeks = min(WEEKS, whole)
    if weeks < FEWEST_WEEKS:
        reason = f"needs {FEWEST_WEEKS} weeks of spending, there are {weeks}"
        return Forecast(first, so_far, None, None, None, weeks, reason)
    left = (last - today).days
    if not left:
        return Forecast(first, so_far, so_far, so_far, so_far, weeks, None)
    totals = so_far + _drawn(spent, today, weeks, left)
    low, expected, high = np.percentile(totals, (BAND[0], 50.0, BAND[1]))
    return Forecast(first, so_far, round(expected), round(low), round(high), weeks, None)


def _drawn(spent: dict[date, int], today: date, weeks: int, left: int) -> npt.NDArray[np.float64]:
    """The sums of the days left, in every sample."""
    begin = today - timedelta(days=7 * weeks - 1)
    days = [spent.get(begin + timedelta(days=place), 0) for place in range(7 * weeks)]
    # the row of a week begins with the weekday of tomorrow, as the days left do
    by_week = np.array(days, float).reshape(weeks, 7)
    random = np.random.default_rng(SEED)
    totals = np.zeros(SAMPLES)
    for place in range(0, left, 7):
        drawn = random.integers(0, weeks, SAMPLES)
        totals += by_week[drawn, : min(7, left - place)].sum(axis=1)
    return totals
