"""Mining in chunks: after each one the rows and the checkpoint are written together."""

from __future__ import annotations

import contextlib
import ctypes
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from landed.ledger.checkpoint import RECENT_COMMITS, Checkpoint, OutOfReach, remove_checkpoints
from landed.ledger.graph import Graph
from landed.ledger.hashing import LineHasher
from landed.ledger.mainline import Mainline
from landed.ledger.mining import Mined, Miner, Observer, Plan, Progress
from landed.ledger.plain import Step
from landed.ledger.planning import LedgerRequest, LedgerState
from landed.ledger.recorder import Recorder, Segments
from landed.ledger.tree import Tree
from landed.ledger.writing import Chunk, LedgerWriter
from landed.sources.git.headers import CommitHeader, History
from landed.sources.git.names import text_to_path
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import Tips
from landed.sources.git.unreachable import Unreachable
from landed.store import Store

_CHUNK_COMMITS = 5_000
_LEFT_OUT = {
    "old": "Commits that no ref reaches were written too long ago and were not read.",
    "many": "There are too many commits that no ref reaches; the latest were read.",
    "incomplete": "Objects of commits that no ref reaches are missing; they were not read.",
    "unclear": "Which commits no ref reaches could not be told: a ref's history is damaged.",
}


@dataclass
class Outcome:
    """How much was mined."""

    commits: int
    lines: int


@dataclass
class ChunkedRun:
    """One run over the new commits of a repository.

    Attributes:
        request: what to read and how.
        scratch: the repository that is read.
        open_store: opens the store, for as short as can be.
        repository: its id.
        tips: where reading started.
        state: how far the ledger has come; brought forward with every chunk.
        graph: all commits, those to be mined last.
    """

    request: LedgerRequest
    scratch: Scratch
    open_store: Callable[[], Store]
    repository: str
    tips: Tips
    state: LedgerState
    graph: Graph
    progress: Progress | None
    observer: Observer | None

    def run(
        self,
        headers: Sequence[CommitHeader],
        past: Checkpoint | None,
        history: History,
        unreachable: Unreachable,
    ) -> Outcome:
        """Mine `headers`, the graph's last commits, going on from `past`.

        `history` and `unreachable` tell what could not be read.

        Raises:
            OutOfReach: a needed commit is older than `past` reaches; nothing was written.
        """
        self._headers = headers
        self._history = history
        self._unreachable = unreachable
        self._folder = self.request.workspace / "ledger" / self.repository
        self._paths: list[bytes] = []
        self._writer = LedgerWriter(
            self.repository, self.graph, self.tips, self.scratch, self.request.rules
        )
        former = len(self.graph.chain)
        landed = self.graph.extend_main_line(self.graph.chain_to(self.tips.head))
        first = self.graph.index[headers[0].commit] if headers else len(self.graph.ids)
        self._overtaken = [commit for commit in self.graph.chain[former:] if commit < first]
        if past is not None:
            with self.open_store() as store:
                found = store.query(
                    "select path from path where repository = ? order by path_index",
                    [self.repository],
                )
                self._paths = [text_to_path(text) for text in found["path"].to_pylist()]
        first_line = self.state.next_line
        chunks = range(0, max(1, len(headers)), _CHUNK_COMMITS)
        for start in chunks:
            past = self._run_chunk(start, past, landed if start == 0 else [])
        return Outcome(len(headers), self.state.next_line - first_line)

    def _run_chunk(self, start: int, past: Checkpoint | None, landed: Sequence[int]) -> Checkpoint:
        headers = self._headers[start : start + _CHUNK_COMMITS]
        with tempfile.TemporaryDirectory(dir=self.scratch.git_dir) as staging:
            segments = Segments(Path(staging))
            state = self.state
            recorder = Recorder(
                LineHasher(self.request.key),
                segments,
                self._paths,
                state.next_line,
                state.next_removal,
            )
            mainline = Mainline(recorder.births, segments, recorder.marks)
            if past is not None:
                mainline.restore(*past.alive)
                recorder.births.origin_of.update(past.origin_of)
            standing = past
            if past is not None and start == 0 and self._overtaken:
                standing = self._overtake(past, mainline)
            plan = self._plan(headers)
            later_children = self._later_children(start)
            head = self._head(plan, standing)
            # Branches may go on from the head; its files must outlive their commits.
            kept = {**later_children, head: later_children.get(head, 0) + 1}
            miner = Miner(
                self.scratch,
                plan,
                recorder,
                mainline,
                standing,
                keep_deltas=max(0, RECENT_COMMITS - len(self._headers) + start + len(headers)),
                progress=self._chunk_progress(start),
                observer=self.observer,
                later_children=kept,
            )
            mined = miner.run()
            checkpoint = self._checkpoint(standing, mined, recorder, mainline, head, later_children)
            name = f"checkpoint-{uuid.uuid4().hex}"
            checkpoint.save(self._folder / name)
            self._note_problems(recorder, mined, first=past is None)
            state.next_line = recorder.births.next_id
            state.next_removal = recorder.next_removal
            state.checkpoint = name
            state.head = checkpoint.head.decode()
            state.complete = start + _CHUNK_COMMITS >= len(self._headers)
            chunk = Chunk(past, headers, recorder, mainline, segments, checkpoint)
            with self.open_store() as store:
                self._writer.write(store, chunk, state, landed)
        _return_memory()
        self._paths = list(recorder.paths)
        remove_checkpoints(self._folder, but=self._folder / name)
        return checkpoint

    def _overtake(self, past: Checkpoint, mainline: Mainline) -> Checkpoint:
        """Take the steps of commits that were mined before the main line was forwarded to them.

        Raises:
            OutOfReach: one is too old, a release leaves the main line among them, or a line would
                come to stand in two places.
        """
        graph = self.graph
        positions = graph.main_line_positions()
        names = [graph.ids[commit] for commit in self._overtaken]
        overtaken = set(names)
        former = {name: step for name, step in positions.items() if name not in overtaken}
        for side in past.sides:
            chain, _ = graph.side_chain(graph.index[side], former)
            if not overtaken.isdisjoint(graph.ids[commit] for commit in chain):
                raise OutOfReach(f"the release at {side.decode()} has another base now")
        for name in names:
            if not mainline.overtake(positions[name], Step(past.changes(name), [], [])):
                raise OutOfReach(f"lines of commit {name.decode()} stand in two places")
        return past.moved_to(names[-1])

    def _plan(self, headers: Sequence[CommitHeader]) -> Plan:
        positions = self.graph.main_line_positions()
        sides: set[bytes] = set()
        releases: set[bytes] = set()
        for tag in self.tips.tags:
            if tag.commit not in positions and tag.commit in self.graph.index:
                chain, _ = self.graph.side_chain(self.graph.index[tag.commit], positions)
                sides.update(self.graph.ids[commit] for commit in chain)
                releases.add(tag.commit)
        first = self.graph.index[headers[0].commit] if headers else len(self.graph.ids)
        return Plan(headers, first, positions, frozenset(sides), frozenset(releases))

    @staticmethod
    def _head(plan: Plan, past: Checkpoint | None) -> bytes:
        """Return the newest commit of the main line up to the end of a chunk."""
        on_chain = [row.commit for row in plan.headers if row.commit in plan.mainline]
        if on_chain:
            return on_chain[-1]
        return past.head if past is not None else b""

    def _later_children(self, start: int) -> dict[bytes, int]:
        """Count the children that commits have in later chunks."""
        counts: dict[bytes, int] = {}
        for header in self._headers[start + _CHUNK_COMMITS :]:
            for parent in header.parents:
                counts[parent] = counts.get(parent, 0) + 1
        return counts

    def _chunk_progress(self, start: int) -> Progress | None:
        progress = self.progress
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
        head: bytes,
        later_children: Mapping[bytes, int],
    ) -> Checkpoint:
        tagged = {tag.commit for tag in self.tips.tags}
        tree = mined.trees.get(head)
        if tree is None:
            tree = past.tree(head) if past is not None else Tree()
        trees = {**(past.waiting if past is not None else {}), **mined.trees}
        sides = {**(past.sides if past is not None else {}), **mined.sides}
        return Checkpoint(
            head,
            tree,
            [*(past.recent if past is not None else []), *mined.deltas],
            mainline.alive(),
            {
                commit: side
                for commit, side in sides.items()
                if commit in tagged or later_children.get(commit)
            },
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
        for commit in self._history.cut:
            problems.add("missing-parents", commit, "History is cut off here: parents are missing.")
        for commit in self._history.unreadable:
            problems.add("unreadable-branch", commit, "Commits behind this tip are missing.")
        for reason, count in self._unreachable.left_out.items():
            problems.add("unreachable-left-out", reason, _LEFT_OUT[reason], count)
        for log, count in self._unreachable.malformed.items():
            problems.add("malformed-reflog", log, "Lines of this reflog cannot be read.", count)
        if not first:
            return
        for name, reason in self.tips.broken.items():
            problems.add("broken-ref", name, f"The ref {reason}.")
        if self.scratch.shallow is not None:
            problems.add(
                "shallow-clone",
                "history",
                "History is cut off; its first commits own older lines. Run git fetch --unshallow.",
            )
        if self.scratch.is_partial:
            problems.add(
                "partial-clone",
                "objects",
                "Objects were left out of this clone. Clone without --filter to see every line.",
            )


def _return_memory() -> None:
    """Give freed memory back to the system: writing a chunk takes far more than mining the next."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
