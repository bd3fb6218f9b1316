"""Rows take the place of those that agree with them in some columns, and of no others."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from landed.errors import StoreError
from landed.records import TABLES
from landed.store import Store


def labels(*rows: tuple[str, int, str]) -> pa.Table:
    schema = pa.schema([f for f in TABLES["change_label"].schema if f.name != "repository"])
    return pa.Table.from_pylist(
        [dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema
    )


def of(*changes: tuple[str, int]) -> pa.Table:
    return pa.table(
        {
            "project": [project for project, _ in changes],
            "number": pa.array([number for _, number in changes], pa.int64()),
        }
    )


def stored(store: Store, repository: str = "forges") -> list[tuple[str, int, str]]:
    rows = store.read("change_label", repository).to_pylist()
    return [(row["project"], row["number"], row["label"]) for row in rows]


def test_only_rows_of_the_named_owners_are_replaced(store: Store) -> None:
    store.append("change_label", labels(("a", 1, "x"), ("a", 2, "x"), ("b", 1, "x")), "forges")
    store.append("change_label", labels(("a", 1, "kept")), "others")

    store.replace_within("change_label", labels(("a", 1, "y")), "forges", of(("a", 1), ("b", 1)))

    assert stored(store) == [("a", 1, "y"), ("a", 2, "x")]
    assert stored(store, "others") == [("a", 1, "kept")]


def test_an_unknown_column_is_refused_and_nothing_is_taken_out(store: Store) -> None:
    store.append("change_label", labels(("a", 1, "x")), "forges")

    with pytest.raises(StoreError, match="colour"):
        store.replace_within("change_label", labels(), "forges", pa.table({"colour": ["red"]}))

    assert stored(store) == [("a", 1, "x")]


def test_a_row_without_an_end_keeps_the_beginning_of_the_row_that_is_preferred(
    store: Store,
) -> None:
    def incident(started: int, updated: int) -> pa.Table:
        schema = pa.schema([f for f in TABLES["incident"].schema if f.name != "repository"])
        row = dict.fromkeys(schema.names) | {
            "project": "p",
            "incident": "i",
            "kind": "incident",
            "title": "Down",
            "source": "github",
            "started_at": datetime(2026, 1, started, tzinfo=UTC),
            "updated_at": datetime(2026, 1, updated, tzinfo=UTC),
        }
        return pa.Table.from_pylist([row], schema=schema)

    for rows in (incident(1, 10), incident(5, 11)):
        store.settle("incident", rows, "forges", prefer=("updated_at desc",))

    assert store.read("incident", "forges")["started_at"].to_pylist() == [
        datetime(2026, 1, 5, tzinfo=UTC)
    ]
