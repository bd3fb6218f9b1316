"""For admins: who has an account, and what was done."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from landed.errors import UsageError
from landed.server.accounts.refusals import NotAllowed
from landed.server.accounts.viewer import Viewer, require_admin
from landed.server.pages.listing import PAGE
from landed.server.pages.rendering import render
from landed.server.security.forms import checked_form, field
from landed.server.state import of

router = APIRouter(prefix="/admin", include_in_schema=False)
Admin = Annotated[Viewer, Depends(require_admin)]
Form = Annotated[FormData, Depends(checked_form)]


@router.get("/accounts")
def accounts_page(request: Request, who: Admin) -> Response:
    """All accounts and tokens."""
    return _page(request, who)


@router.post("/accounts")
async def add_account(request: Request, who: Admin, form: Form) -> Response:
    """Make an account with a password that is shown this once, and has to be changed."""
    return await run_in_threadpool(_add, request, who, form)


@router.post("/accounts/{name}")
async def change_account(request: Request, who: Admin, name: str, form: Form) -> Response:
    """Change role, addresses and rights of an account."""
    return await run_in_threadpool(_change, request, who, name, form)


@router.post("/accounts/{name}/password", dependencies=[Depends(checked_form)])
def reset_password(request: Request, who: Admin, name: str) -> Response:
    """Give an account a new password, shown this once, which has to be changed."""
    password = _new_password()
    try:
        of(request).accounts.people.set_password(name, password, by=who.name)
    except UsageError as wrong:
        return _page(request, who, problem=str(wrong), status=400)
    return _page(request, who, made=(name, password))


@router.post("/tokens/{identifier}/revoke", dependencies=[Depends(checked_form)])
def revoke_token(request: Request, who: Admin, identifier: str) -> Response:
    """Make anybody's token useless."""
    of(request).accounts.tokens.revoke(identifier, by=who.name)
    return RedirectResponse("/admin/accounts", 303)


@router.get("/audit")
def audit_page(request: Request, who: Admin) -> Response:
    """What admins did, the newest first."""
    number = request.query_params.get("page", "1")
    page = max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1
    acts = of(request).accounts.audit.acts(PAGE + 1, (page - 1) * PAGE)
    return render(
        request, "admin_audit.html", viewer=who, acts=acts[:PAGE], page=page, more=len(acts) > PAGE
    )


def _page(
    request: Request,
    who: Viewer,
    *,
    problem: str = "",
    made: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    server = of(request)
    return render(
        request,
        "admin_accounts.html",
        status=status,
        viewer=who,
        accounts=server.accounts.people.all(),
        tokens=[one for one in server.accounts.tokens.all() if one.revoked_at is None],
        read_code=server.settings.server.read_code,
        problem=problem,
        made=made,
    )


def _add(request: Request, who: Viewer, form: FormData) -> Response:
    if who.local:
        # from then on nobody is let in without an account: who is at the machine makes the first
        raise NotAllowed("make the first account at the machine: landed account add NAME")
    name, password = field(form, "name"), _new_password()
    try:
        account = of(request).accounts.people.add(
            name,
            password,
            by=who.name,
            role="admin" if field(form, "role") == "admin" else "viewer",
            emails=field(form, "emails").split(),
            may_read_code=field(form, "may_read_code") == "yes",
            must_change=True,
        )
    except UsageError as wrong:
        return _page(request, who, problem=str(wrong), status=400)
    return _page(request, who, made=(account.name, password))


def _change(request: Request, who: Viewer, name: str, form: FormData) -> Response:
    try:
        of(request).accounts.people.change(
            name,
            by=who.name,
            role="admin" if field(form, "role") == "admin" else "viewer",
            emails=field(form, "emails").split(),
            may_read_code=field(form, "may_read_code") == "yes",
            disabled=field(form, "disabled") == "yes",
        )
    except UsageError as wrong:
        return _page(request, who, problem=str(wrong), status=400)
    return RedirectResponse("/admin/accounts", 303)


def _new_password() -> str:
    return secrets.token_urlsafe(15)
