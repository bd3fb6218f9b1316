"""`git blame` of one file: for every line, the commit, path and line number where it was born."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from landed.sources.git.names import text_to_path
from landed.sources.git.scratch import Scratch


class BlameLine(NamedTuple):
    """A line of a file and its birth; `boundary` marks lines older than the history that is there.

    `line` and `born_line` count from 1; `text` is without its line end.
    """

    line: int
    text: bytes
    commit: str
    path: bytes
    born_line: int
    author: str
    authored_at: datetime
    summary: str
    boundary: bool


class _Commit:
    """What the porcelain format tells of a commit once, before the first of its lines."""

    def __init__(self) -> None:
        self.fields: dict[bytes, bytes] = {}
        self.path = b""


def blame(scratch: Scratch, commit: str, path: bytes, *lines: tuple[int, int]) -> list[BlameLine]:
    """Blame a file at a commit with git's default options, or only its lines first to last.

    A range `A..B` in the place of a commit blames the file at B no further back than A: lines
    that are older are on the boundary, with their place there.

    Raises:
        GitError: there is no such file or line, or objects are missing.
    """
    limits = [f"-L{first},{last}" for first, last in lines]
    name = path.decode("utf-8", "surrogateescape")
    told = scratch.run("blame", "--porcelain", *limits, commit, "--", name)
    return list(_parse(told))


def _parse(told: bytes) -> list[BlameLine]:
    commits: dict[str, _Commit] = {}
    found: list[BlameLine] = []
    path = b""
    at = 0
    while at < len(told):
        head, at = _row(told, at)
        name, born, final, *group = head.split(b" ")
        about = commits.setdefault(name.decode(), _Commit())
        if group:
            path = about.path
        row, at = _row(told, at)
        while not row.startswith(b"\t"):
            field, _, value = row.partition(b" ")
            if field == b"filename":
                path = about.path = _path(value)
            else:
                about.fields[field] = value
            row, at = _row(told, at)
        fields = about.fields
        found.append(
            BlameLine(
                line=int(final),
                text=row[1:],
                commit=name.decode(),
                path=path,
                born_line=int(born),
                author=fields.get(b"author", b"").decode("utf-8", "replace"),
                authored_at=_moment(fields.get(b"author-time", b"0")),
                summary=fields.get(b"summary", b"").decode("utf-8", "replace"),
                boundary=b"boundary" in fields,
            )
        )
    return found


def _row(told: bytes, at: int) -> tuple[bytes, int]:
    end = told.find(b"\n", at)
    return (told[at:], len(told)) if end < 0 else (told[at:end], end + 1)


def _path(value: bytes) -> bytes:
    return text_to_path(value.decode("utf-8", "surrogateescape"))


def _moment(seconds: bytes) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
