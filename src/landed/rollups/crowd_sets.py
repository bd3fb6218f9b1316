"""Sets of people, many at once, and which of them are of enough people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landed.rollups.presence import People

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32] | npt.NDArray[np.int64]
_MOST_FLAGS = 1 << 24
"""Numbers up to this are told apart by a flag each (16 MB), higher ones by sorting them."""


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


class Sets:
    """`count` sets of people as pairs of a set and a person: small where most sets are."""

    def __init__(self, count: int, rule: Rule, of: Places, person: Places) -> None:
        """Sets of people; `of` and `person` may tell a pair several times."""
        self.count = count
        self._rule = rule
        people = len(rule.own)
        pairs, _ = distinct(of.astype(np.int64) * people + person, count * people)
        self._of, self._person = np.divmod(pairs, people)
        self.size: Numbers = np.bincount(self._of[self._person > 0], minlength=count)
        """How many known people each set has."""
        self.there: Flags = np.bincount(self._of, minlength=count) > 0
        """Which sets have anybody, known or not."""
        others = np.bincount(self._of[~rule.own[self._person]], minlength=count)
        self.own: Flags = others == 0
        """Which sets are of nobody but the viewer, or of nobody."""

    @property
    def fine(self) -> Flags:
        """For each set, whether a figure about it may be shown; of nobody it may."""
        enough: Flags = self.own | (self.size >= self._rule.smallest)
        return enough

    def joined(self, inside: Flags, into: Numbers, count: int) -> Sets:
        """The sets that are `inside` as `count` larger ones: each is part of the one in `into`."""
        kept = inside[self._of]
        return Sets(count, self._rule, into[self._of[kept]], self._person[kept])


def distinct(numbers: Numbers, end: int) -> tuple[Numbers, Places]:
    """The numbers (from 0 to before `end`) that there are, in order, and the place of each."""
    if end > _MOST_FLAGS:
        found, places = np.unique(numbers, return_inverse=True)
        return found, places
    there = np.zeros(end, dtype=np.bool_)
    there[numbers] = True
    place_of: npt.NDArray[np.int32] = np.cumsum(there, dtype=np.int32) - 1
    return np.flatnonzero(there).astype(np.int64), place_of[numbers]


def together(people: People) -> People:
    """All these sets of people as one."""
    found: People = np.any(people, axis=0)[np.newaxis]
    return found
