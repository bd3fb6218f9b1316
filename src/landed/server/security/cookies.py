"""The two cookies: one of who is signed in, one that binds forms to a browser before that."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

from landed.server.security.addresses import is_https
from landed.server.state import Server

SESSION = "landed_session"
FORM = "landed_form"
_ONLY_HERE = "__Host-"
"""Browsers take a cookie of such a name only by https, for this host and for the whole of it."""


def session_token(connection: HTTPConnection, server: Server) -> str | None:
    """What the browser shows of who is signed in."""
    return connection.cookies.get(_name(SESSION, server))


def form_token(connection: HTTPConnection, server: Server) -> str | None:
    """What a browser that is not signed in shows with its forms."""
    return connection.cookies.get(_name(FORM, server))


def set_session(response: Response, server: Server, token: str) -> None:
    """Have the browser show `token` as long as the session is good."""
    response.set_cookie(
        _name(SESSION, server),
        token,
        max_age=int(server.settings.server.session_hours * 3600),
        secure=is_https(server.settings.server),
        httponly=True,
        samesite="lax",
    )


def forget_session(response: Response, server: Server) -> None:
    """Have the browser forget who was signed in."""
    response.delete_cookie(
        _name(SESSION, server),
        secure=is_https(server.settings.server),
        httponly=True,
        samesite="lax",
    )


def set_form(response: Response, server: Server, token: str) -> None:
    """Have the browser show `token` with its forms, until it is closed."""
    response.set_cookie(
        _name(FORM, server),
        token,
        secure=is_https(server.settings.server),
        httponly=True,
        samesite="lax",
    )


def _name(name: str, server: Server) -> str:
    return f"{_ONLY_HERE}{name}" if is_https(server.settings.server) else name
