"""The session store of Copilot's command line: one row for each call of a model."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landed.sources.agents.contract import Call, Microseconds, Reading, Reference, Session, Turn
from landed.sources.agents.databases import Changed, columns, newest_row, opened
from landed.sources.agents.fields import moment, text, whole

Tokens = dict[str, int]
"""Tokens by class: input (the cached ones in it), output, cache-read, cache-write, reasoning."""

_CALLS = "assistant_usage_events"
_ROWS_IN_A_PART = 5_000
_CLASSES = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache-read": "cache_read_tokens",
    "cache-write": "cache_write_tokens",
    "reasoning": "reasoning_tokens",
}
_COLUMNS = (
    "session_id",
    "turn_index",
    "agent_id",
    "model",
    *_CLASSES.values(),
    "total_nano_aiu",
    "created_at",
)
_NANO_CREDITS_PER_MICRO_DOLLAR = 100_000
"""An AI credit is a cent, by GitHub's price list: 10^9 nano-credits are 10,000 micro-dollars."""


def turn_key(session: str, number: int) -> str:
    """Return the key of a session's turn; the event log and the store number them alike, from 0."""
    return f"{session}:{number}"


def call_of(
    key: str,
    session: str,
    turn: str | None,
    at: Microseconds,
    model: str | None,
    tokens: Tokens,
    nano_credits: int,
) -> Call:
    """Return the call (or the sum of calls) that used so many tokens."""
    read, written = tokens.get("cache-read", 0), tokens.get("cache-write", 0)
    return Call(
        call=key,
        session=session,
        turn=turn,
        at=at,
        model=model,
        provider="github-copilot",
        input_tokens=max(0, tokens.get("input", 0) - read - written),
        cache_read_tokens=read,
        cache_write_5m_tokens=written,
        output_tokens=tokens.get("output", 0),
        reasoning_tokens=min(tokens.get("reasoning", 0), tokens.get("output", 0)),
        reported_cost=nano_credits // _NANO_CREDITS_PER_MICRO_DOLLAR or None,
    )


def counted(store: Path, session: str, until: Microseconds) -> dict[str, Tokens]:
    """Return what the store counts of a session up to a moment, by model; nothing if unreadable."""
    found: dict[str, Tokens] = {}
    if not store.is_file():
        return found
    try:
        with opened(store) as database:
            for row in _rows(database, "session_id = ?", [session]):
                at = moment(row["created_at"])
                if at is not None and at > until:
                    continue
                model = found.setdefault(text(row, "model") or "", {})
                for name, column in _CLASSES.items():
                    model[name] = model.get(name, 0) + whole(row, column)
    except (OSError, sqlite3.Error):
        return {}
    return found


def read_store(path: Path, state: dict[str, Any] | None) -> Iterator[Reading]:
    """Yield the calls that are new in the store, with the sessions that have no event log.

    The state is the highest row number read.
    """
    since = whole(state, "row")
    try:
        with opened(path) as database:
            newest = newest_row(database, _CALLS) if columns(database, _CALLS) else 0
            since = since if since <= newest else 0
            reading = Reading(state={"row": since})
            seen: set[str] = set()
            for row in _rows(database, "rowid > ?", [since]):
                if len(reading.calls) == _ROWS_IN_A_PART:
                    yield reading
                    reading = Reading(state=reading.state)
                _take(row, reading, seen)
            for session in sorted(seen):
                if not _has_events(path, session):
                    _take_session(database, session, reading)
            yield reading
    except (OSError, sqlite3.Error) as error:
        failed = Reading(state=state)
        failed.fault("changed-while-read" if isinstance(error, Changed) else "unreadable-database")
        yield failed


def _rows(
    database: sqlite3.Connection, condition: str, values: list[Any]
) -> Iterator[dict[str, Any]]:
    known = columns(database, _CALLS)
    if not {"session_id", "created_at"} <= known:
        return
    chosen = [name for name in _COLUMNS if name in known]
    order = f"SELECT rowid, {', '.join(chosen)} FROM {_CALLS} WHERE {condition} ORDER BY rowid"
    empty: dict[str, Any] = dict.fromkeys(_COLUMNS)
    for number, *found in database.execute(order, values):
        yield {**empty, **dict(zip(chosen, found, strict=True)), "row": number}


def _take(row: dict[str, Any], reading: Reading, seen: set[str]) -> None:
    reading.state = {"row": row["row"]}
    session, at = text(row, "session_id"), moment(row["created_at"])
    if session is None:
        reading.fault("missing-field")
        return
    if at is None:
        reading.fault("bad-time")
        return
    seen.add(session)
    tokens = {name: whole(row, column) for name, column in _CLASSES.items()}
    if not any(tokens.values()):
        reading.fault("no-token-counts")
        return
    number = row["turn_index"]
    call = call_of(
        f"{session}:{row['row']}",
        session,
        turn_key(session, number) if type(number) is int else None,
        at,
        text(row, "model"),
        tokens,
        whole(row, "total_nano_aiu"),
    )
    call.sub_agent = text(row, "agent_id") not in (None, "main")
    reading.calls.append(call)


def _has_events(store: Path, session: str) -> bool:
    if "/" in session or "\\" in session or "\0" in session:
        return False
    folder = store.parent / "session-state"
    return (folder / session / "events.jsonl").is_file() or (folder / f"{session}.jsonl").is_file()


def _take_session(database: sqlite3.Connection, session: str, reading: Reading) -> None:
    """Add a session and its turns as the store has them."""
    if not {"id", "cwd", "branch", "created_at", "updated_at"} <= columns(database, "sessions"):
        return
    row = database.execute(
        "SELECT cwd, branch, created_at, updated_at FROM sessions WHERE id = ?", [session]
    ).fetchone()
    begun = moment(row[2]) if row else None
    if begun is None:
        return
    ended = max(moment(row[3]) or begun, begun)
    cwd, branch = (value if isinstance(value, str) and value else None for value in row[:2])
    reading.sessions.append(Session(session, begun, ended, cwd=cwd, branch=branch))
    if not {"session_id", "turn_index", "timestamp"} <= columns(database, "turns"):
        return
    for number, when in database.execute(
        "SELECT turn_index, timestamp FROM turns WHERE session_id = ? ORDER BY 1", [session]
    ):
        at = moment(when)
        if type(number) is int and at is not None:
            reading.turns.append(Turn(turn_key(session, number), session, at, at))
    if branch:
        reading.references.append(Reference(session, "branch", branch, begun))
