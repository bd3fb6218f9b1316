"""Which values of each dimension may be shown: the tables by one dimension, weighed together.

Values of fewer than k people are put together as "others", and further ones until others has k
people too. Tables by two dimensions tell of each other where values of one lie wholly in one of the
other: all models of an agent taken off it leave its other models, so these are weighed as well.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from landed.rollups.crowd_cubes import Cube, Lines, fold
from landed.rollups.crowd_sets import Numbers, Rule, Sets
from landed.rollups.filters import Dimension
from landed.rollups.presence import Crowd, Rows

_NOWHERE = -1


def tables(crowd: Crowd, rule: Rule, rows: Rows) -> dict[Dimension, Cube]:
    """The values of every dimension among `rows`, and which of them may be shown."""
    found = {name: _Table(crowd, rule, rows, name) for name in crowd.dimensions}
    for table in found.values():
        table.fold()
    waiting = list(permutations(found.values(), 2))
    while waiting:
        inner, outer = waiting.pop(0)
        if inner.hide_telling(outer):
            waiting += [pair for pair in permutations(found.values(), 2) if inner in pair]
            waiting = list(dict.fromkeys(waiting))
    return {name: table.cube for name, table in found.items()}


class _Table:
    """The values of one dimension, and which of them are hidden so far."""

    def __init__(self, crowd: Crowd, rule: Rule, rows: Rows, dimension: Dimension) -> None:
        self._dimension = dimension
        self._rule = rule
        self._codes = crowd.codes(dimension)[rows]
        self._person = crowd.person[rows]
        values = len(crowd.values(dimension))
        self._people = Sets(values, rule, self._codes, self._person)
        self._there = np.bincount(self._codes, minlength=values) > 0
        everybody = self._people.joined(self._there, np.zeros(values, dtype=np.int64), 1)
        self._total = Lines(np.zeros(values, dtype=np.int64), everybody.fine)
        self._hidden = self._there & ~(self._people.fine & everybody.fine[0])

    @property
    def cube(self) -> Cube:
        """What may be shown."""
        there = np.flatnonzero(self._there)
        return Cube(
            (self._dimension,),
            there[:, np.newaxis].astype(np.int32),
            ~self._hidden[there],
        )

    def fold(self) -> None:
        """Hide more, until "others" is of enough people."""
        fold(self._people, self._hidden, ~self._there, [self._total])

    def hide_telling(self, outer: _Table) -> bool:
        """Hide values until those shown leave no few of another table's; whether any were hidden.

        What is looked at are the other table's shown values and its "others". The values that lie
        wholly in one of them can be taken off it. Where that would leave a few, the one of the
        fewest people is hidden.
        """
        changed = False
        lines = outer.lines()[outer._codes]
        while True:
            inside = self._inside(lines)
            holding = np.isin(np.arange(outer.count), inside)
            if not holding.any():
                return changed
            rest = holding[lines] & (inside[self._codes] == _NOWHERE)
            left = Sets(outer.count, self._rule, lines[rest], self._person[rest])
            telling = np.flatnonzero((inside != _NOWHERE) & ~left.fine[inside])
            if not len(telling):
                return changed
            order = telling[np.lexsort((self._people.size[telling], inside[telling]))]
            _, first = np.unique(inside[order], return_index=True)
            self._hidden[order[first]] = True
            self.fold()
            changed = True

    def lines(self) -> Numbers:
        """For each value its own number, and for all that are hidden one number after these."""
        numbers = np.arange(len(self._hidden))
        return np.where(self._hidden, len(self._hidden), numbers)

    @property
    def count(self) -> int:
        """How many numbers `lines` has at most."""
        return len(self._hidden) + 1

    def _inside(self, lines: Numbers) -> Numbers:
        """For each value that is shown the one line in which it lies wholly, else `_NOWHERE`."""
        holder = np.full(len(self._hidden), _NOWHERE)
        holder[self._codes] = lines
        split = self._codes[lines != holder[self._codes]]
        holder[split] = _NOWHERE
        return np.where(self._hidden, _NOWHERE, holder)
