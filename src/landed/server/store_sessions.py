"""The uses that other processes make of the store: one each, ended with the process that has it."""

from __future__ import annotations

import asyncio
import inspect
import secrets
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self, TypeVar, cast

import orjson
import pyarrow as pa

from landed.errors import StoreError
from landed.store.base import Parameters
from landed.store.messages import PROTOCOL, read_request, write_stream
from landed.store.migrations import SCHEMA_VERSION
from landed.store.served import STOPPING, ServedCursor, ServedStore
from landed.store.turns import Place

_THREADS = 32
BETWEEN_SECONDS = 0.1
"""Until a statement is interrupted once more: one that only just begins does not notice."""
_ENDED = "this use of the store has ended: run the command again"
_Result = TypeVar("_Result")
_PLAIN = frozenset(
    {"begin", "commit", "rollback", "append", "replace", "merge", "settle", "replace_within"}
    | {"delete", "put_rollup"}
)
"""The operations that answer nothing."""


@dataclass(frozen=True)
class Asked:
    """What a process wants of the store.

    Attributes:
        who: the process, in words for others who wait for it.
        wait_seconds: so long it waits for its turn to write.
    """

    who: str
    read_only: bool
    wait_seconds: float

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Raises StoreError for a request of another version of Landed."""
        try:
            told = orjson.loads(body)
            if told["protocol"] != PROTOCOL:
                raise StoreError(
                    "the server of this workspace is of another version of Landed: restart "
                    "landed serve"
                )
            return cls(
                f"process {int(told['process'])} ({told['program']})",
                bool(told["read_only"]),
                float(told["wait_seconds"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"the store was asked for something unreadable: {error}") from error


class Session:
    """One process's use of the store: what it asks is done one after the other."""

    def __init__(self, sessions: Sessions, store: ServedCursor, place: Place | None) -> None:
        self.name = secrets.token_urlsafe(16)
        self.over = asyncio.Event()
        self.busy = asyncio.Lock()
        self._sessions = sessions
        self._store = store
        self._place = place

    @property
    def told(self) -> dict[str, Any]:
        """What the process is told of it."""
        return {"session": self.name, "schema": SCHEMA_VERSION}

    def answer(self, body: pa.NativeFile) -> Generator[bytes, None, None] | None:
        """Do what `body` asks, in a thread; gives the bytes of a stream, or None where all is done.

        Raises what `Store` raises; for a query that comes with the first bytes.
        """
        asked = read_request(body)
        if self.over.is_set():
            raise StoreError(self._sessions.why_ended())
        if asked.operation == "query":
            told = {"parameters": asked.parameters, "beside": asked.tables, **asked.options}
            return cast(Generator[bytes, None, None], _called(self._rows, told))
        if asked.operation not in _PLAIN:
            raise StoreError(f"the store does not know how to {asked.operation}")
        _called(getattr(self._store, asked.operation), {**asked.options, **asked.tables})
        return None

    def interrupt(self) -> None:
        """End the statement that is being done, with an error for who asked."""
        self._store.interrupt()

    async def end(self) -> None:
        """Undo what is not committed and let the next one have its turn; twice does nothing."""
        self.over.set()
        interrupting = asyncio.create_task(self._interrupt())
        async with self.busy:
            interrupting.cancel()
            await self._sessions.in_thread(self._store.close)
            if self._place is not None:
                self._sessions.served.turns.leave(self._place)
            self._sessions.forget(self)

    def _rows(
        self, sql: str, parameters: Parameters, rows: int, beside: Mapping[str, pa.Table]
    ) -> Generator[bytes, None, None]:
        with self._store.batches_beside(sql, parameters, rows, beside) as (schema, batches):
            yield from write_stream(schema, batches)

    async def _interrupt(self) -> None:
        while self.busy.locked():
            self.interrupt()
            await asyncio.sleep(BETWEEN_SECONDS)


class Sessions:
    """All sessions that there are."""

    def __init__(self, served: ServedStore) -> None:
        self.served = served
        self._threads = ThreadPoolExecutor(_THREADS, "store")
        self._open: dict[str, Session] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        served.on_stop(self._stop)

    async def open(self, *, read_only: bool, place: Place | None) -> Session:
        """A new session; for a writer with its turn, which ends with the session."""
        self._loop = asyncio.get_running_loop()
        opened = self.served.snapshot if read_only else self.served.writer
        session = Session(self, await self.in_thread(opened), place)
        self._open[session.name] = session
        if self.served.stopping.is_set():
            session.over.set()
        return session

    def find(self, name: str) -> Session:
        """The session of this name; StoreError where it has ended."""
        session = self._open.get(name)
        if session is None or session.over.is_set():
            raise StoreError(self.why_ended())
        return session

    def forget(self, session: Session) -> None:
        """The session has ended."""
        self._open.pop(session.name, None)

    def why_ended(self) -> str:
        """What to tell a process whose session is no longer there."""
        return STOPPING if self.served.stopping.is_set() else _ENDED

    async def in_thread(self, call: Callable[[], _Result]) -> _Result:
        """The result of a call that takes its time."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _stop(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        # each lease sees that its session is over, and ends it
        for session in self._open.values():
            session.over.set()


def _called(call: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """The result of `call`; StoreError for arguments that it does not have."""
    try:
        bound = inspect.signature(call).bind(**arguments)
    except TypeError as error:
        raise StoreError(f"the store was asked for something unreadable: {error}") from error
    return call(*bound.args, **bound.kwargs)
