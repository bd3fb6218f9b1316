"""Rolling up: the relations of all metrics in groups of equal story, as they stand now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from landed.config import Settings
from landed.delivery.code_owners import read_code_owners
from landed.metrics import (
    SessionFacts,
    Window,
    Workbench,
    read_delivery_facts,
    read_facts,
    read_session_facts,
)
from landed.metrics.bench import Bench
from landed.metrics.facts import Facts
from landed.progress import Progress, quiet
from landed.rollups.owners import PATH_TEAM, path_team, with_teams
from landed.rollups.reading import VERSION
from landed.rollups.statements import statement
from landed.store import Store

_LEFT_OUT = frozenset({"review_fact", "check_fact"})
"""Relations of deliveries that no metric adds up."""


def compute_rollups(
    store: Store, settings: Settings, *, progress: Progress = quiet
) -> dict[str, pa.Table]:
    """Every roll-up by name, of everything that the store holds, as of now.

    The time it takes grows with the lines of all repositories and the turns of all sessions; a
    million of either take about ten seconds.
    """
    started = time.monotonic()
    now = datetime.now(UTC)
    window = Window(rework_days=settings.rework_window_days)
    known = store.query(statement("known_repository"))
    repositories: list[str] = known["repository"].to_pylist()
    progress("adding up sessions")
    facts = read_session_facts(store, settings, None, window)
    calls = store.query(statement("call_group"), {"until": now})
    tables = session_rollups(facts, calls)
    progress("adding up changes and deployments")
    deliveries = read_delivery_facts(store, settings, repositories, window, facts.journey)
    tables |= {n: rows for n, rows in deliveries.tables.items() if n not in _LEFT_OUT}
    parts: dict[str, list[pa.Table]] = {}
    owned = [PATH_TEAM.empty_table()]
    for done, row in enumerate(known.to_pylist()):
        progress("adding up lines of repositories", done, len(repositories))
        found = read_facts(store, row["repository"], row["name"], window)
        found = with_teams(found, read_code_owners(store, row["repository"]))
        for name, rows in _ledger_rollups(found, settings).items():
            parts.setdefault(name, []).append(rows)
        owned.append(path_team(found))
    if not parts:
        # for the columns alone: sessions may be known before any repository is
        nowhere = with_teams(read_facts(store, "", "", window), read_code_owners(store, ""))
        parts = {n: [rows.slice(0, 0)] for n, rows in _ledger_rollups(nowhere, settings).items()}
    tables |= {name: pa.concat_tables(own) for name, own in parts.items()}
    tables["known_repository"] = known
    beside = {"path_team": pa.concat_tables(owned)}
    tables["contributor"] = store.query(statement("contributor"), beside=beside)
    tables["presence"] = _presence(tables)
    tables["missing"] = _missing(facts)
    tables["state"] = pa.table(
        {
            "version": pa.array([VERSION], pa.int32()),
            "built_at": pa.array([now], pa.timestamp("us", tz="UTC")),
            "seconds": pa.array([time.monotonic() - started], pa.float64()),
            "teams_own_code": pa.array([len(beside["path_team"]) > 0], pa.bool_()),
        }
    )
    return tables


def write_rollups(store: Store, tables: Mapping[str, pa.Table]) -> None:
    """Put the roll-ups in the place of those that there are, all at once."""
    with store.transaction():
        for name, rows in tables.items():
            store.put_rollup(name, rows)


def session_rollups(facts: SessionFacts, calls: pa.Table) -> dict[str, pa.Table]:
    """What is rolled up of sessions; `calls` are rows of `sql/call_group.sql`."""
    kept = ("paid", "month_people", "seat_use", "model_vendor", "person_team", "session_scope")
    tables = {name: facts.tables[name] for name in kept}
    given = {name: facts.tables[name] for name in ("activity_span", "fixing_turn", "person_team")}
    given |= {
        name: _with_team(facts.tables[name], facts.tables["person_team"])
        for name in ("journey_line", "journey_turn")
    }
    given["call_group"] = calls
    with _Grouping(given) as grouping:
        for name in ("journey_line", "journey_turn", "spend", "person_day", "fixing_day"):
            tables[name] = grouping.answer(statement(name))
    return tables


def _with_team(rows: pa.Table, teams: pa.Table) -> pa.Table:
    """The rows with the team of whoever ran the session; null where that is not known."""
    names = dict(zip(teams["person"].to_pylist(), teams["team"].to_pylist(), strict=True))
    people = rows["person"].combine_chunks().dictionary_encode()
    found = pa.array([names.get(person) for person in people.dictionary.to_pylist()], pa.string())
    return rows.append_column("team", found.take(people.indices))


def _ledger_rollups(facts: Facts, settings: Settings) -> dict[str, pa.Table]:
    """What is rolled up of one repository's ledger."""
    repository = {"repository": facts.window.repository}
    spill = settings.workspace / "temporary"
    limits: dict[str, Any] = {
        "memory_limit": settings.server.memory_limit,
        "threads": settings.store.threads,
        "spill": spill,
    }
    with Workbench([facts], **limits) as bench:
        found = {
            name: bench.answer(statement(name), repository) for name in ("stay", "carrier", "file")
        }
        for name in ("landed_step", "commit_fact", "scope"):
            found[name] = bench.answer(
                f"select $repository as repository, * exclude (repository) from {name}", repository
            )
    return found


def _presence(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Who worked at what, and when, by other roll-ups."""
    kept = ("spend", "contributor", "change_fact", "direct_fact")
    with _Grouping({name: tables[name] for name in kept}) as grouping:
        return grouping.answer(statement("presence"))


def _missing(facts: SessionFacts) -> pa.Table:
    missing = facts.journey.missing
    return pa.table(
        {
            "repository": pa.array([one.repository for one in missing], pa.string()),
            "what": pa.array([one.what for one in missing], pa.string()),
        }
    )


class _Grouping(Bench):
    """An engine that holds the relations to group."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        super().__init__(memory_limit="4GB")
        for name, rows in tables.items():
            self._connection.register(name, rows)
