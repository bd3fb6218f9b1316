"""Deployments and incidents that files and pipelines tell: each once, and as it was told last.

They belong to a project of its own kind, `named:` and the name or address that was told; which
repository that is, is found with the other projects. What a forge tells of the same repository
stays apart from it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import pyarrow as pa

from landed.delivery.rows import arrow_rows, plain_rows
from landed.delivery.states import read_state, write_states
from landed.errors import UsageError
from landed.records import FORGES, Deployment, Incident, IncidentLink, Project
from landed.sources.deployments.files import FileDeployment
from landed.sources.forges.keys import login_of, named_project_key, plain_address
from landed.sources.incidents.files import FileIncident
from landed.store import Store

FILE, COMMAND = "file", "command"
NO_PROJECT = named_project_key("")
"""The project of incidents of which nobody said where they belong; no row of `project` has it."""

Told = TypeVar("Told", Deployment, Incident, Project)
Key = tuple[str, str]


@dataclass(frozen=True)
class Imported:
    """How many rows were new, said something else than before, were known, or were taken out."""

    new: int
    changed: int
    unchanged: int
    removed: int = 0


def shown_name(text: str) -> str:
    """How to show a project that is named by `text`: as it is, an address without credentials.

    Pipelines tell the address that they cloned from, often with a token in it.
    """
    return re.sub(r"^([a-z+]+://)[^/]*@", r"\1", text.strip(), flags=re.IGNORECASE)


def project_named(text: str) -> str:
    """The key of the project that a file or pipeline names, by its name or address."""
    name = text.strip().lower()
    if "://" in name or "@" in name or "." in name.partition("/")[0]:
        with suppress(UsageError, ValueError):
            name = plain_address(name)
    return named_project_key(name)


def import_deployments(
    store: Store, rows: Sequence[FileDeployment], file: str, now: datetime
) -> Imported:
    """Write the deployments of a file; the same file again changes nothing.

    A row with an id takes the place of that deployment. Rows without one are known by what they
    say: those that an earlier state of `file` had in the time that it covers now, and that it has
    no more, are taken out.

    Raises:
        UsageError: a text is none.
        StoreError: the store cannot be written.
    """
    told = [_deployment(row, FILE, now) for row in rows]
    source = f"{FILE}:deployments:{file}"
    with store.transaction():
        before = read_state(store, source) or {}
        kept, removed = _without_id(before, rows, told)
        _take_out(store, removed)
        done = _write_deployments(store, told)
        _write_projects(store, {row.repository for row in rows}, now)
        if kept != before:
            write_states(store, {source: kept}, now)
    return replace(done, removed=len(removed))


def record_deployment(
    store: Store, told: FileDeployment, now: datetime, *, timed: bool
) -> Imported:
    """Write one deployment that a pipeline tells; one of the same id is told further.

    Such a one keeps the time when it was begun and, while its state stays and no time is told
    (`timed`), when it was over; what is not told again stays.

    Raises:
        UsageError: a text is none.
        StoreError: the store cannot be written.
    """
    row = _deployment(told, COMMAND, now)
    with store.transaction():
        before = _stored_deployments(store, [row]).get((row.project, row.deployment))
        if before is not None:
            again = before.state == row.state and not timed
            row = replace(
                row,
                created_at=min(before.created_at, row.created_at),
                finished_at=before.finished_at if again else row.finished_at,
                service=row.service or before.service,
                ref=row.ref or before.ref,
            )
        done = _write_deployments(store, [row])
        _write_projects(store, {told.repository}, now)
    return done


def import_incidents(
    store: Store, rows: Sequence[FileIncident], source: str, now: datetime, tracker: str = FILE
) -> Imported:
    """Write the incidents of a file, or of a command; the same ones again change nothing.

    `tracker` tells ids of several trackers apart. What a row says takes the place of all that was
    said of that incident before, its links too.

    Raises:
        UsageError: a text is none.
        StoreError: the store cannot be written.
    """
    told = {}
    links: dict[Key, list[IncidentLink]] = {}
    for row in rows:
        incident = _incident(row, source, now, tracker)
        key = (incident.project, incident.incident)
        told[key] = incident
        links[key] = [
            IncidentLink(FORGES, *key, kind, target, "field") for kind, target in row.links
        ]
    with store.transaction():
        before = _stored_incidents(store, told.values())
        links_before = _stored_links(store, told)
        changed = [
            key
            for key, incident in told.items()
            if key not in before
            or _differ(before[key], incident)
            or set(links[key]) != links_before.get(key, set())
        ]
        _write(store, "incident", [told[key] for key in changed])
        _write_links(store, {key: links[key] for key in changed})
        _write_projects(store, {row.repository for row in rows if row.repository}, now)
    new = len(told.keys() - before.keys())
    return Imported(new, len(changed) - new, len(told) - len(changed))


def stored_incident(
    store: Store, name: str, repository: str | None, tracker: str
) -> FileIncident | None:
    """What was told of an incident before; None where nothing was."""
    project = NO_PROJECT if repository is None else project_named(repository)
    key = (project, f"{tracker}:{name}")
    rows = store.query(
        "select * from incident where repository = ? and project = ? and incident = ?",
        [FORGES, *key],
    ).to_pylist()
    if not rows:
        return None
    links = _stored_links(store, [key]).get(key, set())
    row = rows[0]
    return FileIncident(
        name,
        repository,
        row["title"],
        row["kind"],
        row["severity"],
        row["service"],
        row["environment"],
        row["started_at"],
        row["resolved_at"],
        tuple(sorted((link.kind, link.target) for link in links)),
    )


def count_bad_rows(store: Store, noun: str, file: str, bad: int) -> None:
    """Keep how many rows of a file could not be understood, in the place of what was counted."""
    source = f"{FILE}:{noun}"
    row = {
        "source": source,
        "kind": "bad-row",
        "subject": file,
        "count": bad,
        "detail": "Rows that could not be understood; left out.",
    }
    rows = plain_rows("problem", [row] if bad else [])
    store.replace_within("problem", rows, FORGES, pa.table({"source": [source], "subject": [file]}))


def _deployment(row: FileDeployment, source: str, now: datetime) -> Deployment:
    over = row.finished_at if row.state in ("success", "failure") else None
    begun = row.started_at or row.finished_at or now
    return Deployment(
        repository=FORGES,
        project=project_named(row.repository),
        deployment=f"{source}:{row.id}",
        environment=row.environment,
        production=None,
        service=row.service,
        commit=row.commit,
        ref=row.ref,
        state=row.state,
        created_at=begun,
        finished_at=over,
        updated_at=now,
        creator=login_of(row.creator),
        source=source,
    )


def _incident(row: FileIncident, source: str, now: datetime, tracker: str) -> Incident:
    return Incident(
        repository=FORGES,
        project=NO_PROJECT if row.repository is None else project_named(row.repository),
        incident=f"{tracker}:{row.id}",
        number=None,
        kind=row.kind,
        title=row.title,
        severity=row.severity,
        service=row.service,
        environment=row.environment,
        started_at=row.started_at,
        resolved_at=row.resolved_at,
        updated_at=now,
        source=source,
    )


def _without_id(
    before: dict[str, Any], rows: Sequence[FileDeployment], told: Sequence[Deployment]
) -> tuple[dict[str, Any], list[Key]]:
    """What to remember of the rows without id, and those that the file has no more."""
    now = {
        f"{deployment.project}\n{deployment.deployment}": deployment.created_at.isoformat()
        for row, deployment in zip(rows, told, strict=True)
        if not row.has_id
    }
    times = sorted(deployment.created_at.isoformat() for deployment in told)
    gone = [
        key
        for key, at in before.items()
        if key not in now and times and times[0] <= at <= times[-1]
    ]
    kept = {key: at for key, at in before.items() if key not in gone} | now
    return kept, [(key.partition("\n")[0], key.partition("\n")[2]) for key in gone]


def _take_out(store: Store, keys: Sequence[Key]) -> None:
    if keys:
        rows, _ = arrow_rows("deployment", [])
        within = pa.table({"project": [k[0] for k in keys], "deployment": [k[1] for k in keys]})
        store.replace_within("deployment", rows, FORGES, within)


def _write_deployments(store: Store, told: Sequence[Deployment]) -> Imported:
    now = {(row.project, row.deployment): row for row in told}
    before = _stored_deployments(store, told)
    for key, row in now.items():
        known = before.get(key)
        if known is not None and known.commit.startswith(row.commit):
            # completed by the repository's history
            now[key] = replace(row, commit=known.commit)
    new = now.keys() - before.keys()
    changed = [key for key in now if key not in new and _differ(before[key], now[key])]
    _write(store, "deployment", [now[key] for key in (*sorted(new), *changed)])
    return Imported(len(new), len(changed), len(now) - len(new) - len(changed))


def _stored_deployments(store: Store, told: Iterable[Deployment]) -> dict[Key, Deployment]:
    rows = _stored(store, "deployment", "deployment", {row.deployment for row in told})
    return {(row["project"], row["deployment"]): Deployment(**row) for row in rows}


def _stored_incidents(store: Store, told: Iterable[Incident]) -> dict[Key, Incident]:
    rows = _stored(store, "incident", "incident", {row.incident for row in told})
    return {(row["project"], row["incident"]): Incident(**row) for row in rows}


def _stored_links(store: Store, keys: Iterable[Key]) -> dict[Key, set[IncidentLink]]:
    found: dict[Key, set[IncidentLink]] = {}
    for row in _stored(store, "incident_link", "incident", {incident for _, incident in keys}):
        found.setdefault((row["project"], row["incident"]), set()).add(IncidentLink(**row))
    return found


def _stored(store: Store, table: str, column: str, names: Collection[str]) -> list[dict[str, Any]]:
    """The rows of a table that have one of these names in a column, whatever their project."""
    found: list[dict[str, Any]] = store.query(
        f"select * from {table} where repository = ? "
        f"and {column} in (select unnest(cast(? as varchar[])))",
        [FORGES, sorted(names)],
    ).to_pylist()
    return found


def _write(store: Store, table: str, records: Sequence[Told]) -> None:
    if records:
        rows, unfit = arrow_rows(table, records)
        if unfit:
            raise UsageError("what is told holds characters that are no text: write it as UTF-8")
        store.merge(table, rows, FORGES)


def _write_links(store: Store, links: dict[Key, list[IncidentLink]]) -> None:
    if links:
        rows, _ = arrow_rows("incident_link", [link for told in links.values() for link in told])
        within = pa.table({"project": [k[0] for k in links], "incident": [k[1] for k in links]})
        store.replace_within("incident_link", rows, FORGES, within)


def _write_projects(store: Store, names: Iterable[str], now: datetime) -> None:
    """Keep the projects that are named here and that nobody named before."""
    told = {project_named(name): shown_name(name) for name in names}
    rows = store.query("select project from project where repository = ?", [FORGES])
    known = set(rows["project"].to_pylist())
    new: list[Project] = [
        Project(
            FORGES, key, "named", "", name, None, None, None, False, "present", now, None,
            "unmatched",
        )
        for key, name in sorted(told.items())
        if key not in known
    ]  # fmt: skip
    _write(store, "project", new)


def _differ(before: Told, now: Told) -> bool:
    """Whether two rows say something else, whenever and in whatever file they say it."""
    apart = {"updated_at": None, "source": None}
    return asdict(before) | apart != asdict(now) | apart
