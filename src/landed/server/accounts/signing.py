"""Signing in and out."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from landed.server.pages.rendering import render
from landed.server.security.addresses import client_address
from landed.server.security.cookies import forget_session, session_token, set_session
from landed.server.security.forms import checked_form, field
from landed.server.security.local import is_local_owner
from landed.server.security.redirects import safe_next
from landed.server.state import of

router = APIRouter(include_in_schema=False)
_NO_ACCOUNT = (
    "There is no account yet, and this is not the user who runs the server: whoever runs it makes "
    "one with landed account add NAME."
)
Form = Annotated[FormData, Depends(checked_form)]


@router.get("/login")
def login_page(request: Request) -> Response:
    """The form to sign in, or the page itself where nobody needs to."""
    wanted = safe_next(request.query_params.get("next"))
    if is_local_owner(request, of(request)):
        return RedirectResponse(wanted, 303)
    if not of(request).accounts.people.any():
        return _form(request, wanted, _NO_ACCOUNT)
    return _form(request, wanted)


@router.post("/login")
async def login(request: Request, form: Form) -> Response:
    """Sign in, and go on to where the reader was."""
    return await run_in_threadpool(_login, request, form)


@router.post("/logout", dependencies=[Depends(checked_form)])
def logout(request: Request) -> Response:
    """Sign out here; the cookie is worth nothing from now on."""
    server = of(request)
    token = session_token(request, server)
    if token is not None:
        server.accounts.sessions.end(token)
    answer = RedirectResponse("/login", 303)
    forget_session(answer, server)
    return answer


def _login(request: Request, form: FormData) -> Response:
    server, wanted = of(request), safe_next(field(form, "next"))
    name, password = field(form, "name").strip(), field(form, "password")
    address = client_address(request, server.settings.server)
    attempts = server.accounts.attempts
    wait = attempts.begin(name, address)
    if wait.total_seconds() > 0:
        server.meters.sign_ins.labels("too often").inc()
        return _wait(request, wanted, math.ceil(wait.total_seconds()))
    account = server.accounts.people.verify(name, password)
    if account is None:
        server.meters.sign_ins.labels("refused").inc()
        return _form(request, wanted, "This name and password do not belong together.", status=401)
    attempts.succeeded(name, address)
    server.meters.sign_ins.labels("accepted").inc()
    token = server.accounts.sessions.start(
        account.name,
        request.headers.get("user-agent", ""),
        instead_of=session_token(request, server),
    )
    answer = RedirectResponse("/account/password" if account.must_change else wanted, 303)
    set_session(answer, server, token)
    return answer


def _wait(request: Request, wanted: str, seconds: int) -> Response:
    told = f"Too many attempts failed. Try again in {_words(seconds)}."
    answer = _form(request, wanted, told, status=429)
    answer.headers["retry-after"] = str(seconds)
    return answer


def _words(seconds: int) -> str:
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = math.ceil(seconds / 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _form(request: Request, wanted: str, problem: str = "", status: int = 200) -> Response:
    return render(request, "login.html", status=status, next=wanted, problem=problem)
