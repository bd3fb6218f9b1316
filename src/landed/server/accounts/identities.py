"""Which e-mail addresses are a viewer's own, as the store knows people."""

from __future__ import annotations

import getpass
import time
from typing import TYPE_CHECKING

from landed.records import AGENTS

if TYPE_CHECKING:
    from landed.server.accounts.people import Account
    from landed.server.state import Server

KNOWN_SECONDS = 30.0
"""What the store said holds so long: every page asks."""
_MOST_KNOWN = 10_000
_CERTAIN = "('configuration', 'confirmed', 'mailmap', 'e-mail', 'git-configuration', 'forge')"


class Identities:
    """Who is who, remembered for a short while."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[float, frozenset[str]]] = {}

    def of_this_machine(self, server: Server) -> frozenset[str]:
        """The persons to whom the login of this machine's user belongs."""
        try:
            login = getpass.getuser()
        except (KeyError, OSError):
            return frozenset()
        return self._persons(server, "kind = 'machine-user' and", (login.lower(),))

    def of_account(self, server: Server, account: Account) -> frozenset[str]:
        """The account's addresses, and those under which the same person is counted."""
        if not account.emails:
            return frozenset()
        return frozenset(account.emails) | self._persons(server, "", account.emails)

    def _persons(self, server: Server, which: str, values: tuple[str, ...]) -> frozenset[str]:
        now, key = time.monotonic(), (which, *values)
        since, found = self._known.get(key, (0.0, frozenset()))
        if key in self._known and now - since < KNOWN_SECONDS:
            return found
        marks = ", ".join("?" for _ in values)
        with server.store.reading() as store:
            rows = store.query(
                f"select distinct person from identity where repository = ? and {which}"
                f" value in ({marks}) and person is not null and how in {_CERTAIN}",
                [AGENTS, *values],
            )
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = (now, frozenset(rows["person"].to_pylist()))
        return self._known[key][1]
