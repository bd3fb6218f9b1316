"""Real exports of real agents beside the logs of the same sessions (`tests/data/telemetry`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from landed.attribution.sessions.ingest import read_sessions
from landed.attribution.sessions.telemetry import settle_telemetry
from landed.config import Settings
from landed.pricing.update import price_calls
from landed.sources.telemetry import Received, Told, read_otlp
from landed.store import Store
from landed.store.inbox import Waiting

CAPTURES = Path(__file__).parent / "data" / "telemetry"
LOGS = Path(__file__).parent / "data" / "agents"
CONTENT_TYPES = {".json": "application/json", ".pb": "application/x-protobuf"}
HOMES = {
    "claude-code": (
        LOGS / "claude-code" / "calc.jsonl",
        ".claude/projects/-home-dev-project/1fb08660-bd09-4d86-a0eb-108746d66431.jsonl",
    ),
    "claude-code-denied": (
        LOGS / "claude-code" / "denied.jsonl",
        ".claude/projects/-home-dev-project/d75a10bf-b129-49a5-8175-d479bd462297.jsonl",
    ),
    "codex": (
        LOGS / "codex" / "rollout-2026-11-21T19-35-50-01a1ff9b-9d4b-70d3-9a02-ca9e0bc40878.jsonl",
        ".codex/sessions/2026/11/21/"
        "rollout-2026-11-21T19-35-50-01a1ff9b-9d4b-70d3-9a02-ca9e0bc40878.jsonl",
    ),
    "gemini": (
        LOGS / "gemini" / "session-2026-11-21T20-34-ff10cefe.jsonl",
        ".gemini/tmp/project/chats/session-2026-11-21T20-34-ff10cefe.jsonl",
    ),
}
"""The log of each captured session, and where it lies in a home directory."""


def received(capture: str) -> list[Received]:
    """What the bodies of a capture hold, logs before metrics."""
    found = []
    for body in sorted((CAPTURES / capture).iterdir()):
        signal = "logs" if "logs" in body.name else "metrics"
        found.append(read_otlp(signal, body.read_bytes(), CONTENT_TYPES[body.suffix]))
    return found


def told(capture: str) -> list[Told]:
    """The items of a capture."""
    return [item for one in received(capture) for item in one.items]


def waiting(items: Iterable[Told]) -> list[Waiting]:
    """Items as they come out of the inbox."""
    now = datetime.now(UTC)
    return [
        Waiting(place, "otlp", item.key, item.payload(), now) for place, item in enumerate(items)
    ]


class Workplace:
    """A workspace into which telemetry and logs come in an order of the test's own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = Settings.load()

    def open(self) -> Store:
        """The store."""
        return Store.for_settings(self.settings)

    def hear(self, items: Iterable[Told]) -> None:
        """Telemetry arrives."""
        with self.open() as store, store.transaction():
            settle_telemetry(store, self.settings, waiting(items))

    def lay(self, capture: str, lines: int | None = None) -> None:
        """The log of a captured session is written, or its first lines are, and it is read."""
        log, place = HOMES[capture]
        target = self.home / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if lines is None:
            shutil.copy(log, target)
        else:
            target.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:lines]))
        read_sessions(self.settings, self.open)

    def dollars(self) -> int:
        """What all calls cost at list price, in micro-dollars; every one of them has a price."""
        with self.open() as store:
            summary = price_calls(store, self.settings)
            rows = store.query("select list_microdollars as price from call_price")
        assert summary.unpriced == 0
        return sum(rows["price"].to_pylist())

    def rows(self, table: str, columns: str = "*", order: str = "all") -> list[tuple[object, ...]]:
        """Rows of a table in an order that does not depend on how they came."""
        with self.open() as store:
            found = store.query(f"select {columns} from {table} order by {order}").to_pylist()
        return [tuple(row.values()) for row in found]
