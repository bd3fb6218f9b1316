"""Branches that landed as one new commit: the lines of a squash come from the branch's commits.

The rules, and why:

- A squash S is a landed commit with one parent. Its branch is history that never landed, is
  still present, forked off before S (every landed commit it grew from is an ancestor of S), and
  was written before S was committed. History that landed needs no transfer.
- What counts of a branch are its net lines: those that stand at its last commit before S. With
  stacked commits, or several versions of a branch, the latest comes first.
- S has squashed the branch only where it holds at least half of the branch's net lines that are
  not trivial and have not landed elsewhere, in order and path by path, with at least one block
  among them (three consecutive lines, one not trivial). Somebody else who types a few of the
  same lines while the branch is open holds a small part of it, and gets nothing from it.
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
    """How many texts a landed commit shares, path by path, with commits that never landed."""

    commit: int
    sources: Integers
    counts: Positions


class SquashSearch:
    """Looks for the branches behind landed commits, oldest commit first."""

    def __init__(self, graph: CommitGraph, side: NeverLanded, roots: Links, share: float):
        """Take the lines that never landed, and the roots of lineages as other rules see them.

        Lines whose lineage began in a landed commit are no news of their branch: they are left
        out, as are lineages that have landed by another rule. `share` is the part of a branch's
        net lines that its squash must hold.
        """
        self._graph = graph
        self._side = side
        self._share = share
        added = side.added
        self._root = roots_of(added.line, roots)
        self._by_root = np.argsort(self._root, kind="stable")
        self._sorted_root = self._root[self._by_root]
        self.open: Flags = np.isin(self._root, added.line)
        elsewhere = ~np.isin(roots.line, added.line)
        self.close(roots.predecessor[elsewhere])
        self._key = mixed(added.path, added.text)

    def close(self, lineages: Integers) -> None:
        """Leave out the branch lines of these lineages (root line ids) from now on."""
        rows = rows_of(self._sorted_root, np.unique(lineages))
        self.open[self._by_root[rows]] = False

    def candidates(self, landed: PlacedLines) -> list[SharedText]:
        """Return the landed commits that share text with branches, the oldest first.

        `landed` holds lines of landed commits whose text stands on the same path in a commit
        that never landed; others do no harm.
        """
        rows = np.flatnonzero(self.open & ~self._side.added.trivial)
        order = rows[np.argsort(self._key[rows], kind="stable")]
        keys = self._key[order]
        wanted = mixed(landed.path, landed.text)
        starts = np.searchsorted(keys, wanted)
        counts = np.searchsorted(keys, wanted, side="right") - starts
        counts[(counts > _POPULAR) | landed.trivial] = 0
        before = np.cumsum(counts) - counts
        places = np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
        commit = np.repeat(landed.commit, counts).astype(np.int64)
        source = self._side.added.commit[order[places]].astype(np.int64)
        graph = self._graph
        possible = (graph.age[source] < graph.age[commit]) & (
            graph.authored[source] <= graph.committed[commit]
        )
        pairs, shared = np.unique(commit[possible] << 32 | source[possible], return_counts=True)
        return self._by_commit(pairs >> 32, pairs & 0xFFFFFFFF, shared)

    def _by_commit(
        self, commit: Positions, source: Positions, shared: Positions
    ) -> list[SharedText]:
        if not len(commit):
            return []
        commits, starts = np.unique(commit, return_index=True)
        stops = np.append(starts[1:], len(commit))
        total = np.add.reduceat(shared, starts)
        found = [
            SharedText(int(at), source[start:stop].astype(np.int32), shared[start:stop])
            for at, start, stop, enough in zip(
                commits, starts, stops, total >= BLOCK_LINES, strict=True
            )
            if enough
        ]
        return sorted(found, key=lambda each: int(self._graph.age[each.commit]))

    def squashed_lines(self, shared: SharedText, added: PlacedLines) -> Links:
        """Link the lines that one commit added to the branches it has squashed.

        `added` holds the commit's lines that have no predecessor yet.
        """
        found = []
        whole = self._heads(shared)
        parts = [tip for tip in self._latest_sources(shared) if tip not in set(whole)]
        for tip in [*whole, *parts]:
            branch = self._side.net_lines(tip)
            if branch is None:
                continue
            by_author = tip in whole or self._is_by_author_of(tip, shared.commit)
            links, rows = self._from_branch(tip, branch, added, exactly=not by_author)
            if len(rows) and self._may_be_squashed(branch, shared.commit):
                found.append(links)
                self.close(self._root[rows])
                added = added.take(~np.isin(added.line, links.line))
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
                if total >= BLOCK_LINES:
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
        self, tip: int, branch: BranchLines, added: PlacedLines, *, exactly: bool
    ) -> tuple[Links, Positions]:
        """Return the links to one branch, and which rows of it they use; none if not proven."""
        nothing = Links(added.line[:0], added.line[:0]), np.empty(0, dtype=np.int64)
        rows = branch.rows[self.open[branch.rows]]
        significant = int((~self._side.added.trivial[rows]).sum())
        on_path = rows[np.isin(self._side.added.path[rows], added.path)]
        if int((~self._side.added.trivial[on_path]).sum()) < significant * self._share:
            return nothing
        net = self._side.at_tip(tip, on_path)
        here, there, block = _in_order(net, added)
        matched = int((~net.trivial[here]).sum())
        if not block or matched < max(1, significant * self._share):
            return nothing
        if exactly and matched < max(
            _EXACT_LINES,
            significant * _EXACT_SHARE,
            int((~added.trivial).sum()) * _EXACT_SHARE,
        ):
            return nothing
        used = on_path[np.isin(self._side.added.line[on_path], net.line[here])]
        return Links(added.line[there], net.line[here]), used


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
