"""A file as edits leave it, line by line."""

from __future__ import annotations

import numpy as np

from landed.attribution.generated.edits import Change, Found
from landed.attribution.generated.files import (
    EMPTY,
    NOTHING_KNOWN,
    UNKNOWN,
    FileState,
    apply,
    look,
)

GENERATED = np.arange(100, 120, dtype=np.uint64)
"""Text hashes of twenty generated lines."""


def texts(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


def state(**pieces: int) -> FileState:
    """A whole file of lines `t1`, `t2` … with the pieces that they are."""
    numbers = [int(name[1:]) for name in pieces]
    return FileState(texts(*numbers), np.array(list(pieces.values())), whole=True)


def found(*values: int) -> Found:
    return Found(texts(*values), np.zeros(len(values), dtype=np.bool_))


def test_changes_are_applied_at_their_line_numbers() -> None:
    before = state(t1=-1, t2=-1, t3=-1)
    changes = (
        Change(None, 1, texts(), 0, 1),
        Change(2, 3, texts(2), 1, 3),
    )

    after = apply(before, changes, GENERATED).state

    assert after.text.tolist() == [100, 1, 101, 102, 3]
    assert after.piece.tolist() == [0, -1, 1, 2, -1]


def test_what_a_change_takes_out_is_told() -> None:
    done = apply(state(t1=7, t2=8, t3=-1), (Change(2, None, texts(2, 3), 0, 0),), GENERATED)

    assert done.removed.tolist() == [8]
    assert done.state.piece.tolist() == [7]


def test_a_change_that_has_moved_is_found_by_the_lines_it_takes_out() -> None:
    file = FileState(texts(5, 2, 6, 7, 2), np.full(5, -1), whole=True)

    after = apply(file, (Change(4, 4, texts(2), 0, 1),), GENERATED).state

    assert after.text.tolist() == [5, 2, 6, 7, 100]


def test_a_change_that_fits_nowhere_is_loose_and_makes_the_file_uncertain() -> None:
    after = apply(state(t1=-1, t2=-1), (Change(1, 1, texts(9), 0, 2),), GENERATED).state

    assert after.text.tolist() == [1, 2]
    assert after.loose == {0, 1}
    assert after.present.tolist() == [0, 1]
    assert not after.whole


def test_of_a_file_that_is_not_known_the_lines_between_are_left_open() -> None:
    first = apply(NOTHING_KNOWN, (Change(3, 3, texts(9), 0, 1),), GENERATED).state
    second = apply(first, (Change(None, 1, texts(), 1, 2),), GENERATED).state

    assert second.text.tolist() == [101, UNKNOWN, UNKNOWN, 100]
    assert second.piece.tolist() == [1, -1, -1, 0]


def test_a_line_number_out_of_this_world_is_no_place() -> None:
    after = apply(NOTHING_KNOWN, (Change(None, 2**31 - 1, texts(), 0, 1),), GENERATED).state

    assert (len(after.text), after.loose) == (0, {0})


def test_looking_finds_what_went_and_what_came_and_at_which_place() -> None:
    seen = look(state(t1=-1, t2=4, t3=5, t4=6), found(1, 8, 3, 4, 9))

    assert seen.state.piece.tolist() == [-1, -1, 5, 6, -1]
    assert seen.gone.tolist() == [4]
    assert seen.appeared.tolist() == [1, 4]
    assert np.isin(seen.appeared_at, seen.gone_at).tolist() == [True, False]


def test_loose_lines_are_gone_until_they_are_recognised() -> None:
    loose = FileState(EMPTY.text, EMPTY.piece, whole=False, loose=frozenset({3}))

    seen = look(loose, found(103))

    assert (seen.gone.tolist(), seen.gone_at.tolist(), seen.appeared.tolist()) == ([3], [-1], [0])
