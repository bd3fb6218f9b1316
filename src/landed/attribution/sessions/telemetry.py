"""Settling what live telemetry told: each thing once, whatever a log tells of it before or after.

Items come from `landed.sources.telemetry` by way of the inbox. What they say is kept in tables of
its own, and stands in those of agents' logs where no log tells it (see `standing`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from landed.attribution.sessions.standing import Sessions, stand_alone, stand_in, withdraw
from landed.config import Settings
from landed.records import AGENTS, TABLES, TIMESTAMP
from landed.sources.telemetry import TelemetryError, Told
from landed.store import Store
from landed.store.inbox import Waiting

_PREFERENCE = {
    "telemetry_session": (
        "\"user\" like '%@%' desc nulls last",
        '"user" nulls last',
        "version desc nulls last",
    ),
    "telemetry_turn": ("started_at", "session"),
    "telemetry_call": (
        "output_tokens desc",
        "happened_at",
        "session nulls last",
        "turn nulls last",
        "model nulls last",
    ),
    "telemetry_decision": ("happened_at", "session"),
    "telemetry_edit": ("applied desc", "happened_at", "session"),
    "telemetry_sum": ("value desc", "agent", "session nulls last"),
    "telemetry_count": ("count desc",),
    "told_team": ("told_at desc", "team"),
    "session_reference": ("happened_at", "turn nulls last"),
}
"""Which of several rows of one key counts, whatever order items arrive in."""

_TABLES = {
    "session": "telemetry_session",
    "turn": "telemetry_turn",
    "call": "telemetry_call",
    "decision": "telemetry_decision",
    "edit": "telemetry_edit",
    "reference": "session_reference",
    "point": "telemetry_sum",
    "count": "telemetry_count",
}
_NAMES = {"happened_at": "at", "told_at": "at", "counts": "class"}
"""The field of an item for a column of another name."""


def settle_telemetry(store: Store, settings: Settings, rows: Sequence[Waiting]) -> None:
    """Write what telemetry told, within the caller's transaction.

    The same rows again, in parts or in another order, leave the store the same.

    Raises:
        TelemetryError: a row is not what `Told.payload` makes; nothing was written.
        StoreError: the store cannot be written.
    """
    del settings  # a drain is given them; telemetry needs none
    items = [Told.read(row.payload) for row in rows]
    tables = _tables(items)
    sessions = _sessions(items)
    withdraw(store, sessions)
    for name, table in tables.items():
        store.settle(name, table, AGENTS, prefer=_PREFERENCE[name])
    stand_in(store, sessions)
    calls = (item for item in items if item.kind == "call")
    stand_alone(store, (call.key for call in calls if call.fields.get("session") is None))


def forget_telemetry(store: Store, before: datetime) -> None:
    """Forget what telemetry told of sessions that ended earlier, and what it counted earlier.

    Calls, turns, decisions and activity that stand for it stay: they are what is known of that
    time. So do the sessions, by which a log that comes late takes the place of their calls.

    Raises:
        StoreError: the store cannot be written.
    """
    with store.transaction():
        for table, aged in _AGED.items():
            keys = [name for name in TABLES[table].key if name != "repository"]
            old = store.query(
                f"select {', '.join(keys)} from {table} where {aged}", {"before": before}
            )
            if old.num_rows:
                fields = [one for one in TABLES[table].schema if one.name != "repository"]
                store.replace_within(table, pa.schema(fields).empty_table(), AGENTS, old)


_OF_OLD_SESSIONS = (
    "(agent, session) in (select (agent, session) from telemetry_session where ended_at < $before)"
)
_AGED = {
    "telemetry_turn": _OF_OLD_SESSIONS,
    "telemetry_call": f"{_OF_OLD_SESSIONS} or (session is null and happened_at < $before)",
    "telemetry_decision": _OF_OLD_SESSIONS,
    "telemetry_edit": _OF_OLD_SESSIONS,
    "telemetry_sum": f"{_OF_OLD_SESSIONS} or (session is null and told_at < $before)",
    "telemetry_count": "day < $before::date",
}
"""What is old, by table."""


def _sessions(items: Sequence[Told]) -> Sessions:
    named = ((item.fields.get("agent"), item.fields.get("session")) for item in items)
    return frozenset((agent, session) for agent, session in named if agent and session)


def _tables(items: Sequence[Told]) -> dict[str, pa.Table]:
    """Return the rows of each table; a kind of item that is not kept makes none."""
    by_table: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for item in items:
        if item.kind in _TABLES:
            by_table[_TABLES[item.kind]].append({"item": item.key, **item.fields})
        if item.kind == "session" and item.fields.get("team") and item.fields.get("user"):
            told_at = {"at": item.fields["ended_at"]}
            by_table["told_team"].append({**item.fields, **told_at})
    try:
        return {name: _rows(name, told) for name, told in by_table.items()}
    except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise TelemetryError(f"an item of telemetry lacks what it should say: {error!r}") from error


def _rows(name: str, told: Sequence[Mapping[str, Any]]) -> pa.Table:
    columns = [column for column in TABLES[name].columns if column.name != "repository"]
    arrays = []
    for column in columns:
        field = _NAMES.get(column.name, column.name)
        values = [one.get(field) if column.nullable else one[field] for one in told]
        arrays.append(_ARRAYS.get(column.type, _plain)(values, column.type))
    return pa.table(arrays, names=[column.name for column in columns])


def _plain(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(values, kind)


def _moments(values: list[Any], _: pa.DataType) -> pa.Array:
    return pa.array(values, pa.int64()).cast(TIMESTAMP)


def _days(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array([date.fromisoformat(value) for value in values], kind)


_ARRAYS: dict[pa.DataType, Callable[[list[Any], pa.DataType], pa.Array]] = {
    TIMESTAMP: _moments,
    pa.date32(): _days,
}
