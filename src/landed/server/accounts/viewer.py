"""Who looks: from the cookie of a browser, from a token, or the owner of this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fastapi import Request

from landed.server.accounts.people import Account, Role
from landed.server.accounts.refusals import NotAllowed, PasswordChangeNeeded, SignInNeeded
from landed.server.accounts.tokens import Scope
from landed.server.security.cookies import session_token
from landed.server.security.local import is_local_owner
from landed.server.state import of

__all__ = [
    "LOCAL_OWNER",
    "NotAllowed",
    "PasswordChangeNeeded",
    "SignInNeeded",
    "Viewer",
    "require_admin",
    "require_scope",
    "viewer",
]

LOCAL_OWNER = "local"
API = "/api/"


@dataclass(frozen=True)
class Viewer:
    """Who looks at figures.

    `people` are the e-mail addresses that are the viewer's own, lower case: figures about them
    are shown whatever the size of the group. `local` is true for the owner of this machine, where
    there are no accounts.
    """

    name: str
    role: Role
    people: frozenset[str]
    may_read_code: bool
    local: bool = False

    @property
    def admin(self) -> bool:
        """Whether the viewer may change what concerns others."""
        return self.role == "admin"


def viewer(request: Request) -> Viewer:
    """Who looks; for pages and for the API.

    A browser is known by its cookie; a program, at the API alone, by a token with the scope read
    or admin. Raises SignInNeeded where it is nobody.
    """
    server = of(request)
    if is_local_owner(request, server):
        people = server.identities.of_this_machine(server)
        return Viewer(LOCAL_OWNER, "admin", people, server.settings.server.read_code, local=True)
    if request.url.path.startswith(API) and "authorization" in request.headers:
        return _token_viewer(request, "read")
    token = session_token(request, server)
    account = server.accounts.sessions.account(token) if token else None
    if account is None:
        raise SignInNeeded
    if account.must_change and not request.url.path.startswith("/account/password"):
        raise PasswordChangeNeeded
    return _viewer(request, account, account.role)


def require_admin(request: Request) -> Viewer:
    """The viewer, who is an admin; NotAllowed for others. A token needs the scope admin."""
    if request.url.path.startswith(API) and "authorization" in request.headers:
        server = of(request)
        if not is_local_owner(request, server):
            return _token_viewer(request, "admin")
    found = viewer(request)
    if not found.admin:
        raise NotAllowed("only admins may do this: ask one of yours")
    return found


def require_scope(scope: Scope) -> Callable[[Request], str]:
    """A dependency: the name of who sends, by a token with `scope`.

    On loopback without accounts no token is needed. Raises SignInNeeded without a good token,
    NotAllowed where it lacks the scope.
    """

    def checked(request: Request) -> str:
        server = of(request)
        if is_local_owner(request, server):
            return LOCAL_OWNER
        return server.accounts.tokens.check(_bearer(request), scope).owner

    return checked


def _token_viewer(request: Request, scope: Literal["read", "admin"]) -> Viewer:
    server = of(request)
    token = server.accounts.tokens.check(_bearer(request), scope)
    account = server.accounts.people.find(token.owner)
    if account is None or account.disabled:
        raise SignInNeeded
    role: Role = "admin" if account.role == "admin" and "admin" in token.scopes else "viewer"
    if scope == "admin" and role != "admin":
        raise NotAllowed("this token's owner is no admin")
    return _viewer(request, account, role)


def _viewer(request: Request, account: Account, role: Role) -> Viewer:
    server = of(request)
    may_read = account.may_read_code and server.settings.server.read_code
    return Viewer(account.name, role, server.identities.of_account(server, account), may_read)


def _bearer(request: Request) -> str:
    told = request.headers.get("authorization", "")
    # OTEL_EXPORTER_OTLP_HEADERS is percent-encoded by its specification; not all agents decode it
    kind, _, token = told.replace("%20", " ", 1).partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise SignInNeeded
    return token.strip()
