"""The store as its server has it: many readers, each on a snapshot, beside one writer at a time."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from landed.config import Settings
from landed.errors import StoreError
from landed.records import TABLES
from landed.store.base import DATABASE_NAME, Store
from landed.store.local import LocalStore
from landed.store.turns import Place, Turns

STOPPING = "the server of this workspace is being stopped: run the command again in a moment"
_INTERRUPTIONS = 50
_BETWEEN_SECONDS = 0.1


class ServedStore:
    """The one owner of a workspace's database, for all threads of its process.

    Opening waits for a process that has the file open, as `Store.open` does, and raises what that
    raises.
    """

    def __init__(self, settings: Settings, on_wait: Callable[[str], None] = lambda _: None) -> None:
        self.workspace: Path = settings.workspace
        self.path = settings.workspace / DATABASE_NAME
        self.turns = Turns()
        self.stopping = threading.Event()
        self.changes = 0
        """Grows with every writing of what figures are made of, by whatever process."""
        self._opened = LocalStore.open_file(
            settings.workspace,
            wait_seconds=settings.store.wait_seconds,
            on_wait=on_wait,
            memory_limit=settings.server.memory_limit,
            threads=settings.store.threads,
        )
        self._lock = threading.Condition()
        self._used: set[ServedCursor] = set()
        self._when_stopped: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """A store that shows what is committed now, whatever is written while it is read.

        No writer makes it wait. Keep it short: what it sees cannot be cleaned up meanwhile.
        """
        store = self.snapshot()
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def writing(
        self,
        wait_seconds: float | None = None,
        on_wait: Callable[[str], None] = lambda _: None,
        *,
        who: str = "the server",
    ) -> Iterator[Store]:
        """The store for one writer at a time, in the order of asking; readers stay unhindered.

        Waits at most `wait_seconds` (None = as long as it takes), says through `on_wait` for whom,
        and raises StoreError when the time is up or the server stops. `who` is what others who
        wait are told.
        """
        changed = threading.Event()
        place = self.turns.ask(who, changed.set)
        try:
            self._wait_for_turn(place, changed, wait_seconds, on_wait)
            store = self.writer()
            try:
                yield store
            finally:
                store.close()
        finally:
            self.turns.leave(place)

    def snapshot(self) -> Snapshot:
        """The store of `reading`, for who closes it."""
        return Snapshot(self, self._cursor())

    def writer(self) -> ServedCursor:
        """The store of `writing`, for who has the turn (`turns`) and closes it."""
        return ServedCursor(self, self._cursor())

    def on_stop(self, call: Callable[[], None]) -> None:
        """Call this, in whatever thread, once the server begins to stop."""
        self._when_stopped.append(call)

    def stop(self) -> None:
        """Begin to stop: whoever waits, comes from now on, or is another process is sent away."""
        self.stopping.set()
        for call in self._when_stopped:
            call()
        self.turns.wake()

    def close(self, grace_seconds: float = 10.0) -> None:
        """Stop, and give the file free for others. Closing twice does nothing.

        What is being read and written has `grace_seconds` to end, and is then interrupted;
        transactions that are not committed are undone.
        """
        self.stop()
        with self._lock:
            self._lock.wait_for(self._is_unused, grace_seconds)
            for _ in range(_INTERRUPTIONS):
                for store in self._used:
                    store.interrupt()
                # one that was just about to begin a statement did not notice
                if self._lock.wait_for(self._is_unused, _BETWEEN_SECONDS):
                    break
            self._opened.close()

    def changed(self) -> None:
        """Something was written of which figures are made."""
        with self._lock:
            self.changes += 1

    def gave_back(self, store: ServedCursor) -> None:
        """A store of this one was closed."""
        with self._lock:
            self._used.discard(store)
            self._lock.notify_all()

    def took(self, store: ServedCursor) -> None:
        """A store of this one was opened."""
        with self._lock:
            self._used.add(store)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if self.stopping.is_set():
            raise StoreError(STOPPING)
        with self._lock:
            return self._opened.cursor()

    def _is_unused(self) -> bool:
        return not self._used

    def _wait_for_turn(
        self,
        place: Place,
        changed: threading.Event,
        wait_seconds: float | None,
        on_wait: Callable[[str], None],
    ) -> None:
        deadline = None if wait_seconds is None else time.monotonic() + wait_seconds
        told: Place | None = None
        while (first := self.turns.before(place)) is not None:
            if self.stopping.is_set():
                raise StoreError(STOPPING)
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise StoreError(waited_in_vain(first, self.path, wait_seconds or 0))
            if first is not told:
                on_wait(waiting_for(first))
                told = first
            changed.wait(left)
            changed.clear()


class ServedCursor(LocalStore):
    """A store on a connection of its own to the database that the server has open."""

    def __init__(self, served: ServedStore, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection, served.path)
        self._served = served
        self._wrote = False
        served.took(self)

    def close(self) -> None:
        """As of every store; what is not committed is undone."""
        super().close()
        self._tell_changes()
        self._served.gave_back(self)

    def commit(self) -> None:
        """As of every store; only now do others see what was written."""
        super().commit()
        self._tell_changes()

    @contextmanager
    def _incoming(self, table: str, rows: pa.Table, repository: str) -> Iterator[list[str]]:
        with super()._incoming(table, rows, repository) as columns:
            yield columns
        self._wrote = self._wrote or not TABLES[table].local

    def _tell_changes(self) -> None:
        if self._wrote:
            self._wrote = False
            self._served.changed()

    def interrupt(self) -> None:
        """End the statement that another thread is running here, with an error there."""
        self._connection.interrupt()


class Snapshot(ServedCursor):
    """A store that shows the database as it was when this was opened, and writes nothing.

    The engine ends a snapshot with a refused statement: what is asked afterwards is answered from
    a new one.
    """

    def __init__(self, served: ServedStore, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(served, connection)
        self._in_transaction = True
        self._look()

    def _look(self) -> None:
        self._connection.execute("begin transaction read only")
        # the engine takes the snapshot when it is first asked for something
        self._connection.execute("select max(version) from schema_version").fetchall()

    def _after_refusal(self) -> None:
        with contextlib.suppress(duckdb.Error):
            self._connection.rollback()
            self._look()


def waiting_for(first: Place) -> str:
    """One sentence for a person who waits for `first`."""
    return f"waiting for {first.who}, which has the store open"


def waited_in_vain(first: Place, path: Path, seconds: float) -> str:
    """One sentence for a person who has waited for `first` so long."""
    return (
        f"{first.who} still has the store {path} open after {seconds:g} seconds: "
        "wait until it ends, or choose another --workspace"
    )
