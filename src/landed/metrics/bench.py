"""An engine in memory that holds tables and answers select statements over them."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import duckdb
import pyarrow as pa

from landed.metrics.registry import metric


class Answers(Protocol):
    """Whatever answers metrics: facts in memory, or roll-ups of everything."""

    def run(self, name: str) -> pa.Table:
        """The rows of the metric `name`, over all repositories."""
        ...

    def rows(self, name: str) -> list[dict[str, Any]]:
        """As `run`, as one dictionary a row."""
        ...


class Bench:
    """Tables in memory, and every metric over them.

    Use as a context manager; it holds no file open, so the store is free for others.
    """

    def __init__(
        self, *, memory_limit: str = "256MB", threads: int = 2, spill: Path | None = None
    ) -> None:
        """Start the engine; what does not fit into memory goes to the directory `spill`."""
        self._connection = duckdb.connect(
            config={
                "memory_limit": memory_limit,
                "threads": threads,
                "temp_directory": str(spill) if spill is not None else "",
            }
        )

    def run(self, name: str) -> pa.Table:
        """The rows of the metric `name`, over all repositories."""
        return whole_numbers(self._connection.sql(metric(name).sql).to_arrow_table())

    def rows(self, name: str) -> list[dict[str, Any]]:
        """As `run`, as one dictionary a row."""
        found: list[dict[str, Any]] = self.run(name).to_pylist()
        return found

    def answer(self, sql: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        """The rows of a select statement over the tables held."""
        relation = self._connection.sql(sql, params=parameters)
        return whole_numbers(relation.to_arrow_table())

    def close(self) -> None:
        """Give the memory free."""
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

    def _load(self, name: str, rows: pa.Table) -> None:
        self._connection.register("incoming", rows)
        self._connection.execute(f"create table {name} as select * from incoming")
        self._connection.unregister("incoming")


def whole_numbers(table: pa.Table) -> pa.Table:
    """Sums of integers as integers: the engine's are decimals of 38 digits; engines differ."""
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            table = table.set_column(place, field.name, table[field.name].cast(pa.int64()))
    return table
