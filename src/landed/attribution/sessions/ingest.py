"""Reading what is new in the logs of all agents into the store, each thing once.

Logs are looked at by name, size and time first; only those that changed are opened, and only what
they gained is read. Reading happens outside the store's lock; rows are written in batches, each
with the positions from which the next run goes on.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from landed.attribution.sessions.rows import (
    Batch,
    edit_before_rows,
    edit_line_rows,
    edit_rows,
)
from landed.attribution.sessions.spool import Spool
from landed.config import Settings, organisation_key, prepare_directory
from landed.errors import UsageError
from landed.ledger.hashing import LineHasher
from landed.progress import Progress, quiet
from landed.records import AGENTS, TABLES
from landed.sources.agents.contract import AgentReader, Edit, Home, Log
from landed.sources.agents.registry import all_readers
from landed.store import Store

_BATCH_LINES = 400_000
_PREFERENCE = {
    "session": ("started_at", "cwd nulls last", "branch nulls last", "parent nulls last"),
    "turn": ("started_at", "session", "interrupted desc"),
    "edit": (
        "happened_at",
        "session",
        "decided_by nulls last",
        "status desc",
        "changed_by_user desc",
    ),
    "model_call": ("output_tokens desc", "happened_at", "agent", "session nulls last"),
    "tool_decision": ("happened_at", "session"),
    "activity": ("turn nulls last",),
    "session_reference": ("happened_at", "turn nulls last"),
}
"""Which of several rows of one key counts, whatever order logs are read in."""

Faults = dict[tuple[str, str, str], int]


@dataclass
class SessionsRead:
    """What a run found: logs that were looked at and read, new rows, and what went wrong.

    `faults` count by agent, kind and log. `logs` counts the logs of every agent that has any.
    """

    logs: dict[str, int] = field(default_factory=dict)
    read: int = 0
    sessions: int = 0
    calls: int = 0
    edits: int = 0
    faults: Faults = field(default_factory=dict)


@dataclass(frozen=True)
class _Found:
    reader: AgentReader
    log: Log
    machine_user: str


def read_sessions(
    settings: Settings,
    open_store: Callable[[], Store],
    *,
    folders: Sequence[Path] = (),
    progress: Progress = quiet,
) -> SessionsRead:
    """Read what is new in the logs of this user's agents, as `settings.sessions` says.

    `folders` are working trees to look in beside those that are known, for agents that leave
    their logs there.

    Raises:
        UsageError: the settings name an agent that no reader knows.
        StoreError: the store cannot be opened.
    """
    result = SessionsRead()
    if not settings.sessions.read:
        return result
    prepare_directory(settings.workspace)
    progress("looking for agents' logs")
    with open_store() as store:
        states = _states(store)
        trees = tuple(dict.fromkeys([*_working_trees(store), *folders]))
        found = list(_find_logs(settings, trees, result))
        changed = [
            one
            for one in found
            if states.get((one.reader.agent, _speakable(one.log.path)), ("", ""))[0]
            != one.log.stamp
        ]
        if not changed and not result.faults:
            return result
    _Reader(settings, open_store, states, result, progress).read(changed)
    return result


def _working_trees(store: Store) -> tuple[Path, ...]:
    """The working trees of repositories that were read, and those that sessions named."""
    rows = store.query(
        "select path from location union select worktree from session_place"
        " where worktree is not null and how <> 'none' order by 1"
    )
    trees = (Path(path) for path in rows["path"].to_pylist())
    return tuple(dict.fromkeys(t.parent if t.name == ".git" else t for t in trees))


def _find_logs(
    settings: Settings, folders: tuple[Path, ...], result: SessionsRead
) -> Iterator[_Found]:
    readers, broken = all_readers()
    for plugin in broken:
        result.faults[(plugin.name, "broken-plug-in", plugin.reason)] = 1
    known = {reader.agent for reader in readers}
    asked = set(settings.sessions.agents)
    if asked - known:
        raise UsageError(
            f"no reader for {', '.join(sorted(asked - known))}: sessions.agents may name "
            f"{', '.join(sorted(known))}"
        )
    homes = [Home(Path.home(), os.environ, folders)]
    homes += [Home(home.expanduser(), {}) for home in settings.sessions.homes]
    for reader in readers:
        if asked and reader.agent not in asked:
            continue
        for home in homes:
            user = home.directory.name if home.environment is not os.environ else _login()
            for log in _located(reader, home, result):
                result.logs[reader.agent] = result.logs.get(reader.agent, 0) + 1
                yield _Found(reader, log, user)


def _located(reader: AgentReader, home: Home, result: SessionsRead) -> Iterator[Log]:
    try:
        yield from reader.locate(home)
    except OSError:
        result.faults[(reader.agent, "unreadable-folder", str(home.directory))] = 1


def _speakable(path: Path) -> str:
    """A path as text that can be stored: names that are not UTF-8 are written with escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def _states(store: Store) -> dict[tuple[str, str], tuple[str, str]]:
    rows = store.query(
        "select agent, path, stamp, state from agent_log where repository = ?", [AGENTS]
    )
    columns = [rows[name].to_pylist() for name in ("agent", "path", "stamp", "state")]
    return {
        (agent, path): (stamp, state) for agent, path, stamp, state in zip(*columns, strict=True)
    }


class _Reader:
    """Reads logs and writes batches."""

    def __init__(
        self,
        settings: Settings,
        open_store: Callable[[], Store],
        states: dict[tuple[str, str], tuple[str, str]],
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

    def read(self, changed: list[_Found]) -> None:
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
        self._forget_old_texts()

    def _read_log(self, one: _Found, batch: Batch) -> None:
        agent, path = one.reader.agent, _speakable(one.log.path)
        _, text = self._states.get((agent, path), ("", ""))
        state = orjson.loads(text) if text else None
        if state is None:
            self._recounted.add((agent, path))
        for part in one.reader.read(one.log, state):
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

    def _write(self, batch: Batch) -> None:
        if not batch.readings and not self._logs:
            return
        edits = batch.edits()
        tables = batch.tables()
        with self._open_store() as store:
            fresh = _unknown(store, edits)
            lines = edit_line_rows(fresh, self._hasher)
            before = edit_before_rows(fresh, self._hasher)
            with store.transaction():
                for name, rows in tables.items():
                    store.settle(name, rows, AGENTS, prefer=_PREFERENCE[name])
                store.settle("edit", edit_rows(edits), AGENTS, prefer=_PREFERENCE["edit"])
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

    def _forget_old_texts(self) -> None:
        oldest = datetime.now(UTC) - timedelta(days=self._settings.sessions.keep_text_days)
        self._spool.forget(int(oldest.timestamp() * 1_000_000))


def _unknown(store: Store, edits: list[tuple[int, str, Edit]]) -> list[tuple[int, str, Edit]]:
    """Those of the edits that the store does not have."""
    if not edits:
        return []
    stored = store.query("select edit from edit where repository = ?", [AGENTS])["edit"].to_numpy()
    known = np.isin(np.array([number for number, _, _ in edits], dtype=np.uint64), stored)
    return [edit for edit, there in zip(edits, known, strict=True) if not there]
