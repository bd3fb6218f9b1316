"""Parsing what `git diff-tree -z --raw -p` prints: exact raw entries, then hunks by count.

With `-z --raw` the paths, modes and object ids are exact whatever bytes the names hold. The patch
text is used for hunks only. Content lines are never searched for patterns: each hunk header says
how many lines follow, so no text in a file can be mistaken for structure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from landed.errors import GitError

PLAIN_OPTIONS = (
    "-r",
    "--root",
    "--always",
    "-z",
    "--raw",
    "--no-abbrev",
    "-p",
    "-U0",
    "-M",
    "-l0",
    "--full-index",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--inter-hunk-context=0",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--submodule=short",
    "--ignore-submodules=none",
    "--no-relative",
)
"""Options that make a two-way diff equal to the one that `git blame` computes."""

MERGE_OPTIONS = (
    *(option for option in PLAIN_OPTIONS if option not in ("-U0", "-M", "-l0")),
    "-c",
    # With no context at all, git's combined diff leaves out lines common to all parents and
    # miscounts; one line of context is right.
    "-U1",
    "--no-renames",
)
"""Options for the combined diff of a merge against all of its parents."""

RAW_OPTIONS = ("-r", "--root", "--always", "-z", "--raw", "--no-abbrev", "--no-renames")
"""Options for paths, modes and object ids alone."""

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class Entry(NamedTuple):
    """One raw entry of a two-way diff: object ids in hex, paths as bytes."""

    old_mode: bytes
    new_mode: bytes
    old: bytes
    new: bytes
    status: bytes
    score: int
    old_path: bytes
    path: bytes


class CombinedEntry(NamedTuple):
    """One raw entry of a combined diff; modes, ids and statuses of the parents in their order."""

    old_modes: tuple[bytes, ...]
    new_mode: bytes
    old: tuple[bytes, ...]
    new: bytes
    statuses: bytes
    path: bytes


class Hunk(NamedTuple):
    """A hunk without context: positions from 1 in the files, and from 0 in `Patch.lines`."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    removed_at: int
    added_at: int


class Section(NamedTuple):
    """The patch of one file: its hunks, or `binary` where git would not show it as text."""

    hunks: list[Hunk]
    binary: bool


class Patch(NamedTuple):
    """The patch of one commit: its lines as printed, and one section a raw entry.

    A change of type (`T`) has two sections in git's output, a removal and an addition; the
    section kept here is the addition.
    """

    lines: list[bytes]
    sections: list[Section]


class ByteSource(Protocol):
    """What a stream is read from: bytes in pieces, and the error for an early end."""

    arguments: list[str]

    def read(self) -> bytes:
        """Return the next bytes; empty at the end."""
        ...

    def failure(self) -> GitError:
        """Return the error that says why the stream ended early."""
        ...


class PatchStream:
    """The output of one `git diff-tree --stdin` process, taken commit by commit."""

    def __init__(self, source: ByteSource, header_end: bytes = b"\0"):
        """Read from `source`, which was given the commits in the order they will be asked for."""
        self._source = source
        self._header_end = header_end
        self._buffer = b""
        self._at = 0

    def next(self, header: bytes, following: bytes | None) -> tuple[list[tuple[bytes, ...]], bytes]:
        """Return the raw fields and the patch text of the commit that `header` names.

        Each row of raw fields is the header's words followed by the entry's paths. `following`
        is the header of the commit after it, or None for the last.

        Raises:
            GitError: git ended early, or printed something else.
        """
        while len(self._buffer) - self._at <= len(header):
            if not self._fill():
                raise self._source.failure()
        start = self._at + len(header) + 1
        if self._buffer[self._at : start] != header + self._header_end:
            raise GitError(self._source.arguments, 0, f"expected {header!r} in the stream")
        # Positions below are counted from `_at`, which moves when the buffer is filled up.
        position = len(header) + 1
        rows: list[tuple[bytes, ...]] = []
        while self._byte(position) == 58:
            end = self._find(b"\0", position)
            words = self._slice(position, end).split(b" ")
            paths_end = self._find(b"\0", end + 1)
            paths = [self._slice(end + 1, paths_end)]
            if words[-1][:1] in (b"R", b"C"):
                second = self._find(b"\0", paths_end + 1)
                paths.append(self._slice(paths_end + 1, second))
                paths_end = second
            rows.append((*words, *paths))
            position = paths_end + 1
        text = b""
        if rows and self._byte(position) == 0:
            position += 1
            if following is None:
                self._read_all()
                end = len(self._buffer) - self._at
            else:
                end = self._find(b"\n" + following + b"\0", position) + 1
            text = self._slice(position, end)
            position = end
        self._at += position
        return rows, text

    def check_end(self) -> None:
        """Check that nothing is left in the stream.

        Raises:
            GitError: there is more output.
        """
        self._read_all()
        if len(self._buffer) > self._at:
            raise GitError(self._source.arguments, 0, "more output than was asked for")

    def _slice(self, start: int, end: int) -> bytes:
        return self._buffer[self._at + start : self._at + end]

    def _byte(self, position: int) -> int | None:
        """Return one byte, or None at the end of the stream."""
        while self._at + position >= len(self._buffer):
            if not self._fill():
                return None
        return self._buffer[self._at + position]

    def _find(self, needle: bytes, start: int) -> int:
        while (found := self._buffer.find(needle, self._at + start)) < 0:
            start = max(start, len(self._buffer) - self._at - len(needle) + 1)
            if not self._fill():
                raise self._source.failure()
        return found - self._at

    def _fill(self) -> bool:
        """Drop what was taken and read on; at least as much again as is kept, if it comes."""
        parts = [self._buffer[self._at :]]
        self._at = 0
        wanted = len(parts[0])
        received = 0
        while chunk := self._source.read():
            parts.append(chunk)
            received += len(chunk)
            if received >= wanted:
                break
        self._buffer = b"".join(parts)
        return received > 0

    def _read_all(self) -> None:
        parts = [self._buffer[self._at :]]
        self._at = 0
        while chunk := self._source.read():
            parts.append(chunk)
        self._buffer = b"".join(parts)


def parse_entries(rows: Sequence[tuple[bytes, ...]]) -> list[Entry]:
    """Turn the raw fields of a two-way diff into entries."""
    entries = []
    for row in rows:
        old_mode, new_mode, old, new, status = row[:5]
        entries.append(
            Entry(
                old_mode[1:],
                new_mode,
                old,
                new,
                status[:1],
                int(status[1:] or b"0"),
                row[5],
                row[-1],
            )
        )
    return entries


def parse_combined_entries(rows: Sequence[tuple[bytes, ...]]) -> list[CombinedEntry]:
    """Turn the raw fields of a combined diff into entries."""
    entries = []
    for row in rows:
        parents = len(row[0]) - len(row[0].lstrip(b":"))
        entries.append(
            CombinedEntry(
                (row[0][parents:], *row[1:parents]),
                row[parents],
                row[parents + 1 : 2 * parents + 1],
                row[2 * parents + 1],
                row[2 * parents + 2],
                row[2 * parents + 3],
            )
        )
    return entries


def parse_patch(entries: Sequence[Entry], text: bytes) -> Patch:
    """Split the patch text of one commit into one section an entry.

    Raises:
        ValueError: the text does not have the entries' sections in their order.
    """
    if not text:
        return Patch([], [Section([], False) for _ in entries])
    lines = text.split(b"\n")
    at = 0
    sections = []
    for entry in entries:
        section, at = _parse_section(lines, at)
        if entry.status == b"T":
            section, at = _parse_section(lines, at)
        sections.append(section)
    if at != len(lines) - 1:
        raise ValueError(f"patch has more sections than entries, at line {at}")
    return Patch(lines, sections)


def _parse_section(lines: list[bytes], at: int) -> tuple[Section, int]:
    if not lines[at].startswith(b"diff --git "):
        raise ValueError(f"no section begins at line {at}: {lines[at][:80]!r}")
    at += 1
    hunks: list[Hunk] = []
    binary = False
    while True:
        line = lines[at]
        start = line[:2]
        if start == b"@@":
            header = _HUNK.match(line)
            if header is None:
                raise ValueError(f"no hunk header: {line[:80]!r}")
            old_start, old_count, new_start, new_count = header.groups()
            removed = int(old_count) if old_count is not None else 1
            added = int(new_count) if new_count is not None else 1
            removed_at = at + 1
            at = removed_at + removed
            if lines[at][:1] == b"\\":
                at += 1
            added_at = at
            at += added
            if lines[at][:1] == b"\\":
                at += 1
            hunks.append(Hunk(int(old_start), removed, int(new_start), added, removed_at, added_at))
        elif not line or start == b"di":
            return Section(hunks, binary), at
        else:
            binary = binary or line.startswith(b"Binary files ")
            at += 1
