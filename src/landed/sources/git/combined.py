"""Parsing the combined diff of a merge: which parent has each line of the result."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_HEADER = re.compile(rb"(@{3,})((?: -\d+(?:,\d+)?)+) \+(\d+)(?:,(\d+))? @{3,}")
_MARKS = frozenset((b" ", b"+", b"-", b"\\"))
_LOST = 45
_HELD = 32
_RANGE = re.compile(rb"-(\d+)(?:,(\d+))?")


class CombinedHunk(NamedTuple):
    """A hunk: where it begins in the result and in the parents (from 1), and its result lines.

    `texts` are the result's lines. `numbers[p]` are their line numbers in parent p, 0 where it
    does not have them. `parent_ends` are the parents' first line numbers after the hunk.
    """

    start: int
    parent_starts: tuple[int, ...]
    parent_ends: tuple[int, ...]
    texts: list[bytes]
    numbers: list[npt.NDArray[np.int32]]


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
    start = int(header.group(3)) + (header.group(4) == b"0")
    at += 1
    end = at
    while lines[end][:1] in _MARKS:
        end += 1
    content = [line for line in lines[at:end] if b"\\" not in line[:parents]]
    marks = np.frombuffer(b"".join([line[:parents] for line in content]), dtype=np.uint8)
    columns = marks.reshape(-1, parents)
    lost = (columns == _LOST).any(axis=1)
    # A lost line is in the parents that it was lost from; a result line where nothing marks it.
    held = np.where(lost[:, None], columns == _LOST, columns == _HELD)
    starts = np.array(positions, dtype=np.int32)
    counted = starts + np.cumsum(held, axis=0, dtype=np.int32) - held
    kept = ~lost
    numbers = [np.where(held[kept, p], counted[kept, p], 0) for p in range(parents)]
    ends = tuple((starts + held.sum(axis=0, dtype=np.int32)).tolist())
    texts = [line[parents:] for line, gone in zip(content, lost.tolist(), strict=True) if not gone]
    return CombinedHunk(start, tuple(positions), ends, texts, numbers), end
