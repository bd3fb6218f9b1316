"""A store of pages in memory, for tests of readers: rows by their keys, and the state reached."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TypeVar

from landed.records import TABLES, Incident, IncidentLink, Project, TeamMember
from landed.sources.forges.contract import OF_A_CHANGE, Forge, ForgeRecord, Page

Row = TypeVar("Row")
_TABLE_OF = {table.record: table for table in TABLES.values()}


class Kept:
    """What readings told so far, put together as the store does it.

    Attributes:
        rows: records by table and key.
        states: the state reached, by noun.
        faults: how often each kind of fault was met.
        pages: pages kept so far.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[object, ...], ForgeRecord] = {}
        self.states: dict[str, dict[str, Any] | None] = {}
        self.faults: dict[str, int] = {}
        self.pages = 0

    def read(self, forge: Forge, project: Project, noun: str, pages: int | None = None) -> None:
        """Read a noun on from where the last reading ended; stop after so many pages."""
        for count, page in enumerate(forge.read(project, noun, self.states.get(noun)), start=1):
            self.keep(page)
            self.states[noun] = json.loads(json.dumps(page.state))
            if count == pages:
                return

    def keep(self, page: Page) -> None:
        """Keep a page as a whole."""
        told = {record.incident for record in page.records if isinstance(record, Incident)}
        for key, row in list(self.rows.items()):
            if (
                (isinstance(row, OF_A_CHANGE) and row.number in page.whole)
                or (isinstance(row, IncidentLink) and row.incident in told)
                or (isinstance(row, TeamMember) and row.organisation in page.teams_of)
            ):
                del self.rows[key]
        for record in page.records:
            self.rows[_key(record)] = record
        for kind, count in page.faults.items():
            self.faults[kind] = self.faults.get(kind, 0) + count
        self.pages += 1

    def all(self, kind: type[Row]) -> list[Row]:
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
