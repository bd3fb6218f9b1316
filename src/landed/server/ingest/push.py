"""Batches of `landed push`: checked at the door, kept, and read into the store later."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from landed.push.batch import BatchRefused, read_batch, write_batch
from landed.server.ingest.taking import (
    REFUSED,
    TAKEN,
    Refused,
    body_of,
    check_sender,
    count,
    keep,
    plain_refusal,
)
from landed.store.inbox import Incoming

SOURCE = "push"
"""The inbox's name of what comes from here."""

router = APIRouter(tags=["ingest"])


@router.post("/api/v1/push", status_code=202)
async def push(request: Request) -> Response:
    """Take a batch of sessions: counts, keyed hashes and identifiers, each value checked.

    Answers 202 with the batch's key and how many rows of each table it holds; the same batch again
    is answered alike, and counts once.
    """
    try:
        await check_sender(request)
        body = await body_of(request)
        row, counts = await run_in_threadpool(_row, body)
        await keep(request, [row])
    except (BatchRefused, Refused) as error:
        count(request, SOURCE, REFUSED, 0)
        return plain_refusal(error if isinstance(error, Refused) else Refused(422, str(error)))
    count(request, SOURCE, TAKEN, 1)
    return JSONResponse({"batch": row.key, "rows": counts}, 202)


def _row(body: bytes) -> tuple[Incoming, dict[str, int]]:
    batch = read_batch(body)
    return Incoming(SOURCE, batch.key, write_batch(batch)), batch.counts
