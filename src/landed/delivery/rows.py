"""Records of forges as Arrow rows; what no store can hold is left out and counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import pyarrow as pa

from landed.records import TABLES, Column

NAMES: dict[type, str] = {table.record: name for name, table in TABLES.items()}
"""Table names by record class."""

_UNFIT = (pa.ArrowException, UnicodeError, OverflowError, TypeError, ValueError)


def by_table(records: Iterable[object]) -> dict[str, list[Any]]:
    """Records, in their order, by the table that they belong to."""
    found: dict[str, list[Any]] = {}
    for record in records:
        found.setdefault(NAMES[type(record)], []).append(record)
    return found


def arrow_rows(table: str, records: Sequence[object]) -> tuple[pa.Table, int]:
    """Records of one table as its rows without `repository`, and how many do not fit and are left
    out: texts that are no Unicode, numbers and times out of range, nulls where none may be."""
    columns = [column for column in TABLES[table].columns if column.name != "repository"]
    rows = _rows(columns, records)
    if rows is not None:
        return rows, 0
    fitting = [record for record in records if _rows(columns, [record]) is not None]
    rows = _rows(columns, fitting)
    if rows is None:
        raise AssertionError(f"rows of {table} fit alone and not together")
    return rows, len(records) - len(fitting)


def plain_rows(table: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows of one table that are given by column name, without `repository`, as Arrow rows."""
    schema = pa.schema([column for column in TABLES[table].schema if column.name != "repository"])
    return pa.Table.from_pylist(list(rows), schema=schema)


def _rows(columns: Sequence[Column], records: Sequence[object]) -> pa.Table | None:
    try:
        arrays = [
            pa.array(list(map(attrgetter(column.name), records)), column.type) for column in columns
        ]
    except _UNFIT:
        return None
    if any(
        array.null_count and not column.nullable
        for column, array in zip(columns, arrays, strict=True)
    ):
        return None
    return pa.Table.from_arrays(arrays, names=[column.name for column in columns])
