"""The part of a ledger that can tell whether incidents were brought about by one line's change.

Causes are shares of the lines that brought an incident about, so that all of those are needed, but
no others: what fixes took out, and what came with the contributions that an incident names or that
a deployment before it brought.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa

from landed.config import Settings
from landed.journey.columns import NEVER, NONE, Integers, among, flags, integers, times
from landed.journey.contributions import Contributions, read_contributions
from landed.journey.delivered import read_deliveries
from landed.journey.deployed import Deployments
from landed.journey.history import History
from landed.journey.incidents import Ledger
from landed.journey.ledger_lines import GRADES, WRITERS, LedgerLines, held_lines, read_every_stay
from landed.journey.standing_in import read_all_deployments
from landed.journey.statements import statement
from landed.journey.stays import read_stays
from landed.reports.why_lineage import Lineage
from landed.store import Store

_ONE_BY_ONE = 100_000
"""The stays of more lines than this are faster found among all than asked for one by one."""


def read_concerned_ledger(
    store: Store,
    settings: Settings,
    history: History,
    branch: str,
    lineage: Lineage,
    incidents: pa.Table,
) -> Ledger:
    """Read the ledger as far as it concerns the change of a lineage and `incidents`.

    What it tells of that change's part in them is the same as of the whole one. Who wrote its lines
    is not read.
    """
    contributions = read_contributions(store, history)
    deployments = read_all_deployments(store, settings, history)
    deliveries = read_deliveries(store, contributions, deployments)
    own = _own(contributions, history, lineage)
    asked = {"repository": history.repository}
    links = store.query(statement("incident_links"), asked).to_pylist()
    codes = own | _named(links, contributions)
    for row in _suspected(deployments, incidents, links):
        brought = set(deliveries.of(row).tolist())
        codes |= brought if brought & own else set()
    fixes = store.query(_sql("why_fixes"), asked)
    lines = _lines(store, history, branch, lineage, contributions, codes, fixes)
    if len(lines.line) > _ONE_BY_ONE:
        stays = read_every_stay(store, history, branch, lines)
    else:
        stays = read_stays(store, history, branch, lines.carriers)
    held = held_lines(contributions, lines, stays)
    return Ledger(contributions, lines, held, deployments, deliveries)


def _own(contributions: Contributions, history: History, lineage: Lineage) -> set[int]:
    """The contributions that a lineage can count for."""
    own = contributions.of_commit[lineage.carriers.commit].tolist()
    if lineage.step is not None and lineage.step <= history.last_step:
        own.append(int(contributions.of_step[lineage.step]))
    return set(own) - {NONE}


def _named(links: Iterable[dict[str, Any]], contributions: Contributions) -> set[int]:
    """The contributions that incidents name as their causes."""
    return {
        contributions.meant(link["project"], link["target"])
        for link in links
        if link["kind"] in ("caused-by-commit", "caused-by-change")
    } - {NONE}


def _suspected(
    deployments: Deployments, incidents: pa.Table, links: Iterable[dict[str, Any]]
) -> list[int]:
    """The deployments that incidents name, or that were the last of a stream before one began."""
    rows = deployments.rows
    named = {link["target"] for link in links if link["kind"] == "caused-by-deployment"}
    found = {
        place
        for place, name in enumerate(rows["deployment"].to_pylist())
        if name in named or name.partition(":")[2] in named
    }
    begun = np.sort(times(incidents, "started_at"))
    at, streams = times(rows, "at"), rows["stream"].to_pylist()
    following: dict[str, int] = {}
    for place in np.flatnonzero(flags(rows, "succeeded"))[::-1].tolist():
        until = following.get(streams[place], NEVER)
        first, after = (
            np.searchsorted(begun, at[place], "left"),
            np.searchsorted(begun, until, "right"),
        )
        if after > first:
            found.add(place)
        following[streams[place]] = int(at[place])
    return sorted(found)


def _lines(
    store: Store,
    history: History,
    branch: str,
    lineage: Lineage,
    contributions: Contributions,
    codes: Iterable[int],
    fixes: pa.Table,
) -> LedgerLines:
    chosen = np.zeros(len(contributions) + 1, dtype=np.bool_)
    chosen[list(codes)] = True
    chosen[-1] = False
    born = np.flatnonzero(chosen[contributions.of_commit])
    commits = np.union1d(born, integers(fixes, "commit_index")).astype(np.int32)
    rows = store.query(
        _sql("why_concerned_lines"),
        {"repository": history.repository, "branch": branch},
        beside={
            "steps": pa.table({"step": np.flatnonzero(chosen[contributions.of_step])}),
            "commits": pa.table({"commit_index": commits}),
            "lines": pa.table({"line": lineage.carriers.line}),
        },
    )
    return _ledger_lines(rows, history)


def _ledger_lines(rows: pa.Table, history: History) -> LedgerLines:
    line, commit = integers(rows, "line"), integers(rows, "commit_index")
    root = integers(rows, "root_line")
    known = history.exists[commit]
    roots: Integers = line[root == line]
    first = among(roots, line)
    unknown, none = WRITERS.index("unknown"), GRADES.index("none")
    return LedgerLines(
        line=line[known],
        commit=commit[known],
        trivial=flags(rows, "trivial")[known],
        owner=among(root[known], roots),
        root=roots,
        root_commit=commit[first],
        root_path=integers(rows, "path_index")[first],
        writer=np.full(len(roots), unknown, dtype=np.int32),
        grade=np.full(len(roots), none, dtype=np.int32),
        agent=np.full(len(roots), NONE, dtype=np.int32),
        agents=[],
    )


def _sql(name: str) -> str:
    return resources.files("landed.reports").joinpath(f"{name}.sql").read_text("utf-8")
