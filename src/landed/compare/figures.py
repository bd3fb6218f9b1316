"""An estimate with its interval, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landed.compare.exits import Exits, Numbers

FEWEST_CHANGES = 20
"""Below so many changes old enough no figure is shown."""
WIDEST_HALF = 0.15
"""Nor where the interval reaches farther than this to either side, on average."""
COVERED = (2.5, 97.5)
"""The percentiles of the samples between which the interval lies."""


@dataclass(frozen=True)
class Figure:
    """A share with its 95 % interval, and what it rests on.

    Attributes:
        estimate, low, high: shares from 0 to 1; null where the figure is not shown.
        changes: changes old enough to tell.
        more_changes: about how many more are needed; 0 where the figure is shown, null where
            changes are not what is missing.
        missing: why there is no figure, in plain words; null where there is one.
    """

    estimate: float | None
    low: float | None
    high: float | None
    changes: int
    more_changes: int | None
    missing: str | None

    def complement(self) -> Figure:
        """The share that is not this one."""
        if self.estimate is None or self.low is None or self.high is None:
            return self
        return Figure(
            1 - self.estimate, 1 - self.high, 1 - self.low, self.changes, self.more_changes, None
        )


def figure_at(exits: Exits, curves: Numbers, day: int) -> Figure:
    """Survival of `exits` after `day`, where it can be told.

    `curves` is what `resampled_curves` gives. The rule: at least 20 changes old enough, and an
    interval no wider than 15 points to either side; how many more changes are needed follows
    from the interval, which narrows with their square root.
    """
    (found,) = figures_at(exits, curves, [day])
    return found


def figures_at(exits: Exits, curves: Numbers, days: Sequence[int]) -> list[Figure]:
    """As `figure_at`, after each of these days."""
    lows, highs = np.percentile(curves[1:, list(days)], COVERED, axis=0).tolist()
    longest = exits.longest()
    found = []
    for day, low, high in zip(days, lows, highs, strict=True):
        changes = exits.changes_watched(day)
        if longest < 0:
            found.append(_without(0, None, "no such lines"))
        elif longest < day:
            told = f"too young: none was watched for {day} days"
            found.append(_without(changes, None, told))
        else:
            found.append(bounded(float(curves[0, day]), low, high, changes))
    return found


def bounded(estimate: float, low: float, high: float, changes: int, noun: str = "change") -> Figure:
    """The figure, unless it rests on too little; `noun` is what is counted, if not changes."""
    more = more_changes(changes, (high - low) / 2)
    if more:
        return _without(
            changes, more, f"too few: need about {more:,} more {noun}{'' if more == 1 else 's'}"
        )
    return Figure(estimate, low, high, changes, 0, None)


def more_changes(changes: int, half_width: float) -> int:
    """About how many more changes would make a figure fit to be shown; 0 if it is."""
    for_width = math.ceil(changes * (half_width / WIDEST_HALF) ** 2) - changes
    return max(FEWEST_CHANGES - changes, for_width, 0)


def _without(changes: int, more: int | None, reason: str) -> Figure:
    return Figure(None, None, None, changes, more, reason)
