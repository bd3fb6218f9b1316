"""The API described for programs: an OpenAPI document, and where to find it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response
from starlette.routing import BaseRoute

from landed.server.accounts.viewer import viewer
from landed.server.api.answers import KEPT, etag, is_known, json_answer
from landed.server.api.schemas import components
from landed.server.security.cookies import SESSION
from landed.server.state import of

_TOLD = """\
What the pages of Landed show, for programs.

Figures are as of the time that `as_of` names, of what the filter leaves, and as the owner of the
token may see them: where a figure would tell of fewer people than the settings allow, it is null
and `hidden` says why. Money is in millionths of a dollar, shares are from 0 to 1, times are UTC.
"""
_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "landed token create NAME --scope read, or --scope admin to begin jobs.",
    },
    "browser": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION,
        "description": "The session of a browser in which somebody has signed in.",
    },
}


def document(routes: Sequence[BaseRoute], version: str) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    found = get_openapi(title="Landed", version=version, description=_TOLD, routes=routes)
    found["components"] = {
        "schemas": {**found.get("components", {}).get("schemas", {}), **components()},
        "securitySchemes": _SCHEMES,
    }
    for unused in ("HTTPValidationError", "ValidationError"):
        found["components"]["schemas"].pop(unused, None)
    found["security"] = [{"token": []}, {"browser": []}]
    for operations in found["paths"].values():
        for operation in operations.values():
            # what does not fit is answered as any other problem
            operation["responses"].pop("422", None)
    return found


def describing(routes: Sequence[BaseRoute]) -> APIRouter:
    """The routes that describe `routes`."""
    found = APIRouter(include_in_schema=False)

    @found.get("/openapi.json")
    def openapi(request: Request) -> Response:
        viewer(request)
        answer = json_answer(document(routes, of(request).version))
        headers = {"etag": etag(bytes(answer.body)), **KEPT}
        if is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        answer.headers.update(headers)
        return answer

    return found
