"""Births of lines without their text are those that git blame tells with it."""

from __future__ import annotations

from pathlib import Path

from tests.histories.builder import History, lines

from landed.sources.git.births import births
from landed.sources.git.blame import blame
from landed.sources.git.scratch import Scratch


def test_they_are_those_of_blame(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    name = b"caf\xe9 two.py"
    history.write("old.py", lines("one", "two", "three", "four"))
    history.commit("Add")
    history.rename("old.py", name)
    history.commit("Rename")
    history.write(name, lines("one", "changed", "three", "more", "four"))
    tip = history.commit("Change")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        told = [
            (one.line, one.commit, one.path, one.born_line) for one in blame(scratch, tip, name)
        ]
        assert [tuple(one) for one in births(scratch, tip, name, 1, 5)] == told
        assert [tuple(one) for one in births(scratch, tip, name, 2, 3)] == told[1:3]
