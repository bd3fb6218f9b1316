"""The store for other processes of the same user: `RemoteStore` asks, `ServedStore` answers.

To be served on the workspace's Unix socket and nowhere else: whoever can connect may do everything.

    POST /sessions          a lease: JSON in, lines of JSON out (who is waited for, then the name of
                            the session); the session ends with this request, however it ends
    POST /sessions/NAME     one operation: Arrow in, Arrow out (see `landed.store.messages`)
    DELETE /sessions/NAME   the end of the session; answered once the next writer can have its turn
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from functools import partial
from typing import Any, TypeVar

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from landed.errors import LandedError, StoreError
from landed.server.store_bodies import received_body
from landed.server.store_sessions import BETWEEN_SECONDS, Asked, Session, Sessions
from landed.store.messages import STREAM_TYPE, describe
from landed.store.served import STOPPING, ServedStore, waited_in_vain, waiting_for
from landed.store.turns import Place

REFUSED = 409
"""The status of an answer that tells an error of the LandedError family."""
LINES_TYPE = "application/x-ndjson"
_Result = TypeVar("_Result")


def store_protocol(served: ServedStore) -> Starlette:
    """The application that answers what other processes ask of `served`, at the socket's root.

    Once `served.stop()` is called all leases end, so that a server need not wait for them.
    """
    sessions = Sessions(served)
    return Starlette(
        routes=[
            Route("/sessions", _Refusing(_Leases(sessions)), methods=["POST"]),
            Route("/sessions/{name}", _Refusing(_Operations(sessions)), methods=["POST"]),
            Route("/sessions/{name}", _Refusing(_Ends(sessions)), methods=["DELETE"]),
        ]
    )


class _Refusing:
    """Tells errors of the family in the answer, where that has not begun."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._inner(scope, receive, send)
        except LandedError as error:
            refusal = Response(describe(error), REFUSED, media_type="application/json")
            await refusal(scope, receive, send)
        except ClientDisconnect:
            # nothing was begun: a body counts once it is there as a whole
            return


class _Leases:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._served = sessions.served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Asked.read(await Request(scope, receive).body())
        await _send_start(send, LINES_TYPE)
        async with _disconnected(receive) as gone:
            try:
                await self._hold(asked, gone, send)
            except LandedError as error:
                await _send_line(send, describe(error))
        await send({"type": "http.response.body"})

    async def _hold(self, asked: Asked, gone: asyncio.Task[None], send: Send) -> None:
        """Open a session once it can be, and keep it as long as the process is there."""
        changed = asyncio.Event()
        loop = asyncio.get_running_loop()
        place = None
        if not asked.read_only:

            def look_again() -> None:
                loop.call_soon_threadsafe(changed.set)

            place = self._served.turns.ask(asked.who, look_again)
        session: Session | None = None
        try:
            if place is not None:
                await self._wait_for_turn(place, asked, changed, gone, send)
            if gone.done():
                return
            session = await self._sessions.open(read_only=asked.read_only, place=place)
            await _send_line(send, orjson.dumps(session.told))
            await _first_of(gone, session.over.wait())
        finally:
            if session is not None:
                await session.end()
            elif place is not None:
                self._served.turns.leave(place)

    async def _wait_for_turn(
        self,
        place: Place,
        asked: Asked,
        changed: asyncio.Event,
        gone: asyncio.Task[None],
        send: Send,
    ) -> None:
        deadline = time.monotonic() + asked.wait_seconds
        told: Place | None = None
        while not gone.done() and (first := self._served.turns.before(place)) is not None:
            if self._served.stopping.is_set():
                raise StoreError(STOPPING)
            left = deadline - time.monotonic()
            if left <= 0:
                raise StoreError(waited_in_vain(first, self._served.path, asked.wait_seconds))
            if first is not told:
                await _send_line(send, orjson.dumps({"wait": waiting_for(first)}))
                told = first
            await _first_of(gone, changed.wait(), seconds=left)
            changed.clear()


class _Operations:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        session = self._sessions.find(scope["path_params"]["name"])
        spill = self._sessions.served.path.parent
        async with (
            received_body(request.stream(), spill) as body,
            session.busy,
            _disconnected(receive) as gone,
        ):
            try:
                pieces = await self._done(partial(session.answer, body), session, gone)
                if pieces is None:
                    await Response(status_code=204)(scope, receive, send)
                else:
                    await self._send_pieces(pieces, session, gone, send)
            except LandedError as error:
                if session.over.is_set():
                    raise StoreError(self._sessions.why_ended()) from error
                raise

    async def _send_pieces(
        self,
        pieces: Generator[bytes, None, None],
        session: Session,
        gone: asyncio.Task[None],
        send: Send,
    ) -> None:
        """Send what the store gives as it comes; end early where nobody wants the rest."""
        following = partial(next, pieces, None)
        try:
            piece = await self._done(following, session, gone)
            await _send_start(send, STREAM_TYPE)
            while piece is not None and not gone.done():
                sent = send({"type": "http.response.body", "body": piece, "more_body": True})
                await _first_of(gone, sent, session.over.wait())
                if session.over.is_set():
                    # an answer without its end is no answer
                    return
                piece = await self._sessions.in_thread(following)
            await send({"type": "http.response.body"})
        finally:
            await self._sessions.in_thread(pieces.close)

    async def _done(
        self, call: Callable[[], _Result], session: Session, gone: asyncio.Task[None]
    ) -> _Result:
        """The result of a call, which is ended early where nobody waits for it any more."""
        working = asyncio.ensure_future(self._sessions.in_thread(call))
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        while not working.done():
            session.interrupt()
            await asyncio.wait({working}, timeout=BETWEEN_SECONDS)
        return working.result()


class _Ends:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._sessions.find(scope["path_params"]["name"]).end()
        await Response(status_code=204)(scope, receive, send)


@contextlib.asynccontextmanager
async def _disconnected(receive: Receive) -> AsyncIterator[asyncio.Task[None]]:
    """A task that is done once the other side is gone."""

    async def wait() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    task = asyncio.create_task(wait())
    try:
        yield task
    finally:
        task.cancel()


async def _first_of(
    gone: asyncio.Task[None], *others: Awaitable[Any], seconds: float | None = None
) -> None:
    """Wait until `gone` or one of the others is done, or the time is up; the others end then."""
    tasks = [asyncio.ensure_future(other) for other in others]
    try:
        await asyncio.wait({gone, *tasks}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _send_start(send: Send, kind: str) -> None:
    headers = [(b"content-type", kind.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


async def _send_line(send: Send, line: bytes) -> None:
    await send({"type": "http.response.body", "body": line + b"\n", "more_body": True})
