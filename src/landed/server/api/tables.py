"""Page models as tables: each list of records in a model is one, its other figures are a row.

A record's own records stand beside it with a dot (`cost.list_microdollars`); a list inside of a
record is a table of its own (`groups.stages`), whose rows begin with what names the record that
they are of. Lists of plain values, and what has no fixed columns, are JSON text.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import orjson
import pyarrow as pa

from landed.errors import UsageError

SUMMARY = "summary"
"""The table of what stands in no list."""
_PLAIN: dict[type, pa.DataType] = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
    datetime: pa.timestamp("us", tz="UTC"),
    date: pa.date32(),
}
_NAMING = (pa.string(), pa.date32())
Get = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """A column: its name with dots, its type, how it is had of a record, whether it is JSON."""

    name: str
    type: pa.DataType
    get: Get
    as_json: bool = False


@dataclass(frozen=True)
class Records:
    """What a class of records comes to: its columns, and the lists of records inside of it."""

    columns: tuple[Column, ...]
    lists: tuple[tuple[str, type, Get], ...]

    @property
    def naming(self) -> tuple[Column, ...]:
        """The columns that name a record: its texts and days."""
        return tuple(one for one in self.columns if one.type in _NAMING and not one.as_json)


def tables_of(kind: type, model: object | None) -> dict[str, pa.Table]:
    """Every table of a page's model of this class; without a model all of them without rows."""
    found: dict[str, pa.Table] = {}
    _collect(kind, SUMMARY, "", (), [((), model)] if model is not None else [], found)
    return found


def table_names(kind: type) -> list[str]:
    """The names of the tables of a class."""
    return list(tables_of(kind, None))


def chosen_table(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    """The table of that name; UsageError, naming those there are, where there is none."""
    if name not in tables:
        raise UsageError(f"there is no table {name}: it is one of {', '.join(tables)}")
    return tables[name]


def table_of_records(kind: type, records: Sequence[object]) -> pa.Table:
    """Records of one class as a table."""
    columns = records_of(kind).columns
    return _table(columns, [((), record) for record in records], ())


def _collect(
    kind: type,
    name: str,
    path: str,
    keys: tuple[Column, ...],
    rows: Sequence[tuple[tuple[Any, ...], object]],
    found: dict[str, pa.Table],
) -> None:
    """Put the table of these records, and those of the lists inside of them, to what was found."""
    records = records_of(kind)
    if records.columns:
        found[name] = _table(records.columns, rows, keys)
    # the page itself needs no name
    naming = records.naming if path else ()
    for own, inner, get in records.lists:
        inside = f"{path}.{own}" if path else own
        prefixed = tuple(
            dataclasses.replace(one, name=f"{path.rpartition('.')[2]}.{one.name}") for one in naming
        )
        members = [
            ((*key, *(one.get(record) for one in naming)), member)
            for key, record in rows
            for member in get(record) or ()
        ]
        _collect(inner, inside, inside, (*keys, *prefixed), members, found)


def _table(
    columns: Sequence[Column],
    rows: Sequence[tuple[tuple[Any, ...], object]],
    keys: Sequence[Column],
) -> pa.Table:
    arrays = [
        pa.array([key[place] for key, _ in rows], column.type) for place, column in enumerate(keys)
    ]
    arrays += [pa.array([_value(column, record) for _, record in rows], column.type)
               for column in columns]  # fmt: skip
    return pa.table(arrays, names=[column.name for column in (*keys, *columns)])


def _value(column: Column, record: object) -> Any:
    value = column.get(record)
    if column.as_json and value is not None:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    return value


@cache
def records_of(kind: type) -> Records:
    """The columns and lists of a class of records."""
    hints = typing.get_type_hints(kind)
    columns: list[Column] = []
    lists: list[tuple[str, type, Get]] = []
    for field in dataclasses.fields(kind):
        own, get = _without_null(hints[field.name]), _getter(field.name)
        member = _member(own)
        if member is not None:
            lists.append((field.name, member, get))
        elif isinstance(own, type) and dataclasses.is_dataclass(own):
            inner = records_of(own)
            columns += [
                dataclasses.replace(
                    one, name=f"{field.name}.{one.name}", get=_through(get, one.get)
                )
                for one in inner.columns
            ]
            lists += [
                (f"{field.name}.{name}", what, _through(get, had))
                for name, what, had in inner.lists
            ]
        else:
            plain = _plain(own)
            columns.append(Column(field.name, plain or pa.string(), get, as_json=plain is None))
    return Records(tuple(columns), tuple(lists))


def _member(hint: Any) -> type | None:
    """What a list of records is of; null for anything else."""
    if typing.get_origin(hint) not in (list, tuple):
        return None
    member = typing.get_args(hint)[0]
    return member if isinstance(member, type) and dataclasses.is_dataclass(member) else None


def _without_null(hint: Any) -> Any:
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint
    left = [one for one in typing.get_args(hint) if one is not type(None)]
    if set(left) == {int, float}:
        return float
    return left[0] if len(left) == 1 else hint


def _plain(hint: Any) -> pa.DataType | None:
    if typing.get_origin(hint) is typing.Literal:
        return pa.string()
    return _PLAIN.get(hint) if isinstance(hint, type) else None


def _getter(name: str) -> Get:
    return lambda record: getattr(record, name)


def _through(outer: Get, inner: Get) -> Get:
    """What a record inside of a record has; null where it is not there."""

    def get(record: Any) -> Any:
        found = outer(record)
        return None if found is None else inner(found)

    return get
