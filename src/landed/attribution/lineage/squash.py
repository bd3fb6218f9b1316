"""Branches that landed as one new commit: the lines of a squash come from the branch's commits.

The rules, and why:

- A squash S is a commit with one parent. Its branch is history that never landed, is still
  present, forked off before S (every commit it grew from is an ancestor of S), and was written
  before S was committed. History that landed needs no transfer.
- S may have landed or be beside the main line itself: who squashes a branch before it is squashed
  again on a server, or amends a squash, leaves such commits. They are looked at first; then their
  lines lead on to the branch. Releases are not looked at: they are lines of their own.
- What counts of a branch are its net lines: those that stand at its last commit before S. With
  stacked commits, or several versions of a branch, the latest comes first.
- S has squashed the branch only where it holds at least seven tenths of the branch's net lines
  that are not trivial and have not landed elsewhere, in order and path by path, with at least one
  block among them (three consecutive lines, one not trivial). Somebody else who types some of the
  same lines while the branch is open holds a smaller part of it, and gets nothing from it; lines
  that landed so at the same path need not be in S any more, unless they are most of the branch.
  Lines of S that another rule has linked to the branch prove it as well.
- In a proven squash every line that agrees in order is the branch's, single lines too; what the
  squash changed (conflict fixes, a review's edits) stays its own. A trivial line counts only
  beside a paired neighbour.
- The lower part of a stack of branches can be squashed alone. Which commits were a branch of
  their own is not known, so such a part counts as a branch only where S is by an author of it,
  or where nine tenths of the part, and of what S adds, are the same ten lines or more.
- One to one: a line of a branch that has landed once does not land again. Several branches can
  be squashed into one commit; the one with most of its lines there comes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from landed.attribution.lineage.alignment import align_patches, supported
from landed.attribution.lineage.blocks import BLOCK_LINES, match_blocks
from landed.attribution.lineage.branches import BranchLines, NeverLanded
from landed.attribution.lineage.columns import (
    Flags,
    Integers,
    Links,
    PlacedLines,
    Positions,
    mixed,
    rows_of,
)
from landed.attribution.lineage.graph import CommitGraph
from landed.attribution.lineage.roots import roots_of

_EXACT_SHARE = 0.9
_EXACT_LINES = 10
_POPULAR = 64
"""A text that so many lines of one path share says little about which branch it came from."""
_BRANCHES_ASKED = 8
"""So many branches are compared with one commit, those that share most with it first."""


@dataclass(frozen=True)
class SharedText:
    """How many texts a commit shares, path by path, with commits that never landed.

    `least` is how many it must share with a branch.
    """

    commit: int
    sources: Integers
    counts: Positions
    least: int

    def without(self, commits: frozenset[int]) -> SharedText:
        """Return the same but for some sources."""
        kept = ~np.isin(self.sources, list(commits))
        return SharedText(self.commit, self.sources[kept], self.counts[kept], self.least)


class SquashSearch:
    """Looks for the branches behind commits, oldest commit first."""

    def __init__(
        self,
        graph: CommitGraph,
        side: NeverLanded,
        landed: PlacedLines,
        roots: Links,
        share: float,
        *,
        landed_counts: bool = True,
    ):
        """Take the lines that never landed, and the roots of lineages as other rules see them.

        `landed` are the lines that did land and whose text a line of `side` has at the same path.

        Lines whose lineage began in a landed commit are no news of their branch: they are left
        out, as are (where `landed_counts`) lineages that have landed by another rule. `share` is
        the part of a branch's net lines that its squash must hold.
        """
        self._graph = graph
        self._side = side
        self._share = share
        self._roots = roots
        added = side.added
        self._root = roots_of(added.line, roots)
        self._by_root = np.argsort(self._root, kind="stable")
        self._sorted_root = self._root[self._by_root]
        self.open: Flags = np.isin(self._root, added.line)
        if landed_counts:
            elsewhere = ~np.isin(roots.line, added.line)
            self.close(roots.predecessor[elsewhere])
        self._key = mixed(added.path, added.text)
        keys, code = np.unique(mixed(landed.path, landed.text), return_inverse=True)
        self._landings = np.sort(code.astype(np.int64) << 32 | graph.age[landed.commit])
        place = np.searchsorted(keys, self._key)
        known = np.append(keys, np.uint64(0))[place] == self._key
        self._code = np.where(known & (place < len(keys)), place, len(keys)).astype(np.int64)

    def close(self, lineages: Integers) -> None:
        """Leave out the branch lines of these lineages (root line ids) from now on."""
        rows = rows_of(self._sorted_root, np.unique(lineages))
        self.open[self._by_root[rows]] = False

    def candidates(self, wanted: PlacedLines, tied: Flags) -> list[SharedText]:
        """Return the commits that share text with branches, the oldest first.

        `wanted` holds lines of commits that may be squashes, whose text stands on the same path
        in a commit that never landed; others do no harm. Of `tied` commits, which are versions of
        others by another rule, one line is enough.
        """
        rows = np.flatnonzero(self.open & ~self._side.added.trivial)
        order = rows[np.argsort(self._key[rows], kind="stable")]
        keys = self._key[order]
        key = mixed(wanted.path, wanted.text)
        starts = np.searchsorted(keys, key)
        counts = np.searchsorted(keys, key, side="right") - starts
        counts[(counts > _POPULAR) | wanted.trivial] = 0
        before = np.cumsum(counts) - counts
        places = np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
        commit = np.repeat(wanted.commit, counts).astype(np.int64)
        source = self._side.added.commit[order[places]].astype(np.int64)
        graph = self._graph
        possible = (graph.age[source] < graph.age[commit]) & (
            graph.authored[source] <= graph.committed[commit]
        )
        pairs, shared = np.unique(commit[possible] << 32 | source[possible], return_counts=True)
        return self._by_commit(pairs >> 32, pairs & 0xFFFFFFFF, shared, tied)

    def _by_commit(
        self, commit: Positions, source: Positions, shared: Positions, tied: Flags
    ) -> list[SharedText]:
        if not len(commit):
            return []
        commits, starts = np.unique(commit, return_index=True)
        stops = np.append(starts[1:], len(commit))
        enough = (np.add.reduceat(shared, starts) >= BLOCK_LINES) | tied[commits]
        found = [
            SharedText(
                int(at),
                source[start:stop].astype(np.int32),
                shared[start:stop],
                1 if tied[at] else BLOCK_LINES,
            )
            for at, start, stop in zip(commits[enough], starts[enough], stops[enough], strict=True)
        ]
        return sorted(found, key=lambda each: int(self._graph.age[each.commit]))

    def squashed_lines(self, shared: SharedText, added: PlacedLines, free: Flags) -> Links:
        """Link the lines that one commit added to the branches it has squashed.

        `added` holds all lines that the commit added, `free` tells which of them have no
        predecessor yet.
        """
        own = self._side.branch(shared.commit) if self._graph.change[shared.commit] < 0 else None
        beside = frozenset(own.commits if own is not None else ())
        shared = shared.without(beside)
        found = []
        whole = self._heads(shared)
        parts = [tip for tip in self._latest_sources(shared) if tip not in set(whole)]
        for tip in [*whole, *parts]:
            branch = self._side.net_lines(tip, beside)
            if branch is None:
                continue
            by_author = tip in whole or self._is_by_author_of(tip, shared.commit)
            links, rows = self._from_branch(
                shared.commit, tip, branch, added, free, exactly=not by_author
            )
            if len(rows) and self._may_be_squashed(branch, shared.commit):
                found.append(links)
                self.close(self._root[rows])
                free = free & ~np.isin(added.line, links.line)
        return Links.joined(found)

    def _heads(self, shared: SharedText) -> list[int]:
        """Return the ends of the branches that share text, as they were then."""
        heads: dict[int, None] = {}
        seen: set[int] = set()
        for source in self._latest_first(shared):
            if source not in seen:
                ends = self._side.heads(source, shared.commit)
                heads |= dict.fromkeys(ends)
                for end in ends:
                    branch = self._side.branch(end)
                    seen.update(branch.commits if branch else [source])
        return self._most_shared(heads, shared)

    def _latest_sources(self, shared: SharedText) -> list[int]:
        """Return the last commit of each branch that itself shares text."""
        sources = []
        seen: set[int] = set()
        for source in self._latest_first(shared):
            branch = self._side.branch(source)
            if source not in seen and branch is not None:
                seen.update(branch.commits)
                sources.append(source)
        return self._most_shared(sources, shared)

    def _latest_first(self, shared: SharedText) -> list[int]:
        ages = self._graph.age
        return sorted(shared.sources.tolist(), key=lambda commit: -int(ages[commit]))

    def _most_shared(self, tips: Iterable[int], shared: SharedText) -> list[int]:
        """Return the tips whose branches share most, the later ones first among equals."""
        weight = dict(zip(shared.sources.tolist(), shared.counts.tolist(), strict=True))
        asked = []
        for tip in tips:
            branch = self._side.branch(tip)
            if branch is not None:
                total = sum(weight.get(commit, 0) for commit in branch.commits)
                if total >= shared.least:
                    asked.append((-total, -int(self._graph.age[tip]), tip))
        return [tip for _, _, tip in sorted(asked)[:_BRANCHES_ASKED]]

    def _is_by_author_of(self, tip: int, commit: int) -> bool:
        branch = self._side.branch(tip)
        assert branch is not None
        return bool((self._graph.author[list(branch.commits)] == self._graph.author[commit]).any())

    def _may_be_squashed(self, branch: BranchLines, commit: int) -> bool:
        forks = branch.forks
        return bool(forks) and all(self._graph.is_ancestor(fork, commit) for fork in forks)

    def _from_branch(
        self,
        commit: int,
        tip: int,
        branch: BranchLines,
        added: PlacedLines,
        free: Flags,
        *,
        exactly: bool,
    ) -> tuple[Links, Positions]:
        """Return the links to one branch, and which rows of it they use; none if not proven.

        Lines that another rule has linked to the branch prove it as well as equal text does.
        """
        nothing = Links(added.line[:0], added.line[:0]), np.empty(0, dtype=np.int64)
        rows = branch.rows[self.open[branch.rows]]
        if not len(rows):
            return nothing
        linked, linked_rows = self._linked_to(branch, added, free)
        if len(linked_rows):
            rows = np.union1d(rows, linked_rows)
        added, free = added.take(free | linked), free[free | linked]
        side = self._side.added
        counted = rows[~side.trivial[rows]]
        alike = counted[np.isin(self._key[counted], mixed(added.path, added.text))]
        if not self._holds_enough(alike, counted, branch, commit):
            return nothing
        net = self._side.at_tip(tip, rows[np.isin(side.path[rows], added.path)])
        here, there, block = _in_order(net, added)
        matched = counted[np.isin(side.line[counted], net.line[here])]
        if not block or not self._holds_enough(matched, counted, branch, commit):
            return nothing
        if exactly and len(matched) < max(
            _EXACT_LINES,
            len(counted) * _EXACT_SHARE,
            int((~added.trivial).sum()) * _EXACT_SHARE,
        ):
            return nothing
        new = free[there] & np.isin(net.line[here], side.line[rows[self.open[rows]]])
        here, there = here[new], there[new]
        return Links(added.line[there], net.line[here]), rows[
            np.isin(side.line[rows], net.line[here])
        ]

    def _holds_enough(
        self, matched: Positions, rows: Positions, branch: BranchLines, commit: int
    ) -> bool:
        """Tell whether a commit that holds the `matched` of a branch's `rows` may have squashed it.

        Rows that somebody else has landed meanwhile need not be there, up to half of them.
        """
        if not len(matched) or len(matched) < len(rows) * self._share / 2:
            return False
        if len(matched) >= len(rows) * self._share:
            return True
        gone = self._has_landed_since(rows, branch, commit) & ~np.isin(rows, matched)
        return bool(len(matched) >= (~gone).sum() * self._share)

    def _has_landed_since(self, rows: Positions, branch: BranchLines, commit: int) -> Flags:
        """Tell which lines of a branch somebody landed after it forked off, before `commit`."""
        age = self._graph.age
        forked = max((int(age[fork]) for fork in branch.forks), default=0)
        code = self._code[rows] << 32
        return np.asarray(
            np.searchsorted(self._landings, code | int(age[commit]))
            > np.searchsorted(self._landings, code | forked, side="right"),
            dtype=np.bool_,
        )

    def _linked_to(
        self, branch: BranchLines, added: PlacedLines, free: Flags
    ) -> tuple[Flags, Positions]:
        """Return which lines another rule has linked to a branch, and to which rows of it."""
        if free.all():
            return ~free, branch.rows[:0]
        roots = roots_of(added.line, self._roots)
        linked = ~free & np.isin(roots, self._root[branch.rows])
        return linked, branch.rows[np.isin(self._root[branch.rows], roots[linked])]


def _in_order(net: PlacedLines, added: PlacedLines) -> tuple[Positions, Positions, bool]:
    """Pair a branch's lines with a commit's: in order, then the blocks that changed places.

    The third value tells whether there is a block among the pairs.
    """
    pairs = align_patches(net, added)
    good = supported(net, added, pairs)
    here, there = pairs[0][good], pairs[1][good]
    block = bool(supported(net, added, (here, there), blocks_only=True).any())
    rest = np.setdiff1d(np.arange(len(net)), here)
    open_rows = np.setdiff1d(np.arange(len(added)), there)
    more_here, more_there = match_blocks(
        net.take(rest),
        added.take(open_rows),
        net.path[rest].astype(np.uint64),
        added.path[open_rows].astype(np.uint64),
    )
    return (
        np.concatenate([here, rest[more_here]]),
        np.concatenate([there, open_rows[more_there]]),
        block or len(more_here) > 0,
    )
