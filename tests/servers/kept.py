"""What a store would hold after taking in a reader's pages: last told wins, wholes replace."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

import pyarrow as pa

from landed.records import TABLES, Change, Incident, IncidentLink, Project, TeamMember
from landed.sources.forges.contract import OF_A_CHANGE, Forge, ForgeRecord, Page

Row = TypeVar("Row")
_TABLE_OF = {table.record: table for table in TABLES.values()}


def fitting(records: Iterable[ForgeRecord]) -> int:
    """Make Arrow rows of records with the schemas of their tables; return how many there are."""
    by_table: dict[str, list[ForgeRecord]] = {}
    for record in records:
        by_table.setdefault(_TABLE_OF[type(record)].name, []).append(record)
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
class Kept:
    """What readings told so far, put together as the store does it.

    Attributes:
        rows: records by table and key.
        states: the state reached, by noun.
        state: the state that was reached last.
        faults: how often each kind of fault was met.
        pages: pages kept so far.
    """

    rows: dict[tuple[object, ...], ForgeRecord] = field(default_factory=dict)
    states: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    state: dict[str, Any] | None = None
    faults: dict[str, int] = field(default_factory=dict)
    pages: int = 0

    def read(self, forge: Forge, project: Project, noun: str, pages: int | None = None) -> None:
        """Read a noun on from where the last reading ended; stop after so many pages."""
        for count, page in enumerate(forge.read(project, noun, self.states.get(noun)), start=1):
            self.keep(page)
            self.states[noun] = self.state
            if count == pages:
                return

    def take(self, pages: Iterable[Page]) -> Kept:
        """Keep pages of whatever noun."""
        for page in pages:
            self.keep(page)
        return self

    def keep(self, page: Page) -> None:
        """Keep a page as a whole; states go through JSON as in the store."""
        fitting(page.records)
        changes = {record.number for record in page.records if isinstance(record, Change)}
        if changes != page.whole:
            raise AssertionError(f"{changes} are told, {page.whole} are said to be whole")
        told = {record.incident for record in page.records if isinstance(record, Incident)}
        for key, row in list(self.rows.items()):
            if (
                (isinstance(row, OF_A_CHANGE) and row.number in page.whole)
                or (isinstance(row, IncidentLink) and row.incident in told)
                or (isinstance(row, TeamMember) and row.organisation in page.teams_of)
            ):
                del self.rows[key]
        self.rows |= {_key(record): record for record in page.records}
        for kind, count in page.faults.items():
            self.faults[kind] = self.faults.get(kind, 0) + count
        self.state = json.loads(json.dumps(page.state))
        self.pages += 1

    def of(self, kind: type[Row]) -> list[Row]:
        """The rows of one table, ordered by key."""
        found = [key for key, row in self.rows.items() if isinstance(row, kind)]
        return [row for key in sorted(found, key=repr) if isinstance(row := self.rows[key], kind)]

    def texts(self) -> Iterator[str]:
        """Every text that is in any row."""
        for row in self.rows.values():
            yield from (value for value in asdict(row).values() if isinstance(value, str))


def _key(record: ForgeRecord) -> tuple[object, ...]:
    table = _TABLE_OF[type(record)]
    return (table.name, *(getattr(record, name) for name in table.key))
