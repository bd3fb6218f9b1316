"""Which lines a version of a branch holds: what its commits brought, and none of them took out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from landed.journey.carriers import Carriers
from landed.journey.columns import Flags, Integers, Positions, among, integers
from landed.journey.history import History
from landed.journey.statements import statement
from landed.store import Store


def reached(history: History, starts: Iterable[int], inside: Flags) -> list[int]:
    """Those `inside` that the `starts` descend from, these included if they are inside too."""
    found = {start for start in starts if inside[start]}
    waiting = list(found)
    while waiting:
        for parent in history.parents[waiting.pop()]:
            if inside[parent] and parent not in found:
                found.add(parent)
                waiting.append(parent)
    return list(found)


@dataclass
class Versions:
    """Some carriers by the commits that brought them, and the commits that took them out.

    Attributes:
        carriers: ordered by commit.
        bearing: where the carriers of each commit begin and end, by commit.
        removed: which row of the carriers was taken out, sorted.
        removed_by: the commit that did it.
        inside: by commit, for one version at a time.
    """

    carriers: Carriers
    bearing: dict[int, slice]
    removed: Positions
    removed_by: Integers
    inside: Flags

    @classmethod
    def read(cls, store: Store, history: History, carriers: Carriers) -> Versions:
        """Read what concerns these carriers, at least one."""
        ordered = carriers.take(np.argsort(carriers.commit, kind="stable"))
        commits, begin = np.unique(ordered.commit, return_index=True)
        ends = [*begin[1:].tolist(), len(ordered)]
        bearing = {
            commit: slice(first, end)
            for commit, first, end in zip(commits.tolist(), begin.tolist(), ends, strict=True)
        }
        by_line = np.argsort(ordered.line, kind="stable")
        lines = ordered.line[by_line]
        asked = {"repository": history.repository, "lines": lines.tolist()}
        rows = store.query(statement("removals"), asked)
        removed = by_line[among(integers(rows, "line"), lines)]
        order = np.argsort(removed, kind="stable")
        return cls(
            ordered,
            bearing,
            removed[order],
            integers(rows, "commit_index")[order],
            np.zeros(len(history.parents), dtype=np.bool_),
        )

    def borne_by(self, commits: Iterable[int]) -> Positions:
        """The owners of which one of these commits brought a carrier."""
        slices = [self.bearing[commit] for commit in commits if commit in self.bearing]
        none = np.zeros(0, dtype=np.int64)
        return np.concatenate([none, *(self.carriers.owner[part] for part in slices)])

    def owners_in(self, commits: Collection[int]) -> Positions:
        """The owners of which a version that consists of these commits holds a carrier."""
        slices = [self.bearing[commit] for commit in commits if commit in self.bearing]
        if not slices:
            return np.zeros(0, dtype=np.int64)
        rows = np.concatenate([np.arange(part.start, part.stop) for part in slices])
        begin = np.searchsorted(self.removed, rows, side="left")
        count = np.searchsorted(self.removed, rows, side="right") - begin
        of = np.repeat(np.arange(len(rows)), count)
        within = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
        chosen = list(commits)
        self.inside[chosen] = True
        gone = self.inside[self.removed_by[begin[of] + within]]
        self.inside[chosen] = False
        there = np.ones(len(rows), dtype=np.bool_)
        there[of[gone]] = False
        owner: Positions = self.carriers.owner[rows[there]]
        return owner
