"""The database: Arrow tables in, in transactions; Arrow tables out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from landed.config import Settings, prepare_directory
from landed.errors import StoreError, UsageError
from landed.records import TABLES, Table
from landed.store.fitting import fit
from landed.store.migrations import SCHEMA_VERSION, current_version, migrate
from landed.store.opening import connect

DATABASE_NAME = "landed.duckdb"
_SESSION_START = (
    "select min(session.started_at) from session where session.session = competing.session"
    " and session.agent = competing.agent"
)
_INCOMING = "incoming"
_WITHIN = "within_these"


class Store:
    """The open database of one workspace; while it is open no other process can open it.

    Not for use by several threads at once. Open it late and close it soon: read git and
    prepare tables before, write them in one transaction, close.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self._in_transaction = False
        self.path = path

    @classmethod
    def open(
        cls,
        workspace: Path,
        *,
        read_only: bool = False,
        wait_seconds: float = 60.0,
        on_wait: Callable[[str], None] = lambda _: None,
        memory_limit: str = "256MB",
        threads: int = 2,
    ) -> Self:
        """Open the store of `workspace`, making or upgrading it where needed.

        While another process has it open this waits up to `wait_seconds`, and says through
        `on_wait` for whom. Readers may be several at once, but not beside a writer. Raises
        StoreError when the time is up, when a newer Landed wrote the store, or when the file is
        damaged; UsageError for `read_only` where there is no store yet.
        """
        path = workspace / DATABASE_NAME

        def connect_to(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
            return connect(
                path,
                read_only=read_only,
                wait_seconds=wait_seconds,
                on_wait=on_wait,
                memory_limit=memory_limit,
                threads=threads,
            )

        if read_only:
            if not path.is_file():
                raise UsageError(
                    f"nothing has been read into {workspace} yet: run landed report PATH first"
                )
            connection = connect_to(path, read_only=True)
            if current_version(connection) == SCHEMA_VERSION:
                return cls(connection, path)
            connection.close()

        prepare_directory(workspace)
        connection = connect_to(path, read_only=False)
        try:
            path.chmod(0o600)
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        return cls(connection, path)

    @classmethod
    def for_settings(
        cls,
        settings: Settings,
        *,
        read_only: bool = False,
        on_wait: Callable[[str], None] = lambda _: None,
    ) -> Self:
        """Open the store of the settings' workspace, as `open` does, within their limits."""
        return cls.open(
            settings.workspace,
            read_only=read_only,
            wait_seconds=settings.store.wait_seconds,
            on_wait=on_wait,
            memory_limit=settings.store.memory_limit,
            threads=settings.store.threads,
        )

    def close(self) -> None:
        """Give the file free for others. Closing twice does nothing."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen together or, on any error, not at all.

        Inside another transaction it is part of that one.
        """
        if self._in_transaction:
            yield
            return
        self._connection.begin()
        self._in_transaction = True
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        else:
            self._connection.commit()
        finally:
            self._in_transaction = False

    def append(self, table: str, rows: pa.Table, repository: str) -> None:
        """Add `rows` to `table` for `repository`.

        `rows` has the columns and types of `landed.records.TABLES[table]` in any order; the
        column `repository` may be missing. Strings may be dictionary-encoded. Raises
        StoreError, with nothing written, where a column is missing, unknown, of another type,
        or null though it may not be. That keys are new is the caller's duty.
        """
        with self._incoming(table, rows, repository) as columns:
            self._insert(table, columns, repository)

    def replace(self, table: str, rows: pa.Table, repository: str) -> None:
        """Put `rows` in the place of all rows that `table` has for `repository`."""
        with self._incoming(table, rows, repository) as columns, self.transaction():
            self.delete(table, repository)
            self._insert(table, columns, repository)

    def merge(self, table: str, rows: pa.Table, repository: str) -> None:
        """Add `rows`, each in the place of the row with the same key, if there is one."""
        with self._incoming(table, rows, repository) as columns, self.transaction():
            self._delete_same(table, repository)
            self._insert(table, columns, repository)

    def settle(self, table: str, rows: pa.Table, repository: str, *, prefer: Sequence[str]) -> None:
        """Add `rows` so that the order in which rows arrive does not matter.

        Of all rows of one key, stored ones included, the first in the order `prefer` (terms of an
        `order by`) is kept. Where the table has `started_at` and `ended_at`, the row that is kept
        spans them all. Rows of one key in `rows` themselves are settled too. A row of a session
        can be preferred by `session_start`, when that session began.
        """
        with self._incoming(table, rows, repository) as columns, self.transaction():
            key = [name for name in TABLES[table].key if name != "repository"]
            names = ", ".join(f'"{column}"' for column in columns)
            keys = ", ".join(f'"{column}"' for column in key)
            spans = [name for name in ("started_at", "ended_at") if "ended_at" in columns]
            widened = ", ".join(
                f"{'min' if name == 'started_at' else 'max'}({name}) over (partition by {keys}) "
                f"as {name}"
                for name in spans
            )
            told, left_out = names, ""
            if any(term.startswith("session_start") for term in prefer):
                told = f"{names}, ({_SESSION_START}) as session_start"
                left_out = " exclude (session_start)"
            chosen = f"*{left_out} replace ({widened})" if spans else f"*{left_out}"
            with _said_plainly():
                self._connection.execute(
                    f"create temp table settled as select {chosen} from "
                    f"(select {told} from (select {names} from {_INCOMING} union all "
                    f'select {names} from "{table}" where repository = ? and ({keys}) in '
                    f"(select ({keys}) from {_INCOMING})) as competing) "
                    f"qualify row_number() over (partition by {keys} order by "
                    f"{', '.join(prefer)}) = 1",
                    [repository],
                )
                self._delete_same(table, repository)
                self._connection.execute(
                    f'insert into "{table}" (repository, {names}) select ?, {names} from settled',
                    [repository],
                )
                self._connection.execute("drop table settled")

    def replace_within(self, table: str, rows: pa.Table, repository: str, within: pa.Table) -> None:
        """Put `rows` in the place of all rows that agree with a row of `within` in its columns."""
        _known(table)
        same = " and ".join(f'stored."{name}" = {_WITHIN}."{name}"' for name in within.schema.names)
        with self._incoming(table, rows, repository) as columns, self.transaction():
            with self._seeing({_WITHIN: within}), _said_plainly():
                self._connection.execute(
                    f'delete from "{table}" as stored using {_WITHIN} '
                    f"where stored.repository = ? and {same}",
                    [repository],
                )
            self._insert(table, columns, repository)

    def delete(self, table: str, repository: str) -> None:
        """Take all rows of `repository` out of `table`."""
        _known(table)
        self._connection.execute(f'delete from "{table}" where repository = ?', [repository])

    def query(
        self,
        sql: str,
        parameters: Sequence[Any] | dict[str, Any] = (),
        *,
        beside: Mapping[str, pa.Table] | None = None,
    ) -> pa.Table:
        """The rows of one select statement, with `?` or `$name` parameters.

        `beside` are tables by the names under which the statement finds them: many values are
        handed over so at once, where as a parameter each would be. Times come as UTC microseconds.
        Raises StoreError with what the engine said.
        """
        with _said_plainly(), self._seeing(beside or {}):
            return self._relation(sql, parameters).to_arrow_table()

    def batches(
        self, sql: str, parameters: Sequence[Any] | dict[str, Any] = (), rows: int = 122_880
    ) -> pa.RecordBatchReader:
        """As `query`, in batches of about `rows` rows, for results larger than memory.

        The store takes nothing else until the last batch has been read.
        """
        with _said_plainly():
            return self._relation(sql, parameters).to_arrow_reader(rows)

    def read(self, table: str, repository: str) -> pa.Table:
        """All rows of `table` for `repository`, ordered by its key, in the table's schema."""
        selection = ordered_selection(table, list(_known(table).schema.names))
        return self.query(selection, [repository]).cast(TABLES[table].schema)

    def put_rollup(self, name: str, rows: pa.Table) -> None:
        """Put `rows` in the place of the roll-up `name`, which is found as `rollup.name`.

        Roll-ups are derived: they have no place in the vocabulary, and are neither exported nor
        imported.
        """
        with self._seeing({_INCOMING: rows}), _said_plainly():
            self._connection.execute("create schema if not exists rollup")
            self._connection.execute(
                f'create or replace table rollup."{name}" as select * from {_INCOMING}'
            )

    def rollups(self) -> list[str]:
        """The names of the roll-ups that there are, sorted."""
        found = self.query(
            "select table_name from duckdb_tables() where schema_name = 'rollup' order by 1"
        )
        names: list[str] = found["table_name"].to_pylist()
        return names

    def tables(self) -> list[str]:
        """The names of the tables, in the order of the vocabulary."""
        found = self.query("select table_name from duckdb_tables() where schema_name = 'main'")["table_name"].to_pylist()
        return [name for name in TABLES if name in found]

    def repositories(self) -> list[str]:
        """The ids of all repositories that any table has rows of, sorted."""
        return sorted({found for table in TABLES for found in self.repositories_in(table)})

    def repositories_in(self, table: str) -> list[str]:
        """The ids of the repositories that `table` has rows of, sorted."""
        found = self.query(f'select distinct repository from "{_known(table).name}" order by 1')
        ids: list[str] = found["repository"].to_pylist()
        return ids

    @property
    def schema_version(self) -> int:
        """The number of the last schema step that was applied."""
        return current_version(self._connection)

    def _relation(
        self, sql: str, parameters: Sequence[Any] | dict[str, Any]
    ) -> duckdb.DuckDBPyRelation:
        given = parameters if isinstance(parameters, dict) else list(parameters)
        relation = self._connection.sql(sql, params=given or None)
        if relation is None:
            raise StoreError("the store was asked for something that is no select statement")
        return relation

    @contextmanager
    def _incoming(self, table: str, rows: pa.Table, repository: str) -> Iterator[list[str]]:
        """Let the engine see the checked rows; yields their columns without `repository`."""
        fitted = fit(_known(table), rows, repository)
        with self._seeing({_INCOMING: fitted}):
            yield fitted.schema.names

    @contextmanager
    def _seeing(self, tables: Mapping[str, pa.Table]) -> Iterator[None]:
        """Let the engine see tables in memory under these names."""
        for name, rows in tables.items():
            self._connection.register(name, rows)
        try:
            yield
        finally:
            # After a refused statement the engine takes nothing more until the roll-back; its own
            # error is the one to be told.
            with contextlib.suppress(duckdb.Error):
                for name in tables:
                    self._connection.unregister(name)

    def _delete_same(self, table: str, repository: str) -> None:
        """Take out the stored rows that have the key of an incoming one."""
        same = " and ".join(
            f'stored."{column}" = {_INCOMING}."{column}"'
            for column in TABLES[table].key
            if column != "repository"
        )
        self._connection.execute(
            f'delete from "{table}" as stored using {_INCOMING} '
            f"where stored.repository = ?{' and ' if same else ''}{same}",
            [repository],
        )

    def _insert(self, table: str, columns: Sequence[str], repository: str) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        with _said_plainly():
            self._connection.execute(
                f'insert into "{table}" (repository, {names}) select ?, {names} from {_INCOMING}',
                [repository],
            )


def ordered_selection(table: str, columns: Sequence[str]) -> str:
    """The select statement for one repository's rows of `table`, ordered by its key."""
    names = ", ".join(f'"{column}"' for column in columns)
    order = ", ".join(f'"{column}" nulls first' for column in TABLES[table].key)
    return f'select {names} from "{table}" where repository = ? order by {order}'


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Turn the engine's errors into the family of errors that people see."""
    try:
        yield
    except duckdb.Error as error:
        raise StoreError(f"the store refused: {' '.join(str(error).split())}") from error


def _known(table: str) -> Table:
    try:
        return TABLES[table]
    except KeyError:
        raise StoreError(f"unknown table {table}; known are {', '.join(TABLES)}") from None
