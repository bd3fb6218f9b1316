"""Pairing the lines of a file with the lines of a commit, in order, by equal text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landed.attribution.generated.edits import Flags, Hashes, Numbers
from landed.attribution.lineage.alignment import align
from landed.attribution.lineage.blocks import BLOCK_LINES


@dataclass(frozen=True)
class Sequence:
    """Lines in their order: line number, text, whether trivial, and whose they are."""

    number: Numbers
    text: Hashes
    trivial: Flags
    piece: Numbers


def paired(source: Sequence, target: Sequence, *, blocks: bool) -> tuple[Numbers, Numbers]:
    """Return the positions of equal lines, paired in order, that are more than chance.

    A trivial line counts only in a run of pairs, consecutive on both sides, with a line that is
    not trivial. With `blocks` a run must also have at least three lines.
    """
    here, there = align(source.text, target.text)
    if not len(here):
        return here, there
    goes_on = np.zeros(len(here), dtype=np.bool_)
    goes_on[1:] = (np.diff(source.number[here]) == 1) & (np.diff(target.number[there]) == 1)
    run = np.cumsum(~goes_on) - 1
    good = np.bincount(run, weights=~target.trivial[there]) > 0
    if blocks:
        good &= np.bincount(run) >= BLOCK_LINES
    chosen = good[run]
    return here[chosen], there[chosen]
