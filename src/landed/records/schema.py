"""How a record class becomes a table: one dataclass, one Arrow schema, one key.

A record is a frozen dataclass whose fields are annotated with their Arrow type and their
meaning. The annotation is the only place where a column is described: the Arrow schema, the
store's consistency check and the documentation all read it.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from typing import TypeVar

import pyarrow as pa

R = TypeVar("R", bound=type)


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of a table: its name, Arrow type, whether it may be null, what it means."""

    name: str
    type: pa.DataType
    nullable: bool
    meaning: str


@dataclasses.dataclass(frozen=True)
class Table:
    """A table of the vocabulary.

    `key` names the columns that identify a row. `local` marks tables that describe this
    machine (where a clone lies, when it was read) and therefore differ between two machines
    that hold the same history.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    local: bool
    record: type

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, columns in their declared order."""
        return pa.schema(
            [pa.field(column.name, column.type, column.nullable) for column in self.columns]
        )


TABLES: dict[str, Table] = {}
"""Every table of the vocabulary by name, in the order of declaration."""


def table(*, name: str, key: tuple[str, ...], local: bool = False) -> Callable[[R], R]:
    """Register the decorated dataclass as the table `name`."""

    def register(record: R) -> R:
        hints = typing.get_type_hints(record, include_extras=True)
        columns = tuple(_column(field.name, hints[field.name]) for field in _fields(record))
        TABLES[name] = Table(name, (record.__doc__ or "").strip(), columns, key, local, record)
        return record

    return register


def _fields(record: type) -> tuple[dataclasses.Field[object], ...]:
    return dataclasses.fields(record)


def _column(name: str, hint: object) -> Column:
    python_type, arrow_type, meaning = typing.get_args(hint)
    return Column(name, arrow_type, type(None) in typing.get_args(python_type), meaning)


TIMESTAMP = pa.timestamp("us", tz="UTC")
"""Every time in the store: microseconds, UTC."""
