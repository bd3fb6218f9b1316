"""Proofs in forms: only a page that this browser was given can send something in its name."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, MutableHeaders, UploadFile
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from landed.server.accounts.refusals import NotAllowed
from landed.server.accounts.secret import form_proof, is_form_proof, new_secret
from landed.server.security.cookies import form_token, session_token, set_form
from landed.server.state import Server, of

FIELD = "form_token"
"""The hidden field of each form that changes something; templates know its value by this name."""
LARGEST_FORM = 64 * 1024
_MOST_FIELDS = 100
_STALE = (
    "this form was not made for you, or it is from before you signed in or out: go back, load "
    "the page again and send it anew"
)


class FormTokens:
    """Tells pages, as `request.state.form_token`, what their forms have to carry.

    It is bound to who is signed in; a browser where nobody is gets a cookie for that.
    """

    def __init__(self, app: ASGIApp, *, server: Server) -> None:
        self._app = app
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        shown = _shown(HTTPConnection(scope), self._server)
        secret = shown or new_secret()
        scope.setdefault("state", {})[FIELD] = form_proof(secret)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", _cookie(self._server, secret))
            await send(message)

        await self._app(scope, receive, send_with_cookie if shown is None else send)


async def checked_form(request: Request) -> FormData:
    """The fields of a form that was made for this browser; NotAllowed for any other.

    A dependency of each route that changes something for who looks.
    """
    form = await _fields(request)
    secret = _shown(request, of(request))
    if secret is None or not is_form_proof(secret, field(form, FIELD)):
        raise NotAllowed(_STALE)
    return form


def field(form: FormData, name: str) -> str:
    """The text of a field; empty where there is none."""
    value = form.get(name)
    return "" if value is None or isinstance(value, UploadFile) else value


async def _fields(request: Request) -> FormData:
    """The fields of a form, which is never larger than a form of ours can be."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise HTTPException(413)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    fields: list[tuple[str, str | UploadFile]] = [*pairs]
    return FormData(fields)


def _shown(connection: HTTPConnection, server: Server) -> str | None:
    return session_token(connection, server) or form_token(connection, server)


def _cookie(server: Server, secret: str) -> str:
    response = Response()
    set_form(response, server, secret)
    return response.headers["set-cookie"]
