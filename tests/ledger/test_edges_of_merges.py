"""Merges, roots, dates and refs: which parent a line is said to come from.

Every history is also compared with git blame as a whole: each file at each commit.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.builder import History, lines
from tests.histories.mined import ALL_TEN, NUMBERS, TEN, Mined, born


@pytest.fixture
def mined(tmp_path: Path) -> Mined:
    return Mined(tmp_path)


def two_sides(history: History) -> tuple[str, str, str]:
    """A root, and a commit on `main` and on `side` that change the first and the last line."""
    history.write("a", TEN)
    root = history.commit()
    history.branch("side")
    history.write("a", lines(*NUMBERS[:9], "side"))
    side = history.commit()
    history.checkout("main")
    history.write("a", lines("main", *NUMBERS[1:]))
    return root, history.commit(), side


def test_a_clean_merge_owns_no_line(mined: Mined) -> None:
    root, main, side = two_sides(mined.history)
    merge = mined.history.merge("side")

    assert mined.births(merge, "a") == [
        *born(main, "a", 1),
        *born(root, "a", *ALL_TEN[1:9]),
        *born(side, "a", 10),
    ]


def test_an_evil_merge_owns_the_lines_that_no_parent_has(mined: Mined) -> None:
    root, _, side = two_sides(mined.history)
    merge = mined.history.merge(
        "side", resolution={"a": lines("evil", *NUMBERS[1:9], "side"), "new": "of the merge\n"}
    )

    assert mined.births(merge, "a") == [
        *born(merge, "a", 1),
        *born(root, "a", *ALL_TEN[1:9]),
        *born(side, "a", 10),
    ]
    assert mined.births(merge, "new") == born(merge, "new", 1)


def test_a_merge_that_takes_one_side_whole_keeps_that_sides_lines(mined: Mined) -> None:
    root, _, side = two_sides(mined.history)
    merge = mined.history.merge("side", take="side")

    assert mined.births(merge, "a") == [*born(root, "a", *ALL_TEN[:9]), *born(side, "a", 10)]


def test_an_octopus_takes_each_line_from_the_first_parent_that_has_it(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    root = history.commit()
    for number, name in enumerate(("x", "y", "z"), 1):
        history.branch(name, root)
        history.write("a", lines(*NUMBERS[: 3 * number], name, *NUMBERS[3 * number :]))
        history.write("same", "equal on every branch\n")
        history.commit()
    history.checkout("main")
    merge = history.merge("x", "y", "z")

    births = mined.births(merge, "a")
    assert [birth for birth in births if birth[0] != root] == [
        (history.resolve("x"), b"a", 4),
        (history.resolve("y"), b"a", 7),
        (history.resolve("z"), b"a", 10),
    ]
    assert mined.births(merge, "same") == born(history.resolve("x"), "same", 1)


def test_a_line_that_both_sides_added_belongs_to_the_first_parent(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    history.commit()
    history.branch("side")
    history.write("a", TEN + lines("both", "side"))
    side = history.commit()
    history.checkout("main")
    history.write("a", TEN + lines("both"))
    main = history.commit()
    merge = history.merge("side", resolution={"a": TEN + lines("both", "side")})

    assert mined.births(merge, "a")[10:] == [(side, b"a", 11), (side, b"a", 12)]
    assert main != side


def test_criss_cross_merges_are_followed_on_both_sides(mined: Mined) -> None:
    root, main, side = two_sides(mined.history)
    history = mined.history
    both = lines("main", *NUMBERS[1:9], "side")
    history.merge("side")
    tip = history.resolve("main")
    history.checkout("side")
    history.merge(main, resolution={"a": both})
    history.checkout("main")
    merge = history.merge("side", resolution={"a": both + "eleven\n"})

    assert mined.births(merge, "a") == [
        *born(main, "a", 1),
        *born(root, "a", *ALL_TEN[1:9]),
        *born(side, "a", 10),
        *born(merge, "a", 11),
    ]
    assert tip != merge


def test_a_file_renamed_on_one_side_and_changed_on_the_other_keeps_both(mined: Mined) -> None:
    history = mined.history
    history.write("old", TEN)
    root = history.commit()
    history.branch("side")
    history.rename("old", "new")
    history.commit()
    history.checkout("main")
    history.write("old", TEN + "eleven\n")
    main = history.commit()
    merge = history.merge("side")

    assert mined.births(merge, "new") == [*born(root, "old", *ALL_TEN), *born(main, "old", 11)]


def test_a_rename_made_in_the_merge_itself_is_followed(mined: Mined) -> None:
    root, main, side = two_sides(mined.history)
    text = lines("main", *NUMBERS[1:9], "side")
    merge = mined.history.merge("side", resolution={"a": None, "moved": text})

    assert mined.births(merge, "moved") == [
        *born(main, "a", 1),
        *born(root, "a", *ALL_TEN[1:9]),
        *born(side, "a", 10),
    ]


def test_lines_made_of_a_binary_file_stay_where_they_are_when_a_merge_brings_it_back(
    mined: Mined,
) -> None:
    history = mined.history
    history.write("binary", "a line\na line\nanother\0")
    root = history.commit()
    history.remove("binary")
    history.write("text", "a line\na line\n")
    history.commit()
    history.write("binary", "a line\nanother\0\n")
    history.commit(parents=["main", root])
    history.write("binary", "a line\n")
    last = history.commit()

    assert mined.births(last, "binary") == born(root, "binary", 1)
    assert mined.births(last, "text") == born(root, "binary", 1, 2)


def test_histories_with_several_roots_are_joined(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    root = history.commit()
    history.orphan("other")
    history.write("b", TEN)
    other = history.commit()
    history.checkout("main")
    merge = history.merge("other")

    assert mined.births(merge, "a") == born(root, "a", *ALL_TEN)
    assert mined.births(merge, "b") == born(other, "b", *ALL_TEN)


def test_dates_have_no_say(mined: Mined) -> None:
    history = mined.history
    for number, when in enumerate((2_000_000_000, 0, 1_000_000_000, 1), 1):
        history.write("a", lines(*NUMBERS[:number]))
        history.commit(when=when)

    commits = history.git("rev-list", "--topo-order", "--reverse", "main").decode().split()
    assert mined.births(commits[-1], "a") == [
        (commit, b"a", number) for number, commit in enumerate(commits, 1)
    ]


def test_branches_and_tags_that_never_landed_are_read_too(mined: Mined) -> None:
    history = mined.history
    history.write("a", "one\n")
    root = history.commit()
    history.detach(root)
    history.write("a", lines("one", "released"))
    released = history.commit()
    history.tag("v1", message="Release one")
    history.branch("side", root)
    history.write("a", lines("one", "unmerged"))
    side = history.commit()
    history.checkout("main")

    assert mined.births(released, "a") == [*born(root, "a", 1), *born(released, "a", 2)]
    assert mined.births(side, "a") == [*born(root, "a", 1), *born(side, "a", 2)]
