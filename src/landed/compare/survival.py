"""Kaplan-Meier with left truncation, for many samples at once.

A day is a whole day since a line entered the default branch. A line is at risk on a day if it was
watched from that day or earlier and had not left or been lost from sight before it. The tests
hold the curve equal to that of lifelines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landed.compare.exits import HORIZON, Exits, Numbers
from landed.compare.resampling import Resampling


@dataclass(frozen=True)
class Totals:
    """Lines by day in every sample (samples x days): watched from, left, and no longer watched."""

    entries: Numbers
    deaths: Numbers
    removals: Numbers

    @classmethod
    def of(cls, exits: Exits, resampling: Resampling, until: int = HORIZON) -> Totals:
        """Sum up `exits` in every sample, days from 0 to `until` and in one all after it."""
        lines = exits.lines.astype(float)
        columns = until + 2
        removals = resampling.daily_totals(exits, exits.exit_day, lines, columns)
        if exits.entry_day.any():
            entries = resampling.daily_totals(exits, exits.entry_day, lines, columns)
        else:
            entries = np.zeros_like(removals)
            entries[:, 0] = removals.sum(axis=1)
        return cls(
            entries=entries,
            deaths=resampling.daily_totals(exits, exits.exit_day, lines * exits.died, columns),
            removals=removals,
        )

    def weighted(self, weights: Numbers) -> Totals:
        """Every sample times its weight."""
        by_sample = weights[:, None]
        return Totals(self.entries * by_sample, self.deaths * by_sample, self.removals * by_sample)

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.entries + other.entries,
            self.deaths + other.deaths,
            self.removals + other.removals,
        )

    def survival(self) -> Numbers:
        """The share still there after each day up to the last told apart: samples x days."""
        gone_before = np.cumsum(self.removals, axis=1) - self.removals
        at_risk = np.cumsum(self.entries, axis=1) - gone_before
        hazard = np.divide(self.deaths, at_risk, out=np.zeros_like(self.deaths), where=at_risk > 0)
        curves: Numbers = np.cumprod(1 - np.clip(hazard, 0, 1), axis=1)
        return curves[:, :-1]


def resampled_curves(exits: Exits, resampling: Resampling) -> Numbers:
    """Survival after each day from 0 to the horizon: row 0 as seen, the other rows resampled."""
    return Totals.of(exits, resampling).survival()


def curve(exits: Exits) -> Numbers:
    """Survival after each day from 0 to the horizon, as seen."""
    changes = int(exits.change.max()) + 1 if len(exits.change) else 0
    once = Resampling(np.ones((1, changes), np.uint8))
    found: Numbers = resampled_curves(exits, once)[0]
    return found
