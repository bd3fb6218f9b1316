"""Model calls to price: the ones that a real Claude Code session made, and variations of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from landed.records import AGENTS, TABLES
from landed.store import Store

PLAIN: dict[str, Any] = {
    "agent": "claude-code",
    "session": "s1",
    "turn": "t1",
    "happened_at": datetime(2026, 11, 21, 19, 33, 57, tzinfo=UTC),
    "model": "claude-opus-4-8",
    "provider": None,
    "input_tokens": 0,
    "cache_read_tokens": 0,
    "cache_write_5m_tokens": 0,
    "cache_write_1h_tokens": 0,
    "output_tokens": 0,
    "reasoning_tokens": 0,
    "web_searches": 0,
    "tier": "standard",
    "speed": "standard",
    "geography": None,
    "reported_cost": None,
    "sub_agent": False,
}

CLAUDE_SESSION = [
    {"call": "req_1", "input_tokens": 1200, "cache_write_5m_tokens": 8000, "output_tokens": 320},
    {"call": "req_2", "input_tokens": 820, "cache_read_tokens": 30000, "output_tokens": 70},
    {"call": "req_3", "input_tokens": 820, "cache_read_tokens": 30000, "output_tokens": 56},
    {"call": "req_4", "input_tokens": 820, "cache_read_tokens": 30000, "output_tokens": 40},
]
"""Four calls that sum up to what the client told: 3,660 in, 486 out, 90,000 read, 8,000 written."""


def columns_of(table: str) -> pa.Schema:
    """The schema of a table without `repository`."""
    return pa.schema([column for column in TABLES[table].schema if column.name != "repository"])


def model_calls(calls: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows of `model_call`: `PLAIN`, changed as each of `calls` says."""
    rows = [{**PLAIN, "call": f"call-{place}", **call} for place, call in enumerate(calls)]
    return pa.Table.from_pylist(rows, schema=columns_of("model_call"))


def add_calls(store: Store, calls: Sequence[Mapping[str, Any]]) -> None:
    """Put calls into the store, in the place of those of the same name."""
    store.merge("model_call", model_calls(calls), AGENTS)


def add_place(store: Store, session: str, person: str | None, agent: str = "claude-code") -> None:
    """Say whose session it is."""
    place = {"agent": agent, "session": session, "name": "shop", "how": "worktree"}
    row = place | dict.fromkeys(("belongs_to", "worktree", "feature", "feature_rule"))
    schema = columns_of("session_place")
    store.merge(
        "session_place", pa.Table.from_pylist([row | {"person": person}], schema=schema), AGENTS
    )


def prices(store: Store) -> dict[str, dict[str, Any]]:
    """The rows of `call_price` by call."""
    return {row["call"]: row for row in store.read("call_price", AGENTS).to_pylist()}
