"""Turning what was mined into the rows of the store's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from landed.ledger.graph import Graph
from landed.ledger.mainline import SideLines
from landed.ledger.planning import time_of
from landed.ledger.recorder import Recorder, Segments
from landed.ledger.tree import LineIds, Tree, lines_of
from landed.records import TABLES
from landed.sources.git.headers import CommitHeader
from landed.sources.git.names import path_to_text, text_to_path
from landed.sources.git.tips import Tag

Counts = npt.NDArray[np.int64]


def _table(name: str, columns: Mapping[str, object]) -> pa.Table:
    fields = [field for field in TABLES[name].schema if field.name != "repository"]
    return pa.table(
        {field.name: pa.array(columns[field.name], field.type) for field in fields},
    )


def table_of(name: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Return rows, given without their repository, as an Arrow table of the vocabulary."""
    names = [field.name for field in TABLES[name].schema if field.name != "repository"]
    return _table(name, {column: [row[column] for row in rows] for column in names})


def commit_rows(
    headers: Sequence[CommitHeader], graph: Graph, added: Counts, removed: Counts
) -> pa.Table:
    """Return the rows of `commit` for commits just read."""
    positions = graph.main_line_positions()
    times = graph.landing_times()
    indices = [graph.index[header.commit] for header in headers]
    changes = [_known(graph.change[index]) for index in indices]
    return _table(
        "commit",
        {
            "commit_index": indices,
            "commit": [header.commit.decode() for header in headers],
            "author_name": [header.author_name for header in headers],
            "author_email": [header.author_email for header in headers],
            "committer_name": [header.committer_name for header in headers],
            "committer_email": [header.committer_email for header in headers],
            "authored_at": [time_of(header.authored) for header in headers],
            "committed_at": [time_of(header.committed) for header in headers],
            "subject": [header.subject for header in headers],
            "mainline_index": [positions.get(header.commit) for header in headers],
            "change_index": changes,
            "landed_at": [None if step is None else time_of(times[step]) for step in changes],
            "lines_added": added[indices],
            "lines_removed": removed[indices],
        },
    )


def updated_commit_rows(rows: pa.Table, graph: Graph, added: Counts, removed: Counts) -> pa.Table:
    """Return rows of `commit` read earlier with what has changed: landing, and lines told late."""
    positions = graph.main_line_positions()
    times = graph.landing_times()
    columns = {name: rows[name].to_pylist() for name in rows.column_names if name != "repository"}
    indices = columns["commit_index"]
    changes = [_known(graph.change[index]) for index in indices]
    columns["mainline_index"] = [positions.get(graph.ids[index]) for index in indices]
    columns["change_index"] = changes
    columns["landed_at"] = [None if step is None else time_of(times[step]) for step in changes]
    columns["lines_added"] = np.array(columns["lines_added"]) + added[indices]
    columns["lines_removed"] = np.array(columns["lines_removed"]) + removed[indices]
    return _table("commit", columns)


def parent_rows(headers: Sequence[CommitHeader], graph: Graph) -> pa.Table:
    """Return the rows of `commit_parent` for commits just read."""
    edges = [
        (index, ordinal, parent)
        for header in headers
        for index in (graph.index[header.commit],)
        for ordinal, parent in enumerate(graph.parents[index])
    ]
    return _table(
        "commit_parent",
        {
            "commit_index": [edge[0] for edge in edges],
            "ordinal": [edge[1] for edge in edges],
            "parent_index": [edge[2] for edge in edges],
        },
    )


def path_rows(recorder: Recorder) -> pa.Table:
    """Return the rows of `path` for paths that appeared for the first time."""
    new = list(recorder.paths)[recorder.known_paths :]
    return _table(
        "path",
        {
            "path_index": range(recorder.known_paths, len(recorder.paths)),
            "path": [path_to_text(path) for path in new],
        },
    )


def renamed_path_rows(paths: pa.Table, births: pa.Table, tree: Tree) -> pa.Table:
    """Return the rows of `renamed_path`: the names that vanished paths have now.

    `paths` are the rows of `path`, `births` the columns `line` and `path_index` of the lines at
    the tip, `tree` the tip's files. A vanished path is called what most of its lines' file is.
    """
    numbers = {
        text_to_path(text): index
        for text, index in zip(
            paths["path"].to_pylist(), paths["path_index"].to_pylist(), strict=True
        )
    }
    files = [(numbers[path], lines_of(state)) for path, state in tree.items() if path in numbers]
    lines = np.concatenate([np.empty(0, dtype=np.int32), *(held for _, held in files)])
    now = np.repeat([number for number, _ in files], [len(held) for _, held in files])
    birth = np.full(int(lines.max(initial=-1)) + 1, -1, dtype=np.int64)
    known = np.asarray(births["line"])
    inside = known < len(birth)
    birth[known[inside]] = np.asarray(births["path_index"])[inside]
    born = birth[lines]
    moved = (born >= 0) & (born != now) & ~np.isin(born, [number for number, _ in files])
    pairs, counts = np.unique(
        np.stack([born[moved], now[moved]]).astype(np.int64), axis=1, return_counts=True
    )
    by_weight = pairs[:, np.argsort(counts, kind="stable")].tolist()
    heaviest_last = dict(zip(*by_weight, strict=True))
    names = dict(sorted(heaviest_last.items()))
    return _table("renamed_path", {"path_index": list(names), "renamed_to": list(names.values())})


def release_rows(tags: Iterable[Tag], graph: Graph) -> pa.Table:
    """Return the rows of `release` for the tags whose commits were read."""
    positions = graph.main_line_positions()
    known = [tag for tag in tags if tag.commit in graph.index]
    indices = [graph.index[tag.commit] for tag in known]
    return _table(
        "release",
        {
            "tag": [tag.name for tag in known],
            "commit_index": indices,
            "released_at": [
                time_of(graph.committed[index] if tag.tagged is None else tag.tagged)
                for tag, index in zip(known, indices, strict=True)
            ],
            "base_index": [graph.side_chain(index, positions)[1] for index in indices],
            "on_mainline": [tag.commit in positions for tag in known],
        },
    )


def release_line_rows(tags: Iterable[Tag], sides: Mapping[bytes, SideLines]) -> pa.Table:
    """Return the rows of `release_line`: how releases beside the main line differ from it."""
    rows = [
        (tag.name, lines, present)
        for tag in tags
        if tag.commit in sides
        for lines, present in (
            (sides[tag.commit].present, True),
            (sides[tag.commit].absent, False),
        )
    ]
    counts = [len(row[1]) for row in rows]
    names = pa.array([row[0] for row in rows], pa.string())
    return pa.table(
        {
            "tag": names.take(pa.array(np.repeat(np.arange(len(rows)), counts), pa.int32())),
            "line": np.concatenate([np.empty(0, dtype=np.int32), *(row[1] for row in rows)]),
            "present": np.repeat(np.array([row[2] for row in rows], dtype=np.bool_), counts),
        }
    )


class Removers:
    """Finds which commit took a line out at a step of the main line."""

    def __init__(self, removals: Iterable[pa.Table], graph: Graph):
        """Index `removals` (columns `line` and `commit_index`) by line and step."""
        change = np.array(graph.change, dtype=np.int64)
        keys = []
        commits = []
        for table in removals:
            commit = np.asarray(table["commit_index"])
            step = change[commit]
            landed = step >= 0
            keys.append(_key(np.asarray(table["line"])[landed], step[landed]))
            commits.append(commit[landed])
        key = np.concatenate([np.empty(0, dtype=np.int64), *keys])
        commit = np.concatenate([np.empty(0, dtype=np.int32), *commits])
        # Of several commits that removed the line on branches of one merge, the first is kept.
        order = np.lexsort((commit, key))
        self._keys = key[order]
        self._commits = commit[order]
        self._chain = np.array(graph.chain, dtype=np.int32)

    def of(self, lines: LineIds, steps: LineIds) -> LineIds:
        """Return for each line that left at a step the commit that removed it.

        Where no commit of that step removed it, the main line's own commit did.
        """
        wanted = _key(lines, steps)
        at = np.searchsorted(self._keys, wanted)
        found = np.zeros(len(wanted), dtype=np.bool_)
        inside = at < len(self._keys)
        found[inside] = self._keys[at[inside]] == wanted[inside]
        result: LineIds = self._chain[steps].copy()
        result[found] = self._commits[at[found]]
        return result


def _key(lines: npt.NDArray[np.integer], steps: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    return (lines.astype(np.int64) << 32) | steps.astype(np.int64)


def ended_interval_rows(segments: Segments, removers: Removers, branch: str) -> Iterable[pa.Table]:
    """Yield the rows of `line_interval` for stays that have ended."""
    for path in segments.batches("ended_interval"):
        table = pq.read_table(path)
        lines, left = np.asarray(table["line"]), np.asarray(table["left"])
        yield _with_branch(
            branch,
            {
                "line": lines,
                "entered": np.asarray(table["entered"]),
                "left": left,
                "left_by": removers.of(lines, left),
            },
            len(lines),
        )


def open_interval_rows(lines: LineIds, entered: LineIds, branch: str) -> pa.Table:
    """Return the rows of `line_interval` for lines that stand on the main line now."""
    nothing = pa.nulls(len(lines), pa.int32())
    columns = {"line": lines, "entered": entered, "left": nothing, "left_by": nothing}
    return _with_branch(branch, columns, len(lines))


def _with_branch(branch: str, columns: Mapping[str, object], count: int) -> pa.Table:
    names = pa.DictionaryArray.from_arrays(
        np.zeros(count, dtype=np.int32), pa.array([branch], pa.string())
    )
    return pa.table({"branch": names, **columns})


def count_by_commit(segments: Segments, name: str, commits: int) -> Counts:
    """Count the staged rows of a table by commit."""
    counts = np.zeros(commits, dtype=np.int64)
    for path in segments.batches(name):
        column = pq.read_table(path, columns=["commit_index"])["commit_index"]
        counts += np.bincount(np.asarray(column), minlength=commits)
    return counts


def _known(step: int) -> int | None:
    return step if step >= 0 else None
