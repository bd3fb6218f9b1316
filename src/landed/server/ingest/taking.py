"""What every address of ingest does alike: who sends, how much, and into the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from landed.errors import StoreError
from landed.server.accounts.refusals import NotAllowed, SignInNeeded
from landed.server.accounts.viewer import require_scope
from landed.server.ingest.bodies import BodyRefused, read_body
from landed.server.ingest.writer import InboxFull, WriterStopped
from landed.server.state import of
from landed.store.inbox import Incoming

if TYPE_CHECKING:
    from landed.server.ingest.ingest import Ingest

LONGEST_MESSAGE = 500
"""Characters of an answer's message: what is sent may be quoted in it."""
TAKEN, REFUSED = "taken", "refused"
"""Outcomes of requests and events."""

_may_send = require_scope("ingest")


class Refused(Exception):
    """A request that is not taken; `status` is HTTP's, the text says why in plain words.

    `retry_after` says after how many seconds the same request may be taken; None = it never will.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        retry_after: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message[:LONGEST_MESSAGE])
        self.status = status
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["retry-after"] = str(retry_after)

    @property
    def message(self) -> str:
        """Why it is not taken."""
        return str(self)


def ingest_of(request: Request) -> Ingest:
    """What takes in the requests of this application."""
    found: Ingest = request.app.state.ingest
    return found


async def check_sender(request: Request) -> None:
    """Make sure that who sends may do so: a token with the scope ingest, or none on loopback.

    Raises:
        Refused: 401 without a good token, 403 where it may not.
    """
    try:
        await run_in_threadpool(_may_send, request)
    except SignInNeeded:
        raise Refused(
            401,
            "send a token with the scope ingest: authorization: Bearer TOKEN",
            headers={"www-authenticate": "Bearer"},
        ) from None
    except NotAllowed as refusal:
        raise Refused(403, str(refusal)) from None


async def body_of(request: Request) -> bytes:
    """The body of a request, decompressed, if there is room for what it may hold.

    Raises:
        Refused: 400, 408, 413 or 415 for the body, 429 or 503 where nothing is taken now.
    """
    ingest = ingest_of(request)
    try:
        ingest.writer.check()
        return await read_body(request, ingest.largest_body)
    except BodyRefused as refusal:
        raise Refused(refusal.status, str(refusal), headers=refusal.headers) from None
    except (InboxFull, WriterStopped) as refusal:
        raise _later(refusal) from None


async def keep(request: Request, rows: Sequence[Incoming]) -> None:
    """Put rows into the inbox; once this returns they are on the disk.

    Raises:
        Refused: 429 or 503; nothing was acknowledged, and all of it may be sent again.
    """
    if not rows:
        return
    try:
        await asyncio.wrap_future(ingest_of(request).writer.submit(rows))
    except (InboxFull, WriterStopped) as refusal:
        raise _later(refusal) from None
    except StoreError:
        raise Refused(
            503, "what was sent cannot be kept now: see the server's disk", retry_after=30
        ) from None


def count(request: Request, signal: str, outcome: str, events: int, rejected: int = 0) -> None:
    """Count a request, and what it brought; `outcome` is taken or refused."""
    meters = of(request).meters
    meters.ingest_requests.labels(signal, outcome).inc()
    meters.ingest_events.labels(signal, TAKEN).inc(events)
    meters.ingest_events.labels(signal, REFUSED).inc(rejected)


def plain_refusal(refusal: Refused) -> JSONResponse:
    """A refusal as JSON: `{"detail": MESSAGE}`."""
    return JSONResponse({"detail": refusal.message}, refusal.status, refusal.headers)


def _later(refusal: InboxFull | WriterStopped) -> Refused:
    if isinstance(refusal, InboxFull):
        return Refused(429, str(refusal), retry_after=refusal.seconds)
    return Refused(503, "the server is stopping: try again", retry_after=5)
