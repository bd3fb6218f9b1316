"""Generated lines committed at another path than that of their edit: whole blocks only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from landed.attribution.generated.births import Births
from landed.attribution.generated.edits import Flags, Hashes, Numbers
from landed.attribution.generated.replay import Replay
from landed.attribution.lineage.blocks import BLOCK_LINES, match_blocks
from landed.attribution.lineage.columns import PlacedLines, mixed


class BlockSearch:
    """Finds blocks of generated lines among the births of a commit."""

    def __init__(self, replay: Replay, births: Births) -> None:
        """Look up which blocks of three lines both have."""
        self._replay = replay
        self._births = births
        generated = replay.generated
        self._run = _runs(replay)
        every = np.arange(len(generated))
        ours, at = _blocks(self._run, every, generated.text, generated.trivial)
        place = births.commit << 32 | births.path
        theirs, there = _blocks(place, births.number, births.text, births.trivial)
        shared = np.intersect1d(ours, theirs)
        chosen = at[np.isin(ours, shared)]
        self._pieces = np.unique(
            np.concatenate([chosen + step for step in range(BLOCK_LINES)])
        ).astype(np.int64)
        self._commits = set(births.commit[there[np.isin(theirs, shared)]].tolist())
        # whole runs are compared, so that a block is followed to its end
        self._pieces = every[np.isin(self._run, self._run[self._pieces])]

    def may_have(self, commit: int) -> bool:
        """Tell whether some block stands in this commit."""
        return commit in self._commits

    def find(
        self, commit: int, is_open: Flags, is_free: Flags, is_allowed: Callable[[int], bool]
    ) -> Iterator[tuple[int, int]]:
        """Yield pairs of an open, allowed piece and a free birth (row) of a commit."""
        start, stop = np.searchsorted(self._births.commit, [commit, commit + 1])
        rows = np.arange(start, stop)
        rows = rows[is_free[rows]]
        generated = self._replay.generated
        left = self._pieces[is_open[self._pieces]]
        left = left[np.isin(generated.text[left], self._births.text[rows])]
        pieces = [piece for piece in left.tolist() if is_allowed(piece)]
        chosen = np.array(pieces, dtype=np.int64)
        if len(chosen) < BLOCK_LINES or len(rows) < BLOCK_LINES:
            return
        # the latest edit first: of equal blocks the first is taken
        chosen = chosen[np.lexsort((chosen, -generated.edit[chosen]))]
        births = self._births
        source = _placed(
            -1 - self._run[chosen], chosen, generated.text[chosen], generated.trivial[chosen]
        )
        names = births.path[rows]
        target = _placed(names, births.number[rows], births.text[rows], births.trivial[rows])
        here, there = match_blocks(
            source,
            target,
            np.zeros(len(source), dtype=np.uint64),
            np.zeros(len(target), dtype=np.uint64),
        )
        yield from zip(chosen[here].tolist(), rows[there].tolist(), strict=True)


def _runs(replay: Replay) -> Numbers:
    """Number the changes to which the generated lines belong."""
    run = np.empty(len(replay.generated), dtype=np.int64)
    number = 0
    for edit in replay.edits:
        for change in edit.changes:
            run[change.first : change.stop] = number
            number += 1
    return run


def _blocks(
    place: Numbers, number: Numbers, text: Hashes, trivial: Flags
) -> tuple[Hashes, Numbers]:
    """Return a key of each run of three consecutive lines, not all trivial, and its position."""
    if len(text) < BLOCK_LINES:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    follows = (place[1:] == place[:-1]) & (number[1:] == number[:-1] + 1)
    whole = follows[:-1] & follows[1:] & ~(trivial[:-2] & trivial[1:-1] & trivial[2:])
    at = np.flatnonzero(whole)
    return mixed(text[at], text[at + 1], text[at + 2]), at


def _placed(path: Numbers, number: Numbers, text: Hashes, trivial: Flags) -> PlacedLines:
    zeros = np.zeros(len(text), dtype=np.int32)
    return PlacedLines(zeros, zeros, path.astype(np.int32), number.astype(np.int32), text, trivial)
