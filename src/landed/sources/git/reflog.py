"""Reflogs: where HEAD and branches stood on this machine, read from their files.

They tell which commits were checked out, amended, rebased or reset away in each working tree, long
after no ref leads there. They are local, expire after 30 to 90 days, and are not there in most bare
repositories. Each line is what git wrote, or what anybody else put there: what does not look
like git's is counted and left out. Repositories that keep their refs as a reftable have no such
files; nothing is read there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from landed.sources.git.location import GitLocation, read_plain_file
from landed.sources.git.names import path_to_text
from landed.sources.git.scratch import Scratch

NO_COMMIT = re.compile(r"0+\Z")
"""The id that stands for no commit: before a ref was made, after it was deleted."""

_LINE = re.compile(
    rb"([0-9a-f]{40}(?:[0-9a-f]{24})?) ([0-9a-f]{40}(?:[0-9a-f]{24})?) "
    rb"[^>]*> ?(\d{1,12}) [+-]\d{4}(?:\t(.*))?\Z"
)
_LATEST = 253_402_300_799
_LONGEST_ACTION = 100
_STASH = "refs/stash"
_FOLLOWED = ("refs/heads", "refs/remotes", _STASH)


class HeadMovement(NamedTuple):
    """One line of a reflog.

    Attributes:
        worktree: absolute path of the working tree (of a bare repository: the git directory);
            empty for the log of a branch, which belongs to no working tree.
        ref: `HEAD`, or the full name of the branch.
        old: commit id before; zeros where there was none.
        new: commit id after; zeros where there is none.
        at: when, in seconds since 1970 UTC.
        action: what git said it did, up to the first colon: `commit`, `commit (amend)`,
            `rebase (finish)`, `reset`, `checkout`, `merge NAME`.
    """

    worktree: str
    ref: str
    old: str
    new: str
    at: int
    action: str


@dataclass(frozen=True)
class Reflogs:
    """All reflogs of a repository.

    Attributes:
        movements: their lines, log by log (those of HEAD first), the oldest line first.
        malformed: how many lines are not as git writes them, by the log's path in the repository.
    """

    movements: tuple[HeadMovement, ...]
    malformed: dict[str, int]


def read_reflogs(location: GitLocation) -> Reflogs:
    """Read the logs of HEAD in every working tree, of branches, remote branches and the stash."""
    movements: list[HeadMovement] = []
    malformed: dict[str, int] = {}
    for log in _logs(location):
        read, wrong = _parse(log)
        movements += read
        if wrong:
            malformed[_text(log.path.relative_to(location.common_dir))] = wrong
    return Reflogs(tuple(movements), malformed)


def head_movements(place: GitLocation | Scratch) -> list[HeadMovement]:
    """Return the movements of HEAD in every working tree, each in the order of its log."""
    location = place.location if isinstance(place, Scratch) else place
    return [move for log in _head_logs(location) for move in _parse(log)[0]]


def movements_since(
    known: Sequence[HeadMovement], read: Sequence[HeadMovement]
) -> list[HeadMovement]:
    """Return what one log, read again, has gained since it was last read.

    `known` is all that was ever read of the log, oldest first. Git lets old lines expire, so
    `read` may begin later than `known`; who deletes single lines leaves gaps in it.
    """
    if not known:
        return list(read)
    for end in range(len(read), 0, -1):
        size = min(end, len(known))
        if read[end - 1] == known[-1] and list(known[-size:]) == list(read[end - size : end]):
            return list(read[end:])
    seen = set(known)
    last = max((place for place, move in enumerate(read) if move in seen), default=-1)
    return list(read[last + 1 :])


def listed_stashes(location: GitLocation) -> list[str]:
    """Return the commits that `git stash list` shows, the oldest first."""
    log = _Log(location.common_dir / "logs" / _STASH, "", _STASH)
    return [move.new for move in _parse(log)[0] if not NO_COMMIT.match(move.new)]


def reflog_state(location: GitLocation) -> list[tuple[str, int, int]]:
    """Return path, size and time of every log: equal where nothing was written since."""
    state = []
    for log in _logs(location):
        try:
            status = log.path.stat(follow_symlinks=False)
        except OSError:
            continue
        state.append((_text(log.path), status.st_size, status.st_mtime_ns))
    return state


class _Log(NamedTuple):
    path: Path
    worktree: str
    ref: str


def _logs(location: GitLocation) -> Iterator[_Log]:
    yield from _head_logs(location)
    top = location.common_dir / "logs"
    for followed in _FOLLOWED:
        if (top / followed).is_file():
            yield _Log(top / followed, "", followed)
            continue
        if not (top / followed).resolve().is_relative_to(location.common_dir.resolve()):
            continue  # a link could lead through all of the disk
        for folder, folders, files in os.walk(top / followed):
            folders.sort()
            for name in sorted(files):
                path = Path(folder, name)
                yield _Log(path, "", _text(path.relative_to(top)))


def _head_logs(location: GitLocation) -> Iterator[_Log]:
    common = location.common_dir
    yield _Log(common / "logs" / "HEAD", _text(_main_worktree(location)), "HEAD")
    try:
        linked = sorted((common / "worktrees").iterdir())
    except OSError:
        return
    for folder in linked:
        pointer = (read_plain_file(folder / "gitdir") or b"").strip()
        if pointer and b"\0" not in pointer:
            dot_git = (folder / os.fsdecode(pointer)).resolve()
            yield _Log(folder / "logs" / "HEAD", _text(dot_git.parent), "HEAD")


def _text(path: Path) -> str:
    return path_to_text(os.fsencode(path))


def _main_worktree(location: GitLocation) -> Path:
    common = location.common_dir
    if location.git_dir == common:
        return location.top
    if common.name == ".git":
        return common.parent
    configured = location.setting("core.worktree")
    return common if configured is None else (common / configured).resolve()


def _parse(log: _Log) -> tuple[list[HeadMovement], int]:
    content = read_plain_file(log.path) or b""
    rows = content.split(b"\n")
    # A last line without its end is still being written: it is read next time.
    rows.pop()
    movements = []
    for row in rows:
        found = _LINE.match(row)
        if found is None or int(found[3]) > _LATEST:
            continue
        action = (found[4] or b"").partition(b":")[0][:_LONGEST_ACTION].decode(errors="replace")
        movements.append(
            HeadMovement(
                log.worktree,
                log.ref,
                found[1].decode(),
                found[2].decode(),
                int(found[3]),
                action,
            )
        )
    return movements, len(rows) - len(movements)
