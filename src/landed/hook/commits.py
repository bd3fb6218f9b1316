"""A commit as the hook sees it: the lines it added itself, as hashes, and where it came from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from landed.hook.place import Place

_LARGEST = 64 << 20
_FORMAT = "%H%x00%P%x00%an <%ae>%x00%ae %at%x00%ct%x00%B%x00"
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_PICKED = re.compile(rb"^\(cherry picked from commit ([0-9a-f]{40,64})\)$", re.MULTILINE)
_LETTERS = 3


@dataclass(slots=True)
class Added:
    """The lines that a commit added to one file: their numbers, hashes, and which are trivial."""

    numbers: list[int] = field(default_factory=list)
    hashes: list[int] = field(default_factory=list)
    trivial: list[bool] = field(default_factory=list)
    old_path: str | None = None

    def telling(self) -> set[int]:
        """Return the hashes of the lines that are not trivial."""
        pairs = zip(self.hashes, self.trivial, strict=True)
        return {line for line, trivial in pairs if not trivial}


@dataclass(slots=True)
class Commit:
    """What the hook needs of a commit.

    `author` is as git prints it; `written` joins the author's address and date, which a rewrite
    keeps; `committed` is in seconds since 1970. A merge adds nothing itself. `whole` is False
    where the difference is too large to be read.
    """

    commit: str
    parents: list[str]
    author: str
    written: str
    committed: int
    picked_from: list[str]
    added: dict[str, Added]
    whole: bool = True


def read_commit(place: Place, revision: str) -> Commit:
    """Read one commit and the lines it added against its only parent."""
    printed = place.git(
        "-c",
        "core.quotePath=false",
        "diff-tree",
        "--root",
        "--always",
        "-r",
        "-p",
        "-U0",
        "-M",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        "--submodule=short",
        f"--pretty=tformat:{_FORMAT}",
        revision,
    )
    commit, parents, author, written, committed, message, patch = printed.split(b"\0", 6)
    whole = len(patch) <= _LARGEST
    return Commit(
        commit.decode(),
        parents.decode().split(),
        author.decode("utf-8", "replace"),
        written.decode("utf-8", "replace"),
        int(committed),
        [found.decode() for found in _PICKED.findall(message)],
        dict(_additions(patch)) if whole else {},
        whole,
    )


def line_hash(line: bytes) -> int:
    """Return what stands for a line's exact text, 64 bits; a carriage return at its end is none."""
    return int.from_bytes(hashlib.blake2b(line.removesuffix(b"\r"), digest_size=8).digest(), "big")


def is_trivial(line: bytes) -> bool:
    """Whether a line has too few letters and digits to be known again by itself."""
    return sum(map(str.isalnum, line.decode("utf-8", "replace"))) < _LETTERS


def _additions(patch: bytes) -> Iterator[tuple[str, Added]]:
    """Yield each file's path and added lines; hunks are counted, so that no line looks a header."""
    rows = patch.split(b"\n")
    old_path: str | None = None
    added = Added()
    at = 0
    while at < len(rows):
        row = rows[at]
        at += 1
        if row.startswith(b"diff --git "):
            old_path, added = None, Added()
        elif row.startswith(b"rename from "):
            old_path = _path(row[len(b"rename from ") :])
        elif row.startswith(b"+++ b/"):
            path = _path(row[len(b"+++ b/") :])
            added = Added(old_path=old_path)
            if path is not None:
                yield path, added
        elif hunk := _HUNK.match(row):
            removed = int(hunk[1] or 1) if hunk[1] != b"0" else 0
            put_in = int(hunk[3] or 1) if hunk[3] != b"0" else 0
            at = _past(rows, at, removed, b"-")
            first = at
            at = _past(rows, at, put_in, b"+")
            lines = [row[1:] for row in rows[first : first + put_in]]
            added.numbers += range(int(hunk[2]), int(hunk[2]) + put_in)
            added.hashes += map(line_hash, lines)
            added.trivial += map(is_trivial, lines)


def _past(rows: list[bytes], at: int, count: int, mark: bytes) -> int:
    """Return the index after `count` lines of a hunk and the remark that may follow them."""
    at += count
    if count and not rows[at - 1].startswith(mark):
        raise ValueError("git printed a difference that does not count")
    return at + 1 if count and at < len(rows) and rows[at].startswith(b"\\ ") else at


def _path(quoted: bytes) -> str | None:
    """Return a path of a header; None where a note could not name it."""
    try:
        return quoted.removesuffix(b"\t").decode("utf-8")
    except UnicodeDecodeError:
        return None
