"""Patches as agents write them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.agents.contract import Change
from landed.sources.agents.differences import applied
from landed.sources.agents.patches import FilePatch, enveloped, replaced, unified, whole_text


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout


def test_a_diff_of_git_gives_every_file_with_places(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    kept = "".join(f"line {number}\n" for number in range(20))
    (tmp_path / "kept.txt").write_text(kept)
    (tmp_path / "gone.txt").write_text("old\n")
    git(tmp_path, "add", "-A")
    after = kept.replace("line 3\n", "").replace("line 15\n", "line 15\nline 15b\n")
    (tmp_path / "kept.txt").write_text(after)
    (tmp_path / "gone.txt").unlink()
    (tmp_path / "new.txt").write_text("new\n")
    git(tmp_path, "add", "-N", "new.txt")

    found = {file.path: file for file in unified(git(tmp_path, "diff")) or []}
    assert {path: file.kind for path, file in found.items()} == {
        "gone.txt": "delete",
        "kept.txt": "update",
        "new.txt": "create",
    }
    assert applied(kept, found["kept.txt"].changes) == after
    assert found["new.txt"].changes == (Change((), ("new",), 1, 1),)


@pytest.mark.parametrize(
    "diff",
    [
        "",
        "nothing like a diff",
        "@@ -1 +1 @@\n-a\n+b\n",  # of no file
        "--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n a\n-b\n",  # cut off
        "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n*b\n",  # no such mark
    ],
)
def test_what_is_cut_off_or_no_diff_is_none(diff: str) -> None:
    assert unified(diff) is None


def test_an_envelope_gives_every_file_without_places() -> None:
    patch = (
        "*** Begin Patch\n*** Add File: new.py\n+one\n+two\n"
        "*** Update File: a.py\n*** Move to: b.py\n@@ def f():\n x = 1\n-y = 2\n+y = 3\n@@\n-z\n"
        "*** Delete File: old.py\n*** End Patch\n"
    )

    assert enveloped(patch) == [
        FilePatch("new.py", "create", (Change((), ("one", "two"), 1, 1),)),
        FilePatch("a.py", "update", (Change(("y = 2",), ("y = 3",)), Change(("z",), ())), "b.py"),
        FilePatch("old.py", "delete", ()),
    ]


def test_texts_are_changes_without_places() -> None:
    assert whole_text("a\nb\n") == (Change((), ("a", "b")),)
    assert whole_text("") == ()
    assert replaced("a\nb", "a\nc") == (Change(("b",), ("c",)),)
    assert replaced(None, "c") == replaced("a", 7) == ()


@given(st.text(alphabet="+-@* ab\n\\1,", max_size=60))
def test_no_text_is_an_error(text: str) -> None:
    assert unified(text) is None or unified(text)
    assert enveloped("*** Begin Patch\n*** Update File: x\n" + text)
