"""The store of this process: the database, opened here or by the server that owns it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import duckdb
import pyarrow as pa

from landed.config import prepare_directory
from landed.errors import StoreError, UsageError
from landed.records import TABLES
from landed.store.base import DATABASE_NAME, Parameters, Store, known_table
from landed.store.fitting import fit
from landed.store.migrations import SCHEMA_VERSION, current_version, migrate
from landed.store.opening import connect

_SESSION_START = (
    "select min(session.started_at) from session where session.session = competing.session"
    " and session.agent = competing.agent"
)
_INCOMING = "incoming"
_WITHIN = "within_these"


class LocalStore(Store):
    """A store on a connection to the database's file; see `Store`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def open_file(
        cls,
        workspace: Path,
        *,
        read_only: bool = False,
        wait_seconds: float = 60.0,
        on_wait: Callable[[str], None] = lambda _: None,
        give_up: Callable[[], bool] = lambda: False,
        memory_limit: str = "256MB",
        threads: int = 2,
    ) -> Self:
        """Open the file of `workspace`; no other process can write while it is open.

        As `Store.open`, whether there is a server or not. While this waits it asks `give_up`
        now and then, and raises GaveUp once that says so.
        """
        path = workspace / DATABASE_NAME

        def connect_to(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
            return connect(
                path,
                read_only=read_only,
                wait_seconds=wait_seconds,
                on_wait=on_wait,
                give_up=give_up,
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

    def close(self) -> None:
        self._connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A further connection to the same open database, with a transaction of its own."""
        return self._connection.cursor()

    def begin(self) -> None:
        with self._said_plainly():
            self._connection.begin()
        self._in_transaction = True

    def commit(self) -> None:
        self._in_transaction = False
        with self._said_plainly():
            self._connection.commit()

    def rollback(self) -> None:
        self._in_transaction = False
        with self._said_plainly():
            self._connection.rollback()

    def append(self, table: str, rows: pa.Table, repository: str) -> None:
        with self._incoming(table, rows, repository) as columns:
            self._insert(table, columns, repository)

    def replace(self, table: str, rows: pa.Table, repository: str) -> None:
        with self._incoming(table, rows, repository) as columns, self.transaction():
            self.delete(table, repository)
            self._insert(table, columns, repository)

    def merge(self, table: str, rows: pa.Table, repository: str) -> None:
        with self._incoming(table, rows, repository) as columns, self.transaction():
            self._delete_same(table, repository)
            self._insert(table, columns, repository)

    def settle(self, table: str, rows: pa.Table, repository: str, *, prefer: Sequence[str]) -> None:
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
            with self._said_plainly():
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
        known_table(table)
        same = " and ".join(f'stored."{name}" = {_WITHIN}."{name}"' for name in within.schema.names)
        with self._incoming(table, rows, repository) as columns, self.transaction():
            with self._seeing({_WITHIN: within}), self._said_plainly():
                self._connection.execute(
                    f'delete from "{table}" as stored using {_WITHIN} '
                    f"where stored.repository = ? and {same}",
                    [repository],
                )
            self._insert(table, columns, repository)

    def delete(self, table: str, repository: str) -> None:
        known_table(table)
        with self._said_plainly():
            self._connection.execute(f'delete from "{table}" where repository = ?', [repository])

    def query(
        self,
        sql: str,
        parameters: Parameters = (),
        *,
        beside: Mapping[str, pa.Table] | None = None,
    ) -> pa.Table:
        with self._said_plainly(), self._seeing(beside or {}):
            return self._relation(sql, parameters).to_arrow_table()

    def batches(
        self, sql: str, parameters: Parameters = (), rows: int = 122_880
    ) -> pa.RecordBatchReader:
        reader = self._reader(sql, parameters, rows)
        return pa.RecordBatchReader.from_batches(reader.schema, self._told_plainly(reader))

    @contextmanager
    def batches_beside(
        self, sql: str, parameters: Parameters, rows: int, beside: Mapping[str, pa.Table]
    ) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        """As `batches`, for a statement that finds the tables `beside`, as long as this is open."""
        with (
            self._seeing(beside),
            contextlib.closing(self._reader(sql, parameters, rows)) as reader,
        ):
            yield reader.schema, self._told_plainly(reader)

    def put_rollup(self, name: str, rows: pa.Table) -> None:
        with self._seeing({_INCOMING: rows}), self._said_plainly():
            self._connection.execute("create schema if not exists rollup")
            self._connection.execute(
                f'create or replace table rollup."{name}" as select * from {_INCOMING}'
            )

    def _relation(self, sql: str, parameters: Parameters) -> duckdb.DuckDBPyRelation:
        statements = self._connection.extract_statements(sql)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise StoreError("the store was asked for something that is no select statement")
        given = parameters if isinstance(parameters, dict) else list(parameters)
        return self._connection.sql(statements[0], params=given or None)

    def _reader(self, sql: str, parameters: Parameters, rows: int) -> pa.RecordBatchReader:
        with self._said_plainly():
            return self._relation(sql, parameters).to_arrow_reader(rows)

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        """Turn the engine's errors into the family of errors that people see."""
        try:
            yield
        except duckdb.Error as error:
            self._after_refusal()
            raise StoreError(f"the store refused: {' '.join(str(error).split())}") from error

    def _told_plainly(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        """The batches; what goes wrong on the way is a StoreError as well."""
        try:
            yield from reader
        except (pa.ArrowException, OSError, RuntimeError, duckdb.Error) as error:
            self._after_refusal()
            raise StoreError(f"the store refused: {' '.join(str(error).split())}") from error

    def _after_refusal(self) -> None:
        """What there is to do before the engine can be asked again."""

    @contextmanager
    def _incoming(self, table: str, rows: pa.Table, repository: str) -> Iterator[list[str]]:
        """Let the engine see the checked rows; yields their columns without `repository`."""
        fitted = fit(known_table(table), rows, repository)
        with self._seeing({_INCOMING: fitted}):
            yield fitted.schema.names

    @contextmanager
    def _seeing(self, tables: Mapping[str, pa.Table]) -> Iterator[None]:
        """Let the engine see tables in memory under these names."""
        with self._said_plainly():
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
        with self._said_plainly():
            self._connection.execute(
                f'delete from "{table}" as stored using {_INCOMING} '
                f"where stored.repository = ?{' and ' if same else ''}{same}",
                [repository],
            )

    def _insert(self, table: str, columns: Sequence[str], repository: str) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        with self._said_plainly():
            self._connection.execute(
                f'insert into "{table}" (repository, {names}) select ?, {names} from {_INCOMING}',
                [repository],
            )
