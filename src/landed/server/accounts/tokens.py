"""Tokens with which programs ask: shown once, kept as a hash, for what their scopes allow."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from landed.errors import UsageError
from landed.server.accounts.audit import Audit
from landed.server.accounts.database import Database, moment, moment_or_none, seconds
from landed.server.accounts.refusals import ScopeMissing, TokenRefused
from landed.server.accounts.secret import kept, new_secret

Scope = Literal["ingest", "read", "admin"]
PREFIX = "landed_"
USED_EVERY = timedelta(minutes=1)
"""The time of last use is written no oftener."""
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Token:
    """A token as it is known: never the secret itself."""

    id: str
    name: str
    owner: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class Tokens:
    """The tokens; making and revoking is written to the audit."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def create(
        self,
        name: str,
        scopes: Iterable[str],
        *,
        owner: str,
        by: str,
        lifetime: timedelta | None = None,
    ) -> tuple[Token, str]:
        """Make a token; the second is its secret, which nobody can be told again.

        Raises UsageError for unknown scopes, none, or a name that is empty or too long.
        """
        wanted = _checked_scopes(scopes)
        name = name.strip()
        if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
            raise UsageError(f"a token needs a name of {_LONGEST_NAME} characters at most")
        if lifetime is not None and lifetime <= timedelta(0):
            raise UsageError("a token has to hold for a day or more")
        secret, identifier = new_secret(PREFIX), secrets.token_hex(4)
        now = self._clock()
        expires = None if lifetime is None else seconds(now + lifetime)
        until = "never" if expires is None else f"{moment(expires):%Y-%m-%d}"
        with self._database.writing() as connection:
            connection.execute(
                "insert into token values (?, ?, ?, ?, ?, ?, ?, null, null)",
                (
                    identifier,
                    kept(secret),
                    name,
                    owner,
                    " ".join(sorted(wanted)),
                    seconds(now),
                    expires,
                ),
            )
            details = {"name": name, "owner": owner, "scopes": sorted(wanted), "expires": until}
            self._audit.write(by, "token made", identifier, details)
        return self.named(identifier), secret

    def named(self, identifier: str) -> Token:
        """The token with that id; UsageError where there is none."""
        row = self._database.row("select * from token where id = ?", (identifier,))
        if row is None:
            raise UsageError(f"there is no token {identifier}: landed token list shows all")
        return _token(dict(row))

    def all(self, owner: str | None = None) -> list[Token]:
        """All tokens, or one owner's, the newest first."""
        rows = self._database.rows(
            "select * from token where ? is null or owner = ? order by created_at desc, id",
            (owner, owner),
        )
        return [_token(dict(row)) for row in rows]

    def revoke(self, identifier: str, *, by: str) -> Token:
        """Make a token useless for good; revoking twice changes nothing."""
        with self._database.writing() as connection:
            token = self.named(identifier)
            if token.revoked_at is None:
                connection.execute(
                    "update token set revoked_at = ? where id = ?",
                    (seconds(self._clock()), identifier),
                )
                self._audit.write(by, "token revoked", identifier, {"name": token.name})
        return self.named(identifier)

    def check(self, secret: str, scope: Scope) -> Token:
        """The token behind a secret, which has to have `scope`.

        Raises TokenRefused and ScopeMissing.
        """
        row = self._database.row("select * from token where hash = ?", (kept(secret),))
        if row is None:
            raise TokenRefused("this token is not known here")
        token, now = _token(dict(row)), self._clock()
        if token.revoked_at is not None:
            raise TokenRefused("this token was revoked")
        if token.expires_at is not None and token.expires_at <= now:
            raise TokenRefused("this token has expired")
        if not self._owner_is_there(token.owner):
            raise TokenRefused("the account of this token is disabled")
        if scope not in token.scopes:
            raise ScopeMissing(f"this token lacks the scope {scope}")
        if token.used_at is None or now - token.used_at >= USED_EVERY:
            with self._database.writing() as connection:
                connection.execute(
                    "update token set used_at = ? where id = ?", (seconds(now), token.id)
                )
        return token

    def _owner_is_there(self, owner: str) -> bool:
        row = self._database.row("select disabled from account where name = ?", (owner,))
        return row is not None and not row["disabled"]


def _checked_scopes(scopes: Iterable[str]) -> set[Scope]:
    wanted: set[Scope] = set()
    known = get_args(Scope)
    for scope in scopes:
        if scope not in known:
            raise UsageError(f"{scope!r} is no scope: {', '.join(known)}")
        wanted.add(scope)  # type: ignore[arg-type]
    if not wanted:
        raise UsageError(f"a token needs a scope: {', '.join(known)}")
    return wanted


def _token(row: dict[str, object]) -> Token:
    def when(column: str) -> datetime | None:
        stored = row[column]
        return moment_or_none(stored if isinstance(stored, int) else None)

    return Token(
        id=str(row["id"]),
        name=str(row["name"]),
        owner=str(row["owner"]),
        scopes=frozenset(str(row["scopes"]).split()),  # type: ignore[arg-type]
        created_at=moment(int(str(row["created_at"]))),
        expires_at=when("expires_at"),
        used_at=when("used_at"),
        revoked_at=when("revoked_at"),
    )
