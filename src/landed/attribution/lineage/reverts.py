"""Lines that a revert brings back, and lines that land again after a revert.

A commit Y reverts X where its message says so, or where Y removes exactly the lines that X
added and adds exactly the texts that X removed, at least three lines that are not trivial in
all: who sets a single flag back has reverted nothing.

The rules, and why:

- What Y adds and X had removed is the older line again, in order and path by path: `git revert`
  writes nothing, so authorship goes back to who wrote the line before X. A revert of the revert
  is the same rule once more.
- A later commit Z that descends from Y and adds to the same path a block that Y removed has
  re-landed it: the text was there, was taken out as a whole, and comes back. Nothing but the
  text ties Z to Y, so only blocks count (at least three consecutive lines, one not trivial);
  where they are most of what Y removed (seven tenths), the lines between them count as well.
- Lines removed by any other commit do not come back this way: who types a deleted line again
  has written it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from landed.attribution.lineage.alignment import align_patches, supported
from landed.attribution.lineage.blocks import BLOCK_LINES, match_blocks
from landed.attribution.lineage.columns import NO_LINKS, Integers, Links, PlacedLines
from landed.attribution.lineage.graph import CommitGraph
from landed.attribution.lineage.patches import Patches, same_texts

CommitPair = tuple[int, int]

_MOST = 0.7


def is_inverse(patches: Patches, revert: int, reverted: int) -> bool:
    """Tell whether one commit's patch is exactly the other's, backwards, and no mere switch."""
    taken_out = patches.removed(revert)
    born = patches.added(reverted)
    given_back = patches.added(revert)
    significant = int((~born.trivial).sum()) + int((~given_back.trivial).sum())
    return (
        significant >= BLOCK_LINES
        and np.array_equal(np.sort(taken_out.line), np.sort(born.line))
        and same_texts(given_back, patches.removed(reverted))
    )


def restored_lines(graph: CommitGraph, patches: Patches, pairs: Iterable[CommitPair]) -> Links:
    """Link what reverts added to the lines that the reverted commits had removed.

    `pairs` are (revert, reverted). Where a merge of the main line was reverted, what counts is
    what it brought in: the removals of all commits that landed with it.
    """
    found = []
    merges = graph.is_merge
    for revert, reverted in sorted(pairs):
        added = patches.added(revert)
        if not len(added) or reverted >= revert:
            continue
        if merges[reverted] and graph.on_mainline[reverted]:
            commits = np.flatnonzero(graph.change == graph.change[reverted]).astype(np.int32)
            removed = patches.removed_by_any(commits)
        else:
            removed = patches.removed(reverted)
        if not len(removed):
            continue
        here, there = align_patches(removed, added)
        if not same_texts(removed, added):
            good = supported(removed, added, (here, there))
            here, there = here[good], there[good]
        found.append(Links(added.line[there], removed.line[here]))
    return Links.joined(found)


def relanded_lines(graph: CommitGraph, patches: Patches, pairs: Iterable[CommitPair]) -> Links:
    """Link what later commits added to what reverts had removed.

    `pairs` are (later commit, revert) that share texts on a path; the latest revert is asked
    first.
    """
    found = []
    for later, revert in sorted(pairs, key=lambda pair: (pair[0], -graph.age[pair[1]], pair[1])):
        if revert < later and graph.is_ancestor(revert, later):
            found.append(_blocks_on_path(patches.removed(revert), patches.added(later)))
    return Links.joined(found)


def _blocks_on_path(removed: PlacedLines, added: PlacedLines) -> Links:
    if not len(removed) or not len(added):
        return NO_LINKS
    here, there = match_blocks(removed, added, _scope(removed.path), _scope(added.path))
    links = Links(added.line[there], removed.line[here])
    if not len(links) or (~removed.trivial[here]).sum() < _MOST * (~removed.trivial).sum():
        return links
    pairs = align_patches(removed, added)
    good = supported(removed, added, pairs)
    here, there = pairs[0][good], pairs[1][good]
    between = ~np.isin(removed.line[here], links.predecessor)
    between &= ~np.isin(added.line[there], links.line)
    return Links.joined([links, Links(added.line[there[between]], removed.line[here[between]])])


def _scope(path: Integers) -> np.ndarray:
    return path.astype(np.uint64)
