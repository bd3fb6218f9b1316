"""Comparing sets of line ids in linear time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from landed.ledger.tree import LineIds


class Marks:
    """Compares sets of line ids without sorting, by one note for every line there is."""

    def __init__(self) -> None:
        """Begin without lines."""
        self._place = np.zeros(0, dtype=np.int32)

    def reserve(self, size: int) -> None:
        """Make room for lines below `size`."""
        if size > len(self._place):
            self._place = np.zeros(size + size // 4, dtype=np.int32)

    def among(self, lines: LineIds, others: LineIds) -> npt.NDArray[np.bool_]:
        """Tell for each of `lines` whether it is in `others`."""
        if not len(lines) or not len(others):
            return np.zeros(len(lines), dtype=np.bool_)
        self.reserve(1 + max(int(lines.max()), int(others.max())))
        self._place[others] = 1
        found: npt.NDArray[np.bool_] = self._place[lines] == 1
        self._place[others] = 0
        return found

    def difference(self, before: LineIds, after: LineIds) -> tuple[LineIds, LineIds]:
        """Return the lines of `after` that are not in `before`, and those the other way round."""
        place = self._place
        place[after] = 1
        left = before[place[before] == 0]
        place[after] = 0
        place[before] = 1
        entered = after[place[after] == 0]
        place[before] = 0
        return entered, left

    def repeats(self, lines: LineIds) -> bool:
        """Tell whether a line stands in `lines` more than once."""
        order = np.arange(1, len(lines) + 1, dtype=np.int32)
        self._place[lines] = order
        repeated = bool((self._place[lines] != order).any())
        self._place[lines] = 0
        return repeated
