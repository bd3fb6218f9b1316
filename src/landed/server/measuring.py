"""How long each answer takes, by the route that gave it."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from landed.server.meters import Meters

_API = "/api/v1"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Measured:
    """Notes the time of each answer under its route's template, never under its address."""

    def __init__(self, app: ASGIApp, *, meters: Meters) -> None:
        self._app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            route = _route(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            taken = time.perf_counter() - began
            self._meters.requests.labels(route, method, f"{status // 100}xx").observe(taken)


def _route(scope: Scope) -> str:
    """The template of the route that answered; routes of the API do not tell their beginning."""
    found: str = getattr(scope.get("route"), "path", "")
    if not found:
        return "none"
    apart = scope["path"].startswith(f"{_API}/") and not found.startswith(f"{_API}/")
    return f"{_API}{found}" if apart else found
