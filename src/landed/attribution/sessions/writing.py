"""Reading logs that changed, and writing what they hold: batches of bounded size, each thing once.

Rows are settled by key, so that the order in which logs are read does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from landed.attribution.sessions.finding import FoundLog, SessionsRead, States
from landed.attribution.sessions.rows import (
    Batch,
    edit_before_rows,
    edit_line_rows,
    edit_rows,
)
from landed.attribution.sessions.spool import Spool
from landed.attribution.sessions.standing import logs_first
from landed.config import Settings, organisation_key
from landed.ledger.hashing import LineHasher
from landed.progress import Progress
from landed.records import AGENTS, TABLES
from landed.sources.agents.contract import Edit, Reading
from landed.store import Store

_BATCH_LINES = 400_000
PREFERENCE = {
    "session": (
        "started_at",
        "remote nulls last",
        "cwd nulls last",
        "branch nulls last",
        "parent nulls last",
    ),
    "turn": ("session_start", "started_at", "session", "interrupted desc"),
    "edit": (
        "session_start",
        "happened_at",
        "session",
        "decided_by nulls last",
        "status desc",
        "changed_by_user desc",
        "path like 'file:%'",
        "path like 'tree:%@//%'",
        "path",
    ),
    "model_call": (
        "output_tokens desc",
        "session_start nulls last",
        "happened_at",
        "agent",
        "session nulls last",
    ),
    "tool_decision": ("session_start", "happened_at", "session"),
    "activity": ("turn nulls last",),
    "session_reference": ("happened_at", "turn nulls last"),
}
"""Which of several rows of one key counts, whatever order logs are read in.

What a fork or a resumed session copies belongs to the session that began first. Of what a laptop
pushed (see `pushed`) the row counts that says most of where it was.
"""


class LogIngest:
    """Reads the logs that changed and writes what they hold."""

    def __init__(
        self,
        settings: Settings,
        open_store: Callable[[], Store],
        states: States,
        result: SessionsRead,
        progress: Progress,
    ) -> None:
        self._settings = settings
        self._open_store = open_store
        self._states = states
        self._result = result
        self._progress = progress
        self._key = organisation_key(settings)
        self._hasher = LineHasher(self._key)
        self._spool = Spool(settings.workspace)
        self._logs: dict[tuple[str, str], dict[str, Any]] = {}
        self._recounted: set[tuple[str, str]] = set()

    def read(self, changed: list[FoundLog]) -> None:
        """Read the changed logs, largest batches of bounded size at a time."""
        batches: dict[str, Batch] = {}
        for done, one in enumerate(changed):
            self._progress("reading agents' logs", done, len(changed))
            batch = batches.setdefault(one.machine_user, Batch(self._key, one.machine_user))
            self._read_log(one, batch)
            self._result.read += 1
        for batch in batches.values():
            self._write(batch)
        if self._result.faults or self._recounted:
            self._write_problems()

    def _read_log(self, one: FoundLog, batch: Batch) -> None:
        agent, path = one.key
        _, text = self._states.get((agent, path), ("", ""))
        state = orjson.loads(text) if text else None
        if state is None:
            self._recounted.add((agent, path))
        for part in self._parts(one, state):
            batch.add(agent, part)
            for kind, count in part.faults.items():
                where = (agent, kind, path)
                self._result.faults[where] = self._result.faults.get(where, 0) + count
            self._logs[(agent, path)] = {
                "agent": agent,
                "path": path,
                "stamp": "",
                "state": "" if part.state is None else orjson.dumps(part.state).decode(),
                "read_at": datetime.now(UTC),
            }
            if batch.lines > _BATCH_LINES:
                self._write(batch)
        if (agent, path) in self._logs:
            self._logs[(agent, path)]["stamp"] = one.log.stamp

    def _parts(self, one: FoundLog, state: dict[str, Any] | None) -> Iterator[Reading]:
        try:
            yield from one.reader.read(one.log, state)
        except Exception as error:
            # a plug-in may raise anything; what it told before counts, and it is asked again
            where = (one.reader.agent, f"broken-reader ({type(error).__name__})", one.key[1])
            self._result.faults[where] = 1

    def _write(self, batch: Batch) -> None:
        if not batch.readings and not self._logs:
            return
        edits = batch.edits()
        tables = batch.tables()
        with self._open_store() as store:
            fresh = _unknown(store, edits)
            lines = edit_line_rows(fresh, self._hasher)
            before = edit_before_rows(fresh, self._hasher)
            with store.transaction(), logs_first(store, tables):
                for name, rows in tables.items():
                    store.settle(name, rows, AGENTS, prefer=PREFERENCE[name])
                store.settle("edit", edit_rows(edits), AGENTS, prefer=PREFERENCE["edit"])
                store.append("edit_line", lines, AGENTS)
                store.append("edit_before", before, AGENTS)
                store.merge("agent_log", self._log_rows(), AGENTS)
        if self._settings.sessions.keep_text:
            self._spool.put(
                (number, edit.at, [line for change in edit.changes for line in change.added])
                for number, _, edit in fresh
                if edit.status == "applied" and any(change.added for change in edit.changes)
            )
        self._result.sessions += tables["session"].num_rows
        self._result.calls += tables["model_call"].num_rows
        self._result.edits += len(fresh)
        batch.readings.clear()
        batch.lines = 0
        self._logs.clear()

    def _log_rows(self) -> pa.Table:
        schema = pa.schema([f for f in TABLES["agent_log"].schema if f.name != "repository"])
        return pa.Table.from_pylist(list(self._logs.values()), schema=schema)

    def _write_problems(self) -> None:
        """Add this run's faults to those counted; a log that was read anew is counted anew."""
        counted = dict(self._result.faults)
        with self._open_store() as store:
            kept = []
            for row in store.read("problem", AGENTS).to_pylist():
                where = (row["source"], row["kind"], row["subject"])
                if where in counted and row["subject"] and where[::2] not in self._recounted:
                    counted[where] += row["count"]
                elif where not in counted and where[::2] not in self._recounted:
                    kept.append(row)
            kept += [
                {
                    "repository": AGENTS,
                    "source": agent,
                    "kind": kind,
                    "subject": subject,
                    "count": count,
                    "detail": "Could not be understood; left out.",
                }
                for (agent, kind, subject), count in counted.items()
            ]
            rows = pa.Table.from_pylist(kept, schema=TABLES["problem"].schema)
            store.replace("problem", rows, AGENTS)


def _unknown(store: Store, edits: list[tuple[int, str, Edit]]) -> list[tuple[int, str, Edit]]:
    """Those of the edits that the store does not have."""
    if not edits:
        return []
    stored = store.query("select edit from edit where repository = ?", [AGENTS])["edit"].to_numpy()
    known = np.isin(np.array([number for number, _, _ in edits], dtype=np.uint64), stored)
    return [edit for edit, there in zip(edits, known, strict=True) if not there]
