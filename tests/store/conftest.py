"""Rows to store: every table of the vocabulary, filled with awkward but valid values."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.servers.store_server import serving

from landed.records import TABLES
from landed.store import Store
from landed.store.finding import find_server

OpenStore = Callable[..., Store]

START = datetime(2020, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)
AWKWARD = ["", 'quote " and \\ and \n', "naïve – 漢字 🜚", "NULL", "a" * 300]


def _value(column: pa.Field, row: int) -> object:
    if column.nullable and row % 3 == 2:
        return None
    if pa.types.is_string(column.type):
        return f"{row:06}{AWKWARD[row % len(AWKWARD)]}"
    if pa.types.is_timestamp(column.type):
        return START + timedelta(microseconds=row)
    if pa.types.is_boolean(column.type):
        return row % 2 == 0
    if column.type == pa.uint64():
        return 2**64 - 1 - row
    return row


@pytest.fixture
def rows_of() -> Callable[[str, int], pa.Table]:
    """`rows_of(table, n)`: n rows that fit the table, with distinct keys, without repository."""

    def build(table: str, count: int) -> pa.Table:
        schema = pa.schema([f for f in TABLES[table].schema if f.name != "repository"])
        columns = [
            pa.array([_value(field, row) for row in range(count)], field.type) for field in schema
        ]
        if not columns:
            raise AssertionError(f"{table} has no column but repository")
        return pa.Table.from_arrays(columns, schema=schema)

    return build


@contextlib.contextmanager
def opening(where: str) -> Iterator[OpenStore]:
    """`Store.open`; for `remote` a server has every workspace that is opened so."""
    with contextlib.ExitStack() as servers:

        def open_store(workspace: Path, **how: Any) -> Store:
            if where == "remote" and find_server(workspace) is None:
                servers.enter_context(serving(workspace))
            return Store.open(workspace, **how)

        yield open_store


@pytest.fixture(params=["local", "remote"])
def open_store(request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    """`Store.open`, once for files and once for a server."""
    with opening(request.param) as opened:
        yield opened


@pytest.fixture
def store(open_store: OpenStore, tmp_path: Path) -> Iterator[Store]:
    """An empty store in a workspace of its own."""
    with open_store(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture(scope="module", params=["local", "remote"])
def kept_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """One store for many examples that do not touch each other's rows."""
    workspace = tmp_path_factory.mktemp("kept")
    with opening(request.param) as open_store, open_store(workspace) as opened:
        yield opened


@pytest.fixture
def fill(rows_of: Callable[[str, int], pa.Table]) -> Callable[[Store, str], None]:
    """`fill(store, repository)`: some rows in every table."""

    def write(store: Store, repository: str) -> None:
        for name, table in TABLES.items():
            alone = set(table.key) == {"repository"}
            rows = rows_of(name, 1 if alone else 7)
            if "run" in table.key:
                run = pa.array([f"{repository}-{row}" for row in range(rows.num_rows)])
                rows = rows.set_column(0, rows.schema.field(0), run)
            store.append(name, rows, repository)

    return write
