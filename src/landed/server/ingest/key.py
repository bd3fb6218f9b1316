"""The organisation's key, issued to laptops that push: with it they hash lines as the server does.

Who holds the key and the hashes can test guesses about a line; it is given to those alone who may
send, and never cached.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from landed.config import organisation_key
from landed.server.ingest.taking import Refused, check_sender, plain_refusal
from landed.server.state import of

router = APIRouter(tags=["ingest"])


@router.get("/api/v1/organisation-key")
async def key(request: Request) -> Response:
    """The key with which line hashes are made, 32 hexadecimal digits; scope ingest."""
    try:
        await check_sender(request)
    except Refused as refusal:
        return plain_refusal(refusal)
    found = await run_in_threadpool(organisation_key, of(request).settings)
    return JSONResponse({"key": found.hex()}, headers={"cache-control": "no-store"})
