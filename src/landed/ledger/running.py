"""Mining in chunks: after each one the rows and the checkpoint are written together."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from landed.ledger import rows
from landed.ledger.checkpoint import RECENT_COMMITS, Checkpoint, remove_checkpoints
from landed.ledger.exclusion import excluded_paths
from landed.ledger.graph import Graph
from landed.ledger.hashing import LineHasher
from landed.ledger.mainline import Mainline
from landed.ledger.mining import Delta, Mined, Miner, Observer, Plan, Progress
from landed.ledger.planning import SOURCE, LedgerState, time_of
from landed.ledger.recorder import Recorder, Segments
from landed.ledger.tree import Tree
from landed.sources.git.headers import CommitHeader
from landed.sources.git.names import path_to_text, text_to_path
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import Tips
from landed.store import Store

if TYPE_CHECKING:
    from landed.ledger.update import LedgerRequest

_CHUNK_COMMITS = 10_000
_FOLLOWERS = (
    "evidence",
    "commit_reference",
    "contact",
    "commit_attribution",
    "line_attribution",
    "lineage",
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
class Outcome:
    """How much was mined."""

    commits: int
    lines: int


class ChunkedRun:
    """One run over the new commits of a repository."""

    def __init__(
        self,
        request: LedgerRequest,
        scratch: Scratch,
        open_store: Callable[[], Store],
        repository: str,
        tips: Tips,
        state: LedgerState,
        graph: Graph,
        progress: Progress | None,
        observer: Observer | None,
    ):
        """Mine for `repository`; `graph` holds all commits, `state` how far the store has come."""
        self._request = request
        self._scratch = scratch
        self._open_store = open_store
        self._repository = repository
        self._tips = tips
        self._state = state
        self._graph = graph
        self._progress = progress
        self._observer = observer
        self._folder = request.workspace / "ledger" / repository
        self._headers: Sequence[CommitHeader] = ()
        self._cut: Sequence[str] = ()
        self._paths: list[bytes] = []

    def run(
        self, root: str, headers: Sequence[CommitHeader], past: Checkpoint | None, cut: Sequence[str]
    ) -> Outcome:
        """Mine `headers`, the graph's last commits, going on from `past`; `cut` are new boundaries.

        Raises:
            OutOfReach: a needed commit is older than `past` reaches; nothing was written.
        """
        self._headers = headers
        self._cut = cut
        self._root = root
        landed = self._graph.extend_main_line(self._graph.chain_to(self._tips.head))
        if past is not None:
            with self._open_store() as store:
                found = store.query(
                    "select path from path where repository = ? order by path_index",
                    [self._repository],
                )
                self._paths = [text_to_path(text) for text in found["path"].to_pylist()]
        first_line = self._state.next_line
        chunks = range(0, max(1, len(headers)), _CHUNK_COMMITS)
        for start in chunks:
            past = self._run_chunk(start, past, landed if start == 0 else [])
        return Outcome(len(headers), self._state.next_line - first_line)

    def _run_chunk(
        self, start: int, past: Checkpoint | None, landed: Sequence[int]
    ) -> Checkpoint:
        headers = self._headers[start : start + _CHUNK_COMMITS]
        with tempfile.TemporaryDirectory(dir=self._scratch.git_dir) as staging:
            segments = Segments(Path(staging))
            state = self._state
            recorder = Recorder(
                LineHasher(self._request.key),
                segments,
                self._paths,
                state.next_line,
                state.next_removal,
            )
            mainline = Mainline(recorder.births, segments)
            if past is not None:
                mainline.restore(*past.alive)
                recorder.births.origin_of.update(past.origin_of)
            plan = self._plan(start, headers)
            later_children = self._later_children(start)
            miner = Miner(
                self._scratch,
                plan,
                recorder,
                mainline,
                past,
                keep_deltas=max(0, RECENT_COMMITS - len(self._headers) + start + len(headers)),
                progress=self._chunk_progress(start),
                observer=self._observer,
                later_children=later_children,
            )
            mined = miner.run()
            checkpoint = self._checkpoint(past, mined, recorder, mainline, plan, later_children)
            name = f"checkpoint-{uuid.uuid4().hex}"
            checkpoint.save(self._folder / name)
            self._note_problems(recorder, mined, first=past is None)
            state.next_line = recorder.births.next_id
            state.next_removal = recorder.next_removal
            state.checkpoint = name
            state.head = checkpoint.head.decode()
            state.complete = start + _CHUNK_COMMITS >= len(self._headers)
            with self._open_store() as store, store.transaction():
                if past is None:
                    self._forget(store)
                written = _Chunk(past, headers, recorder, mainline, segments, checkpoint)
                self._write(store, written, landed)
        self._paths = list(recorder.paths)
        remove_checkpoints(self._folder, but=self._folder / name)
        return checkpoint

    def _plan(self, start: int, headers: Sequence[CommitHeader]) -> Plan:
        positions = self._graph.main_line_positions()
        sides: set[bytes] = set()
        releases: set[bytes] = set()
        for tag in self._tips.tags:
            if tag.commit not in positions and tag.commit in self._graph.index:
                chain, _ = self._graph.side_chain(self._graph.index[tag.commit], positions)
                sides.update(self._graph.ids[commit] for commit in chain)
                releases.add(tag.commit)
        first = self._graph.index[headers[0].commit] if headers else len(self._graph.ids)
        return Plan(headers, first, positions, frozenset(sides), frozenset(releases))

    def _later_children(self, start: int) -> dict[bytes, int]:
        """Count the children that commits have in later chunks."""
        counts: dict[bytes, int] = {}
        for header in self._headers[start + _CHUNK_COMMITS :]:
            for parent in header.parents:
                counts[parent] = counts.get(parent, 0) + 1
        return counts

    def _chunk_progress(self, start: int) -> Progress | None:
        progress = self._progress
        if progress is None:
            return None
        total = len(self._headers)
        return lambda done, _: progress(start + done, total)

    def _checkpoint(
        self,
        past: Checkpoint | None,
        mined: Mined,
        recorder: Recorder,
        mainline: Mainline,
        plan: Plan,
        later_children: Mapping[bytes, int],
    ) -> Checkpoint:
        on_chain = [row.commit for row in plan.headers if row.commit in plan.mainline]
        head = on_chain[-1] if on_chain else (past.head if past is not None else b"")
        tree = mined.trees.get(head)
        if tree is None:
            tree = past.tree(head) if past is not None and head else Tree()
        trees = {**(past.waiting if past is not None else {}), **mined.trees}
        return Checkpoint(
            head,
            tree,
            [*(past.recent if past is not None else []), *mined.deltas],
            mainline.alive(),
            {**(past.sides if past is not None else {}), **mined.sides},
            recorder.births.origin_of,
            {
                commit: files
                for commit, files in trees.items()
                if later_children.get(commit) and commit != head
            },
        )

    def _note_problems(self, recorder: Recorder, mined: Mined, *, first: bool) -> None:
        problems = recorder.problems
        if mined.unsure:
            problems.add(
                "rename-not-examined",
                "renames",
                f"{mined.unsure} files' origins were left as the tree diff has them.",
            )
        for commit in self._cut:
            problems.add("missing-parents", commit, "History is cut off here: parents are missing.")
        if not first:
            return
        for name, reason in self._tips.broken.items():
            problems.add("broken-ref", name, f"The ref {reason}.")
        if self._scratch.location.shallow is not None:
            problems.add(
                "shallow-clone",
                "history",
                "History is cut off; the oldest commits own older lines. Run git fetch --unshallow.",
            )
        if self._scratch.is_partial:
            problems.add(
                "partial-clone",
                "objects",
                "Objects were left out of this clone. Clone without --filter to see every line.",
            )

    def _forget(self, store: Store) -> None:
        for table in (*_LEDGER_TABLES, *_FOLLOWERS):
            store.delete(table, self._repository)

    def _write(self, store: Store, chunk: _Chunk, landed: Sequence[int]) -> None:
        graph, repository = self._graph, self._repository
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
        if self._state.complete:
            self._write_tips(store, chunk.checkpoint)
        problems = recorder.problems.rows(SOURCE)
        if problems:
            store.merge("problem", rows.table_of("problem", problems), repository)
        state = {
            "source": SOURCE,
            "state": self._state.to_json(),
            "read_at": datetime.now(UTC),
        }
        store.merge("source_state", rows.table_of("source_state", [state]), repository)

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
            [self._repository, touched],
        )
        updated = rows.updated_commit_rows(old, self._graph, added, removed)
        store.merge("commit", updated, self._repository)

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
                "repository": self._repository,
            },
        )
        store.append("line", table, self._repository)

    def _write_intervals(self, store: Store, chunk: _Chunk, first: int) -> None:
        branch = self._tips.branch
        positions = self._graph.main_line_positions()
        step = positions[chunk.past.head] + 1 if chunk.past is not None else 0
        removals = self._removals(store, chunk, first, step, positions[chunk.checkpoint.head])
        removers = rows.Removers(removals, self._graph)
        write = store.append if chunk.past is None else store.merge
        for table in rows.ended_interval_rows(chunk.segments, removers, branch):
            write("line_interval", table, self._repository)
        lines, entered = chunk.mainline.alive()
        new = entered >= step
        table = rows.open_interval_rows(lines[new], entered[new], branch)
        store.append("line_interval", table, self._repository)

    def _removals(
        self, store: Store, chunk: _Chunk, first: int, from_step: int, to_step: int
    ) -> Iterable[pa.Table]:
        """Yield the removals of the commits that landed through the steps of this chunk."""
        for path in chunk.segments.batches("removal"):
            yield pq.read_table(path, columns=["line", "commit_index"])
        change = np.array(self._graph.change[:first], dtype=np.int64)
        earlier = np.flatnonzero((change >= from_step) & (change <= to_step))
        if len(earlier):
            yield store.query(
                "select line, commit_index from removal where repository = ? "
                "and commit_index in (select unnest(?::integer[]))",
                [self._repository, earlier.tolist()],
            )

    def _write_tips(self, store: Store, checkpoint: Checkpoint) -> None:
        """Write what depends on the tips: the repository's own row, releases, excluded paths."""
        graph, tips = self._graph, self._tips
        times = graph.landing_times()
        location = self._scratch.location
        tables = {
            "repository": [
                {
                    "object_format": self._scratch.object_format,
                    "default_branch": tips.branch,
                    "head": tips.head.decode(),
                    "commits": len(graph.ids),
                    "mainline_length": len(graph.chain),
                    "root_commit": self._root,
                    "shallow": location.shallow is not None,
                    "first_commit_at": time_of(min(graph.committed[c] for c in graph.chain)),
                    "last_commit_at": time_of(times[-1]),
                }
            ],
            "excluded_path": [
                {
                    "path": path_to_text(path),
                    "reason": rule.reason,
                    "pattern": rule.pattern,
                }
                for path, rule in excluded_paths(
                    self._scratch, tips.head.decode(), self._request.rules
                )
            ],
        }
        for name, records in tables.items():
            store.replace(name, rows.table_of(name, records), self._repository)
        store.replace("release", rows.release_rows(tips.tags, graph), self._repository)
        differing = rows.release_line_rows(tips.tags, checkpoint.sides)
        store.replace("release_line", differing, self._repository)
        place = {
            "path": str(location.git_dir),
            "name": location.name,
            "remote": location.remote,
        }
        store.merge("location", rows.table_of("location", [place]), self._repository)


@dataclass
class _Chunk:
    """One chunk, mined and ready to be written."""

    past: Checkpoint | None
    headers: Sequence[CommitHeader]
    recorder: Recorder
    mainline: Mainline
    segments: Segments
    checkpoint: Checkpoint
