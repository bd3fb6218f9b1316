"""Blocks and alignments of plain columns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from landed.attribution.lineage.alignment import align, align_patches, supported
from landed.attribution.lineage.blocks import match_blocks
from landed.attribution.lineage.branches import moved_positions
from landed.attribution.lineage.columns import Links, PlacedLines
from landed.attribution.lineage.roots import find_roots, roots_of

BLANK = 0
"""The text of a trivial line; all others are significant."""


def placed(texts: list[int], *, first: int = 1, path: int = 0) -> PlacedLines:
    """Consecutive lines of one file with these texts."""
    count = len(texts)
    return PlacedLines(
        line=np.arange(count, dtype=np.int32),
        commit=np.zeros(count, dtype=np.int32),
        path=np.full(count, path, dtype=np.int32),
        number=np.arange(first, first + count, dtype=np.int32),
        text=np.array(texts, dtype=np.uint64),
        trivial=np.array(texts, dtype=np.int64) == BLANK,
    )


def blocks(source: list[int], target: list[int]) -> list[tuple[int, int]]:
    """Pairs of positions in blocks of two texts."""
    left, right = placed(source), placed(target)
    here, there = match_blocks(left, right, one_scope(left), one_scope(right))
    return sorted(zip(here.tolist(), there.tolist(), strict=True))


def one_scope(lines: PlacedLines) -> np.ndarray:
    """One scope for all lines."""
    return np.zeros(len(lines), dtype=np.uint64)


def test_a_block_is_found_wherever_it_stands() -> None:
    assert blocks([1, 2, 3, 4], [9, 9, 2, 3, 4, 8]) == [(1, 2), (2, 3), (3, 4)]


def test_a_run_goes_on_over_trivial_lines_at_its_ends() -> None:
    assert blocks([BLANK, BLANK, 1, 2, BLANK], [5, BLANK, BLANK, 1, 2, BLANK]) == [
        (number, number + 1) for number in range(5)
    ]


def test_of_repeated_texts_the_longest_run_is_taken() -> None:
    source = [1, 2, 3, 7, 8]
    target = [1, 2, 3, 9, 1, 2, 3, 7, 8]
    assert blocks(source, target) == [(number, number + 4) for number in range(5)]


def test_a_text_that_repeats_without_end_is_paired_once_each() -> None:
    pairs = blocks([1] * 500, [1] * 400)
    assert len(pairs) == 400
    assert len({here for here, _ in pairs}) == len({there for _, there in pairs}) == 400


TEXTS = st.lists(st.integers(0, 4), max_size=30)


@given(TEXTS, TEXTS)
def test_blocks_are_equal_texts_one_to_one_in_runs(source: list[int], target: list[int]) -> None:
    pairs = blocks(source, target)
    assert all(source[here] == target[there] for here, there in pairs)
    assert len({here for here, _ in pairs}) == len({there for _, there in pairs}) == len(pairs)
    known = set(pairs)
    for here, there in pairs:
        runs = [
            {(here + step, there + step) for step in range(start, start + 3)}
            for start in (-2, -1, 0)
        ]
        assert any(run <= known for run in runs)


@given(TEXTS, TEXTS)
def test_an_alignment_pairs_equal_texts_in_rising_order(
    source: list[int], target: list[int]
) -> None:
    left, right = np.array(source, dtype=np.uint64), np.array(target, dtype=np.uint64)
    here, there = (column.tolist() for column in align(left, right))
    assert [source[place] for place in here] == [target[place] for place in there]
    assert here == sorted(set(here))
    assert there == sorted(set(there))


def test_an_alignment_keeps_what_stands_on_both_sides_in_order() -> None:
    here, there = align_patches(placed([1, 2, 3, 4, 5]), placed([1, 9, 3, 4, 5, 6]))
    assert list(zip(here.tolist(), there.tolist(), strict=True)) == [(0, 0), (2, 2), (3, 3), (4, 4)]


def test_a_trivial_pair_needs_a_neighbour() -> None:
    source, target = placed([1, 2, BLANK, 3, BLANK]), placed([1, 8, BLANK, 3, 9, BLANK])
    pairs = np.array([0, 2, 3, 4]), np.array([0, 2, 3, 5])
    assert supported(source, target, pairs).tolist() == [True, True, True, False]
    assert not supported(source, target, pairs, blocks_only=True).any()


def test_roots_are_found_at_the_end_of_any_chain() -> None:
    links = Links(np.arange(9, 0, -1, dtype=np.int32), np.arange(8, -1, -1, dtype=np.int32))
    roots = find_roots(links)
    assert roots.line.tolist() == list(range(1, 10))
    assert roots.predecessor.tolist() == [0] * 9
    assert roots_of(np.array([0, 4, 77], dtype=np.int32), roots).tolist() == [0, 0, 77]


@given(st.data())
def test_positions_after_a_change_are_those_of_the_changed_list(data: st.DataObject) -> None:
    length = data.draw(st.integers(1, 20))
    removed = sorted(data.draw(st.sets(st.integers(1, length))))
    kept = [number for number in range(1, length + 1) if number not in removed]
    after: list[int | None] = [*kept]
    for place in data.draw(st.lists(st.integers(0, 25), max_size=8)):
        after.insert(place, None)
    added = [place for place, line in enumerate(after, 1) if line is None]
    moved = moved_positions(np.array(kept, dtype=np.int64), np.array(removed), np.array(added))
    assert [after[place - 1] for place in moved.tolist()] == kept
