"""Writing one mined chunk: its rows, and how far the ledger has come, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from landed.ledger import rows
from landed.ledger.checkpoint import Checkpoint
from landed.ledger.exclusion import Exclusion, excluded_paths
from landed.ledger.graph import Graph
from landed.ledger.late_releases import LateReleases
from landed.ledger.mainline import Mainline
from landed.ledger.planning import SOURCE, LedgerState, time_of
from landed.ledger.recorder import Recorder, Segments
from landed.sources.git.headers import CommitHeader
from landed.sources.git.names import path_to_text
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import Tips
from landed.store import Store

_FOLLOWERS = (
    "evidence",
    "commit_reference",
    "contact",
    "commit_attribution",
    "line_attribution",
    "lineage",
    "generated_line",
    "change_landing",
    "deployed_commit",
    "deployed_line",
    "problem",
    "source_state",
)
"""What other steps derive from the ledger's rows; worthless once those are built anew."""

_LEDGER_TABLES = (
    "commit",
    "commit_parent",
    "path",
    "line",
    "removal",
    "line_interval",
    "line_link",
    "release_line",
)


@dataclass
class Chunk:
    """One chunk, mined and ready to be written."""

    past: Checkpoint | None
    headers: Sequence[CommitHeader]
    recorder: Recorder
    mainline: Mainline
    segments: Segments
    checkpoint: Checkpoint


@dataclass
class LedgerWriter:
    """Writes the chunks of one run.

    Attributes:
        repository: its id.
        graph: all commits, the main line up to its tip.
        tips: where reading started.
        scratch: the repository that was read.
        rules: which paths are left out.
    """

    repository: str
    graph: Graph
    tips: Tips
    scratch: Scratch
    rules: Sequence[Exclusion]

    def write(self, store: Store, chunk: Chunk, state: LedgerState, landed: Sequence[int]) -> None:
        """Write a chunk; `landed` are the commits that the run's new steps brought in."""
        with store.transaction():
            if chunk.past is None:
                self._forget(store)
            self._write(store, chunk, state, landed)

    def _forget(self, store: Store) -> None:
        for table in (*_LEDGER_TABLES, *_FOLLOWERS):
            store.delete(table, self.repository)

    def _write(self, store: Store, chunk: Chunk, state: LedgerState, landed: Sequence[int]) -> None:
        graph, repository = self.graph, self.repository
        segments, recorder = chunk.segments, chunk.recorder
        commits = len(graph.ids)
        added = rows.count_by_commit(segments, "line", commits)
        removed = rows.count_by_commit(segments, "removal", commits)
        first = graph.index[chunk.headers[0].commit] if chunk.headers else commits
        self._update_old_commits(store, first, landed, added, removed)
        for name, table in (
            ("commit", rows.commit_rows(chunk.headers, graph, added, removed)),
            ("commit_parent", rows.parent_rows(chunk.headers, graph)),
            ("path", rows.path_rows(recorder)),
        ):
            store.append(name, table, repository)
        for name in ("line", "removal", "line_link"):
            for path in segments.batches(name):
                store.append(name, pq.read_table(path), repository)
        self._write_copies(store, recorder)
        self._write_intervals(store, chunk, first)
        if state.complete:
            self._write_tips(store, chunk.checkpoint)
        problems = recorder.problems.rows(SOURCE)
        if problems:
            store.merge("problem", rows.table_of("problem", problems), repository)
        row = {
            "source": SOURCE,
            "state": state.to_json(),
            "read_at": datetime.now(UTC),
        }
        store.merge("source_state", rows.table_of("source_state", [row]), repository)

    def _update_old_commits(
        self,
        store: Store,
        first: int,
        landed: Sequence[int],
        added: rows.Counts,
        removed: rows.Counts,
    ) -> None:
        """Rewrite commits of earlier runs that landed only now, or whose lines were told late."""
        told = np.flatnonzero(added[:first] + removed[:first]).tolist()
        touched = sorted({*told, *(commit for commit in landed if commit < first)})
        if not touched:
            return
        old = store.query(
            'select * from "commit" where repository = ? '
            "and commit_index in (select unnest(?::integer[])) order by commit_index",
            [self.repository, touched],
        )
        updated = rows.updated_commit_rows(old, self.graph, added, removed)
        store.merge("commit", updated, self.repository)

    def _write_copies(self, store: Store, recorder: Recorder) -> None:
        """Give duplicated lines the births of the lines that they duplicate."""
        copies = recorder.births.copies()
        if not copies.num_rows:
            return
        table = store.query(
            "with copy as (select unnest($lines::integer[]) as line, "
            "unnest($origins::integer[]) as origin) "
            "select copy.line, o.commit_index, o.path_index, o.line_number, o.text_hash, "
            "o.token_hash, o.trivial, copy.origin as origin_line "
            "from copy join line as o on o.line = copy.origin and o.repository = $repository "
            "order by copy.line",
            {
                "lines": copies["line"].to_pylist(),
                "origins": copies["origin_line"].to_pylist(),
                "repository": self.repository,
            },
        )
        store.append("line", table, self.repository)

    def _write_intervals(self, store: Store, chunk: Chunk, first: int) -> None:
        branch = self.tips.branch
        positions = self.graph.main_line_positions()
        # A chunk may end before the first commit of the main line: then there is no head yet.
        step = positions.get(chunk.past.head, -1) + 1 if chunk.past is not None else 0
        removals = self._removals(
            store, chunk, first, step, positions.get(chunk.checkpoint.head, -1)
        )
        removers = rows.Removers(removals, self.graph)
        write = store.append if chunk.past is None else store.merge
        for table in rows.ended_interval_rows(chunk.segments, removers, branch):
            write("line_interval", table, self.repository)
        lines, entered = chunk.mainline.alive()
        new = entered >= step
        table = rows.open_interval_rows(lines[new], entered[new], branch)
        store.append("line_interval", table, self.repository)

    def _removals(
        self, store: Store, chunk: Chunk, first: int, from_step: int, to_step: int
    ) -> Iterable[pa.Table]:
        """Yield the removals of the commits that landed through the steps of this chunk."""
        for path in chunk.segments.batches("removal"):
            yield pq.read_table(path, columns=["line", "commit_index"])
        change = np.array(self.graph.change[:first], dtype=np.int64)
        earlier = np.flatnonzero((change >= from_step) & (change <= to_step))
        if len(earlier):
            yield store.query(
                "select line, commit_index from removal where repository = ? "
                "and commit_index in (select unnest(?::integer[]))",
                [self.repository, earlier.tolist()],
            )

    def _write_tips(self, store: Store, checkpoint: Checkpoint) -> None:
        """Write what depends on the tips: the repository's own row, releases, excluded paths."""
        graph, tips = self.graph, self.tips
        times = graph.landing_times()
        location = self.scratch.location
        tables: dict[str, list[dict[str, object]]] = {
            "repository": [
                {
                    "object_format": self.scratch.object_format,
                    "default_branch": tips.branch,
                    "head": tips.head.decode(),
                    "commits": len(graph.ids),
                    "mainline_length": len(graph.chain),
                    "shallow": self.scratch.shallow is not None,
                    "first_commit_at": time_of(min(graph.committed[c] for c in graph.chain)),
                    "last_commit_at": time_of(times[-1]),
                }
            ],
        }
        if self.scratch.holds(tips.head.decode()):
            tables["excluded_path"] = [
                {
                    "path": path_to_text(path),
                    "reason": rule.reason,
                    "pattern": rule.pattern,
                }
                for path, rule in excluded_paths(self.scratch, tips.head.decode(), self.rules)
            ]
        for name, records in tables.items():
            store.replace(name, rows.table_of(name, records), self.repository)
        store.replace("renamed_path", self._renamed_paths(store, checkpoint), self.repository)
        self._write_releases(store, checkpoint)
        place = {
            "path": str(location.git_dir),
            "name": location.name,
            "remote": location.remote,
        }
        store.merge("location", rows.table_of("location", [place]), self.repository)

    def _write_releases(self, store: Store, checkpoint: Checkpoint) -> None:
        graph, tags = self.graph, self.tips.tags
        late = LateReleases(store, self.repository, self.scratch, graph)
        sides, unreadable = late.added_to(checkpoint.sides, tags)
        store.replace("release", rows.release_rows(tags, graph), self.repository)
        store.replace("release_line", rows.release_line_rows(tags, sides), self.repository)
        problems = [
            {
                "source": SOURCE,
                "kind": "unreadable-release",
                "subject": tag,
                "count": 1,
                "detail": "Objects of this release are missing; it is taken to be what its "
                "branch grew from. Fetch it again.",
            }
            for tag in unreadable
        ]
        if problems:
            store.merge("problem", rows.table_of("problem", problems), self.repository)

    def _renamed_paths(self, store: Store, checkpoint: Checkpoint) -> pa.Table:
        paths = store.query(
            "select path_index, path from path where repository = ? order by path_index",
            [self.repository],
        )
        births = store.query(
            "select line, path_index from line join line_interval using (repository, line) "
            'where repository = ? and "left" is null',
            [self.repository],
        )
        return rows.renamed_path_rows(paths, births, checkpoint.tree_at_head)
