"""A small history that is mined, and found equal to git blame, once a test asks about a line."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from tests.histories.blame import BirthOfLine
from tests.histories.builder import History, lines
from tests.histories.comparing import Seen, assert_history_equal_to_blame
from tests.histories.stays import assert_stays_and_removals_fit

ALL_TEN = tuple(range(1, 11))
NUMBERS = tuple(f"number {number}" for number in ALL_TEN)
TEN = lines(*NUMBERS)


class Mined:
    """A history under construction; asking `births` ends the construction."""

    def __init__(self, directory: Path) -> None:
        self.history = History(directory / "repo")
        self._workspace = directory / "workspace"

    @cached_property
    def _seen(self) -> Seen:
        seen = assert_history_equal_to_blame(self.history, self._workspace)
        assert_stays_and_removals_fit(self._workspace, seen)
        return seen

    def births(self, commit: str, path: str | bytes) -> list[BirthOfLine]:
        """Births of a file's lines, after all of the history was found equal to git blame."""
        name = path.encode() if isinstance(path, str) else path
        births = self._seen[commit][name]
        assert births is not None
        return births


def born(commit: str, path: str | bytes, *numbers: int) -> list[BirthOfLine]:
    """Births at the given line numbers of one file."""
    name = path.encode() if isinstance(path, str) else path
    return [(commit, name, number) for number in numbers]
