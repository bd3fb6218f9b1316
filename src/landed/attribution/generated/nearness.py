"""Which files of which working trees may have given lines to a path of a commit, the best first."""

from __future__ import annotations

from typing import NamedTuple

from landed.attribution.generated.births import Commits, Paths
from landed.attribution.generated.edits import SECOND, Flags
from landed.attribution.generated.replay import File, History, Replay
from landed.attribution.generated.worktrees import Worktrees

SAME_TREE, SAME_PERSON, NOT_KNOWN, OTHER_TREE, OTHER_PERSON = range(5)
"""How near a working tree is to a commit: up to `NOT_KNOWN` it gives single lines, then blocks."""


class Near(NamedTuple):
    """A file that may have given lines to a path of a commit, the best first."""

    tier: int
    earlier: bool
    other_path: bool
    latest: int
    file: File
    position: int


class Nearness:
    """Ranks the files of a repository's working trees for a path of a commit."""

    def __init__(
        self, replay: Replay, commits: Commits, paths: Paths, worktrees: Worktrees
    ) -> None:
        self._replay = replay
        self._commits = commits
        self._paths = paths
        self._worktrees = worktrees
        self._pieces = replay.pieces_by_file()
        self._files: dict[int, list[File]] = {}
        for file in sorted(replay.files):
            at = paths.index.get(file[1])
            if at is not None:
                self._files.setdefault(paths.last[at], []).append(file)

    def made_in(self, commit: int) -> frozenset[str]:
        """Return the working trees in which a commit was made; empty where that is not known."""
        return self._worktrees.made(
            self._commits.ids[commit], self._commits.committed[commit] * SECOND
        )

    def files(self, commit: int, path: int, is_open: Flags) -> list[Near]:
        """Return the files that may have given lines to a path of a commit, the best first.

        A commit that was rewritten (a rebase, an amendment) was first made at its author date:
        what was in the file then comes after what was there when it was made anew.
        """
        committed, authored = self._commits.committed[commit], self._commits.authored[commit]
        made_in = self.made_in(commit)
        found = []
        for file in self._files.get(self._paths.last[path], ()):
            history = self._replay.files[file]
            if file[0] not in made_in and not is_open[self._pieces[file]].any():
                continue
            for earlier, position in enumerate(_positions(history, committed, authored)):
                if position >= 0:
                    version = history.versions[position]
                    person = self._replay.edits[version.edit].person
                    tier = _tier(file[0], person, made_in, self._commits.person[commit])
                    other = file[1] != self._paths.names[path]
                    found.append(Near(tier, bool(earlier), other, -version.second, file, position))
        return sorted(found)


def _tier(worktree: str, person: str | None, made_in: frozenset[str], author: str) -> int:
    if worktree in made_in:
        return SAME_TREE
    if person is not None and person.lower() != author:
        return OTHER_PERSON
    if made_in:
        return OTHER_TREE
    return NOT_KNOWN if person is None else SAME_PERSON


def _positions(history: History, committed: int, authored: int) -> list[int]:
    """Return which versions of a file a commit may hold, the likeliest first.

    Git's times are whole seconds: of edits in the second of the commit it is not known whether
    they came first.
    """
    position = history.position(committed)
    positions = [position]
    while position >= 0 and history.versions[position].second == committed:
        position -= 1
        positions.append(position)
    positions.append(history.position(min(authored, committed)))
    return list(dict.fromkeys(positions))
