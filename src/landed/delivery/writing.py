"""Pages of forges into the store: each thing once, the newest word on it, whatever the order.

A page's rows, its state, its faults and what it makes stale are written in one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any

import pyarrow as pa

from landed.delivery.rows import NAMES, arrow_rows, by_table, plain_rows
from landed.delivery.states import write_states
from landed.delivery.versions import Versions
from landed.records import FORGES, TABLES, Incident, IncidentLink, Project
from landed.sources.forges.contract import OF_A_CHANGE, Page
from landed.store import Store

UNSTORABLE = "unstorable"
"""The kind of fault of a row that no store can hold."""

_PARTS = tuple(NAMES[record] for record in OF_A_CHANGE)
_OWNERS = {
    **dict.fromkeys(_PARTS, ("project", "number")),
    "incident_link": ("project", "incident"),
    "team_member": ("host", "organisation"),
}
"""Columns of those that a page tells all rows of."""
_SETTLED: dict[str, tuple[str, ...]] = {
    "project": ("seen_at desc", "case when state = 'gone' then 0 else 1 end"),
    "change": ("updated_at desc", "merged_at desc nulls last", "closed_at desc nulls last"),
    "review": ("submitted_at desc", "case when state = 'dismissed' then 0 else 1 end"),
    "review_comment": ("created_at desc",),
    "check_run": ("updated_at desc", "finished_at desc nulls last"),
    "deployment": ("updated_at desc", "created_at", "finished_at nulls last"),
    "incident": ("updated_at desc", "resolved_at desc nulls last"),
    "forge_release": ("published_at desc nulls last", "prerelease"),
    "account": ("case when kind = 'unknown' then 1 else 0 end", "name desc nulls last"),
    "account_email": (),
    "deployment_change": (),
    "incident_link": (),
    "team_member": (),
}
"""Which of several rows of one key counts; where these are alike, the other columns decide, so
that it is the same one whatever order they come in."""


@dataclass(frozen=True, slots=True)
class Told:
    """A page and where it is from.

    Attributes:
        page: the page.
        forge: github or gitlab: the source under which its faults are counted.
        host: host of the forge.
        project: key of the project it is about; None for none.
        source: under which its state is written; None where it has none.
    """

    page: Page
    forge: str
    host: str
    project: str | None = None
    source: str | None = None


def write_pages(store: Store, pages: Sequence[Told], read_at: datetime) -> Counter[str]:
    """Write pages, in the order in which they were told; return how many rows by table.

    Raises:
        StoreError: the store cannot be written; then nothing of them is.
    """
    with store.transaction():
        versions = {
            project: Versions(store, project, [one.page for one in pages if one.project == project])
            for project in dict.fromkeys(one.project for one in pages if one.project is not None)
        }
        batch = _Batch(store, pages)
        for one in pages:
            known = versions.get(one.project) if one.project is not None else None
            batch.take(one, known.take(one.page) if known is not None else set())
        written = batch.write(store)
        states = {one.source: one.page.state for one in pages if one.source and one.page.state}
        for known in versions.values():
            states |= known.states()
        write_states(store, states, read_at)
        count_faults(store, batch.faults)
    return written


def prefer(table: str) -> tuple[str, ...]:
    """The terms of `Store.settle` for a table of forges."""
    rest = [
        f'"{column.name}" desc nulls last'
        for column in TABLES[table].columns
        if column.name not in TABLES[table].key
    ]
    return (*_SETTLED[table], *(rest or [f'"{TABLES[table].key[-1]}"']))


def count_faults(store: Store, faults: Mapping[tuple[str, str, str], int]) -> None:
    """Add to the counts of the table `problem`, by source, kind and subject."""
    if not faults:
        return
    rows = store.query(
        "select source, kind, subject, count from problem where repository = ?", [FORGES]
    ).to_pylist()
    known = {(row["source"], row["kind"], row["subject"]): row["count"] for row in rows}
    now = [
        {
            "source": key[0],
            "kind": key[1],
            "subject": key[2],
            "count": count + known.get(key, 0),
            "detail": "Could not be understood; left out.",
        }
        for key, count in faults.items()
    ]
    store.merge("problem", plain_rows("problem", now), FORGES)


class _Batch:
    """Rows of several pages, as they will be written."""

    def __init__(self, store: Store, pages: Sequence[Told]) -> None:
        self.faults: Counter[tuple[str, str, str]] = Counter()
        self._incident_times = _incident_times(store, pages)
        self._settled: dict[str, list[Any]] = {}
        self._exchanged: dict[str, dict[tuple[Any, ...], list[Any]]] = {}
        self._loose_links: dict[tuple[Any, ...], list[IncidentLink]] = {}
        self._subjects: dict[str, tuple[str, str]] = {}

    def take(self, told: Told, whole: set[int]) -> None:
        """Take a page in; `whole` are the changes whose parts it tells as nobody did later."""
        page, subject = told.page, (told.forge, told.project or told.host)
        for kind, count in page.faults.items():
            self.faults[subject[0], kind, subject[1]] += count
        records = by_table(page.records)
        self._subjects.update(dict.fromkeys(records, subject))
        for table in _PARTS:
            owned = _owned(table, records.pop(table, []))
            for number in whole:
                owner = (told.project, number)
                self._exchange(table, owner, owned.get(owner, []))
        self._take_links(records.get("incident", []), records.pop("incident_link", []))
        members = _owned("team_member", records.pop("team_member", []))
        for organisation in page.teams_of:
            members_owner = (told.host, organisation)
            self._exchange("team_member", members_owner, members.pop(members_owner, []))
        for rest in members.values():
            self._settled.setdefault("team_member", []).extend(rest)
        for table, rows in records.items():
            self._settled.setdefault(table, []).extend(rows)

    def write(self, store: Store) -> Counter[str]:
        """Write all rows; return how many by table."""
        written: Counter[str] = Counter()
        for table, owners in self._exchanged.items():
            schema = TABLES[table].schema
            within = {
                name: pa.array([owner[place] for owner in owners], schema.field(name).type)
                for place, name in enumerate(_OWNERS[table])
            }
            rows = self._fitting(table, _once(table, chain.from_iterable(owners.values())))
            store.replace_within(table, rows, FORGES, pa.table(within))
            written[table] += rows.num_rows
        for links in self._loose_links.values():
            self._settled.setdefault("incident_link", []).extend(links)
        if "project" in self._settled:
            self._settled["project"] = _placed_as_before(store, self._settled["project"])
        for table, records in self._settled.items():
            rows = self._fitting(table, records)
            store.settle(table, rows, FORGES, prefer=prefer(table))
            written[table] += rows.num_rows
        return written

    def _take_links(self, incidents: list[Incident], links: list[IncidentLink]) -> None:
        owned = _owned("incident_link", links)
        for incident in incidents:
            owner = (incident.project, incident.incident)
            known = self._incident_times.get(owner)
            told = owned.pop(owner, [])
            if known is None or incident.updated_at >= known:
                self._incident_times[owner] = incident.updated_at
                self._loose_links.pop(owner, None)
                self._exchange("incident_link", owner, told)
        for owner, loose in owned.items():
            self._loose_links.setdefault(owner, []).extend(loose)

    def _exchange(self, table: str, owner: tuple[Any, ...], records: list[Any]) -> None:
        self._exchanged.setdefault(table, {})[owner] = records

    def _fitting(self, table: str, records: Sequence[Any]) -> pa.Table:
        rows, unfit = arrow_rows(table, records)
        if unfit:
            forge, subject = self._subjects[table]
            self.faults[forge, UNSTORABLE, subject] += unfit
        return rows


def _owned(table: str, records: Iterable[Any]) -> dict[tuple[Any, ...], list[Any]]:
    """Records by whom they are parts of."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    owner_of = attrgetter(*_OWNERS[table])
    for record in records:
        found.setdefault(owner_of(record), []).append(record)
    return found


def _once(table: str, records: Iterable[Any]) -> list[Any]:
    """The first of all records of one key."""
    key_of = attrgetter(*TABLES[table].key)
    found: dict[tuple[Any, ...], Any] = {}
    for record in records:
        found.setdefault(key_of(record), record)
    return list(found.values())


def _incident_times(store: Store, pages: Sequence[Told]) -> dict[tuple[str, str], datetime]:
    """Of when the stored incidents are that pages tell of."""
    named = {
        (record.project, record.incident)
        for one in pages
        for record in one.page.records
        if isinstance(record, Incident)
    }
    if not named:
        return {}
    rows = store.query(
        "select project, incident, updated_at from incident where repository = ? "
        "and incident in (select unnest(cast(? as varchar[])))",
        [FORGES, sorted({incident for _, incident in named})],
    ).to_pylist()
    return {(row["project"], row["incident"]): row["updated_at"] for row in rows}


def _placed_as_before(store: Store, projects: Sequence[Project]) -> list[Project]:
    """Projects with the repository that they were found to be: forges do not know of that."""
    rows = store.query(
        "select project, belongs_to, how from project where repository = ?", [FORGES]
    ).to_pylist()
    known = {row["project"]: (row["belongs_to"], row["how"]) for row in rows}
    return [
        replace(project, belongs_to=known[project.project][0], how=known[project.project][1])
        if project.project in known
        else project
        for project in projects
    ]
