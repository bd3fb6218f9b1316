"""Checks and health: what the store holds, and rows that break their keys."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from landed.records import TABLES
from landed.store import Store
from landed.store.checks import duplicated_keys, row_counts
from landed.store.health import inspect

Fill = Callable[[Store, str], None]
RowsOf = Callable[[str, int], pa.Table]


def test_a_sound_store_has_no_duplicated_keys(store: Store, fill: Fill) -> None:
    fill(store, "r1")
    fill(store, "r2")

    assert duplicated_keys(store) == {}


def test_keys_on_several_rows_are_counted_once_each(store: Store, rows_of: RowsOf) -> None:
    store.append("line", rows_of("line", 5), "r1")
    store.append("line", rows_of("line", 2), "r1")
    store.append("line", rows_of("line", 2), "r1")
    store.append("line", rows_of("line", 5), "r2")

    assert duplicated_keys(store) == {"line": 2}


def test_rows_are_counted_by_table(store: Store, rows_of: RowsOf) -> None:
    store.append("path", rows_of("path", 4), "r1")

    assert row_counts(store) == dict.fromkeys(TABLES, 0) | {"path": 4}


def test_health_tells_of_each_repository_its_last_run_and_problems(
    store: Store, fill: Fill
) -> None:
    fill(store, "r1")

    health = inspect(store)

    (repository,) = health.repositories
    last = max(store.read("run", "r1").to_pylist(), key=lambda run: run["finished_at"])
    assert repository.repository == "r1"
    assert repository.lines == 7
    assert repository.last_run_at == last["finished_at"]
    assert repository.last_mode == last["mode"]
    assert sum(repository.problems.values()) == sum(range(7))
    assert health.bytes > 0
