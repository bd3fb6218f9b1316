"""What everything rests on: sources, coverage, gaps with what closes each, problems, runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from landed.delivery.connections import known_connections
from landed.reports.dashboard.grouped import without_agents
from landed.reports.dashboard.look import Look, Row, statement
from landed.reports.forge_connections import ForgeConnection, find_forges
from landed.reports.model import Coverage
from landed.reports.tallies import coverage_of
from landed.reports.wording import count
from landed.rollups import Dimension, Filter
from landed.store import Store

_NAMES = {
    "history": ("Git history", "repository", "repositories"),
    "logs": ("Agents' logs on this machine", "log", "logs"),
    "pushes": ("Pushes from laptops", "session", "sessions"),
    "telemetry": ("Telemetry of agents", "call", "calls"),
    "other telemetry": ("Telemetry that is only counted", "piece", "pieces"),
    "webhooks": ("Webhooks", "delivery", "deliveries"),
    "deployments": ("Deployments", "deployment", "deployments"),
    "incidents": ("Incidents and bugs", "incident or bug", "incidents and bugs"),
    "invoices": ("Invoices", "line", "lines"),
    "seats": ("Seats", "seat", "seats"),
}
_REASONS = {
    "before": "older than the first session that was seen in its repository",
    "nobody seen": "in repositories where nobody's tools are seen",
    "after": "younger, and no log, note or commit tells of them",
    "inferred": "only inferred, which is not counted",
}


@dataclass(frozen=True)
class Source:
    """A kind of source: what it has told, and when it last did."""

    key: str
    name: str
    told: str
    pieces: int
    last_at: datetime | None


@dataclass(frozen=True)
class Agent:
    """An agent, and how it is seen; what is null is of too few people to be told."""

    agent: str
    sessions: int | None
    logs: int | None
    last_read_at: datetime | None
    last_at: datetime | None
    people: int | None
    complete: int | None
    first_at: datetime | None


@dataclass(frozen=True)
class Counted:
    """Telemetry of which only the number is kept; `known`: of an agent that Landed knows."""

    service: str
    signal: str
    name: str
    known: bool
    count: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Checked:
    """Sums of metrics beside those of single calls, in tokens; `apart` sessions differ."""

    agent: str
    counts: str
    sessions: int
    by_sums: int
    by_calls: int
    apart: int


@dataclass(frozen=True)
class Problems:
    """Problems of one kind: how often, about how many subjects."""

    source: str
    kind: str
    count: int
    subjects: int


@dataclass(frozen=True)
class Gap:
    """Something that is missing, what it hinders, and the command that closes it."""

    what: str
    remedy: str
    command: str | None
    level: str = "note"


@dataclass(frozen=True)
class People:
    """Accounts, logins and authors, by whether it is known whose they are.

    `unmatched` names those of nobody known; empty for whoever may not see them.
    """

    people: int
    identities: int
    unknown: int
    unmatched: list[str]


@dataclass(frozen=True)
class DataPage:
    """What everything rests on; nothing of it is about the work of single people.

    `coverage` is null where `hidden` says why; `unexplained` are lines alive without evidence by
    reason, most first. `unpriced` are calls without a price by model, null where too few people
    made them; `checks` leaves agents of too few people out.
    """

    sources: list[Source]
    agents: list[Agent]
    forges: list[ForgeConnection]
    telemetry: list[Counted]
    checks: list[Checked]
    coverage: Coverage | None
    hidden: str | None
    unexplained: list[tuple[str, int]]
    gaps: list[Gap]
    problems: list[Problems]
    people: People
    unpriced: list[tuple[str, int | None]]
    built_at: datetime
    built_seconds: float
    store_bytes: int
    schema_version: int


def data_of(look: Look, *, admin: bool) -> DataPage:
    """What the page says; only an `admin` is told whose accounts are not known."""
    look = look.asking(Filter())
    store = look.store
    decision = look.decision("commits")
    (state,) = store.query("select built_at, seconds from rollup.state").to_pylist()
    sources = _sources(look)
    forges = find_forges(look.settings, _same(store), ask=False)
    unpriced = _unpriced(look)
    people = _people(store, admin=admin)
    named = _shown(look, "agent")
    coverage = coverage_of(without_agents(look.rows("coverage"))) if decision.shown else None
    return DataPage(
        sources=sources,
        agents=_agents(look),
        forges=forges,
        telemetry=[Counted(**row) for row in _rows(look, "data_telemetry")],
        checks=[Checked(**row) for row in _rows(look, "data_checks") if row["agent"] in named],
        coverage=coverage,
        hidden=None if decision.shown else decision.why,
        unexplained=_unexplained(look) if decision.shown else [],
        gaps=_gaps(look, sources, forges, people, unpriced),
        problems=_problems(look),
        people=people,
        unpriced=unpriced,
        built_at=state["built_at"],
        built_seconds=state["seconds"],
        store_bytes=store.path.stat().st_size,
        schema_version=store.schema_version,
    )


def _same(store: Store) -> Callable[[], Store]:
    """An opener that lends a store and leaves it open."""
    return lambda: cast(Store, nullcontext(store))


def _rows(look: Look, name: str) -> list[Row]:
    found: list[Row] = look.store.query(statement(name)).to_pylist()
    return found


def _agents(look: Look) -> list[Agent]:
    rows = look.estimated("agents of the data page", lambda: _rows(look, "data_agents"))
    shown = _shown(look, "agent")
    smallest = look.settings.privacy.smallest_group
    return [_agent(row, smallest, shown=row["agent"] in shown) for row in rows]


def _unpriced(look: Look) -> list[tuple[str, int | None]]:
    """Models without a price; how many calls only where enough people made them."""
    shown = _shown(look, "model")
    return [
        (row["model"], row["calls"] if row["model"] in shown else None)
        for row in _rows(look, "data_unpriced")
    ]


def _shown(look: Look, dimension: Dimension) -> set[str | None]:
    """The values whose sessions are of enough people to be told."""
    groups = look.privacy.groups(look.asked, dimension, "sessions")
    return {group.value for group in groups if group.shown}


def _sources(look: Look) -> list[Source]:
    found = []
    for row in _rows(look, "data_sources"):
        name, one, several = _NAMES[row["source"]]
        told = count(row["pieces"], one, several) if row["pieces"] else "nothing yet"
        found.append(Source(row["source"], name, told, row["pieces"], row["last_at"]))
    order = list(_NAMES)
    return sorted(found, key=lambda source: order.index(source.key))


def _agent(row: Row, smallest: int, *, shown: bool) -> Agent:
    if not shown:
        return Agent(row["agent"], None, None, row["last_read_at"], None, None, None, None)
    enough = row["people"] >= smallest
    return Agent(
        row["agent"],
        row["sessions"],
        row["logs"],
        row["last_read_at"],
        row["last_at"],
        row["people"] if enough else None,
        row["complete"] if enough and row["complete"] >= smallest else None,
        row["first_at"],
    )


def _unexplained(look: Look) -> list[tuple[str, int]]:
    seen = look.store.query(
        "select belongs_to as repository, cast(epoch(min(first_at)) as bigint) as second"
        " from capture group by belongs_to"
    )
    rows = look.rollups.answer(
        statement("data_unexplained"), ("carrier", "landed_step"), beside={"seen_since": seen}
    ).to_pylist()
    return [(_REASONS[row["reason"]], row["lines"]) for row in rows]


def _problems(look: Look) -> list[Problems]:
    return [
        Problems(row["source"], row["kind"], row["count"], row["subjects"])
        for row in _rows(look, "data_problems")
    ]


def _people(store: Store, *, admin: bool) -> People:
    (row,) = store.query(
        "select (select count(*) from person) as people, count(*) as identities,"
        " count(case when how in ('suggested', 'unmatched') then 1 end) as unknown"
        " from identity"
    ).to_pylist()
    unmatched: list[str] = []
    if admin:
        unmatched = store.query(
            "select distinct kind || ' ' || value as told from identity"
            " where how in ('suggested', 'unmatched') order by told limit 100"
        )["told"].to_pylist()
    return People(row["people"], row["identities"], row["unknown"] or 0, unmatched)


def _gaps(
    look: Look,
    sources: list[Source],
    forges: list[ForgeConnection],
    people: People,
    unpriced: list[tuple[str, int | None]],
) -> list[Gap]:
    """What is missing; what hinders most stands first."""
    pieces = {source.key: source.pieces for source in sources}
    found = []
    if not pieces["history"]:
        found.append(
            Gap("no repository was read", "Landed reads clones", "landed sync PATH", "warning")
        )
    if not pieces["logs"] and not pieces["telemetry"] and not pieces["pushes"]:
        found.append(
            Gap(
                "no session of an agent is seen: neither prompts, dollars nor generated lines",
                "on each laptop, or set the endpoint of telemetry for everybody",
                "landed connect server URL && landed push",
                "warning",
            )
        )
    if not known_connections(look.store, look.settings):
        found.append(
            Gap(
                "no forge is connected: changes, reviews and checks come from nowhere, or from "
                "what was imported",
                "connect the organisation; its projects are then mirrored and read",
                "landed connect github --organisation NAME",
            )
        )
    for forge in forges:
        for project in forge.projects:
            found += [
                Gap(f"{project.name}: {told}", "", "landed sync --connected", "warning")
                for told in project.problems
            ]
    if not pieces["deployments"]:
        found.append(
            Gap(
                "no deployment is told: release tags stand for them",
                "in the pipeline that deploys",
                "landed deployment record --environment production",
            )
        )
    if not pieces["incidents"]:
        found.append(
            Gap(
                "no incident is told: failures are known by rollbacks and hotfixes alone",
                "from a tracker, or by labels of the forge (incidents.labels)",
                "landed incident import FILE.csv",
            )
        )
    if not pieces["invoices"] and not pieces["seats"]:
        found.append(
            Gap(
                "nothing paid is known: dollars are list prices",
                "enter seats under [cash] in landed.toml, and import invoices",
                "landed invoice import FILE.csv",
            )
        )
    if unpriced:
        found.append(
            Gap(
                f"calls of {count(len(unpriced), 'model')} have no price",
                "name them under [[prices]] in landed.toml",
                None,
                "warning",
            )
        )
    if people.unknown:
        found.append(
            Gap(
                f"{count(people.unknown, 'account or login', 'accounts or logins')} "
                "of nobody known",
                "figures count each as somebody unknown",
                "landed people",
            )
        )
    unread = look.store.query(
        "select count(*) as sessions from session_place where how = 'inside'"
    )["sessions"][0].as_py()
    if unread:
        found.append(
            Gap(
                f"{count(unread, 'session')} worked in repositories that were not read",
                "read them, or say under sessions.paths where they lie now",
                "landed sync PATH",
            )
        )
    return found
