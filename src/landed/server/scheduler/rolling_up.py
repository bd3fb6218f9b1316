"""When everything is added up again, and doing it."""

from __future__ import annotations

import time

from landed.rollups import Rollups
from landed.server.scheduler.jobs import Begun
from landed.server.scheduler.orders import Order, Result
from landed.server.state import Server

FIRST_SECONDS = 15.0
"""After the start, where there are roll-ups that can be used; else they are made at once."""
LIMIT_SECONDS = 3600.0


class RollingUp:
    """Adds up again once there is something new."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._made = time.monotonic()
        self._seen: int | None = None

    def fresh(self) -> bool:
        """Whether they were made since the server started."""
        return self._seen is not None

    def due(self) -> bool:
        """Something was written since, what is there cannot be used, or the server is new.

        Before it started, commands may have written, and other settings may hold now.
        """
        if self._seen is not None:
            return self._seen != self._server.store.changes
        if time.monotonic() - self._made >= FIRST_SECONDS:
            return True
        with self._server.store.reading() as store:
            return not Rollups(store).built

    def work(self, begun: Begun) -> Result:
        """Add up in a process of its own; what is written meanwhile is for the next time."""
        seen = self._server.store.changes
        result = begun.apart(Order("rollup", self._server.settings), LIMIT_SECONDS)
        if result.outcome == "ok":
            self._seen = seen
            self._server.meters.rollups_made.set_to_current_time()
        return result
