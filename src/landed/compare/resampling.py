"""Samples of whole changes: lines that came together share their fate and are drawn together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from landed.compare.exits import DAYS, Exits, Integers, Numbers

SAMPLES = 400
SEED = 20_260_101
"""Fixed, so that the same history always gives the same figures."""

_CHANGES_AT_ONCE = 2048
_DRAWS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Resampling:
    """How often each change is drawn in each sample: one draw for all groups of a report.

    Attributes:
        weights: samples x changes; the first row is the history itself, each change once.
    """

    weights: npt.NDArray[np.uint8]

    @classmethod
    def over(cls, changes: int, samples: int = SAMPLES, seed: int = SEED) -> Resampling:
        """Draw `samples` samples of `changes` changes with replacement; drawn once for a number."""
        return cls(_drawn(changes, samples, seed))

    def daily_totals(
        self, exits: Exits, days: Integers, chosen: Numbers, columns: int = DAYS
    ) -> Numbers:
        """Sum `chosen` by day in every sample: samples x columns.

        `days` and `chosen` go with the rows of `exits`; the last column holds its day and all days
        after it. Works through some changes at a time, so that memory does not grow with the
        history.
        """
        totals = np.zeros((len(self.weights), columns))
        present, place = np.unique(exits.change, return_inverse=True)
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], np.arange(0, len(present), _CHANGES_AT_ONCE))
        ends = np.append(starts[1:], len(order))
        for block, (start, end) in enumerate(zip(starts, ends, strict=True)):
            rows = order[start:end]
            first = block * _CHANGES_AT_ONCE
            members = present[first : first + _CHANGES_AT_ONCE]
            cells = (place[rows] - first) * columns + np.minimum(days[rows], columns - 1)
            counts = np.bincount(cells, chosen[rows], len(members) * columns)
            matrix = counts.reshape(len(members), columns).astype(np.float32)
            totals += self.weights[:, members].astype(np.float32) @ matrix
        return totals


@lru_cache(maxsize=16)
def _drawn(changes: int, samples: int, seed: int) -> npt.NDArray[np.uint8]:
    """How often each change is drawn in each sample; for reading only, as it is kept."""
    weights = np.ones((samples + 1, changes), np.uint8)
    random = np.random.default_rng(seed)
    at_once = max(1, _DRAWS_AT_ONCE // max(1, changes))
    for first in range(1, samples + 1, at_once):
        block = weights[first : first + at_once]
        drawn = random.integers(0, max(1, changes), block.shape)
        drawn += np.arange(len(block))[:, None] * changes
        block[:] = np.bincount(drawn.ravel(), minlength=block.size).reshape(block.shape)
    weights.flags.writeable = False
    return weights
