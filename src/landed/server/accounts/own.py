"""One's own account: password, browsers, tokens, and who looked at one's figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from landed.errors import UsageError
from landed.server.accounts.clients import client_words
from landed.server.accounts.people import Account
from landed.server.accounts.refusals import NotAllowed
from landed.server.accounts.viewer import Viewer, viewer
from landed.server.pages.rendering import render
from landed.server.security.addresses import client_address
from landed.server.security.cookies import session_token, set_session
from landed.server.security.forms import checked_form, field
from landed.server.state import of

router = APIRouter(include_in_schema=False)
Form = Annotated[FormData, Depends(checked_form)]
Looking = Annotated[Viewer, Depends(viewer)]
LOOKS = 200
"""So many looks at one's figures are listed."""


@router.get("/account")
def account_page(request: Request, who: Looking) -> Response:
    """Everything about the account of who looks."""
    return _page(request, who)


@router.get("/account/password")
def password_page(request: Request, who: Looking) -> Response:
    """The form to change the password."""
    return _password_form(request, who)


@router.post("/account/password")
async def change_password(request: Request, who: Looking, form: Form) -> Response:
    """Change the password; other browsers are signed out."""
    return await run_in_threadpool(_change_password, request, who, form)


@router.post("/account/sessions/{number}/end", dependencies=[Depends(checked_form)])
def end_session(request: Request, who: Looking, number: int) -> Response:
    """Sign out one of one's browsers."""
    of(request).accounts.sessions.end_numbered(who.name, number)
    return RedirectResponse("/account", 303)


@router.post("/account/tokens")
async def create_token(request: Request, who: Looking, form: Form) -> Response:
    """Make a token, and show it this once."""
    return await run_in_threadpool(_create_token, request, who, form)


@router.post("/account/tokens/{identifier}/revoke", dependencies=[Depends(checked_form)])
def revoke_token(request: Request, who: Looking, identifier: str) -> Response:
    """Make one's token useless."""
    tokens = of(request).accounts.tokens
    if tokens.named(identifier).owner != who.name and not who.admin:
        raise NotAllowed("this token is somebody else's")
    tokens.revoke(identifier, by=who.name)
    return RedirectResponse("/account", 303)


def _page(
    request: Request, who: Viewer, *, problem: str = "", secret: str = "", status: int = 200
) -> Response:
    server = of(request)
    accounts, token = server.accounts, session_token(request, server)
    return render(
        request,
        "account.html",
        status=status,
        viewer=who,
        account=accounts.people.find(who.name),
        sessions=accounts.sessions.of(who.name),
        this_session=None if token is None else accounts.sessions.number(token),
        tokens=[one for one in accounts.tokens.all(who.name) if one.revoked_at is None],
        looks=accounts.access.about(who.people, LOOKS),
        everybody=accounts.access.of_everybody(),
        days=server.settings.server.access_days,
        problem=problem,
        secret=secret,
        client_words=client_words,
    )


def _password_form(request: Request, who: Viewer, problem: str = "", status: int = 200) -> Response:
    account = _own_account(request, who)
    return render(
        request,
        "password.html",
        status=status,
        viewer=who,
        must_change=account.must_change,
        problem=problem,
    )


def _own_account(request: Request, who: Viewer) -> Account:
    account = of(request).accounts.people.find(who.name)
    if account is None:
        raise NotAllowed("on this machine alone nobody needs a password: landed account add NAME")
    return account


def _change_password(request: Request, who: Viewer, form: FormData) -> Response:
    server, account = of(request), _own_account(request, who)
    people, attempts = server.accounts.people, server.accounts.attempts
    address = client_address(request, server.settings.server)
    new = field(form, "new")
    if attempts.begin(account.name, address) > timedelta(0):
        return _password_form(request, who, "Too many attempts failed. Try again later.", 429)
    if people.verify(account.name, field(form, "current")) is None:
        return _password_form(request, who, "The current password is another one.", 401)
    attempts.succeeded(account.name, address)
    if new != field(form, "again"):
        return _password_form(request, who, "The new password is not the same both times.", 400)
    if new == field(form, "current"):
        return _password_form(request, who, "The new password is the old one.", 400)
    try:
        people.set_password(account.name, new, by=account.name)
    except UsageError as wrong:
        return _password_form(request, who, str(wrong), 400)
    token = server.accounts.sessions.start(account.name, request.headers.get("user-agent", ""))
    answer = RedirectResponse("/account", 303)
    set_session(answer, server, token)
    return answer


def _create_token(request: Request, who: Viewer, form: FormData) -> Response:
    account = _own_account(request, who)
    scopes = [str(scope) for scope in form.getlist("scope")]
    if "admin" in scopes and not who.admin:
        raise NotAllowed("only admins may make tokens with the scope admin")
    try:
        days = field(form, "days")
        if days and not (days.isdecimal() and len(days) < 6):
            raise UsageError("write the days for which it holds as a number")
        lifetime = timedelta(days=int(days)) if days else None
        _, secret = of(request).accounts.tokens.create(
            field(form, "name"), scopes, owner=account.name, by=account.name, lifetime=lifetime
        )
    except UsageError as wrong:
        return _page(request, who, problem=str(wrong), status=400)
    return _page(request, who, secret=secret)
