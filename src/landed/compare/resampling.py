"""Samples of whole changes: lines that came together share their fate and are drawn together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landed.compare.exits import DAYS, Exits, Integers, Numbers

SAMPLES = 400
SEED = 20_260_101
"""Fixed, so that the same history always gives the same figures."""

_CHANGES_AT_ONCE = 2048


@dataclass(frozen=True)
class Resampling:
    """How often each change is drawn in each sample: one draw for all groups of a report.

    Attributes:
        weights: samples x changes; the first row is the history itself, each change once.
    """

    weights: npt.NDArray[np.uint8]

    @classmethod
    def over(cls, changes: int, samples: int = SAMPLES, seed: int = SEED) -> Resampling:
        """Draw `samples` samples of `changes` changes with replacement."""
        weights = np.ones((samples + 1, changes), np.uint8)
        random = np.random.default_rng(seed)
        for sample in range(1, samples + 1):
            drawn = random.integers(0, changes, changes) if changes else np.zeros(0, np.int64)
            weights[sample] = np.bincount(drawn, minlength=changes)
        return cls(weights)

    def daily_totals(self, exits: Exits, days: Integers, chosen: Numbers) -> Numbers:
        """Sum `chosen` by day in every sample: samples x DAYS.

        `days` and `chosen` go with the rows of `exits`. Works through some changes at a time,
        so that memory does not grow with the history.
        """
        totals = np.zeros((len(self.weights), DAYS))
        present, place = np.unique(exits.change, return_inverse=True)
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], np.arange(0, len(present), _CHANGES_AT_ONCE))
        ends = np.append(starts[1:], len(order))
        for block, (start, end) in enumerate(zip(starts, ends, strict=True)):
            rows = order[start:end]
            first = block * _CHANGES_AT_ONCE
            members = present[first : first + _CHANGES_AT_ONCE]
            cells = (place[rows] - first) * DAYS + np.minimum(days[rows], DAYS - 1)
            counts = np.bincount(cells, chosen[rows], len(members) * DAYS)
            matrix = counts.reshape(len(members), DAYS).astype(np.float32)
            totals += self.weights[:, members].astype(np.float32) @ matrix
        return totals
