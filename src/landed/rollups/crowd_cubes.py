"""Which values, and which pairs of values, may be shown so that no difference tells of a few.

Tables by one dimension fold the values of fewer than k people into "others", and further ones
until others has k people too: the secondary suppression of statistical offices (Hundepool et al.,
Statistical Disclosure Control, 2012, chapter 4). Tables by several dimensions do so along each of
their lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from landed.rollups.filters import Dimension
from landed.rollups.presence import Crowd, People, Rows

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


def together(people: People) -> People:
    """All these sets of people as one."""
    found: People = np.any(people, axis=0)[np.newaxis]
    return found


@dataclass(frozen=True)
class Rule:
    """Which sets of people may be shown: of at least `smallest`, or of nobody but the viewer.

    `own` says of each person of a crowd whether that is the viewer; the first stands for people not
    known, who never make a group larger.
    """

    smallest: int
    own: Flags

    def fine(self, people: People) -> Flags:
        """For each set of people, whether a figure about them may be shown; of nobody it may."""
        others = (people & ~self.own).any(axis=1)
        enough: Flags = ~others | (self.size(people) >= self.smallest)
        return enough

    def size(self, people: People) -> Numbers:
        """How many known people each set has."""
        found: Numbers = people[:, 1:].sum(axis=1)
        return found


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


def cube(
    crowd: Crowd, rule: Rule, rows: Rows, dimensions: tuple[Dimension, ...], parents: Sequence[Cube]
) -> Cube:
    """The cells of these dimensions among `rows`.

    `parents` are the cubes with one dimension less, in the order of the dimension that they lack;
    of a single dimension none: its only parent is the total.
    """
    keys, people = _cells(crowd, rows, dimensions)
    lines = [_Lines(keys, column, parent) for column, parent in enumerate(parents)]
    if not lines:
        total = bool(rule.fine(together(people))[0])
        lines = [_Lines.of_total(len(keys), total)]
    hidden = ~rule.fine(people)
    equal = np.zeros(len(keys), dtype=np.bool_)
    for line in lines:
        hidden |= ~line.shown[line.parent]
        equal |= line.shown[line.parent] & (line.children[line.parent] == 1)
    if len(dimensions) == 1:
        hidden |= _telling(crowd, rule, rows, dimensions[0])[keys[:, 0]]
        equal[:] = False
    hidden &= ~equal
    _fold(rule, people, hidden, equal, lines)
    return Cube(dimensions, keys, ~hidden)


class _Lines:
    """The cells of a cube by what they are part of when one dimension is dropped."""

    def __init__(self, keys: npt.NDArray[np.int32], column: int, parent: Cube) -> None:
        left = np.delete(keys, column, axis=1)
        sizes = left.max(axis=0, initial=0) + 1
        wanted = np.ravel_multi_index(tuple(left.T), tuple(sizes))
        known = np.ravel_multi_index(tuple(parent.keys.T), tuple(sizes))
        self.parent = np.searchsorted(known, wanted)
        self.shown = parent.shown
        self.children = np.bincount(self.parent, minlength=len(parent.keys))

    @classmethod
    def of_total(cls, cells: int, shown: bool) -> _Lines:
        """All cells in one line."""
        found = cls.__new__(cls)
        found.parent = np.zeros(cells, dtype=np.int64)
        found.shown = np.array([shown])
        found.children = np.array([cells])
        return found


def _fold(rule: Rule, people: People, hidden: Flags, known: Flags, lines: Sequence[_Lines]) -> None:
    """Hide more, until what is hidden in each line is nobody's or of enough people.

    A cell hidden alone is the line less the shown ones, so that it takes another with it. `known`
    cells are all of a shown line: hiding them would hide nothing.
    """
    size = rule.size(people)
    changed = True
    while changed:
        changed = False
        for line in lines:
            for parent in np.unique(line.parent[hidden]):
                if not line.shown[parent]:
                    continue
                members = np.flatnonzero(line.parent == parent)
                while not _covered(rule, people[members[hidden[members]]]):
                    left = members[~hidden[members] & ~known[members]]
                    if not len(left):
                        break
                    hidden[left[np.argmin(size[left])]] = True
                    changed = True


def _covered(rule: Rule, hidden: People) -> bool:
    return len(hidden) > 1 and bool(rule.fine(together(hidden))[0])


def _telling(crowd: Crowd, rule: Rule, rows: Rows, dimension: Dimension) -> Flags:
    """Values that would tell of a few, less the values of other dimensions that lie wholly in them.

    All of team A use one agent, which two others use as well: the agent's figures less the team's
    are those of the two.
    """
    telling = np.zeros(len(crowd.values(dimension)), dtype=np.bool_)
    for other in crowd.dimensions:
        if other == dimension:
            continue
        inside = crowd.within_one(other, dimension, rows)
        whole = (inside >= 0) & rule.fine(crowd.people_by(other, rows))
        if not whole.any():
            continue
        holders = np.unique(inside[whole])
        rest = rows[~whole[crowd.codes(other)[rows]]]
        telling[holders] |= ~rule.fine(crowd.people_by(dimension, rest))[holders]
    return telling


def _cells(
    crowd: Crowd, rows: Rows, dimensions: tuple[Dimension, ...]
) -> tuple[npt.NDArray[np.int32], People]:
    """The combinations of values that there are, in order, and to whom each belongs."""
    sizes = [len(crowd.values(name)) for name in dimensions]
    combined = np.zeros(len(rows), dtype=np.int64)
    for name, size in zip(dimensions, sizes, strict=True):
        combined = combined * size + crowd.codes(name)[rows]
    found, cell = np.unique(combined, return_inverse=True)
    people = np.zeros((len(found), len(crowd.names)), dtype=np.bool_)
    people[cell, crowd.person[rows]] = True
    keys = (
        np.stack(np.unravel_index(found, sizes), axis=1)
        if len(found)
        else np.zeros((0, len(sizes)))
    )
    return keys.astype(np.int32), people


def parts_of(dimensions: tuple[Dimension, ...]) -> list[tuple[Dimension, ...]]:
    """These dimensions less one each, in the order of the one that is missing."""
    return [
        tuple(name for name in dimensions if name != missing)
        for missing in dimensions
        if len(dimensions) > 1
    ]


def subsets(dimensions: tuple[Dimension, ...]) -> list[tuple[Dimension, ...]]:
    """All choices of one or more of these dimensions."""
    return [
        chosen
        for count in range(1, len(dimensions) + 1)
        for chosen in combinations(dimensions, count)
    ]
