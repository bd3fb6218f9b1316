"""Failed sign-ins: who guesses has to wait longer each time.

Counted for an account from one address, for an address, and for an account from anywhere; the last
needs many, so that strangers cannot easily keep a person out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from landed.server.accounts.database import Database, moment, seconds

FREE = {"pair": 5, "address": 20, "account": 50}
"""So many failures cost nothing; each further one doubles the wait, from a second on."""
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


class Attempts:
    """Counts of failed sign-ins; they hold over restarts."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def begin(self, name: str, address: str) -> timedelta:
        """Count an attempt as failed until it is known better; how long it has to wait instead.

        Zero: it may be made, and is counted. So many at once cannot outrun the count.
        """
        with self._database.writing():
            wait = self._wait(name, address)
            if wait <= timedelta(0):
                self._count(name, address)
        return max(wait, timedelta(0))

    def _wait(self, name: str, address: str) -> timedelta:
        now = self._clock()
        longest = timedelta(0)
        for kind, subject in _subjects(name, address):
            row = self._database.row("select * from attempt where subject = ?", (subject,))
            if row is None or now - moment(row["last_at"]) > FORGOTTEN_AFTER:
                continue
            over = row["failures"] - FREE[kind]
            if over >= 0:
                pause = min(LONGEST_WAIT, timedelta(seconds=2.0 ** min(over, 20)))
                longest = max(longest, moment(row["last_at"]) + pause - now)
        return longest

    def _count(self, name: str, address: str) -> None:
        now = self._clock()
        with self._database.writing() as connection:
            connection.execute(
                "delete from attempt where last_at < ?", (seconds(now - FORGOTTEN_AFTER),)
            )
            for _, subject in _subjects(name, address):
                connection.execute(
                    "insert into attempt values (?, 1, ?) on conflict (subject)"
                    " do update set failures = failures + 1, last_at = excluded.last_at",
                    (subject, seconds(now)),
                )

    def succeeded(self, name: str, address: str) -> None:
        """Take back what `begin` counted, and forget the failures of this account from there."""
        with self._database.writing() as connection:
            for kind, subject in _subjects(name, address):
                connection.execute(
                    "update attempt set failures = failures - 1 where subject = ?", (subject,)
                )
                if kind == "pair":
                    connection.execute("delete from attempt where subject = ?", (subject,))


def _subjects(name: str, address: str) -> list[tuple[str, str]]:
    """What is counted; names as hashes, as people type passwords into the wrong field."""
    who = hashlib.sha256(name.strip().lower().encode("utf-8", "replace")).hexdigest()
    return [
        ("pair", f"pair {who} {address}"),
        ("address", f"address {address}"),
        ("account", f"account {who}"),
    ]
