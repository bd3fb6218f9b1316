"""The store as another process has it: asked over the socket of the workspace's server."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import httpx
import orjson
import pyarrow as pa

from landed.errors import StoreError
from landed.store.base import DATABASE_NAME, Parameters, Store
from landed.store.messages import (
    BATCH_ROWS,
    PROTOCOL,
    STREAM_TYPE,
    Request,
    described,
    read_stream,
    write_request,
)
from landed.store.migrations import SCHEMA_VERSION
from landed.store.opening import GaveUp

SESSIONS = "/sessions"
_GONE = (
    "the server of this workspace ended while it was asked: nothing that was not complete was "
    "kept, run the command again"
)


class RemoteStore(Store):
    """A store of which a server answers; see `Store`.

    It lasts as long as one request that stays open, the lease: when this process ends, however it
    ends, the server undoes what is not committed and lets the next writer have its turn.
    """

    def __init__(self, client: httpx.Client, lease: _Lease, session: str, path: Path) -> None:
        self._client = client
        self._lease = lease
        self._address = f"{SESSIONS}/{session}"
        self._answer: httpx.Response | None = None
        self._closed = False
        self.path = path

    @classmethod
    def connect(
        cls,
        socket: Path,
        workspace: Path,
        *,
        read_only: bool,
        wait_seconds: float,
        on_wait: Callable[[str], None],
    ) -> Self:
        """Ask the server that listens on `socket` for its store.

        A writer waits for its turn as `Store.open` tells. Raises StoreError when the time is up,
        when the server ends, or when it is of another version of Landed; GaveUp where none listens.
        """
        client = httpx.Client(
            transport=httpx.HTTPTransport(uds=os.fspath(socket)),
            base_url="http://landed",
            timeout=None,
            trust_env=False,
            # shorter than the server's, so that it never closes what is just being used again
            limits=httpx.Limits(keepalive_expiry=1.0),
        )
        asked = {
            "protocol": PROTOCOL,
            "read_only": read_only,
            "wait_seconds": wait_seconds,
            "process": os.getpid(),
            "program": Path(sys.argv[0]).name or "python",
        }
        try:
            request = client.build_request("POST", SESSIONS, json=asked)
            lease = _Lease(client.send(request, stream=True))
            session = lease.wait_for_session(on_wait)
        except httpx.ConnectError as error:
            client.close()
            raise GaveUp from error
        except httpx.TransportError as error:
            client.close()
            raise StoreError(_GONE) from error
        except BaseException:
            client.close()
            raise
        return cls(client, lease, session, workspace / DATABASE_NAME)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._leave_answer()
        # where the server has gone, so has all that was open with it
        with contextlib.suppress(httpx.TransportError):
            # the answer comes once the next one can have its turn
            self._client.delete(self._address)
        self._lease.close()
        self._client.close()

    def begin(self) -> None:
        self._do(Request("begin"))
        self._in_transaction = True

    def commit(self) -> None:
        self._in_transaction = False
        self._do(Request("commit"))

    def rollback(self) -> None:
        self._in_transaction = False
        self._do(Request("rollback"))

    def append(self, table: str, rows: pa.Table, repository: str) -> None:
        self._write("append", table, repository, rows=rows)

    def replace(self, table: str, rows: pa.Table, repository: str) -> None:
        self._write("replace", table, repository, rows=rows)

    def merge(self, table: str, rows: pa.Table, repository: str) -> None:
        self._write("merge", table, repository, rows=rows)

    def settle(self, table: str, rows: pa.Table, repository: str, *, prefer: Sequence[str]) -> None:
        options = {"table": table, "repository": repository, "prefer": list(prefer)}
        self._do(Request("settle", options, tables={"rows": rows}))

    def replace_within(self, table: str, rows: pa.Table, repository: str, within: pa.Table) -> None:
        self._write("replace_within", table, repository, rows=rows, within=within)

    def delete(self, table: str, repository: str) -> None:
        self._write("delete", table, repository)

    def put_rollup(self, name: str, rows: pa.Table) -> None:
        self._do(Request("put_rollup", {"name": name}, tables={"rows": rows}))

    def query(
        self,
        sql: str,
        parameters: Parameters = (),
        *,
        beside: Mapping[str, pa.Table] | None = None,
    ) -> pa.Table:
        asked = Request("query", {"sql": sql, "rows": BATCH_ROWS}, parameters, beside or {})
        schema, batches = self._stream(asked)
        return pa.Table.from_batches(list(batches), schema)

    def batches(
        self, sql: str, parameters: Parameters = (), rows: int = BATCH_ROWS
    ) -> pa.RecordBatchReader:
        schema, batches = self._stream(Request("query", {"sql": sql, "rows": rows}, parameters))
        return pa.RecordBatchReader.from_batches(schema, batches)

    def _write(self, operation: str, table: str, repository: str, **tables: pa.Table) -> None:
        options = {"table": table, "repository": repository}
        self._do(Request(operation, options, tables=tables))

    def _do(self, request: Request) -> None:
        answer = self._ask(request)
        try:
            answer.read()
        except httpx.TransportError as error:
            raise StoreError(_GONE) from error

    def _stream(self, request: Request) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        answer = self._answer = self._ask(request)
        try:
            body = _Body(answer)
            schema, batches = read_stream(body)
        except (httpx.TransportError, OSError, pa.ArrowException) as error:
            raise StoreError(_GONE) from error
        return schema, _told_plainly(batches, body, answer)

    def _ask(self, request: Request) -> httpx.Response:
        """Have the server do it, and give its answer, of which nothing has been read."""
        self._leave_answer()
        if self._closed:
            raise StoreError("the store was closed already")
        try:
            answer = self._client.send(
                self._client.build_request(
                    "POST",
                    self._address,
                    content=write_request(request),
                    headers={"content-type": STREAM_TYPE},
                ),
                stream=True,
            )
            if answer.is_success:
                return answer
            raise described(answer.read())
        except httpx.TransportError as error:
            raise StoreError(_GONE) from error

    def _leave_answer(self) -> None:
        """Read no further in an answer of which the rest is not wanted."""
        if self._answer is not None:
            self._answer.close()
            self._answer = None


class _Body:
    """The bytes of an answer as a file."""

    closed = False

    def __init__(self, answer: httpx.Response) -> None:
        self._pieces = answer.iter_raw()
        self._left = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        taken: list[bytes | memoryview] = []
        missing = size if size >= 0 else sys.maxsize
        while missing > 0:
            if not self._left:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._left = memoryview(piece)
            part, self._left = self._left[:missing], self._left[missing:]
            taken.append(part)
            missing -= len(part)
        return b"".join(taken)


class _Lease:
    """The request that stays open as long as the session lasts."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer
        # kept, because the connection is closed with it
        self._lines = answer.iter_lines()

    def wait_for_session(self, on_wait: Callable[[str], None]) -> str:
        """The name of the session, once the server gives it."""
        for line in self._lines:
            told: dict[str, Any] = orjson.loads(line)
            if "wait" in told:
                on_wait(told["wait"])
            elif "session" in told:
                _check_version(told["schema"])
                return str(told["session"])
            else:
                raise described(line.encode())
        raise StoreError(_GONE)

    def close(self) -> None:
        self._answer.close()


def _told_plainly(
    batches: Iterator[pa.RecordBatch], body: _Body, answer: httpx.Response
) -> Iterator[pa.RecordBatch]:
    """The batches; where the server goes away on the way that is a StoreError."""
    try:
        yield from batches
        # with the end of the answer read, its connection can be used again
        body.read()
    except (httpx.TransportError, httpx.StreamError, OSError, pa.ArrowException) as error:
        raise StoreError(_GONE) from error
    finally:
        answer.close()


def _check_version(schema: int) -> None:
    if schema > SCHEMA_VERSION:
        raise StoreError(
            f"the server of this workspace is of a newer Landed (schema {schema}; this one knows "
            f"{SCHEMA_VERSION}): upgrade Landed, or choose another --workspace"
        )
    if schema < SCHEMA_VERSION:
        raise StoreError(
            f"the server of this workspace is of an older Landed (schema {schema}; this one knows "
            f"{SCHEMA_VERSION}): restart landed serve"
        )
