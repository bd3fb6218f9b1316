"""What can become of a file, and where each of its lines is then said to be born.

Every history is also compared with git blame as a whole: each file at each commit.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.builder import lines
from tests.histories.mined import ALL_TEN, NUMBERS, TEN, Mined, born


@pytest.fixture
def mined(tmp_path: Path) -> Mined:
    return Mined(tmp_path)


# Ordinary changes ----------------------------------------------------------------------------


def test_a_changed_line_is_born_again_and_the_others_stay(mined: Mined) -> None:
    history = mined.history
    history.write("a", lines("one", "two", "three"))
    first = history.commit()
    history.write("a", lines("one", "TWO", "three", "four"))
    second = history.commit()

    assert mined.births(second, "a") == [
        *born(first, "a", 1),
        *born(second, "a", 2),
        *born(first, "a", 3),
        *born(second, "a", 4),
    ]


def test_a_line_that_gains_its_newline_is_born_again(mined: Mined) -> None:
    history = mined.history
    history.write("a", "one\ntwo")
    first = history.commit()
    history.write("a", "one\ntwo\nthree")
    second = history.commit()

    assert mined.births(second, "a") == [*born(first, "a", 1), *born(second, "a", 2, 3)]


def test_lines_whose_ends_become_crlf_are_born_again(mined: Mined) -> None:
    history = mined.history
    history.write("a", "one\ntwo\nthree\n")
    first = history.commit()
    history.write("a", "one\r\ntwo\nthree\r\n")
    second = history.commit()

    assert mined.births(second, "a") == [
        *born(second, "a", 1),
        *born(first, "a", 2),
        *born(second, "a", 3),
    ]


def test_a_change_of_mode_keeps_every_line(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    first = history.commit()
    history.chmod("a", executable=True)
    second = history.commit()

    assert mined.births(second, "a") == born(first, "a", *ALL_TEN)


def test_a_file_deleted_and_added_again_is_born_again(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    history.commit()
    history.remove("a")
    history.commit()
    history.write("a", TEN)
    third = history.commit()

    assert mined.births(third, "a") == born(third, "a", *ALL_TEN)


def test_empty_files_and_empty_commits_hold_no_lines(mined: Mined) -> None:
    history = mined.history
    history.write("a", "")
    history.commit()
    history.commit("Nothing changes")
    history.write("a", "one\n")
    third = history.commit()
    history.write("a", "")
    fourth = history.commit()

    assert mined.births(third, "a") == born(third, "a", 1)
    assert mined.history.files(fourth).keys() == {b"a"}


def test_text_that_looks_like_a_patch_is_text(mined: Mined) -> None:
    history = mined.history
    patch = lines("one", "@@ -1 +1 @@", "-- a/a", "++ b/a", "diff --git a/a b/a", "last")
    history.write("a", lines("one", "last"))
    first = history.commit()
    history.write("a", patch)
    second = history.commit()
    history.write("a", lines("one", "last"))
    history.commit()

    assert mined.births(second, "a") == [
        *born(first, "a", 1),
        *born(second, "a", 2, 3, 4, 5),
        *born(first, "a", 2),
    ]


# Renames -------------------------------------------------------------------------------------


def test_a_moved_file_keeps_its_lines_and_their_first_path(mined: Mined) -> None:
    history = mined.history
    history.write("old", TEN)
    first = history.commit()
    history.rename("old", "new")
    history.commit()
    history.write("new", TEN + "eleven\n")
    third = history.commit()

    assert mined.births(third, "new") == [*born(first, "old", *ALL_TEN), *born(third, "new", 11)]


def test_a_file_moved_and_changed_keeps_what_it_shares(mined: Mined) -> None:
    history = mined.history
    history.write("old", TEN)
    first = history.commit()
    history.remove("old")
    history.write("new", lines(*NUMBERS[:7], "other", "text", "here"))
    second = history.commit()

    assert mined.births(second, "new") == [
        *born(first, "old", 1, 2, 3, 4, 5, 6, 7),
        *born(second, "new", 8, 9, 10),
    ]


def test_a_copy_beside_its_source_is_born_where_it_is_made(mined: Mined) -> None:
    history = mined.history
    history.write("source", TEN)
    first = history.commit()
    history.write("copy", TEN)
    second = history.commit()

    assert mined.births(second, "copy") == born(second, "copy", *ALL_TEN)
    assert mined.births(second, "source") == born(first, "source", *ALL_TEN)


def test_a_file_split_in_two_gives_its_lines_to_both(mined: Mined) -> None:
    history = mined.history
    history.write("whole", TEN)
    first = history.commit()
    history.remove("whole")
    history.write("left", lines(*NUMBERS[:6]))
    history.write("right", lines(*NUMBERS[4:]))
    second = history.commit()

    assert mined.births(second, "left") == born(first, "whole", 1, 2, 3, 4, 5, 6)
    assert mined.births(second, "right") == born(first, "whole", 5, 6, 7, 8, 9, 10)


def test_two_files_that_swap_names_are_two_changes_in_place(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    history.write("b", lines("other", "text"))
    history.commit()
    history.write("a", lines("other", "text"))
    history.write("b", TEN)
    second = history.commit()

    assert mined.births(second, "a") == born(second, "a", 1, 2)
    assert mined.births(second, "b") == born(second, "b", *ALL_TEN)


def test_a_chain_of_renames_is_followed_only_from_the_path_that_goes(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    history.write("b", lines("other", "text"))
    first = history.commit()
    history.rename("b", "c")
    history.rename("a", "b")
    second = history.commit()
    history.rename("b", "a")
    third = history.commit()

    assert mined.births(second, "c") == born(second, "c", 1, 2)
    assert mined.births(second, "b") == born(second, "b", *ALL_TEN)
    assert mined.births(third, "a") == born(second, "b", *ALL_TEN)
    assert first not in {birth[0] for birth in mined.births(third, "a")}


def test_a_rename_onto_a_path_in_use_is_a_change_of_that_path(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    history.write("b", lines("number 1", "else"))
    first = history.commit()
    history.rename("a", "b")
    second = history.commit()

    assert mined.births(second, "b") == [
        *born(first, "b", 1),
        *born(second, "b", *ALL_TEN[1:]),
    ]


def test_of_identical_files_gone_the_one_of_the_same_base_name_moved(mined: Mined) -> None:
    history = mined.history
    history.write("one/x", TEN)
    history.write("two/y", TEN)
    first = history.commit()
    history.remove("one/x", "two/y")
    history.write("three/y", TEN)
    history.write("four/x", TEN)
    history.write("five/z", TEN)
    second = history.commit()

    assert mined.births(second, "three/y") == born(first, "two/y", *ALL_TEN)
    assert mined.births(second, "four/x") == born(first, "one/x", *ALL_TEN)


def test_a_like_file_of_the_same_base_name_goes_before_a_more_alike_one(mined: Mined) -> None:
    history = mined.history
    rows = [f"a line of its own {number * 7919}" for number in range(40)]
    history.write("one/x", lines(*rows[:33], *(f"x {number}" for number in range(7))))
    history.write("two/y", lines(*rows[:39], "y"))
    first = history.commit()
    history.remove("one/x", "two/y")
    history.write("three/x", lines(*rows))
    second = history.commit()

    births = mined.births(second, "three/x")
    assert births[:33] == born(first, "one/x", *range(1, 34))


def test_a_file_below_the_threshold_of_likeness_is_born_new(mined: Mined) -> None:
    history = mined.history
    history.write("old", TEN)
    history.commit()
    history.remove("old")
    history.write("new", lines(*NUMBERS[:3], *(f"something else {n}" for n in range(12))))
    second = history.commit()

    assert mined.births(second, "new") == born(second, "new", *range(1, 16))


def test_a_file_becomes_a_directory_that_holds_it_and_back(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    first = history.commit()
    history.rename("a", "kept")
    history.write("a/b", TEN)
    history.remove("kept")
    second = history.commit()
    history.rename("a/b", "a")
    third = history.commit()

    assert mined.births(second, "a/b") == born(first, "a", *ALL_TEN)
    assert mined.births(third, "a") == born(first, "a", *ALL_TEN)


# What is not text ----------------------------------------------------------------------------


def test_text_after_a_binary_time_keeps_the_lines_it_shares_with_the_binary(mined: Mined) -> None:
    history = mined.history
    history.write("a", lines("one", "two", "three"))
    first = history.commit()
    history.write("a", lines("one", "t\0wo", "three", "four"))
    second = history.commit()
    history.write("a", lines("one", "two", "three", "four"))
    third = history.commit()

    assert mined.births(third, "a") == [
        *born(first, "a", 1),
        *born(third, "a", 2),
        *born(first, "a", 3),
        *born(second, "a", 4),
    ]


def test_a_binary_file_that_moves_is_followed(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    first = history.commit()
    history.write("a", "\0" + TEN)
    second = history.commit()
    history.rename("a", "b")
    history.commit()
    history.write("b", TEN)
    fourth = history.commit()

    assert mined.births(fourth, "b") == [
        *born(fourth, "b", 1),
        *born(first, "a", *ALL_TEN[1:]),
    ]
    assert second != fourth


def test_a_binary_file_that_changes_its_mode_stays_binary(mined: Mined) -> None:
    history = mined.history
    history.write("a", "one\ntw\0o\n")
    first = history.commit()
    history.chmod("a", executable=True)
    history.commit()
    history.write("a", "one\ntwo\n")
    third = history.commit()

    assert mined.births(third, "a") == [*born(first, "a", 1), *born(third, "a", 2)]


def test_a_nul_byte_far_down_leaves_a_file_text(mined: Mined) -> None:
    history = mined.history
    far = lines(*(f"padding {number:070}" for number in range(120)), "far\0down")
    history.write("a", far)
    first = history.commit()
    history.write("a", far + "more\n")
    second = history.commit()

    assert mined.births(second, "a") == [*born(first, "a", *range(1, 122)), (second, b"a", 122)]


@pytest.mark.parametrize("kind", ["symlink", "submodule"])
def test_a_file_that_was_a_link_or_a_submodule_between_is_born_again(
    mined: Mined, kind: str
) -> None:
    history = mined.history
    history.write("a", TEN)
    history.commit()
    if kind == "symlink":
        history.symlink("a", "elsewhere")
    else:
        history.submodule("a")
    history.commit()
    history.write("a", TEN)
    third = history.commit()

    assert mined.births(third, "a") == born(third, "a", *ALL_TEN)


def test_a_link_that_holds_a_files_text_is_no_file(mined: Mined) -> None:
    history = mined.history
    history.write("a", TEN)
    history.commit()
    history.symlink("a", TEN)
    history.commit()
    history.rename("a", "b")
    history.commit()
    history.write("b", TEN)
    fourth = history.commit()

    assert mined.births(fourth, "b") == born(fourth, "b", *ALL_TEN)


@pytest.mark.parametrize(
    "name",
    [
        b'quo"ted',
        b"new\nline",
        b"tab\there",
        b"back\\slash",
        b"--help",
        b" spaces ",
        b"caf\xe9",
        b"\xff/\xfe",
        b":(top)magic",
        b"a => b",
        b"{a => b}/c",
    ],
)
def test_any_name_that_git_takes_is_a_name(mined: Mined, name: bytes) -> None:
    history = mined.history
    history.write(name, TEN)
    first = history.commit()
    history.rename(name, b"moved/" + name)
    history.write("beside", "text\n")
    second = history.commit()

    assert mined.births(second, b"moved/" + name) == born(first, name, *ALL_TEN)


def test_attributes_of_the_repository_hide_no_lines(mined: Mined) -> None:
    history = mined.history
    history.write(".gitattributes", "* -diff\n*.py binary\n")
    history.write("a.py", TEN)
    first = history.commit()
    history.write("a.py", TEN + "eleven\n")
    second = history.commit()

    assert mined.births(second, "a.py") == [
        *born(first, "a.py", *ALL_TEN),
        *born(second, "a.py", 11),
    ]
