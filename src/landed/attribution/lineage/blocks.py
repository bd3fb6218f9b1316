"""Finding the same block of lines in two sets of lines, wherever it stands.

A block is a run of at least three lines, consecutive on both sides, with equal texts, of which
at least one is not trivial. Shorter runs are what people type by chance (`return None`, an
import, a closing bracket), and so are not evidence that one text is the other.
"""

from __future__ import annotations

import numpy as np

from landed.attribution.lineage.columns import Flags, Hashes, PlacedLines, Positions, mixed

BLOCK_LINES = 3
"""A run of fewer lines is no block."""

_CANDIDATES = 24
"""So many places of a repeated text are compared; the rest are taken in order."""
_COMPARED_LINES = 64
"""So far two candidates are followed to see which of them goes on longer."""

Pairs = tuple[Positions, Positions]


def match_blocks(
    source: PlacedLines, target: PlacedLines, source_scope: Hashes, target_scope: Hashes
) -> Pairs:
    """Pair lines of `source` and `target` that stand in equal blocks, one to one.

    Only lines with equal scope can be paired (a scope is, say, the commit, or the path). Blocks
    whose text stands once on each side are taken first and followed in both directions as far
    as the texts agree; of a repeated text the place that goes on longest is taken, on the same
    path before others, the first before later ones. The answer is two columns of positions.
    """
    source_runs, source_at = _runs(source, source_scope)
    target_runs, target_at = _runs(target, target_scope)
    shared = np.intersect1d(source_runs, target_runs)
    if not len(shared):
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing
    source_at, source_code = _known(source_runs, source_at, shared)
    target_at, target_code = _known(target_runs, target_at, shared)
    walk = _Walk(source, target, source_scope, target_scope)

    once = (np.bincount(source_code) == 1) & (np.bincount(target_code) == 1)
    only_source = source_at[once[source_code]]
    only_target = np.empty(len(shared), dtype=np.int64)
    only_target[target_code] = target_at
    partner = only_target[source_code[once[source_code]]]
    for here, there in zip(only_source.tolist(), partner.tolist(), strict=True):
        if walk.is_free(here, there):
            walk.take(here, there)

    again_source, again_target = ~once[source_code], ~once[target_code]
    places: dict[int, list[int]] = {}
    for code, there in zip(
        target_code[again_target].tolist(), target_at[again_target].tolist(), strict=True
    ):
        places.setdefault(code, []).append(there)
    for here, code in zip(
        source_at[again_source].tolist(), source_code[again_source].tolist(), strict=True
    ):
        if walk.is_free_source(here):
            best = walk.best(here, places[code])
            if best is not None:
                walk.take(here, best)
    return walk.pairs()


def _runs(lines: PlacedLines, scope: Hashes) -> tuple[Hashes, Positions]:
    """Return a key for each block of exactly three lines, and where it begins."""
    if len(lines) < BLOCK_LINES:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    follows = lines.follows()
    whole: Flags = follows[1:-1] & follows[2:]
    whole &= ~(lines.trivial[:-2] & lines.trivial[1:-1] & lines.trivial[2:])
    starts = np.flatnonzero(whole)
    text = lines.text
    return mixed(scope[starts], text[starts], text[starts + 1], text[starts + 2]), starts


def _known(runs: Hashes, at: Positions, shared: Hashes) -> tuple[Positions, Positions]:
    """Keep the runs that both sides have; return their places and their numbers in `shared`."""
    code = np.minimum(np.searchsorted(shared, runs), len(shared) - 1)
    kept = shared[code] == runs
    return at[kept], code[kept]


class _Walk:
    """Two sequences of lines, which of them are taken, and how far equal text goes."""

    def __init__(
        self,
        source: PlacedLines,
        target: PlacedLines,
        source_scope: Hashes,
        target_scope: Hashes,
    ):
        self._source = mixed(source_scope, source.text).tolist()
        self._target = mixed(target_scope, target.text).tolist()
        self._source_follows = bytearray(source.follows()) + b"\0"
        self._target_follows = bytearray(target.follows()) + b"\0"
        self._source_path = source.path
        self._target_path = target.path
        self._partner: list[int] = [-1] * len(self._source)
        self._taken = bytearray(len(self._target))

    def is_free_source(self, here: int) -> bool:
        partner = self._partner
        return partner[here] < 0 and partner[here + 1] < 0 and partner[here + 2] < 0

    def is_free(self, here: int, there: int) -> bool:
        return self.is_free_source(here) and not any(self._taken[there : there + BLOCK_LINES])

    def best(self, here: int, places: list[int]) -> int | None:
        """Return the free place whose text agrees with the text at `here` for longest."""
        path = self._source_path[here]
        best = None
        found = 0
        for there in places:
            if any(self._taken[there : there + BLOCK_LINES]):
                continue
            length = self._length(here, there)
            worth = (length, bool(self._target_path[there] == path))
            if best is None or worth > best[0]:
                best = worth, there
            found += 1
            if found == _CANDIDATES:
                break
        if found > 1:
            places[:] = [
                there for there in places if not any(self._taken[there : there + BLOCK_LINES])
            ]
        return None if best is None else best[1]

    def _length(self, here: int, there: int) -> int:
        length = BLOCK_LINES
        while length < _COMPARED_LINES and self._goes_on(here + length, there + length):
            length += 1
        return length

    def _goes_on(self, here: int, there: int) -> bool:
        """Tell whether both lines follow the ones before them, are free and equal."""
        return bool(
            self._source_follows[here]
            and self._target_follows[there]
            and self._partner[here] < 0
            and not self._taken[there]
            and self._source[here] == self._target[there]
        )

    def take(self, here: int, there: int) -> None:
        """Pair the block that begins here and there, and what goes on from it both ways."""
        first, other = here, there
        while (
            self._source_follows[first]
            and self._target_follows[other]
            and self._partner[first - 1] < 0
            and not self._taken[other - 1]
            and self._source[first - 1] == self._target[other - 1]
        ):
            first -= 1
            other -= 1
        self._pair(first, other)
        while self._goes_on(first + 1, other + 1):
            first += 1
            other += 1
            self._pair(first, other)

    def _pair(self, here: int, there: int) -> None:
        self._partner[here] = there
        self._taken[there] = 1

    def pairs(self) -> Pairs:
        partner = np.array(self._partner, dtype=np.int64)
        found = np.flatnonzero(partner >= 0)
        return found, partner[found]
