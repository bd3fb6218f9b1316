"""Pairing two sequences of lines in order, as a difference would.

Texts that stand once on each side are anchors; between them the same is done again, and what is
then left without an anchor is compared directly where it is small.
"""

from __future__ import annotations

from bisect import bisect_left
from difflib import SequenceMatcher

import numpy as np

from landed.attribution.lineage.blocks import BLOCK_LINES, Pairs
from landed.attribution.lineage.columns import Flags, Hashes, PlacedLines, Positions

_COMPARED_DIRECTLY = 40_000
"""Product of two lengths up to which sequences without anchors are compared line by line."""

_Range = tuple[int, int, int, int]


def align(source: Hashes, target: Hashes) -> Pairs:
    """Pair equal entries of two sequences, both in rising order; returns positions."""
    if np.array_equal(source, target):
        every = np.arange(len(source))
        return every, every
    left, right = source.tolist(), target.tolist()
    found: list[tuple[int, int]] = []
    waiting: list[_Range] = [(0, len(left), 0, len(right))]
    while waiting:
        part = _trimmed(left, right, waiting.pop(), found)
        from_left, to_left, from_right, to_right = part
        if from_left == to_left or from_right == to_right:
            continue
        anchors = _anchors(left, right, part)
        if not anchors:
            _compare(left, right, part, found)
            continue
        before = (from_left, from_right)
        for anchor in anchors:
            waiting.append((before[0], anchor[0], before[1], anchor[1]))
            found.append(anchor)
            before = (anchor[0] + 1, anchor[1] + 1)
        waiting.append((before[0], to_left, before[1], to_right))
    found.sort()
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _trimmed(
    left: list[int], right: list[int], part: _Range, found: list[tuple[int, int]]
) -> _Range:
    """Pair what both parts begin and end with; return what is left between."""
    from_left, to_left, from_right, to_right = part
    while from_left < to_left and from_right < to_right and left[from_left] == right[from_right]:
        found.append((from_left, from_right))
        from_left += 1
        from_right += 1
    while (
        from_left < to_left and from_right < to_right and left[to_left - 1] == right[to_right - 1]
    ):
        to_left -= 1
        to_right -= 1
        found.append((to_left, to_right))
    return from_left, to_left, from_right, to_right


def _anchors(left: list[int], right: list[int], part: _Range) -> list[tuple[int, int]]:
    """Return the longest rising chain of entries that stand once on each side."""
    from_left, to_left, from_right, to_right = part
    at_left = _places_of_single(left, from_left, to_left)
    at_right = _places_of_single(right, from_right, to_right)
    both = sorted((place, at_right[value]) for value, place in at_left.items() if value in at_right)
    ends: list[int] = []
    ends_at: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(both):
        length = bisect_left(ends, place)
        before.append(ends_at[length - 1] if length else -1)
        ends[length:] = [place] if length == len(ends) else [place, *ends[length + 1 :]]
        ends_at[length:] = [number] if length == len(ends_at) else [number, *ends_at[length + 1 :]]
    chain = []
    number = ends_at[-1] if ends_at else -1
    while number >= 0:
        chain.append(both[number])
        number = before[number]
    return chain[::-1]


def _places_of_single(values: list[int], start: int, stop: int) -> dict[int, int]:
    places: dict[int, int] = {}
    repeated = set()
    for place in range(start, stop):
        value = values[place]
        if value in places:
            repeated.add(value)
        else:
            places[value] = place
    for value in repeated:
        del places[value]
    return places


def _compare(left: list[int], right: list[int], part: _Range, found: list[tuple[int, int]]) -> None:
    from_left, to_left, from_right, to_right = part
    if (to_left - from_left) * (to_right - from_right) > _COMPARED_DIRECTLY:
        return
    matcher = SequenceMatcher(
        None, left[from_left:to_left], right[from_right:to_right], autojunk=False
    )
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            found.append((from_left + block.a + step, from_right + block.b + step))


def align_patches(source: PlacedLines, target: PlacedLines) -> Pairs:
    """Pair the lines of two patches in order, path by path; returns positions.

    Each side holds the rows of one commit.
    """
    places = source.by_path()
    here: list[Positions] = [np.empty(0, dtype=np.int64)]
    there: list[Positions] = [np.empty(0, dtype=np.int64)]
    for path, (start, stop) in target.by_path().items():
        if path in places:
            from_source, to_source = places[path]
            left, right = align(source.text[from_source:to_source], target.text[start:stop])
            here.append(left + from_source)
            there.append(right + start)
    return np.concatenate(here), np.concatenate(there)


def supported(
    source: PlacedLines, target: PlacedLines, pairs: Pairs, *, blocks_only: bool = False
) -> Flags:
    """Tell which pairs are more than chance.

    A trivial line counts only beside a paired neighbour: it must belong to a run of pairs,
    consecutive on both sides, with a line that is not trivial. With `blocks_only` the run must
    also be a block. `pairs` are in rising order of the target.
    """
    here, there = pairs
    if not len(here):
        return np.empty(0, dtype=np.bool_)
    goes_on = np.zeros(len(here), dtype=np.bool_)
    goes_on[1:] = (
        (here[1:] == here[:-1] + 1)
        & (there[1:] == there[:-1] + 1)
        & source.follows()[here[1:]]
        & target.follows()[there[1:]]
    )
    run = np.cumsum(~goes_on) - 1
    good = np.bincount(run, weights=~target.trivial[there]) > 0
    if blocks_only:
        good &= np.bincount(run) >= BLOCK_LINES
    return np.asarray(good[run], dtype=np.bool_)
