"""Blocks of which two differences tell the place in two ways."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.attribution.generated.sessions import World
from tests.histories.builder import lines

from landed.attribution.generated.slides import slid_pairs
from landed.records import AGENTS


def numbers(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def texts(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


def test_what_is_left_of_a_block_that_was_turned_round_is_paired() -> None:
    # the edit added 7 8 9, git says that 9 7 8 came one line earlier
    ours = numbers(5, 6, 7), texts(7, 8, 9)
    theirs = numbers(4, 5, 6), texts(9, 7, 8)

    assert slid_pairs(*ours, *theirs, [(0, 1), (1, 2)]) == [(2, 0)]


def test_blocks_that_differ_otherwise_are_left_alone() -> None:
    ours = numbers(5, 6, 7), texts(7, 8, 9)

    assert slid_pairs(*ours, numbers(4, 5, 6), texts(9, 8, 7), [(0, 2)]) == []
    assert slid_pairs(*ours, numbers(3, 4, 5, 6), texts(1, 9, 7, 8), [(0, 2)]) == []
    assert slid_pairs(*ours, numbers(3, 5, 6), texts(9, 7, 8), [(0, 1), (1, 2)]) == []


def test_nothing_is_guessed_where_nothing_is_matched() -> None:
    ours = numbers(5, 6, 7), texts(7, 8, 9)

    assert slid_pairs(*ours, numbers(4, 5, 6), texts(9, 7, 8), []) == []


def test_an_inserted_function_is_found_whole_wherever_git_lets_it_begin(tmp_path: Path) -> None:
    world = World(tmp_path)
    there = ("@retry", "@logged", "def pay():", "    return charge(card)")
    more = ("@retry", "@logged", "def refund():", "    return undo(charge)", "")
    world.human("cart.py", lines("import card", "", "", *there))
    world.commit()
    world.agent("cart.py", lines("import card", "", "", *more, *there))
    world.commit()
    world.read()

    in_edit = [row["line_number"] for row in world.rows("edit_line", AGENTS) if row["added"]]
    in_git = [row["line_number"] for row in world.rows("line") if row["commit_index"] == 1]
    assert (sorted(in_edit), sorted(in_git)) == ([6, 7, 8, 9, 10], [4, 5, 6, 7, 8])
    assert world.fates() == ["present matched"] * 5
