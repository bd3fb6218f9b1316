"""Accounts: their names, roles, addresses and passwords."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from landed.errors import UsageError
from landed.server.accounts.audit import Audit
from landed.server.accounts.database import Database, moment, seconds
from landed.server.accounts.passwords import Passwords, check_password

Role = Literal["viewer", "admin"]
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_RESERVED = frozenset({"local", "command-line"})
_EMAIL = re.compile(r"[^\s@,;<>]{1,64}@[^\s@,;<>]{1,255}")


@dataclass(frozen=True)
class Account:
    """One account.

    `emails` are the addresses that are this person's own, lower case. `must_change` says that the
    password was set by somebody else and opens nothing but the page to change it.
    """

    name: str
    role: Role
    emails: tuple[str, ...]
    may_read_code: bool
    must_change: bool
    disabled: bool
    created_at: datetime


class AccountList:
    """The accounts; every change is written to the audit in the same transaction."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        audit: Audit,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._audit = audit
        self._clock = clock

    def any(self) -> bool:
        """Whether there is an account at all; without one this machine's owner is asked nothing."""
        return self._database.row("select 1 from account limit 1") is not None

    def all(self) -> list[Account]:
        """All accounts, by name."""
        names = self._database.rows("select name from account order by name")
        found = (self.find(row["name"]) for row in names)
        return [account for account in found if account is not None]

    def find(self, name: str) -> Account | None:
        """The account of that name, whatever its case; None where there is none."""
        row = self._database.row("select * from account where name = ?", (name.lower(),))
        if row is None:
            return None
        emails = self._database.rows(
            "select email from address where account = ? order by email", (row["name"],)
        )
        return Account(
            name=row["name"],
            role=row["role"],
            emails=tuple(each["email"] for each in emails),
            may_read_code=bool(row["may_read_code"]),
            must_change=bool(row["must_change"]),
            disabled=bool(row["disabled"]),
            created_at=moment(row["created_at"]),
        )

    def named(self, name: str) -> Account:
        """As `find`; UsageError, saying how to list them, where there is none."""
        account = self.find(name)
        if account is None:
            raise UsageError(f"there is no account {name}: landed account list shows all")
        return account

    def add(
        self,
        name: str,
        password: str,
        *,
        by: str,
        role: Role = "viewer",
        emails: Iterable[str] = (),
        may_read_code: bool = False,
        must_change: bool = False,
    ) -> Account:
        """Make an account; `by` is who does.

        Raises UsageError for a name, role, address or password that cannot be, and for those that
        are taken.
        """
        name = _checked_name(name)
        _check_role(role)
        addresses = sorted({_checked_email(email) for email in emails})
        check_password(password, name)
        hashed = self._passwords.hash(password)
        with self._database.writing() as connection:
            if self.find(name) is not None:
                raise UsageError(f"there is an account {name} already: choose another name")
            connection.execute(
                "insert into account values (?, ?, ?, ?, ?, 0, ?)",
                (name, role, may_read_code, hashed, must_change, seconds(self._clock())),
            )
            self._set_emails(connection, name, addresses)
            details = {"role": role, "emails": addresses, "may_read_code": may_read_code}
            self._audit.write(by, "account added", name, details)
        return self.named(name)

    def remove(self, name: str, *, by: str) -> None:
        """Remove an account with its sessions; its tokens are revoked, the audit stays."""
        with self._database.writing() as connection:
            account = self.named(name)
            self._keep_an_admin(account, by)
            connection.execute("delete from account where name = ?", (account.name,))
            connection.execute(
                "update token set revoked_at = ? where owner = ? and revoked_at is null",
                (seconds(self._clock()), account.name),
            )
            self._audit.write(by, "account removed", account.name, {})

    def change(
        self,
        name: str,
        *,
        by: str,
        role: Role | None = None,
        emails: Iterable[str] | None = None,
        may_read_code: bool | None = None,
        disabled: bool | None = None,
    ) -> Account:
        """Change what is given; what is None stays. A disabled account is signed out at once."""
        if role is not None:
            _check_role(role)
        addresses = None if emails is None else sorted({_checked_email(email) for email in emails})
        with self._database.writing() as connection:
            before = self.named(name)
            if (role == "viewer" and before.role == "admin") or disabled:
                self._keep_an_admin(before, by)
            if addresses is not None:
                connection.execute("delete from address where account = ?", (before.name,))
                self._set_emails(connection, before.name, addresses)
            for column, value in (
                ("role", role),
                ("may_read_code", may_read_code),
                ("disabled", disabled),
            ):
                if value is not None:
                    connection.execute(
                        f"update account set {column} = ? where name = ?", (value, before.name)
                    )
            if disabled:
                self._end_sessions(connection, before.name)
            after = self.named(name)
            changed = {
                field: getattr(after, field)
                for field in ("role", "emails", "may_read_code", "disabled")
                if getattr(after, field) != getattr(before, field)
            }
            if changed:
                self._audit.write(by, "account changed", before.name, changed)
        return after

    def set_password(self, name: str, password: str, *, by: str) -> None:
        """Set a password; every session of the account ends.

        Where it is not the person themselves who sets it, it has to be changed at the next sign-in.
        """
        account = self.named(name)
        check_password(password, account.name)
        hashed = self._passwords.hash(password)
        others = by != account.name
        with self._database.writing() as connection:
            connection.execute(
                "update account set password = ?, must_change = ? where name = ?",
                (hashed, others, account.name),
            )
            self._end_sessions(connection, account.name)
            what = "password reset" if others else "password changed"
            self._audit.write(by, what, account.name, {})

    def verify(self, name: str, password: str) -> Account | None:
        """The account, where the password is right and it is not disabled.

        An unknown name takes as long as a wrong password.
        """
        row = self._database.row("select password from account where name = ?", (name.lower(),))
        right = self._passwords.verify(None if row is None else row["password"], password)
        account = self.find(name)
        if not right or account is None or account.disabled:
            return None
        if row is not None and self._passwords.is_outdated(row["password"]):
            hashed = self._passwords.hash(password)
            with self._database.writing() as connection:
                connection.execute(
                    "update account set password = ? where name = ? and password = ?",
                    (hashed, account.name, row["password"]),
                )
        return account

    def _set_emails(self, connection: sqlite3.Connection, name: str, emails: Iterable[str]) -> None:
        for email in emails:
            try:
                connection.execute("insert into address values (?, ?)", (email, name))
            except sqlite3.IntegrityError:
                raise UsageError(
                    f"{email} is another account's: an address is one person's alone"
                ) from None

    def _end_sessions(self, connection: sqlite3.Connection, name: str) -> None:
        connection.execute("delete from browser_session where account = ?", (name,))

    def _keep_an_admin(self, account: Account, by: str) -> None:
        """In the browser the last admin stays; who is at the machine may do as they please."""
        if by == COMMAND_LINE or account.role != "admin":
            return
        others = [a for a in self.all() if a.role == "admin" and not a.disabled]
        if [a.name for a in others] == [account.name]:
            raise UsageError(f"{account.name} is the only admin: make somebody else an admin first")


COMMAND_LINE = "command-line"
"""Who acts where it is somebody at the machine itself."""


def _checked_name(name: str) -> str:
    lower = name.strip().lower()
    if not _NAME.fullmatch(lower):
        raise UsageError(
            f"{name!r} cannot be an account's name: letters a-z, digits, dot, dash and underscore, "
            "64 at most"
        )
    if lower in _RESERVED:
        raise UsageError(f"{name} means something else here: choose another name")
    return lower


def _checked_email(email: str) -> str:
    lower = email.strip().lower()
    if not _EMAIL.fullmatch(lower):
        raise UsageError(f"{email!r} is no e-mail address")
    return lower


def _check_role(role: str) -> None:
    if role not in get_args(Role):
        raise UsageError(f"{role!r} is no role: viewer or admin")
