"""What a store can do, wherever its database is open: here, or in the server of the workspace."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from landed.config import Settings
from landed.errors import StoreError
from landed.records import TABLES, Table

DATABASE_NAME = "landed.duckdb"
Parameters = Sequence[Any] | dict[str, Any]
"""The values for a statement's `?`, or for its `$name`."""


class Store(ABC):
    """The open store of one workspace; one that writes is alone with that.

    Not for use by several threads at once. Open it late and close it soon: read git and
    prepare tables before, write them in one transaction, close.
    """

    path: Path
    """The file of the database."""
    _in_transaction = False

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
    ) -> Store:
        """Open the store of `workspace`, making or upgrading it where needed.

        Where a server owns the workspace, it is asked for everything. Else this process opens the
        file. While another has it open this waits up to `wait_seconds`, and says through `on_wait`
        for whom. Readers may be several at once, but not beside a writer, except in a server,
        where each reads what was there when it came. Raises StoreError when the time is up, when
        a newer Landed wrote the store, or when the file is damaged; UsageError for `read_only`
        where there is no store yet.
        """
        # the two implementations build on this module
        from landed.store.choosing import open_store

        return open_store(
            workspace,
            read_only=read_only,
            wait_seconds=wait_seconds,
            on_wait=on_wait,
            memory_limit=memory_limit,
            threads=threads,
        )

    @classmethod
    def for_settings(
        cls,
        settings: Settings,
        *,
        read_only: bool = False,
        on_wait: Callable[[str], None] = lambda _: None,
    ) -> Store:
        """Open the store of the settings' workspace, as `open` does, within their limits."""
        return cls.open(
            settings.workspace,
            read_only=read_only,
            wait_seconds=settings.store.wait_seconds,
            on_wait=on_wait,
            memory_limit=settings.store.memory_limit,
            threads=settings.store.threads,
        )

    @abstractmethod
    def close(self) -> None:
        """Give the store free for others. Closing twice does nothing."""

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
        self.begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        else:
            self.commit()

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction that `commit` or `rollback` ends; `transaction` sees to both."""

    @abstractmethod
    def commit(self) -> None:
        """Keep what was written since `begin`."""

    @abstractmethod
    def rollback(self) -> None:
        """Undo what was written since `begin`."""

    @abstractmethod
    def append(self, table: str, rows: pa.Table, repository: str) -> None:
        """Add `rows` to `table` for `repository`.

        `rows` has the columns and types of `landed.records.TABLES[table]` in any order; the
        column `repository` may be missing. Strings may be dictionary-encoded. Raises
        StoreError, with nothing written, where a column is missing, unknown, of another type,
        or null though it may not be. That keys are new is the caller's duty.
        """

    @abstractmethod
    def replace(self, table: str, rows: pa.Table, repository: str) -> None:
        """Put `rows` in the place of all rows that `table` has for `repository`."""

    @abstractmethod
    def merge(self, table: str, rows: pa.Table, repository: str) -> None:
        """Add `rows`, each in the place of the row with the same key, if there is one."""

    @abstractmethod
    def settle(self, table: str, rows: pa.Table, repository: str, *, prefer: Sequence[str]) -> None:
        """Add `rows` so that the order in which rows arrive does not matter.

        Of all rows of one key, stored ones included, the first in the order `prefer` (terms of an
        `order by`) is kept. Where the table has `started_at` and `ended_at`, the row that is kept
        spans them all. Rows of one key in `rows` themselves are settled too. A row of a session
        can be preferred by `session_start`, when that session began.
        """

    @abstractmethod
    def replace_within(self, table: str, rows: pa.Table, repository: str, within: pa.Table) -> None:
        """Put `rows` in the place of all rows that agree with a row of `within` in its columns."""

    @abstractmethod
    def delete(self, table: str, repository: str) -> None:
        """Take all rows of `repository` out of `table`."""

    @abstractmethod
    def query(
        self,
        sql: str,
        parameters: Parameters = (),
        *,
        beside: Mapping[str, pa.Table] | None = None,
    ) -> pa.Table:
        """The rows of one select statement, with `?` or `$name` parameters.

        `beside` are tables by the names under which the statement finds them: many values are
        handed over so at once, where as a parameter each would be. Times come as UTC microseconds.
        Raises StoreError with what the engine said.
        """

    @abstractmethod
    def batches(
        self, sql: str, parameters: Parameters = (), rows: int = 122_880
    ) -> pa.RecordBatchReader:
        """As `query`, in batches of about `rows` rows, for results larger than memory.

        The store takes nothing else until the last batch has been read.
        """

    @abstractmethod
    def put_rollup(self, name: str, rows: pa.Table) -> None:
        """Put `rows` in the place of the roll-up `name`, which is found as `rollup.name`.

        Roll-ups are derived: they have no place in the vocabulary, and are neither exported nor
        imported.
        """

    def read(self, table: str, repository: str) -> pa.Table:
        """All rows of `table` for `repository`, ordered by its key, in the table's schema."""
        selection = ordered_selection(table, list(known_table(table).schema.names))
        return self.query(selection, [repository]).cast(TABLES[table].schema)

    def rollups(self) -> list[str]:
        """The names of the roll-ups that there are, sorted."""
        found = self.query(
            "select table_name from duckdb_tables() where schema_name = 'rollup' order by 1"
        )
        names: list[str] = found["table_name"].to_pylist()
        return names

    def tables(self) -> list[str]:
        """The names of the tables, in the order of the vocabulary."""
        found = self.query("select table_name from duckdb_tables() where schema_name = 'main'")
        there = set(found["table_name"].to_pylist())
        return [name for name in TABLES if name in there]

    def repositories(self) -> list[str]:
        """The ids of all repositories that any table has rows of, sorted."""
        each = " union ".join(f'select repository from "{name}"' for name in TABLES)
        ids: list[str] = self.query(f"{each} order by 1")["repository"].to_pylist()
        return ids

    def repositories_in(self, table: str) -> list[str]:
        """The ids of the repositories that `table` has rows of, sorted."""
        name = known_table(table).name
        found = self.query(f'select distinct repository from "{name}" order by 1')
        ids: list[str] = found["repository"].to_pylist()
        return ids

    @property
    def schema_version(self) -> int:
        """The number of the last schema step that was applied."""
        found = self.query("select max(version) as version from schema_version")
        return int(found["version"][0].as_py())


def ordered_selection(table: str, columns: Sequence[str]) -> str:
    """The select statement for one repository's rows of `table`, ordered by its key."""
    names = ", ".join(f'"{column}"' for column in columns)
    order = ", ".join(f'"{column}" nulls first' for column in TABLES[table].key)
    return f'select {names} from "{table}" where repository = ? order by {order}'


def known_table(table: str) -> Table:
    """The table of this name in the vocabulary; StoreError for any other."""
    try:
        return TABLES[table]
    except KeyError:
        raise StoreError(f"unknown table {table}; known are {', '.join(TABLES)}") from None
