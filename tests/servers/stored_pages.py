"""What a store would hold after taking in a reader's pages: last told wins, wholes replace."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pyarrow as pa

from landed.records import TABLES, Change, Incident, IncidentLink
from landed.sources.forges.contract import OF_A_CHANGE, ForgeRecord, Page

Record = TypeVar("Record")
_OF_RECORD = {table.record: table for table in TABLES.values()}


def key_of(record: ForgeRecord) -> tuple[object, ...]:
    """What names a record in its table."""
    table = _OF_RECORD[type(record)]
    return (table.name, *(getattr(record, column) for column in table.key))


def fitting(records: Iterable[ForgeRecord]) -> int:
    """Make Arrow rows of records with the schemas of their tables; return how many there are."""
    by_table: dict[str, list[ForgeRecord]] = {}
    for record in records:
        by_table.setdefault(_OF_RECORD[type(record)].name, []).append(record)
    for name, told in by_table.items():
        schema = TABLES[name].schema
        rows = [{column: getattr(record, column) for column in schema.names} for record in told]
        built = pa.Table.from_pylist(rows, schema=schema)
        built.validate(full=True)
        for column in schema:
            if not column.nullable and built[column.name].null_count:
                raise AssertionError(f"{name}.{column.name} holds null")
    return sum(map(len, by_table.values()))


@dataclass
class Stored:
    """Pages as they would be stored."""

    rows: dict[tuple[object, ...], ForgeRecord] = field(default_factory=dict)
    state: dict[str, Any] | None = None
    faults: dict[str, int] = field(default_factory=dict)
    pages: int = 0

    def take(self, pages: Iterable[Page], most: int | None = None) -> Stored:
        """Take in pages, or the first `most` of them; states go through JSON as in the store."""
        for page in pages:
            fitting(page.records)
            told = {record.number for record in page.records if isinstance(record, Change)}
            if told != page.whole:
                raise AssertionError(f"{told} are told, {page.whole} are said to be whole")
            incidents = {one.incident for one in page.records if isinstance(one, Incident)}
            for key, row in list(self.rows.items()):
                replaced = (isinstance(row, OF_A_CHANGE) and row.number in page.whole) or (
                    isinstance(row, IncidentLink) and row.incident in incidents
                )
                if replaced:
                    del self.rows[key]
            self.rows |= {key_of(record): record for record in page.records}
            self.state = json.loads(json.dumps(page.state))
            self.pages += 1
            for kind, count in page.faults.items():
                self.faults[kind] = self.faults.get(kind, 0) + count
            if most is not None and self.pages >= most:
                break
        return self

    def of(self, kind: type[Record]) -> list[Record]:
        """All rows of one kind, in the order of their keys."""
        keys = sorted((key for key, row in self.rows.items() if isinstance(row, kind)), key=repr)
        return [row for key in keys if isinstance(row := self.rows[key], kind)]
