"""Medians of amounts such as times, with intervals by resampling, or how many more would tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landed.compare.exits import Numbers
from landed.compare.figures import COVERED, FEWEST_CHANGES
from landed.compare.resampling import SAMPLES, SEED

_VALUES_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Amount:
    """A median with its 95 % interval, and what it rests on.

    Attributes:
        estimate, low, high: in the unit of the values; null where the median is not shown.
        number: how many values it is the median of.
        more: how many more are needed, 20 less those that are there; 0 where the median is shown,
            null where there is none to count.
        missing: why there is no median, in plain words; null where there is one.
    """

    estimate: float | None
    low: float | None
    high: float | None
    number: int
    more: int | None
    missing: str | None


def median_of(values: Numbers, noun: str = "change") -> Amount:
    """The median of `values` and its interval over samples of them.

    One value stands for one change or deployment, `noun`, so that drawing values is drawing these.
    An interval of times is as wide as they are uneven, and says so itself; what is asked for is
    20 values.
    """
    number = len(values)
    if not number:
        return Amount(None, None, None, 0, None, f"no such {noun}s")
    if number < FEWEST_CHANGES:
        more = FEWEST_CHANGES - number
        words = f"too few: need {more} more {noun}{'' if more == 1 else 's'}"
        return Amount(None, None, None, number, more, words)
    low, high = (float(bound) for bound in np.percentile(_resampled(values), COVERED))
    return Amount(float(np.median(values)), low, high, number, 0, None)


def _resampled(values: Numbers) -> Numbers:
    """The medians of samples of as many values, some samples at a time."""
    random = np.random.default_rng(SEED)
    number = len(values)
    at_once = max(1, _VALUES_AT_ONCE // number)
    medians = [
        np.median(
            values[random.integers(0, number, (min(at_once, SAMPLES - done), number))], axis=1
        )
        for done in range(0, SAMPLES, at_once)
    ]
    return np.concatenate(medians)
