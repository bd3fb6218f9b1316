"""What was seen of the stays of a group of lines, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

HORIZON = 365
"""Curves run from day 0 to this day."""

DAYS = HORIZON + 2
"""Days told apart: 0 to the horizon, and one for everything after it."""

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Exits:
    """Rows of equal story: `lines` stays each, in whole days since they began.

    Attributes:
        change: number of the change that brought the lines in; the cluster.
        cell: number of the repository and quarter in which they came in.
        entry_day: day from which they were watched; 0 unless the window cut them off.
        exit_day: day on which they left, or until which they were watched.
        died: whether they left.
        follow_up: days for which the change could have been watched.
        lines: how many.
    """

    change: Integers
    cell: Integers
    entry_day: Integers
    exit_day: Integers
    died: Truths
    follow_up: Integers
    lines: Integers

    @classmethod
    def from_table(cls, rows: pa.Table) -> Exits:
        """The rows of the metric survival."""
        change = _numbered(rows, ("repository", "change"))
        cell = _numbered(rows, ("repository", "quarter"))
        columns: dict[str, Integers] = {
            name: np.asarray(rows[name].to_numpy(), np.int64)
            for name in ("entry_day", "exit_day", "follow_up", "lines")
        }
        died = np.asarray(rows["died"].to_numpy(), bool)
        return cls(change=change, cell=cell, died=died, **columns)

    def where(self, chosen: Truths) -> Exits:
        """The chosen rows; changes and cells keep their numbers."""
        return Exits(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def changes(self) -> int:
        """How many changes brought these lines in."""
        return len(self._watched_by_change[0])

    def changes_watched(self, day: int) -> int:
        """How many changes brought lines that could be watched up to `day`, and were at some
        time before."""
        first, last = self._watched_by_change
        return int(np.count_nonzero((first <= day) & (last >= day)))

    @cached_property
    def _watched_by_change(self) -> tuple[Integers, Integers]:
        """The first and the last day on which each change could be watched."""
        order = np.argsort(self.change, kind="stable")
        starts = np.flatnonzero(np.diff(self.change[order], prepend=-1))
        if not len(starts):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        first = np.minimum.reduceat(self.entry_day[order], starts)
        last = np.maximum.reduceat(self.follow_up[order], starts)
        return first, last

    def longest(self) -> int:
        """The day up to which any line was watched; -1 where there is none."""
        return int(self.exit_day.max()) if len(self.exit_day) else -1


def _numbered(rows: pa.Table, names: tuple[str, str]) -> Integers:
    """One number for each pair of values of two columns."""
    codes: list[Any] = []
    for name in names:
        encoded = rows[name].combine_chunks().dictionary_encode()
        codes.append(np.asarray(encoded.indices, np.int64))
    first, second = codes
    width = int(second.max()) + 1 if len(second) else 1
    numbers: Integers = np.unique(first * width + second, return_inverse=True)[1]
    return numbers.astype(np.int64)
