"""Lines that one commit took out in one place and put in at another."""

from __future__ import annotations

import numpy as np

from landed.attribution.lineage.blocks import match_blocks
from landed.attribution.lineage.columns import NO_LINKS, Flags, Links, PlacedLines


def find_moves(removed: PlacedLines, added: PlacedLines) -> Links:
    """Link the lines of blocks that the same commit removed elsewhere.

    The rule: a run of at least three lines, consecutive on both sides, with one that is not
    trivial, with equal normalised text in order; each line once. The reason: who cuts a block
    and pastes it has written nothing, while shorter runs are typed again by chance. A copy is
    no move: its source still stands, so nothing was removed that it could continue.

    Rows of any number of commits; each commit is looked at by itself. Lines that a layout link
    of the same commit covers are left out by the caller.
    """
    removed, added = _of_candidates(removed, added)
    if not len(removed):
        return NO_LINKS
    source, target = match_blocks(
        removed, added, removed.commit.astype(np.uint64), added.commit.astype(np.uint64)
    )
    return Links(added.line[target], removed.line[source])


def _of_candidates(removed: PlacedLines, added: PlacedLines) -> tuple[PlacedLines, PlacedLines]:
    """Keep the commits that both remove and add lines."""
    both = np.intersect1d(removed.commit, added.commit)
    return removed.take(_among(removed, both)), added.take(_among(added, both))


def _among(lines: PlacedLines, commits: np.ndarray) -> Flags:
    return np.isin(lines.commit, commits)
