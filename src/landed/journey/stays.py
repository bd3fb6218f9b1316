"""When a lineage was on the default branch, stay by stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landed.journey.carriers import Carriers
from landed.journey.columns import NONE, OPEN, Flags, Integers, Positions, among, integers, steps
from landed.journey.history import History
from landed.journey.statements import statement
from landed.store import Store


@dataclass(frozen=True)
class Stays:
    """Stays on the default branch, ordered by owner and entry, in columns.

    Attributes:
        owner: place among the lines that were asked about.
        line: the carrier; of a stay of several, the one that left last.
        entered: the step that brought it in.
        left: the step that took it out; `OPEN` while it is there.
        left_by: the commit that removed it; `NONE` while it is there, or not known.
    """

    owner: Positions
    line: Integers
    entered: Integers
    left: Integers
    left_by: Integers

    def __len__(self) -> int:
        return len(self.line)

    def take(self, rows: Flags | Positions) -> Stays:
        """The rows where the mask holds, or at these positions."""
        return Stays(
            self.owner[rows],
            self.line[rows],
            self.entered[rows],
            self.left[rows],
            self.left_by[rows],
        )

    def shifted(self, first: int) -> Stays:
        """The same with owners counted from `first`."""
        return Stays(self.owner - first, self.line, self.entered, self.left, self.left_by)

    def by(self, step: int) -> Stays:
        """Those that had begun by a step; the ones that ended later last."""
        begun = self.take(self.entered <= step)
        lasts = begun.left > step
        return Stays(
            begun.owner,
            begun.line,
            begun.entered,
            np.where(lasts, OPEN, begun.left).astype(np.int32),
            np.where(lasts, NONE, begun.left_by).astype(np.int32),
        )

    def first_of_owner(self) -> Stays:
        """The first stay of each owner."""
        return self.take(_begins(self.owner))

    def last_of_owner(self) -> Stays:
        """The last stay of each owner."""
        return self.take(np.roll(_begins(self.owner), -1) if len(self) else self.owner > 0)


def read_stays(store: Store, history: History, branch: str, carriers: Carriers) -> Stays:
    """Read every stay of every carrier on `branch`, whenever it was."""
    order = np.argsort(carriers.line, kind="stable")
    lines = carriers.line[order]
    rows = store.query(
        statement("stays"),
        {"repository": history.repository, "branch": branch, "lines": lines.tolist()},
    )
    line, entered = integers(rows, "line"), integers(rows, "entered")
    found = Stays(
        carriers.owner[order][among(line, lines)],
        line,
        entered,
        steps(rows, "left"),
        integers(rows, "left_by"),
    )
    return found.take(np.lexsort((found.line, found.entered, found.owner)))


def united(stays: Stays) -> Stays:
    """The stays of lineages: a lineage stays as long as any of its lines does.

    Where one line leaves in the very step in which another enters, it has only changed its dress.
    """
    if not len(stays):
        return stays
    scale = OPEN + 1
    held = np.maximum.accumulate(stays.owner * scale + stays.left)
    begins = _begins(stays.owner)
    begins[1:] |= stays.entered[1:] > (held[:-1] - stays.owner[1:] * scale)
    number = np.cumsum(begins) - 1
    # where several lines leave in one step, the last commit that took one decides
    order = np.lexsort((stays.line, stays.left_by, stays.left, number))
    last = order[np.append(np.flatnonzero(np.diff(number[order])), len(order) - 1)]
    return Stays(
        stays.owner[last],
        stays.line[last],
        stays.entered[begins],
        stays.left[last],
        stays.left_by[last],
    )


def _begins(owner: Positions) -> Flags:
    """Whether each row is the first of its owner; rows are ordered by owner."""
    return np.append(True, owner[1:] != owner[:-1]) if len(owner) else np.zeros(0, np.bool_)
