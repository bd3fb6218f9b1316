"""When lineages were in production, by what tells it: deployments, release tags, or a setting.

Production is the union, over streams, of the trees that each had last deployed with success. A
rollback ends stays there, and a redeployment begins others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.journey.carriers import Carriers
from landed.journey.columns import Integers, Times, flags, integers, times
from landed.journey.columns import microseconds as as_microseconds
from landed.journey.crossings import Presence, Stream, presence
from landed.journey.deployed import Deployments, read_deployments
from landed.journey.history import History
from landed.journey.production import in_order, looks_final
from landed.journey.services import Services
from landed.journey.statements import statement
from landed.journey.stays import Stays, united
from landed.store import Store


@dataclass(frozen=True)
class Production:
    """How long each owner was in production, and whether anything tells what production is."""

    presence: Presence
    known: bool


def read_production(
    store: Store,
    settings: Settings,
    history: History,
    carriers: Carriers,
    stays: Stays,
    number: int,
    now: int,
) -> Production:
    """Tell when each of `number` owners was in production, up to the history's time.

    `stays` are those of all `carriers`, whenever they were. Known deployments tell; where there are
    none and the setting names the default branch, every step of it is deployed at once; else
    release tags tell.
    """
    deployments = read_deployments(store, settings, history)
    if deployments.tell:
        streams = _deployed(store, history, deployments, carriers)
    elif settings.production == "default-branch":
        return Production(_on_default_branch(history, stays, number, now), known=True)
    else:
        streams = _released(store, history, carriers)
    known = any(len(stream.at) for stream in streams)
    return Production(presence(streams, stays, carriers, number, now), known)


def _on_default_branch(history: History, stays: Stays, number: int, now: int) -> Presence:
    whole = united(stays.by(history.last_step))
    begun, ended = history.step_times(whole.entered), history.step_times(whole.left)
    return Presence.of(whole.owner, begun, ended, number, now)


def _deployed(
    store: Store, history: History, deployments: Deployments, carriers: Carriers
) -> list[Stream]:
    """A stream for each place that was deployed to."""
    rows = deployments.effective
    lines = _lines_of(carriers)
    beside = rows.filter(pc.invert(rows["on_mainline"]))["commit"].unique().to_pylist()
    asked = {"repository": history.repository, "commits": beside}
    differing = store.query(statement("deployed_lines"), asked, beside={"asked": lines})
    paths = _Paths(store, history.repository, lines)
    streams = []
    for name in rows["stream"].unique().to_pylist():
        own = rows.filter(pc.equal(rows["stream"], name))
        covered = paths.covered(deployments.services, own["service"][0].as_py())
        streams.append(
            _stream(own, times(own, "at"), differing, on="commit", base="base_step").only(covered)
        )
    return streams


def _lines_of(carriers: Carriers) -> pa.Table:
    """The lines of all carriers, each once, in the column `line`."""
    return pa.table({"line": carriers.line})


class _Paths:
    """Where lines of the ledger lie: the present name of the path of their birth."""

    def __init__(self, store: Store, repository: str, lines: pa.Table) -> None:
        self._store = store
        self._repository = repository
        self._lines = lines

    @cached_property
    def _rows(self) -> pa.Table:
        asked = {"repository": self._repository}
        return self._store.query(statement("present_paths"), asked, beside={"asked": self._lines})

    def covered(self, services: Services, service: str | None) -> Integers | None:
        """Those of the lines that reach production with a service; None for every one."""
        if not services.divides(service):
            return None
        paths = self._rows["path"].combine_chunks().dictionary_encode()
        inside = [services.covers(service, path) for path in paths.dictionary.to_pylist()]
        chosen = np.array(inside, dtype=np.bool_)[np.asarray(paths.indices)]
        covered: Integers = integers(self._rows, "line")[chosen]
        return covered


def _released(store: Store, history: History, carriers: Carriers) -> list[Stream]:
    """One stream: final release tags, in the order of the main line."""
    asked = {"repository": history.repository}
    rows = store.query(statement("releases"), asked)
    made = [row for row in rows.to_pylist() if _made(row, history.until)]
    chosen = in_order(made, history.last_step)
    if not chosen:
        return []
    beside = [row["tag"] for row in chosen if not row["on_mainline"]]
    differing = store.query(
        statement("release_lines"), asked | {"tags": beside}, beside={"asked": _lines_of(carriers)}
    )
    own = pa.Table.from_pylist(
        [{name: row[name] for name in ("tag", "base_index")} for row in chosen],
        pa.schema([("tag", pa.string()), ("base_index", pa.int32())]),
    )
    at = np.array([as_microseconds(row["released_at"]) for row in chosen], dtype=np.int64)
    at = np.maximum.accumulate(at)
    return [_stream(own, at, differing, on="tag", base="base_index")]


def _made(row: dict[str, Any], until: int) -> bool:
    return looks_final(row["tag"]) and as_microseconds(row["released_at"]) <= until


def _stream(rows: pa.Table, at: Times, differing: pa.Table, *, on: str, base: str) -> Stream:
    """The stream of these rows, with the differences of the trees that `on` names."""
    differing = differing.filter(pc.is_in(differing[on], value_set=rows[on].unique()))
    named = differing[on].combine_chunks().dictionary_encode()
    # several deployments of one commit differ alike: each takes all of its differences
    order = np.argsort(np.asarray(named.indices), kind="stable")
    counts = np.bincount(np.asarray(named.indices), minlength=len(named.dictionary))
    begins = np.append(np.cumsum(counts) - counts, 0)
    counts = np.append(counts, 0)
    which = np.asarray(
        pc.index_in(rows[on], value_set=named.dictionary).combine_chunks().fill_null(-1)
    )
    number = counts[which]
    deployment = np.repeat(np.arange(rows.num_rows), number)
    within = np.arange(len(deployment)) - np.repeat(np.cumsum(number) - number, number)
    row = order[np.repeat(begins[which], number) + within]
    return Stream(
        at=at,
        base=integers(rows, base),
        line=integers(differing, "line")[row],
        deployment=deployment.astype(np.int32),
        present=flags(differing, "present")[row],
    )
