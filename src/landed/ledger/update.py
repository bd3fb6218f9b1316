"""Bringing a repository's ledger up to date: read what is new, mine it, write it.

History is mined in chunks, each written in one transaction with the checkpoint to go on from, so
that an interrupted run goes on where it was. While git is read the store is not held open.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from landed.errors import GitError, RepositoryError
from landed.ledger.checkpoint import Checkpoint, OutOfReach, remove_checkpoints
from landed.ledger.graph import Graph
from landed.ledger.mining import Observer, Progress
from landed.ledger.planning import (
    SOURCE,
    LedgerRequest,
    LedgerState,
    PlaceState,
    fingerprint,
    fingerprint_beside,
    forget,
    load_graph,
    load_state,
    locations,
    repository_at,
    repository_id,
    settings_fingerprint,
)
from landed.ledger.rows import table_of
from landed.ledger.running import ChunkedRun, Outcome
from landed.sources.git.headers import CommitHeader, History, read_history
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import Tag, Tips, find_tips
from landed.sources.git.unreachable import Unreachable, find_unreachable
from landed.store import Store

StoreOpener = Callable[[], Store]

_RELEASES = """
    select tag, "commit", epoch_us(released_at) // 1000000 as released
    from release join "commit" using (repository, commit_index) where repository = ?
"""


@dataclass(frozen=True)
class LedgerUpdate:
    """What a run did.

    `mode` is full, incremental, rebuilt or unchanged; `commits` and `lines` count what was mined.
    """

    repository: str
    mode: str
    commits: int
    lines: int
    seconds: float


def update_ledger(
    scratch: Scratch,
    request: LedgerRequest,
    open_store: StoreOpener,
    *,
    progress: Progress | None = None,
    observer: Observer | None = None,
) -> LedgerUpdate:
    """Bring the ledger of the repository that `scratch` borrows from up to date.

    The scratch repository must have been made with the attributes of the request's rules.

    Raises:
        RepositoryError: there is no repository, or nothing in it to read.
        GitError: git failed for a reason that is not a damaged object.
    """
    started = datetime.now(UTC)
    return _Update(request, scratch, open_store, started, progress, observer).run()


class _Update:
    def __init__(
        self,
        request: LedgerRequest,
        scratch: Scratch,
        open_store: StoreOpener,
        started: datetime,
        progress: Progress | None,
        observer: Observer | None,
    ):
        self._request = request
        self._scratch = scratch
        self._open_store = open_store
        self._started = started
        self._progress = progress
        self._observer = observer
        self._history = History([], [], [])
        self._unreachable = Unreachable()
        self._own_head = ""
        self._settings = settings_fingerprint(request, scratch.shallow)
        self._fingerprint = fingerprint(self._settings, scratch, request.ref, request.refs)
        self._beside = fingerprint_beside(scratch) if request.unreachable else ""

    def run(self) -> LedgerUpdate:
        with self._open_store() as store:
            former = repository_at(store, self._scratch.location.git_dir)
            state = load_state(store, former) if former is not None else None
        if former is not None and state is not None and self._is_current(state):
            return self._done(former, "unchanged", Outcome(0, 0))
        tips = find_tips(self._scratch, self._request.ref, self._request.refs)
        self._own_head = tips.head.decode()
        try:
            repository = repository_id(self._scratch, tips)
        except GitError:
            raise RepositoryError(
                f"The history of {tips.branch} cannot be read to its beginning: commits are "
                "missing. Run git fsck there, or clone it again."
            ) from None
        if former is not None and former != repository:
            self._forget_former(former)
        with _alone(self._request.workspace / "ledger" / repository):
            mode, outcome = self._bring_up_to_date(repository, tips)
        return self._done(repository, mode, outcome)

    def _bring_up_to_date(self, repository: str, tips: Tips) -> tuple[str, Outcome]:
        with self._open_store() as store:
            state = load_state(store, repository)
            graph = load_graph(store, repository)
        if state is None:
            return "full", self._anew(repository, tips, None)
        if state.settings == self._settings and graph.ids:
            done = self._go_on(repository, tips, state, graph)
            if done is not None:
                return done
        return "rebuilt", self._anew(repository, tips, state)

    def _forget_former(self, former: str) -> None:
        """Forget the history that this place held before, unless it lies elsewhere as well."""
        with self._open_store() as store:
            if locations(store, former) == 1:
                forget(store, former)
                remove_checkpoints(self._request.workspace / "ledger" / former)

    def _is_current(self, state: LedgerState) -> bool:
        found = state.places.get(self._scratch.place)
        return (
            state.complete
            and found is not None
            and found.fingerprint == self._fingerprint
            and found.beside == self._beside
        )

    def _go_on(
        self, repository: str, tips: Tips, state: LedgerState, graph: Graph
    ) -> tuple[str, Outcome] | None:
        """Mine only what is new; None where the ledger has to be built anew for that."""
        former, known = list(graph.chain), len(graph.ids)
        headers = self._new_headers(tips, state, graph)
        if self._is_behind(state, graph, tips.head):
            tips = self._caught_up(repository, tips, state)
        chain = graph.chain_to(tips.head)
        if chain[: len(former)] != former:
            return None
        overtaken = any(commit < known for commit in chain[len(former) :])
        headers += self._new_headers_beside(repository, tips, graph)
        is_new = headers or overtaken
        found = state.places.get(self._scratch.place)
        if (
            not is_new
            and state.complete
            and found is not None
            and found.fingerprint == self._fingerprint
        ):
            self._note_place(repository, state)
            return "unchanged", Outcome(0, 0)
        folder = self._request.workspace / "ledger" / repository / state.checkpoint
        try:
            checkpoint = Checkpoint.load(folder)
            return "incremental", self._run(repository, tips, state, graph, headers, checkpoint)
        except OutOfReach:
            return None

    def _new_headers(self, tips: Tips, state: LedgerState, graph: Graph) -> list[CommitHeader]:
        """Read the commits that refs reach and the ledger does not know; add them to the graph."""
        known: list[bytes] = []
        if state.complete:
            # Everything behind a commit of the ledger is in the ledger as well.
            asked = [tip for tip in tips.all if tip in graph.index]
            known = [*asked, *([state.head.encode()] if self._scratch.holds(state.head) else [])]
        self._history = read_history(self._scratch, tips.all, known)
        return _added(self._history.headers, graph)

    def _new_headers_beside(self, repository: str, tips: Tips, graph: Graph) -> list[CommitHeader]:
        """Read the new commits that no ref reaches, and add them to the graph."""
        self._find_unreachable(repository, tips, graph)
        found = self._unreachable
        if not found.tips:
            return []
        return _added(read_history(self._scratch, found.tips, found.grows_from).headers, graph)

    def _find_unreachable(self, repository: str, tips: Tips, graph: Graph) -> None:
        if self._request.unreachable:
            place = hashlib.sha256(os.fsencode(self._scratch.location.objects)).hexdigest()[:12]
            memory = self._request.workspace / "ledger" / repository / f"loose-{place}.json"
            latest = graph.committed[graph.index[tips.head]]
            self._unreachable = find_unreachable(self._scratch, graph.index, latest, memory)

    def _is_behind(self, state: LedgerState, graph: Graph, head: bytes) -> bool:
        """Whether this place has not seen yet what another one told of the main line.

        A place that had been further itself was taken back: it is not behind.
        """
        positions = graph.main_line_positions()
        step = positions.get(head)
        if step is None or step == len(graph.chain) - 1 or not state.places:
            return False
        before = state.places.get(self._scratch.place)
        return before is None or positions.get(before.head.encode(), len(graph.chain)) <= step

    def _caught_up(self, repository: str, tips: Tips, state: LedgerState) -> Tips:
        """Return `tips` with the main line and the releases that are known from elsewhere."""
        with self._open_store() as store:
            releases = store.query(_RELEASES, [repository]).to_pylist()
            branch = store.read("repository", repository)["default_branch"][0].as_py()
        here = {tag.name for tag in tips.tags}
        known = [
            Tag(row["tag"], row["commit"].encode(), row["released"])
            for row in releases
            if row["tag"] not in here
        ]
        return replace(
            tips,
            branch=branch,
            head=state.head.encode(),
            tags=tuple(sorted([*tips.tags, *known], key=lambda tag: tag.name)),
            others=tips.others | {tips.head},
        )

    def _note_place(self, repository: str, state: LedgerState) -> None:
        """Remember that what is at this place now is in the ledger."""
        state.places[self._scratch.place] = self._place()
        row = {"source": SOURCE, "state": state.to_json(), "read_at": datetime.now(UTC)}
        with self._open_store() as store:
            store.merge("source_state", table_of("source_state", [row]), repository)

    def _place(self) -> PlaceState:
        return PlaceState(self._fingerprint, self._beside, self._own_head)

    def _anew(self, repository: str, tips: Tips, state: LedgerState | None) -> Outcome:
        pushed_away = []
        if state is not None:
            former = [*state.pushed_away, state.head]
            pushed_away = [commit for commit in former if self._scratch.holds(commit)]
        sources = {*tips.all, *(commit.encode() for commit in pushed_away)}
        graph = self._read_anew(repository, tips, sources)
        fresh = LedgerState(self._settings, complete=False, checkpoint="", head="")
        on_chain = {graph.ids[commit] for commit in graph.chain_to(tips.head)}
        fresh.pushed_away = [
            commit for commit in dict.fromkeys(pushed_away) if commit.encode() not in on_chain
        ]
        return self._run(repository, tips, fresh, graph, self._history.headers, None)

    def _read_anew(self, repository: str, tips: Tips, sources: set[bytes]) -> Graph:
        self._history = read_history(self._scratch, sources)
        graph = Graph()
        graph.add_headers(self._history.headers)
        self._find_unreachable(repository, tips, graph)
        if not self._unreachable.tips:
            return graph
        # In one order for all a branch comes next to what it grew from, whose files can then be
        # let go soon.
        cut = self._history.cut
        self._history = read_history(self._scratch, sources | self._unreachable.tips)
        self._history.cut.extend(cut)
        graph = Graph()
        graph.add_headers(self._history.headers)
        return graph

    def _run(
        self,
        repository: str,
        tips: Tips,
        state: LedgerState,
        graph: Graph,
        headers: Sequence[CommitHeader],
        checkpoint: Checkpoint | None,
    ) -> Outcome:
        state.places[self._scratch.place] = self._place()
        run = ChunkedRun(
            self._request,
            self._scratch,
            self._open_store,
            repository,
            tips,
            state,
            graph,
            self._progress,
            self._observer,
        )
        return run.run(headers, checkpoint, self._history, self._unreachable)

    def _done(self, repository: str, mode: str, outcome: Outcome) -> LedgerUpdate:
        finished = datetime.now(UTC)
        seconds = (finished - self._started).total_seconds()
        if mode != "unchanged":
            row = {
                "run": uuid.uuid4().hex,
                "started_at": self._started,
                "finished_at": finished,
                "commits": outcome.commits,
                "lines": outcome.lines,
                "mode": mode,
                "detail": orjson.dumps({"seconds": round(seconds, 3)}).decode(),
            }
            with self._open_store() as store:
                store.append("run", table_of("run", [row]), repository)
        return LedgerUpdate(repository, mode, outcome.commits, outcome.lines, seconds)


def _added(headers: Iterable[CommitHeader], graph: Graph) -> list[CommitHeader]:
    """Add the headers that the graph does not have; return them."""
    new = [row for row in headers if row.commit not in graph.index]
    graph.add_headers(new)
    return new


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time work on a repository; others wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
