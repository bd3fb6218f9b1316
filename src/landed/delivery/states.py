"""How far forges were read: rows of the table `source_state` in the partition of forges.

A state stands under `forge:PROJECT:NOUN`, that of what a connection reads under
`connection:NAME:WHAT`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from landed.delivery.rows import plain_rows
from landed.records import FORGES
from landed.store import Store

FINISHED = "finished"
"""Stands in the place of a noun: when the whole of a project was last read to its end."""
STALE = "stale"
"""Stands in the place of a noun: the changes that must be asked for again."""


@dataclass(frozen=True, slots=True)
class State:
    """A reader's own state, and when it was written."""

    value: Any
    read_at: datetime


def source_of(project: str, noun: str) -> str:
    """The source of a project's state, such as `forge:github:github.com:1296269:changes`."""
    return f"forge:{project}:{noun}"


def connection_source(connection: str, what: str) -> str:
    """The source of a connection's own state: of its list of projects, or of its teams."""
    return f"connection:{connection}:{what}"


def read_states(store: Store) -> dict[str, State]:
    """Every state by its source; one that cannot be understood is left out, and read anew."""
    rows = store.query(
        "select source, state, read_at from source_state where repository = ?", [FORGES]
    ).to_pylist()
    found = {}
    for row in rows:
        try:
            found[row["source"]] = State(orjson.loads(row["state"]), row["read_at"])
        except orjson.JSONDecodeError:
            continue
    return found


def write_states(
    store: Store, states: Mapping[str, Any], read_at: datetime, repository: str = FORGES
) -> None:
    """Put states, of JSON values, in the place of those of the same sources."""
    if not states:
        return
    rows = [
        {"source": source, "state": orjson.dumps(value).decode(), "read_at": read_at}
        for source, value in states.items()
    ]
    store.merge("source_state", plain_rows("source_state", rows), repository)


def read_state(store: Store, source: str, repository: str = FORGES) -> Any:
    """The value of one state; None where there is none, or none that can be understood."""
    found = store.query(
        "select state from source_state where repository = ? and source = ?", [repository, source]
    )["state"].to_pylist()
    try:
        return orjson.loads(found[0]) if found else None
    except orjson.JSONDecodeError:
        return None
