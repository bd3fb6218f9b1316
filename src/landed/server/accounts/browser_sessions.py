"""Who is signed in, in which browser, until when."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from landed.server.accounts.database import Database, moment, seconds
from landed.server.accounts.people import Account, AccountList
from landed.server.accounts.secret import kept, new_secret

SEEN_EVERY = timedelta(minutes=1)
"""The time of last use is written no oftener."""
LONGEST_CLIENT = 200


@dataclass(frozen=True)
class BrowserSession:
    """One browser in which somebody is signed in; `number` names it where it is to be ended."""

    number: int
    account: str
    client: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime


class BrowserSessions:
    """The sessions of browsers: a random token each, kept as its hash."""

    def __init__(
        self,
        database: Database,
        people: AccountList,
        clock: Callable[[], datetime],
        lifetime: timedelta,
    ) -> None:
        self._database = database
        self._people = people
        self._clock = clock
        self._lifetime = lifetime

    def start(self, account: str, client: str, *, instead_of: str | None = None) -> str:
        """Sign in: the token that the browser is to show from now on.

        `client` is what the browser calls itself. The session of the token `instead_of`, which the
        browser had before, ends: whoever planted it gains nothing.
        """
        now, token = self._clock(), new_secret()
        expires = now + self._lifetime
        with self._database.writing() as connection:
            if instead_of is not None:
                connection.execute(
                    "delete from browser_session where hash = ?", (kept(instead_of),)
                )
            connection.execute("delete from browser_session where expires_at <= ?", (seconds(now),))
            connection.execute(
                "insert into browser_session values (?, ?, ?, ?, ?, ?, ?)",
                (
                    kept(token),
                    secrets.randbits(53),
                    account,
                    client[:LONGEST_CLIENT],
                    seconds(now),
                    seconds(now),
                    seconds(expires),
                ),
            )
        return token

    def account(self, token: str) -> Account | None:
        """Whose session a token is; None where it is nobody's, over, or the account is disabled."""
        row = self._database.row(
            "select account, seen_at, expires_at from browser_session where hash = ?",
            (kept(token),),
        )
        now = self._clock()
        if row is None or moment(row["expires_at"]) <= now:
            return None
        account = self._people.find(row["account"])
        if account is None or account.disabled:
            return None
        if now - moment(row["seen_at"]) >= SEEN_EVERY:
            with self._database.writing() as connection:
                connection.execute(
                    "update browser_session set seen_at = ? where hash = ?",
                    (seconds(now), kept(token)),
                )
        return account

    def of(self, account: str) -> list[BrowserSession]:
        """The sessions of an account that are not over, the last used first."""
        rows = self._database.rows(
            "select * from browser_session where account = ? and expires_at > ?"
            " order by seen_at desc, number",
            (account, seconds(self._clock())),
        )
        return [
            BrowserSession(
                number=row["number"],
                account=row["account"],
                client=row["client"],
                started_at=moment(row["started_at"]),
                seen_at=moment(row["seen_at"]),
                expires_at=moment(row["expires_at"]),
            )
            for row in rows
        ]

    def number(self, token: str) -> int | None:
        """The number of a token's session."""
        row = self._database.row(
            "select number from browser_session where hash = ?", (kept(token),)
        )
        return None if row is None else int(row["number"])

    def end(self, token: str) -> None:
        """Sign out this one browser."""
        with self._database.writing() as connection:
            connection.execute("delete from browser_session where hash = ?", (kept(token),))

    def end_numbered(self, account: str, number: int) -> bool:
        """Sign out one of the account's browsers; whether there was such a one."""
        with self._database.writing() as connection:
            ended = connection.execute(
                "delete from browser_session where account = ? and number = ?", (account, number)
            )
            return ended.rowcount > 0
