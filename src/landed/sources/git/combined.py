"""Parsing the combined diff of a merge: which parent has each line of the result."""

from __future__ import annotations

import re
from typing import NamedTuple

_HEADER = re.compile(rb"(@{3,})((?: -\d+(?:,\d+)?)+) \+(\d+)(?:,(\d+))? @{3,}")
_RANGE = re.compile(rb"-(\d+)(?:,(\d+))?")


class CombinedLine(NamedTuple):
    """A line of the result: its number, the parents that have it (number there, or 0), its text."""

    number: int
    in_parents: tuple[int, ...]
    text: bytes


class CombinedHunk(NamedTuple):
    """A hunk: where it begins in the result and in the parents (from 1), and its result lines.

    `parent_ends` are the parents' first line numbers after the hunk.
    """

    start: int
    parent_starts: tuple[int, ...]
    parent_ends: tuple[int, ...]
    lines: list[CombinedLine]


class CombinedSection(NamedTuple):
    """The combined patch of one file. Lines outside of all hunks stand in every parent."""

    hunks: list[CombinedHunk]
    binary: bool


def parse_combined_patch(text: bytes, count: int) -> list[CombinedSection]:
    """Split the patch text of a merge into its `count` sections, in the order of the raw entries.

    Raises:
        ValueError: the text has another number of sections, or a malformed one.
    """
    sections = []
    lines = text.split(b"\n") if text else [b""]
    at = 0
    while at < len(lines) - 1:
        if not lines[at].startswith((b"diff --combined ", b"diff --cc ")):
            raise ValueError(f"no section begins at line {at}: {lines[at][:80]!r}")
        section, at = _parse_section(lines, at + 1)
        sections.append(section)
    if len(sections) != count:
        raise ValueError(f"{len(sections)} sections for {count} entries")
    return sections


def _parse_section(lines: list[bytes], at: int) -> tuple[CombinedSection, int]:
    hunks = []
    binary = False
    while at < len(lines) - 1:
        line = lines[at]
        if line.startswith(b"@@@"):
            hunk, at = _parse_hunk(lines, at)
            hunks.append(hunk)
        elif line.startswith((b"diff --combined ", b"diff --cc ")):
            break
        else:
            binary = binary or line.startswith(b"Binary files ")
            at += 1
    return CombinedSection(hunks, binary), at


def _parse_hunk(lines: list[bytes], at: int) -> tuple[CombinedHunk, int]:
    header = _HEADER.match(lines[at])
    if header is None:
        raise ValueError(f"no hunk header: {lines[at][:80]!r}")
    ranges = _RANGE.findall(header.group(2))
    parents = len(ranges)
    # An empty range names the line before it; counting starts at the line after.
    positions = [int(start) + (size == b"0") for start, size in ranges]
    first_positions = tuple(positions)
    start = int(header.group(3)) + (header.group(4) == b"0")
    number = start
    result = []
    at += 1
    while at < len(lines) - 1:
        line = lines[at]
        mark = line[:1]
        if mark not in (b" ", b"+", b"-"):
            if mark != b"\\":
                break
            at += 1
            continue
        columns = line[:parents]
        if columns.endswith(b"\\") or b"\\" in columns:
            at += 1
            continue
        if b"-" in columns:
            for parent in range(parents):
                positions[parent] += columns[parent] == 45
        else:
            here = []
            for parent in range(parents):
                present = columns[parent] == 32
                here.append(positions[parent] if present else 0)
                positions[parent] += present
            result.append(CombinedLine(number, tuple(here), line[parents:]))
            number += 1
        at += 1
    return CombinedHunk(start, first_positions, tuple(positions), result), at
