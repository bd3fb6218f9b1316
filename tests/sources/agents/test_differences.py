"""The difference of two texts: as small as git's, with places that can be replayed."""

from __future__ import annotations

import difflib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landed.sources.agents.contract import Change
from landed.sources.agents.differences import (
    applied,
    changes_of_hunk,
    difference,
    difference_of_fragment,
    replacement,
)

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=14)
TEXTS = LINES.map(lambda lines: "".join(f"{line}\n" for line in lines))


def test_only_what_differs_is_generated() -> None:
    before = "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n"
    after = before.replace("sub", "subtract").replace("- b\n", "- b\n\n\nEND = 1\n")
    assert difference(before, after) == (
        Change(("def sub(a, b):",), ("def subtract(a, b):",), 5, 5),
        Change((), ("", "", "END = 1"), 7, 7),
    )


def test_the_line_after_which_something_is_put_in_moves_with_what_came_before() -> None:
    assert difference("a\nb\nc\n", "x\ny\na\nb\nz\nc\n") == (
        Change((), ("x", "y"), 1, 1),
        Change((), ("z",), 3, 5),
    )


def test_texts_alike_differ_in_nothing() -> None:
    assert difference("a\nb", "a\nb\n") == difference("", "") == ()


def test_a_fragment_has_no_place() -> None:
    assert difference_of_fragment("a\nb", "a\nc") == (Change(("b",), ("c",)),)


@given(TEXTS, TEXTS)
def test_changes_replay_to_the_text_after(before: str, after: str) -> None:
    assert applied(before, difference(before, after)) == after


@settings(max_examples=40, deadline=None)
@given(before=TEXTS, after=TEXTS)
def test_no_fewer_lines_do_than_git_shows(
    before: str, after: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "a").write_text(before)
    (folder / "b").write_text(after)
    changes = difference(before, after)
    ours = sum(len(change.added) for change in changes), sum(len(c.removed) for c in changes)
    assert ours == lines_that_git_counts(folder)


def lines_that_git_counts(folder: Path) -> tuple[int, int]:
    command = ["git", "diff", "--no-index", "--minimal", "--numstat", "a", "b"]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    added, removed = said.split()[:2] if said else ("0", "0")
    return int(added), int(removed)


@given(TEXTS, TEXTS)
def test_the_hunks_of_a_patch_say_what_the_texts_say(before: str, after: str) -> None:
    old, new = before.splitlines(), after.splitlines()
    found: list[Change] = []
    rows: list[str] = []
    starts = (0, 0)
    for row in [*list(difflib.unified_diff(old, new, lineterm="", n=1))[2:], "@@ -1 +1 @@"]:
        if not row.startswith("@@"):
            rows.append(row)
            continue
        found += changes_of_hunk(rows, *starts)
        rows = []
        left, right = row.split()[1:3]
        starts = int(left[1:].split(",")[0]), int(right[1:].split(",")[0])
    assert applied(before, found) == after


def test_a_remark_in_a_patch_is_no_line() -> None:
    rows = ["-a", "\\ No newline at end of file", "+b", "\\ No newline at end of file"]
    assert changes_of_hunk(rows, 3, 3) == (Change(("a",), ("b",), 3, 3),)


def test_changes_that_do_not_fit_a_text_are_not_applied() -> None:
    assert applied("a\nb\n", [Change(("x",), (), 1, 1)]) is None
    assert applied("a\nb\n", [Change(("b",), ("c",))]) is None


@given(TEXTS, st.integers(0, 40), st.integers(0, 12), st.text("abc\n", max_size=12), st.booleans())
def test_a_replacement_is_the_difference_of_the_whole_files(
    text: str, begin: int, length: int, new: str, everywhere: bool
) -> None:
    old = text[begin : begin + length]
    found = replacement(text, old, new, everywhere)
    if not old:
        assert found == (None if text else (difference("", new), new))
        return
    taken = f"{old}\n" if not new and not old.endswith("\n") and f"{old}\n" in text else old
    after = text.replace(taken, new, -1 if everywhere else 1)
    assert found is not None
    changes, left = found
    assert left == after
    assert (applied(text, changes) or "").removesuffix("\n") == after.removesuffix("\n")
    assert sum(len(change.added) + len(change.removed) for change in changes) == sum(
        len(change.added) + len(change.removed) for change in difference(text, after)
    )


def test_what_is_not_there_cannot_be_replaced() -> None:
    assert replacement("a\n", "b", "c", False) is None
    assert replacement("a\n", "", "c", False) is None
