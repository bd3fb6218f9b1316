"""Git notes and the objects they lie in."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.builder import History

from landed.errors import GitError
from landed.sources.git.notes import list_notes, read_notes
from landed.sources.git.objects import read_objects
from landed.sources.git.scratch import Scratch


def test_notes_are_listed_by_the_commit_they_are_on(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    first, second = history.commit("Add"), history.commit("More")
    history.note(first, "one", ref="ai")
    history.note(second, "two", ref="ai")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        notes = list_notes(scratch, scratch.refs.targets["refs/notes/ai"].decode())
        read = list(read_notes(scratch, notes, [second, first]))

    assert notes.keys() == {first, second}
    assert read == [(second, b"two\n"), (first, b"one\n")]


def test_names_that_are_no_commit_are_no_notes(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    commit = history.commit("Add")
    blob = _blob(history, b"one\n")
    history.orphan("notes")
    history.write("README", "not a note")
    history.write(f"{commit[:2]}/{commit[2:4]}/{commit[4:]}", "one\n")
    history.write("zz" * 20, "not a note either")
    tree = history.commit("Notes")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        assert list_notes(scratch, tree) == {commit: blob}


def test_a_notes_tree_that_is_missing_is_an_error(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch, pytest.raises(GitError):
        list_notes(scratch, "f" * 40)


def test_objects_come_whole_however_large_and_around_those_left_out(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    bodies = [b"", b"x\n" * 3_000_000, b"y" * 10, b"z" * 1_500_000]
    names = [_blob(history, body) for body in bodies]

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        whole = list(read_objects(scratch, [*names, "f" * 40, names[2]]))
        limited = list(read_objects(scratch, names, limit=1_500_000))

    assert [found.body for found in whole] == [*bodies, None, bodies[2]]
    assert [found.missing for found in whole] == [False] * 4 + [True, False]
    assert [found.body for found in limited] == [bodies[0], None, bodies[2], bodies[3]]


def _blob(history: History, body: bytes) -> str:
    return history.git("hash-object", "-w", "--stdin", stdin=body).decode()
