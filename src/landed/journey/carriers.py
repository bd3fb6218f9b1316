"""Which lines of the ledger carry a line on: its lineage, down to where another one begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landed.attribution.lineage.columns import Links
from landed.attribution.lineage.roots import find_roots
from landed.journey.columns import NONE, Flags, Integers, Positions, among, integers
from landed.journey.history import History
from landed.journey.statements import statement
from landed.store import Store


@dataclass(frozen=True)
class Carriers:
    """Lines of the ledger that carry on others, one row for each, in columns.

    Attributes:
        owner: place among the lines that were asked about.
        line: line of the ledger; the line asked about is its own first carrier.
        commit: the commit in which it was born.
    """

    owner: Positions
    line: Integers
    commit: Integers

    def __len__(self) -> int:
        return len(self.line)

    def take(self, rows: Flags | Positions) -> Carriers:
        """The rows where the mask holds, or at these positions."""
        return Carriers(self.owner[rows], self.line[rows], self.commit[rows])

    def shifted(self, first: int) -> Carriers:
        """The same with owners counted from `first`."""
        return Carriers(self.owner - first, self.line, self.commit)


def read_carriers(store: Store, history: History, owners: Integers) -> Carriers:
    """Read all carriers of `owners` (sorted, each once) that had been committed by then.

    A line belongs to its nearest predecessor among `owners`: an agent that writes a line anew in
    the middle of a lineage has generated what follows.
    """
    asked = {"repository": history.repository}
    rows = store.query(statement("links"), asked)
    line, predecessor = integers(rows, "line"), integers(rows, "predecessor")
    free = among(line, owners) == NONE
    roots = find_roots(Links(line[free], predecessor[free]))
    root = among(roots.predecessor, owners)
    owned = root != NONE
    lines = np.concatenate([owners, roots.line[owned]]).astype(np.int32)
    owner = np.concatenate([np.arange(len(owners)), root[owned]])
    order = np.argsort(lines, kind="stable")
    lines, owner = lines[order], owner[order]
    births = store.query(statement("births"), asked | {"lines": lines.tolist()})
    place = among(integers(births, "line"), lines)
    found = Carriers(owner[place], lines[place], integers(births, "commit_index"))
    found = found.take(history.exists[found.commit])
    return found.take(np.lexsort((found.line, found.owner)))
