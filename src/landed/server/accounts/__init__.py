"""People: accounts, who is signed in, tokens of programs, who looked at what, and the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from landed.config import Settings
from landed.server.accounts.access import AccessLog
from landed.server.accounts.attempts import Attempts
from landed.server.accounts.audit import Audit
from landed.server.accounts.browser_sessions import BrowserSessions
from landed.server.accounts.database import DATABASE_NAME, Database
from landed.server.accounts.passwords import Passwords
from landed.server.accounts.people import AccountList
from landed.server.accounts.tokens import Tokens

__all__ = ["DATABASE_NAME", "Accounts"]


def _now() -> datetime:
    return datetime.now(UTC)


class Accounts:
    """The file `accounts.db` of a workspace, opened."""

    def __init__(
        self,
        path: Path,
        *,
        session_lifetime: timedelta = timedelta(hours=12),
        passwords: Passwords | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Open the file at `path`, making it where there is none.

        Raises StoreError where it cannot be opened.
        """
        self._database = Database(path)
        self.audit = Audit(self._database, clock)
        self.people = AccountList(self._database, passwords or Passwords(), self.audit, clock)
        self.sessions = BrowserSessions(self._database, self.people, clock, session_lifetime)
        self.tokens = Tokens(self._database, self.audit, clock)
        self.attempts = Attempts(self._database, clock)
        self.access = AccessLog(self._database, clock)

    @classmethod
    def of_workspace(cls, settings: Settings) -> Self:
        """Those of the settings' workspace."""
        lifetime = timedelta(hours=settings.server.session_hours)
        return cls(settings.workspace / DATABASE_NAME, session_lifetime=lifetime)

    def close(self) -> None:
        """Let go of the file. Closing twice does nothing."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
