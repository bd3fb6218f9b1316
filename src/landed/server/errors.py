"""Errors as people and programs see them: plain words, and never a traceback."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from landed.errors import LandedError, StoreError, UsageError
from landed.server.accounts.refusals import NotAllowed, PasswordChangeNeeded, SignInNeeded
from landed.server.pages.rendering import render

log = logging.getLogger("landed.server")
_API = "/api/"
_PROGRAMS = (_API, "/v1/", "/webhooks/", "/push", "/healthz", "/readyz", "/metrics")
_WORDS = {
    400: ("That cannot be understood", "The request is not one that this server knows."),
    401: ("Sign in first", "Nobody is signed in."),
    403: ("Not for you", "You may not see this."),
    404: ("Nothing here", "There is no such page, or it is not there any more."),
    405: ("Not like this", "This address does not take such a request."),
    413: ("Too large", "What was sent is larger than this server takes."),
    429: ("Too often", "Wait a little, then try again."),
    500: ("Something went wrong", "That is a fault of the server, not yours."),
    503: ("Not ready", "The server cannot answer this just now. Try again in a minute."),
}


def add_error_pages(app: FastAPI) -> None:
    """Have the application answer errors in plain words."""
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(PasswordChangeNeeded, _change_password)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(LandedError, _said)


class Faults:
    """Answers what nobody expected with a page that names the fault, and logs it under that name.

    Inside of the other layers, so that this answer too has its headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception:
            name = secrets.token_hex(4)
            # the route, not the address: filters of people stay out of logs
            route = getattr(scope.get("route"), "path", "an unknown route")
            log.exception("fault %s at %s", name, route)
            if begun or scope["type"] != "http":
                raise
            text = f"{_WORDS[500][1]} The server's log names it {name}."
            await refuse(scope, receive, send, 500, text)


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    """Answer with an error, from a layer around the application."""
    await error(Request(scope, receive), status, text)(scope, receive, send)


def error(
    request: Request, status: int, text: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    """The answer for an error: a page for people, `{"detail": …}` for programs.

    The API answers with problem details (RFC 9457).
    """
    title, usual = _WORDS.get(status, (HTTPStatus(status).phrase, "The request was refused."))
    said = text or usual
    if request.url.path.startswith(_API):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": said}
        return JSONResponse(problem, status, headers, media_type="application/problem+json")
    if _for_program(request):
        return JSONResponse({"detail": said}, status, headers)
    try:
        answer: Response = render(request, "problem.html", status=status, title=title, told=said)
    except LandedError:
        # a page asks the store who looks; without the store a plain word has to do
        answer = PlainTextResponse(f"{title}. {said}\n", status)
    answer.headers.update(headers or {})
    return answer


def _for_program(request: Request) -> bool:
    if request.url.path.startswith(_PROGRAMS):
        return True
    accepted = request.headers.get("accept", "")
    return "text/html" not in accepted and "application/json" in accepted


async def _http_error(request: Request, raised: Exception) -> Response:
    assert isinstance(raised, HTTPException)
    usual = HTTPStatus(raised.status_code).phrase
    said = raised.detail if raised.detail and raised.detail != usual else None
    return error(request, raised.status_code, said, dict(raised.headers or {}))


async def _not_valid(request: Request, raised: Exception) -> Response:
    assert isinstance(raised, RequestValidationError)
    first = raised.errors()[0]
    name = ".".join(str(part) for part in first["loc"][1:]) or "the body"
    return error(request, 422 if _for_program(request) else 400, f"{name}: {first['msg']}")


async def _sign_in(request: Request, raised: Exception) -> Response:
    if _for_program(request):
        text = _sentence(raised) or "Show a token: Authorization: Bearer TOKEN."
        return error(request, 401, text, {"www-authenticate": "Bearer"})
    if request.method not in ("GET", "HEAD"):
        return error(request, 401, "You are signed out. Sign in again, and send the form again.")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?{urlencode({'next': here})}", 303)


async def _change_password(request: Request, _: Exception) -> Response:
    if _for_program(request):
        return error(request, 403, "The password has to be changed first: sign in with a browser.")
    return RedirectResponse("/account/password", 303)


async def _not_allowed(request: Request, raised: Exception) -> Response:
    return error(request, 403, _sentence(raised))


async def _said(request: Request, raised: Exception) -> Response:
    if isinstance(raised, UsageError):
        return error(request, 400, str(raised))
    status = 503 if isinstance(raised, StoreError) else 500
    log.error("%s", raised)
    return error(request, status, str(raised) if _for_program(request) else None)


def _sentence(raised: Exception) -> str:
    text = str(raised)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
