"""The line ledger: every line's birth, stays, removals, and what it descends from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pyarrow as pa

from landed.records.history import CommitIndex, RepositoryId
from landed.records.schema import table

LineId = Annotated[int, pa.int32(), "line id, local to this repository's ledger"]


@table(name="line", key=("repository", "line"))
@dataclass(frozen=True)
class Line:
    """The birth of a line: the commit, path and line number that `git blame` reports for it."""

    repository: RepositoryId
    line: LineId
    commit_index: CommitIndex
    path_index: Annotated[int, pa.int32(), "path at birth"]
    line_number: Annotated[int, pa.int32(), "line number at birth, from 1"]
    text_hash: Annotated[
        int, pa.uint64(), "keyed hash of the text, ends stripped and inner white space collapsed"
    ]
    token_hash: Annotated[
        int, pa.uint64(), "keyed hash of the text without white space, quotes made alike"
    ]
    trivial: Annotated[bool, pa.bool_(), "fewer than three letters or digits"]
    origin_line: Annotated[
        int | None,
        pa.int32(),
        "the line this one duplicates, where one origin stands in two places; else null",
    ]


@table(name="removal", key=("repository", "sequence"))
@dataclass(frozen=True)
class Removal:
    """A commit took a line out of its parent's text (on whichever branch)."""

    repository: RepositoryId
    sequence: Annotated[
        int, pa.int32(), "order of removals: by commit, then path, then place in the old file"
    ]
    line: LineId
    commit_index: CommitIndex
    path_index: Annotated[int, pa.int32(), "path that held the line just before"]
    line_number: Annotated[int, pa.int32(), "line number just before, from 1"]


@table(name="line_interval", key=("repository", "branch", "line", "entered"))
@dataclass(frozen=True)
class LineInterval:
    """One stay of a line on a branch, in positions on its first-parent chain."""

    repository: RepositoryId
    branch: Annotated[str, pa.string(), "short branch name"]
    line: LineId
    entered: Annotated[int, pa.int32(), "mainline_index of the commit that brought it in"]
    left: Annotated[int | None, pa.int32(), "mainline_index that took it out; null = still there"]
    left_by: Annotated[
        int | None, pa.int32(), "commit_index of the commit that removed it, on a side branch too"
    ]


@table(name="release_line", key=("repository", "tag", "line"))
@dataclass(frozen=True)
class ReleaseLine:
    """Where a release beside the main line differs from the main line at its base."""

    repository: RepositoryId
    tag: Annotated[str, pa.string(), "tag name"]
    line: LineId
    present: Annotated[bool, pa.bool_(), "true: in the release only; false: at the base only"]


@table(name="line_link", key=("repository", "line", "predecessor"))
@dataclass(frozen=True)
class LineLink:
    """A line is the successor or twin of an earlier one: the edge from which lineages are made."""

    repository: RepositoryId
    line: LineId
    predecessor: Annotated[int, pa.int32(), "line id of the earlier line"]
    rule: Annotated[str, pa.string(), "format, indent, move, revert, cherry-pick, rebase or squash"]
    rank: Annotated[int, pa.int16(), "0 for the predecessor that decides, then by weight"]


@table(name="lineage", key=("repository", "line"))
@dataclass(frozen=True)
class Lineage:
    """The first line of the lineage a line belongs to; lines alone in theirs have no row."""

    repository: RepositoryId
    line: LineId
    root_line: Annotated[int, pa.int32(), "line id of the lineage's first line"]
