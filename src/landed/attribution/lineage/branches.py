"""Branches that never landed: which of their lines stand at a commit, and in what order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from landed.attribution.lineage.columns import Integers, PlacedLines, range_of, rows_of
from landed.attribution.lineage.graph import Branch, CommitGraph

_LONGEST_BRANCH = 1_000
"""A branch with more commits than this is a line of its own (a release, a fork)."""
LARGEST_COMMIT = 200_000
"""A commit that adds more lines brings in other people's code; its branch is not looked at."""
_REMEMBERED = 4_096


@dataclass(frozen=True)
class BranchLines:
    """What a branch has added by one of its commits, net of what it removed again.

    Attributes:
        rows: positions of those lines among all lines that never landed.
        forks: the landed commits that the branch grew from or merged.
    """

    rows: np.ndarray
    forks: tuple[int, ...]


class NeverLanded:
    """All lines born in commits that never landed, and all removals by such commits."""

    def __init__(
        self,
        graph: CommitGraph,
        added: PlacedLines,
        removed: PlacedLines,
        left_out: frozenset[int] = frozenset(),
        stashes: frozenset[int] = frozenset(),
    ):
        """Take what those commits added and removed, but for the commits `left_out`.

        A branch with one of those is not looked at. `stashes` end no branch: who stashes changes
        goes on from the commit before.
        """
        self._graph = graph
        self.added = added
        self._removed = removed
        self._left_out = left_out
        self._removed_row = self._rows_of_lines(removed.line)
        self._is_gone = np.zeros(len(added) + 1, dtype=np.bool_)
        self._touched_path, self._touched_by = _touches(added, removed)
        self._children: dict[int, list[int]] = {}
        for commit in np.flatnonzero(~graph.landed).tolist():
            for parent in graph.parents(commit) if commit not in stashes else ():
                self._children.setdefault(parent, []).append(commit)
        self.branch = lru_cache(maxsize=_REMEMBERED)(self._branch)

    def _branch(self, tip: int) -> Branch | None:
        branch = self._graph.branch(tip, _LONGEST_BRANCH)
        if branch is not None and not self._left_out.isdisjoint(branch.commits):
            return None
        return branch

    def _rows_of_lines(self, lines: Integers) -> np.ndarray:
        """Return the row of `added` that each line was born in; one past the end if none."""
        order = np.argsort(self.added.line, kind="stable")
        known = self.added.line[order]
        place = np.searchsorted(known, lines)
        row = np.append(order, len(known))[place]
        found = np.append(known, -1)[place] == lines
        return np.where(found, row, len(known))

    def heads(self, commit: int, before: int) -> list[int]:
        """Return the commits that ended the branches of `commit` when commit `before` was made.

        That is the last one of each, for what came later cannot have been landed by it.
        """
        graph = self._graph
        heads = []
        seen = {commit}
        waiting = [commit]
        while waiting:
            at = waiting.pop()
            later = [
                child
                for child in self._children.get(at, ())
                if graph.age[child] < graph.age[before]
                and graph.authored[child] <= graph.committed[before]
            ]
            if not later:
                heads.append(at)
            waiting.extend(child for child in later if child not in seen)
            seen.update(later)
        return sorted(heads)

    def net_lines(self, tip: int, beside: frozenset[int]) -> BranchLines | None:
        """Return what stands at `tip`; None where its branch is too large for a squash.

        The commits `beside`, which are another branch, count as if they had landed.
        """
        branch = self.branch(tip)
        if branch is None:
            return None
        commits = [commit for commit in branch.commits if commit not in beside]
        shared = {parent for commit in commits for parent in self._graph.parents(commit)} & beside
        rows = rows_of(self.added.commit, commits)
        gone = self._removed_row[rows_of(self._removed.commit, commits)]
        self._is_gone[gone] = True
        standing = rows[~self._is_gone[rows]]
        self._is_gone[gone] = False
        return BranchLines(standing, (*branch.forks, *sorted(shared)))

    def at_tip(self, tip: int, rows: np.ndarray) -> PlacedLines:
        """Return lines of the branch in their order and at their line numbers at `tip`.

        Each commit's removals and additions are replayed over the positions of the lines that
        stood before it. What merges into the branch shifted is not known; the order of the
        lines that stood before is kept all the same.
        """
        branch = self.branch(tip)
        assert branch is not None
        chosen = self.added.take(rows)
        number = chosen.number.astype(np.int64)
        for path in np.unique(chosen.path).tolist():
            inside = np.flatnonzero(chosen.path == path)
            number[inside] = self._replay(
                branch.commits, path, chosen.commit[inside], number[inside]
            )
        placed = PlacedLines(
            chosen.line,
            np.full(len(chosen), tip, dtype=np.int32),
            chosen.path,
            number.astype(np.int32),
            chosen.text,
            chosen.trivial,
        )
        return placed.take(np.lexsort((placed.number, placed.path)))

    def _replay(
        self, commits: tuple[int, ...], path: int, born: Integers, number: np.ndarray
    ) -> np.ndarray:
        now = number.copy()
        start, stop = range_of(self._touched_path, path)
        touching = np.intersect1d(self._touched_by[start:stop], commits, assume_unique=True)
        for commit in touching.tolist():
            standing = born < commit
            if standing.any():
                added = _numbers(self.added, commit, path)
                removed = _numbers(self._removed, commit, path)
                now[standing] = moved_positions(now[standing], removed, added)
        return now


def moved_positions(numbers: np.ndarray, removed: np.ndarray, added: np.ndarray) -> np.ndarray:
    """Return where lines stand after a change, by where they stood before.

    `numbers` are line numbers before the change of lines that it keeps, `removed` the line
    numbers before of what it removes, `added` the line numbers after of what it adds; the last
    two are sorted.
    """
    kept = numbers - np.searchsorted(removed, numbers)
    return kept + np.searchsorted(added - np.arange(len(added)), kept, side="right")


def _numbers(lines: PlacedLines, commit: int, path: int) -> np.ndarray:
    first, last = range_of(lines.commit, commit)
    start, stop = range_of(lines.path[first:last], path)
    return lines.number[first + start : first + stop].astype(np.int64)


def _touches(*sides: PlacedLines) -> tuple[Integers, Integers]:
    """Return each pair of a path and a commit that touches it, in this order."""
    pairs = np.unique(
        np.concatenate(
            [np.unique(side.path.astype(np.int64) << 32 | side.commit) for side in sides]
        )
    )
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)
