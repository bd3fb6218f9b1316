"""Which combinations of values may be shown so that no difference tells of a few.

Tables by several dimensions fold the cells of fewer than k people, and further ones until those
that are hidden along each of their lines have k people too: the secondary suppression of
statistical offices (Hundepool et al., Statistical Disclosure Control, 2012, chapter 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np
import numpy.typing as npt

from landed.rollups.crowd_sets import Flags, Numbers, Rule, Sets, distinct
from landed.rollups.filters import Dimension
from landed.rollups.presence import Crowd, Rows


@dataclass(frozen=True)
class Cube:
    """All cells that there are of some dimensions, and which of them may be shown.

    `keys` has one row a cell and one column a dimension: the codes of its values.
    """

    dimensions: tuple[Dimension, ...]
    keys: npt.NDArray[np.int32]
    shown: Flags

    def visible(self, chosen: Sequence[Flags]) -> bool:
        """Whether all cells within these values may be shown; `chosen` is one a dimension."""
        inside = np.ones(len(self.keys), dtype=np.bool_)
        for column, values in enumerate(chosen):
            inside &= values[self.keys[:, column]]
        return bool(self.shown[inside].all())


@dataclass(frozen=True)
class Lines:
    """The cells of a table by what they are part of: `parent` of each, and which are `shown`."""

    parent: Numbers
    shown: Flags


def cube(
    crowd: Crowd,
    rule: Rule,
    rows: Rows,
    dimensions: tuple[Dimension, ...],
    parents: Sequence[Cube],
) -> Cube:
    """The cells of two dimensions or more among `rows`.

    `parents` are the cubes with one dimension less, in the order of the dimension that they lack.
    """
    keys, people = _cells(crowd, rule, rows, dimensions)
    lines = [_part_of(keys, column, parent) for column, parent in enumerate(parents)]
    hidden = ~people.fine
    equal = np.zeros(len(keys), dtype=np.bool_)
    for line in lines:
        hidden |= ~line.shown[line.parent]
        children = np.bincount(line.parent, minlength=len(line.shown))
        equal |= line.shown[line.parent] & (children[line.parent] == 1)
    hidden &= ~equal
    fold(people, hidden, equal, lines)
    return Cube(dimensions, keys, ~hidden)


def fold(people: Sets, hidden: Flags, known: Flags, lines: Sequence[Lines]) -> None:
    """Hide more, until what is hidden in each line that is shown is nobody's or of enough people.

    A cell hidden alone is the line less the shown ones, so that it takes another with it: of those
    that suffice, the one of the fewest people. `known` cells are all of a shown line: hiding them
    would hide nothing.
    """
    changed = True
    while changed:
        changed = False
        for line in lines:
            further = _lacking(people, hidden, known, line)
            hidden[further] = True
            changed |= bool(len(further))


def _lacking(people: Sets, hidden: Flags, known: Flags, line: Lines) -> Numbers:
    """One more cell to hide for each line of which too little is."""
    count = len(line.shown)
    covered = people.joined(hidden, line.parent, count)
    some = np.bincount(line.parent[hidden], minlength=count)
    lacking = line.shown & (some > 0) & ~((some > 1) & covered.fine)
    left = np.flatnonzero(~hidden & ~known & lacking[line.parent])
    parent = line.parent[left]
    suffices = covered.fine[parent] | ~people.own[left]
    order = np.lexsort((people.size[left], ~suffices, parent))
    _, first = np.unique(parent[order], return_index=True)
    return left[order[first]]


def _part_of(keys: npt.NDArray[np.int32], column: int, parent: Cube) -> Lines:
    """The cells of a cube by what they are part of when one dimension is dropped."""
    left = np.delete(keys, column, axis=1)
    sizes = left.max(axis=0, initial=0) + 1
    wanted = np.ravel_multi_index(tuple(left.T), tuple(sizes))
    known = np.ravel_multi_index(tuple(parent.keys.T), tuple(sizes))
    return Lines(np.searchsorted(known, wanted), parent.shown)


def _cells(
    crowd: Crowd, rule: Rule, rows: Rows, dimensions: tuple[Dimension, ...]
) -> tuple[npt.NDArray[np.int32], Sets]:
    """The combinations of values that there are, in order, and to whom each belongs."""
    sizes = [len(crowd.values(name)) for name in dimensions]
    person = crowd.person[rows]
    combined = np.zeros(len(person), dtype=np.int64)
    for name, size in zip(dimensions, sizes, strict=True):
        combined = combined * size + crowd.codes(name)[rows]
    found, cell = distinct(combined, prod(sizes))
    people = Sets(len(found), rule, cell, person)
    keys = np.stack(np.unravel_index(found, sizes), axis=1)
    return keys.astype(np.int32), people


def parts_of(dimensions: tuple[Dimension, ...]) -> list[tuple[Dimension, ...]]:
    """These dimensions less one each, in the order of the one that is missing."""
    return [tuple(name for name in dimensions if name != missing) for missing in dimensions]


def subsets(dimensions: tuple[Dimension, ...]) -> list[tuple[Dimension, ...]]:
    """All choices of one or more of these dimensions."""
    return [
        chosen
        for count in range(1, len(dimensions) + 1)
        for chosen in combinations(dimensions, count)
    ]
