"""Which repositories the server reads, and which of them have to wait because they failed."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from landed.config import Settings
from landed.delivery.connections import known_connections
from landed.server.scheduler.jobs import Begun, Pace
from landed.server.scheduler.orders import Order, Result
from landed.server.scheduler.records import RunRecord
from landed.server.state import Server

_WAITS = "it failed before and is tried again later"


class Sources:
    """The forges and repositories of a server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._paces: dict[str, Pace] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()

    @property
    def settings(self) -> Settings:
        """The server's settings."""
        return self._server.settings

    def any(self) -> bool:
        """Whether there is anything to read."""
        return self.connected() or bool(self.repositories(()))

    def connected(self) -> bool:
        """Whether a forge is connected."""
        with self._server.store.reading() as store:
            return bool(known_connections(store, self.settings))

    def repositories(self, places: Sequence[str]) -> list[str]:
        """`places`, and a clone on this machine of each other repository that was ever read."""
        with self._server.store.reading() as store:
            rows = store.query(
                "select repository, path, name from location order by path desc"
            ).to_pylist()
        self._names |= {row["path"]: row["name"] for row in rows}
        named = set(places)
        covered = {row["repository"] for row in rows if row["path"] in named}
        clones = {
            row["repository"]: row["path"]
            for row in rows
            if row["repository"] not in covered and Path(row["path"]).is_dir()
        }
        return [*places, *sorted(clones.values())]

    def name(self, place: str) -> str:
        """What people call the repository at a place."""
        return self._names.get(place, Path(place).name)

    def read(self, place: str, begun: Begun, limit_seconds: float) -> Result:
        """Read one repository, unless it failed lately; what is worth knowing is kept."""
        with self._lock:
            usual = self.settings.server.sync_minutes * 60.0
            pace = self._paces.setdefault(place, Pace(usual))
            begun_at = time.monotonic()
            if pace.failures and begun_at < pace.at:
                return Result("skipped", _WAITS)
        run = RunRecord.begun("sync", begun.run.started_by, self.name(place))
        result = begun.apart(Order("repository", self.settings, place), limit_seconds)
        with self._lock:
            pace.ended(begun_at, time.monotonic(), result.crashed)
        if result.outcome != "skipped":
            begun.note(run, result)
        return result
