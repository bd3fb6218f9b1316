"""The schema: its statements say what the records say, and it grows step by step."""

from __future__ import annotations

import duckdb
import pytest

from landed.errors import StoreError
from landed.records import TABLES
from landed.store import SCHEMA_VERSION, Store
from landed.store.migrations import MIGRATIONS, Migration, current_version, migrate


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_the_columns_types_and_nullability_of_its_record(
    store: Store, name: str
) -> None:
    stored = store.query(f'select * from "{name}" limit 0').schema
    declared = store.query(
        "select column_name, is_nullable from duckdb_columns() where table_name = ? "
        "order by column_index",
        [name],
    )
    may_be_null = dict(
        zip(*(declared[c].to_pylist() for c in ("column_name", "is_nullable")), strict=True)
    )

    expected = [(c.name, c.type, c.nullable) for c in TABLES[name].columns]
    found = [(f.name, f.type, may_be_null[f.name]) for f in stored]

    assert found == expected


def test_the_schema_has_every_table_of_the_vocabulary_and_no_other(store: Store) -> None:
    found = store.query("select table_name from duckdb_tables()")["table_name"].to_pylist()

    assert set(found) - {"schema_version"} == set(TABLES)
    assert store.tables() == list(TABLES)


def test_steps_are_numbered_from_one_without_gaps() -> None:
    assert [step.version for step in MIGRATIONS] == list(range(1, SCHEMA_VERSION + 1))


def test_an_older_store_gets_the_missing_steps_and_keeps_its_rows() -> None:
    first = Migration(1, "first", "create table thing (a integer); insert into thing values (7);")
    second = Migration(2, "second", "alter table thing add column b varchar default 'new';")
    with duckdb.connect(":memory:") as connection:
        migrate(connection, [first])
        migrate(connection, [first, second])

        assert connection.execute("select a, b from thing").fetchall() == [(7, "new")]
        assert current_version(connection) == 2


def test_a_step_that_fails_leaves_the_store_as_it_was() -> None:
    first = Migration(1, "first", "create table thing (a integer);")
    broken = Migration(2, "broken", "create table other (a integer); select nonsense;")
    with duckdb.connect(":memory:") as connection:
        migrate(connection, [first])
        with pytest.raises(StoreError, match=r"0002 \(broken\) failed, nothing was changed"):
            migrate(connection, [first, broken])

        assert current_version(connection) == 1
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        assert sorted(name for (name,) in tables) == ["schema_version", "thing"]


def test_a_store_of_a_newer_landed_is_left_alone() -> None:
    with duckdb.connect(":memory:") as connection:
        migrate(connection, [Migration(1, "first", ""), Migration(2, "second", "")])
        with pytest.raises(StoreError, match=r"newer Landed \(schema 2; this one knows 1\)"):
            migrate(connection, [Migration(1, "first", "")])
