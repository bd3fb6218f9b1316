"""Generated lines that are in no commit of a branch, but in a working tree or in a stash.

Only lines count that the working tree (a stash) has and its HEAD (the commit it was made on) has
not. Files are read only where they lie under the working tree, and no link leads out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from landed.attribution.generated.edits import Flags, Numbers
from landed.attribution.generated.replay import PRESENT, REMOVED, File, History, Replay, all_texts
from landed.attribution.generated.sequences import Sequence, paired
from landed.attribution.generated.similarity import blob_at
from landed.attribution.lineage.alignment import align
from landed.attribution.sessions.folders import Folders
from landed.attribution.sessions.pushed import is_pushed
from landed.errors import LandedError
from landed.ledger.hashing import LineHasher
from landed.sources.git.blobs import Blobs
from landed.sources.git.location import locate, read_plain_file, read_refs
from landed.sources.git.scratch import Scratch

WORKING_TREE, STASH = "working-tree", "stash"


def stashes(scratch: Scratch) -> list[str]:
    """Return the ids of all stash commits, the latest first."""
    tip = scratch.refs.targets.get("refs/stash")
    if tip is None:
        return []
    log = read_plain_file(scratch.location.common_dir / "logs" / "refs" / "stash") or b""
    ids = [row.split(b" ", 2)[1].decode() for row in log.splitlines() if row.count(b" ") > 1]
    return list(dict.fromkeys([tip.decode(), *reversed(ids)]))


class Uncommitted:
    """Looks for the generated lines that no commit has.

    Attributes:
        found: where each of those lines is, `WORKING_TREE` or `STASH`.
        looked_at: the files of working trees on which the answer rests.
    """

    def __init__(
        self,
        replay: Replay,
        is_carried: Callable[[int], bool],
        scratch: Scratch,
        hasher: LineHasher,
        folders: Folders,
    ) -> None:
        self.found: dict[int, str] = {}
        self.looked_at: set[str] = set()
        self._replay = replay
        self._scratch = scratch
        self._hasher = hasher
        self._folders = folders
        self._is_carried = is_carried
        self._text, self._trivial = all_texts(replay)
        self._heads: dict[str, str | None] = {}
        self._blobs = Blobs(scratch)
        try:
            self._look()
        finally:
            self._blobs.close()

    def _look(self) -> None:
        kept = stashes(self._scratch)
        bases = {stash: self._parents(stash) for stash in kept}
        for file, history in sorted(self._replay.files.items()):
            sides = self._wanted(history)
            if not any(sides) or "\0" in "".join(file):
                continue
            text = self._in_working_tree(file)
            if text is not None:
                self._match(sides, text, self._at(self._head(file[0]), file[1]), WORKING_TREE)
            for stash in kept:
                for text, base in self._in_stash(stash, bases[stash], file[1]):
                    self._match(sides, text, base, STASH)

    def _wanted(self, history: History) -> tuple[list[int], list[int]]:
        """Return the lines that are in a file, in their order, and those that others took out."""
        replay = self._replay
        there = history.state.present
        gone = sorted({ghost.piece for ghost in history.ghosts if ghost.until is None})
        return (
            self._not_carried(there[replay.is_generated(there)].tolist(), PRESENT),
            self._not_carried(gone, REMOVED),
        )

    def _not_carried(self, pieces: list[int], state: int) -> list[int]:
        return [
            piece
            for piece in pieces
            if self._replay.state[piece] == state and not self._is_carried(piece)
        ]

    def _match(
        self, sides: tuple[list[int], list[int]], text: bytes, base: bytes | None, where: str
    ) -> None:
        hashes, _, trivial = self._hasher.hash_lines(_lines(text))
        new: Flags = np.ones(len(hashes), dtype=np.bool_)
        if base is not None:
            new[align(self._hasher.hash_lines(_lines(base))[0], hashes)[1]] = False
        for side in sides:
            at = np.flatnonzero(new)
            left = [piece for piece in side if piece not in self.found]
            pieces: Numbers = np.array(left, dtype=np.int64)
            numbers = np.arange(len(pieces), dtype=np.int64)
            source = Sequence(numbers, self._text[pieces], self._trivial[pieces], pieces)
            target = Sequence(at, hashes[at], trivial[at], at)
            here, there = paired(source, target, blocks=False)
            new[at[there]] = False
            self.found.update(dict.fromkeys(pieces[here].tolist(), where))

    def _in_working_tree(self, file: File) -> bytes | None:
        worktree, path = file
        if not worktree or is_pushed(worktree):
            return None
        top = Path(self._folders.mapped(worktree))
        name = top / path
        self.looked_at.add(str(name))
        try:
            inside = name.parent.resolve().is_relative_to(top.resolve())
        except (OSError, RuntimeError):
            return None
        return read_plain_file(name) if inside and ".." not in name.parts else None

    def _head(self, worktree: str) -> str | None:
        """Return HEAD of a working tree on this machine."""
        if worktree not in self._heads:
            self._heads[worktree] = None
            try:
                refs = read_refs(locate(Path(self._folders.mapped(worktree))))
            except LandedError:
                return None
            target = refs.detached or refs.targets.get(refs.head or "")
            self._heads[worktree] = target.decode() if target else None
        return self._heads[worktree]

    def _at(self, commit: str | None, path: str) -> bytes | None:
        return blob_at(self._scratch, self._blobs, commit, path) if commit else None

    def _in_stash(
        self, stash: str, parents: list[str], path: str
    ) -> Iterator[tuple[bytes, bytes | None]]:
        """Yield the text of a file in a stash, and in the commit that it was made on."""
        base = self._at(parents[0], path) if parents else None
        for commit in (stash, *parents[2:3]):
            text = self._at(commit, path)
            if text is not None:
                yield text, base

    def _parents(self, commit: str) -> list[str]:
        body = self._blobs.read(commit.encode()) or b""
        head = body.split(b"\n\n", 1)[0].splitlines()
        return [row[7:].decode() for row in head if row.startswith(b"parent ")]


def _lines(text: bytes) -> list[bytes]:
    lines = text.split(b"\n")
    return lines if lines[-1] else lines[:-1]
