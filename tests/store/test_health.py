"""What a store says of itself, of agents, people and prices."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from landed.records import AGENTS, TABLES
from landed.store import Store
from landed.store.health import AgentHealth, Captured, inspect

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 13, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path)


def put(store: Store, table: str, *rows: dict[str, Any], repository: str = AGENTS) -> None:
    """Add rows; the columns that are not named are null, or of no consequence."""
    empty: dict[pa.DataType, Any] = {pa.string(): "", pa.bool_(): False}
    schema = TABLES[table].schema
    whole = [
        {
            field.name: row.get(
                field.name,
                None
                if field.nullable
                else NOON
                if pa.types.is_timestamp(field.type)
                else empty.get(field.type, 0),
            )
            for field in schema
            if field.name != "repository"
        }
        for row in rows
    ]
    columns = pa.schema([field for field in schema if field.name != "repository"])
    store.append(table, pa.Table.from_pylist(whole, schema=columns), repository)


def test_an_empty_store_knows_no_agent(store: Store) -> None:
    found = inspect(store)

    assert (found.agents, found.captured, found.unpriced_models) == ((), (), {})
    assert (found.unmatched_identities, found.unread_repositories) == (0, {})


def test_agents_with_what_was_read_and_what_was_not_understood(store: Store) -> None:
    put(store, "agent_log", {"agent": "codex", "path": "a", "read_at": NOON})
    put(store, "agent_log", {"agent": "codex", "path": "b", "read_at": LATER})
    put(store, "agent_log", {"agent": "aider", "path": "c"})
    put(store, "session", {"agent": "codex", "session": "s1", "ended_at": LATER})
    put(store, "edit", {"edit": 1, "agent": "codex"}, {"edit": 2, "agent": "codex"})
    put(
        store,
        "problem",
        {"source": "codex", "kind": "torn-line", "subject": "a", "count": 2},
        {"source": "codex", "kind": "torn-line", "subject": "b", "count": 1},
        {"source": "aider", "kind": "rounded-counts", "subject": "c", "count": 4},
    )

    assert inspect(store).agents == (
        AgentHealth("aider", 1, 0, 0, NOON, None, {"rounded-counts": 4}),
        AgentHealth("codex", 2, 1, 2, LATER, LATER, {"torn-line": 3}),
    )


def test_whose_tools_are_seen_by_the_name_of_the_repository(store: Store) -> None:
    seen = {"person": "ana@example.com", "agent": "codex", "first_at": NOON, "last_at": LATER}
    put(store, "capture", seen | {"belongs_to": "r1", "complete_since": date(2026, 11, 1)})
    put(store, "capture", seen | {"belongs_to": "outside"})
    # two clones of one repository are one
    put(store, "location", {"path": "/a/shop", "name": "shop"}, repository="r1")
    put(store, "location", {"path": "/b/shop", "name": "shop"}, repository="r1")

    assert inspect(store).captured == (
        Captured("ana@example.com", "codex", "outside", NOON, LATER, None),
        Captured("ana@example.com", "codex", "shop", NOON, LATER, date(2026, 11, 1)),
    )


def test_calls_without_a_price_by_model(store: Store) -> None:
    models = {"c1": "nova-1", "c2": "nova-1", "c3": None, "c4": "gpt-5.5"}
    put(store, "model_call", *({"call": call, "model": name} for call, name in models.items()))
    put(
        store,
        "call_price",
        *({"call": call, "list_microdollars": 5 if call == "c4" else None} for call in models),
    )

    assert inspect(store).unpriced_models == {"nova-1": 2, "": 1}


def test_what_belongs_to_nobody_and_to_no_repository_that_was_read(store: Store) -> None:
    put(
        store,
        "identity",
        {"kind": "machine-user", "value": "ana", "how": "suggested", "person": "ana@example.com"},
        {"kind": "machine-user", "value": "root", "how": "unmatched"},
        {"kind": "git-author", "value": "ana@example.com", "how": "e-mail"},
    )
    put(
        store,
        "session_place",
        {"agent": "codex", "session": "s1", "name": "cart", "how": "inside"},
        {"agent": "codex", "session": "s2", "name": "cart", "how": "inside"},
        {"agent": "codex", "session": "s3", "name": "shop", "how": "worktree"},
        {"agent": "codex", "session": "s4", "name": "notes", "how": "none"},
    )

    found = inspect(store)

    assert found.unmatched_identities == 2
    assert found.unread_repositories == {"cart": 2}
