"""Numbered SQL migrations: `0001_….sql`, `0002_….sql` beside this file, applied in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import duckdb

from landed.errors import StoreError


@dataclass(frozen=True)
class Migration:
    """One step of the schema: its number, its name, its statements."""

    version: int
    name: str
    sql: str


def _shipped() -> tuple[Migration, ...]:
    files = (entry for entry in resources.files(__name__).iterdir() if entry.name.endswith(".sql"))
    migrations = []
    for file in sorted(files, key=lambda entry: entry.name):
        number, _, name = file.name.removesuffix(".sql").partition("_")
        migrations.append(Migration(int(number), name, file.read_text("utf-8")))
    return tuple(migrations)


MIGRATIONS = _shipped()
"""All steps that this version of Landed knows, oldest first."""

SCHEMA_VERSION = MIGRATIONS[-1].version
"""The version that a store has after all steps."""


def current_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The schema version of an open database; 0 for an empty one."""
    known = connection.execute(
        "select count(*) from duckdb_tables() where table_name = 'schema_version'"
    ).fetchall()
    if known == [(0,)]:
        return 0
    newest = connection.execute("select coalesce(max(version), 0) from schema_version").fetchall()
    return int(newest[0][0])


def migrate(
    connection: duckdb.DuckDBPyConnection, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Bring an open database to the newest schema, each step in a transaction of its own.

    Raises StoreError, with nothing changed, where a newer Landed has written the database.
    """
    version = current_version(connection)
    newest = migrations[-1].version
    if version > newest:
        raise StoreError(
            f"the store was written by a newer Landed (schema {version}; this one knows {newest}): "
            "upgrade Landed, or choose another --workspace"
        )
    for migration in migrations:
        if migration.version > version:
            _apply(connection, migration)


def _apply(connection: duckdb.DuckDBPyConnection, migration: Migration) -> None:
    connection.begin()
    try:
        connection.execute(
            "create table if not exists schema_version (version integer not null, "
            "name varchar not null, applied_at timestamp with time zone not null)"
        )
        connection.execute(migration.sql)
        connection.execute(
            "insert into schema_version values (?, ?, now())", [migration.version, migration.name]
        )
        connection.commit()
    except duckdb.Error as error:
        connection.rollback()
        raise StoreError(
            f"schema step {migration.version:04} ({migration.name}) failed, nothing was changed: "
            f"{error}"
        ) from error
