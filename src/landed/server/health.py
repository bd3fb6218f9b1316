"""Whether the server lives, whether it is ready, and what it counts about itself."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.responses import Response

from landed.errors import LandedError
from landed.server.accounts.viewer import require_scope
from landed.server.meters import CONTENT_TYPE
from landed.server.state import Server, of

router = APIRouter(include_in_schema=False)


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> PlainTextResponse:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.api_route("/readyz", methods=["GET", "HEAD"])
def readyz(request: Request) -> JSONResponse:
    """Whether requests can be answered: 200, or 503 with what is in the way."""
    wrong = _in_the_way(of(request))
    return JSONResponse({"ready": not wrong, "in_the_way": wrong}, 503 if wrong else 200)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """What Prometheus reads; needs a token with the scope read."""
    require_scope("read")(request)
    server = of(request)
    return Response(server.meters.text(server), media_type=CONTENT_TYPE)


def _in_the_way(server: Server) -> list[str]:
    wrong = ["the server is stopping"] if server.stopping.is_set() else []
    try:
        with server.store.reading() as store:
            store.query("select 1")
    except LandedError:
        wrong.append("the store does not answer")
    try:
        # takes the writer's turn and writes nothing
        server.inbox.done([])
    except LandedError:
        wrong.append("the inbox cannot be written")
    return wrong
