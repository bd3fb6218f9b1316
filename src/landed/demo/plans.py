"""Which blocks will be changed again, and when: soon after they landed, or in the long run."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta
from itertools import count
from random import Random

from landed.demo.files import Block, SourceFile

_EVOLVES = 0.2
_SOON_DAYS, _LATE_DAYS = (0.5, 9.0), (28.0, 330.0)
_MOST = 7


class Plans:
    """What is to be changed in one repository."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._order = count()
        self._waiting: list[tuple[datetime, int, SourceFile, int, bool]] = []

    def after_landing(self, file: SourceFile, block: Block, at: datetime, chance: float) -> None:
        """A block has landed: with this chance it is changed again within days."""
        if self._random.random() < chance:
            self._plan(at + timedelta(days=self._random.uniform(*_SOON_DAYS)), file, block, True)
        else:
            self.evolve(file, block, at)

    def evolve(self, file: SourceFile, block: Block, at: datetime) -> None:
        """Some blocks are changed in the long run."""
        if self._random.random() < _EVOLVES:
            self._plan(at + timedelta(days=self._random.uniform(*_LATE_DAYS)), file, block, False)

    def due(
        self, free: list[SourceFile], known: list[SourceFile], at: datetime
    ) -> list[tuple[SourceFile, int, bool]]:
        """File and key of blocks to change now, and whether that is soon; not too many at once.

        Those whose file is not `free` wait; those whose file is no longer `known` are dropped.
        """
        found: list[tuple[SourceFile, int, bool]] = []
        waiting = []
        while self._waiting and self._waiting[0][0] <= at and len(found) < _MOST:
            one = heapq.heappop(self._waiting)
            there = one[2] in known and one[2].find(one[3]) is not None
            if there and one[2] in free:
                found.append(one[2:])
            elif there:
                waiting.append(one)
        for one in waiting:
            heapq.heappush(self._waiting, one)
        return found

    def _plan(self, due: datetime, file: SourceFile, block: Block, soon: bool) -> None:
        heapq.heappush(self._waiting, (due, next(self._order), file, block.key, soon))
