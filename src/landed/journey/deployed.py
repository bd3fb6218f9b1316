"""The production deployments of a repository, in order, and what kind of deployment each was.

A stream is what is deployed in one place after another: an environment, or a service in it. Kinds
are told within a stream, each deployment compared with the last one that had succeeded before it:

- `first`: nothing was deployed there before;
- `redeploy`: the same commit again, or the one that the last rollback had taken out;
- `rollback`: a commit that was deployed there earlier, or an older one of the main line;
- `hotfix`: a commit beside the main line that brings nothing newer of it although there was
  something, or one of a change whose branch or label says that it is a hotfix;
- `forward`: everything else;
- `unknown`: the commit has not been read, so that it cannot be compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.journey.columns import (
    NEVER,
    NONE,
    Flags,
    Integers,
    Times,
    flags,
    integers,
    limit_of,
    microseconds,
    times,
)
from landed.journey.history import History
from landed.journey.model import schema_of
from landed.journey.services import Services, any_matches
from landed.journey.statements import statement
from landed.records.schema import TIMESTAMP, Column
from landed.store import Store

FIRST, FORWARD, ROLLBACK, REDEPLOY, HOTFIX, UNKNOWN = (
    "first",
    "forward",
    "rollback",
    "redeploy",
    "hotfix",
    "unknown",
)
KINDS = (FIRST, FORWARD, ROLLBACK, REDEPLOY, HOTFIX, UNKNOWN)

DEPLOYMENT = (
    Column("project", pa.string(), False, "project whose forge, file or pipeline tells of it"),
    Column("deployment", pa.string(), False, "deployment"),
    Column("environment", pa.string(), False, "environment as the source names it"),
    Column("service", pa.string(), True, "service, told or by its environment; null = none"),
    Column("stream", pa.string(), False, "environment in lower case, and `/SERVICE` if there is"),
    Column("state", pa.string(), False, "success, failure, pending or cancelled, by that time"),
    Column("succeeded", pa.bool_(), False, "its state is success"),
    Column("commit", pa.string(), False, "full commit id"),
    Column("commit_index", pa.int32(), True, "position in the ledger; null = not read"),
    Column(
        "base_step",
        pa.int32(),
        True,
        "mainline_index of the newest main-line commit on its first-parent chain; null = none",
    ),
    Column(
        "reach_step",
        pa.int32(),
        True,
        "mainline_index of the newest main-line commit in its whole history; null = none",
    ),
    Column("on_mainline", pa.bool_(), False, "the commit itself is on the main line"),
    Column("known", pa.bool_(), False, "the lines of its tree are known"),
    Column("at", TIMESTAMP, False, "when it succeeded or failed; of others, when it was begun"),
    Column("created_at", TIMESTAMP, False, "when it was begun"),
    Column("kind", pa.string(), False, "first, forward, rollback, redeploy, hotfix or unknown"),
    Column("previous", pa.string(), True, "the last one of the stream to succeed; null = none"),
)
"""One row for each production deployment, ordered by stream, then time."""

DEPLOYMENT_SCHEMA = schema_of(DEPLOYMENT)


@dataclass(frozen=True)
class Deployments:
    """The production deployments of a repository up to a time.

    Attributes:
        rows: one row for each (`DEPLOYMENT`), ordered by stream, then time.
        services: which paths reach production with which service.
        elsewhere: names of environments that were deployed to and are not production, sorted.
    """

    rows: pa.Table
    services: Services
    elsewhere: tuple[str, ...]

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    @cached_property
    def effective(self) -> pa.Table:
        """The rows of those that succeeded and whose trees are known: they make production."""
        return self.rows.filter(pc.and_(self.rows["succeeded"], self.rows["known"]))

    @property
    def succeeded(self) -> bool:
        """Whether any of them succeeded, known or not."""
        return bool(np.asarray(self.rows["succeeded"]).any())

    @property
    def tell(self) -> bool:
        """Whether they tell what was in production, so that tags need not."""
        return bool(self.effective.num_rows)


def read_deployments(store: Store, settings: Settings, history: History) -> Deployments:
    """Read all production deployments of a repository that were begun by the history's time.

    What a source dates after now has not been begun.

    Production are the environments that `production_environments` names, letter case ignored, and
    those that the source marks so. Raises ConfigurationError for a service's path that is no glob.
    """
    services = Services.of(store, settings, history.repository)
    until = min(limit_of(history.until), datetime.now(UTC))
    rows = store.query(statement("deployments"), {"repository": history.repository, "until": until})
    marked = flags(rows, "production")
    names = rows["environment"].to_pylist()
    chosen = np.array(
        [
            mark or any_matches(name, settings.production_environments)
            for mark, name in zip(marked.tolist(), names, strict=True)
        ],
        dtype=np.bool_,
    )
    elsewhere = sorted(
        {name for name, here in zip(names, chosen.tolist(), strict=True) if not here}
    )
    told = _placed(rows.filter(pa.array(chosen)), services, history)
    kinds, previous = _kinds(told, _hotfixes(store, settings, history))
    told = told.append_column("kind", pa.array(kinds, pa.string()))
    told = told.append_column("previous", pa.array(previous, pa.string()))
    return Deployments(
        told.select(DEPLOYMENT_SCHEMA.names).cast(DEPLOYMENT_SCHEMA), services, tuple(elsewhere)
    )


def _placed(rows: pa.Table, services: Services, history: History) -> pa.Table:
    """The rows in order, with their stream, their time, and where their commits stand."""
    environments = rows["environment"].to_pylist()
    service = [
        services.named(own, environment)
        for own, environment in zip(rows["service"].to_pylist(), environments, strict=True)
    ]
    stream = [
        environment.casefold() if name is None else f"{environment.casefold()}/{name}"
        for environment, name in zip(environments, service, strict=True)
    ]
    at, created_at = times(rows, "finished_at"), times(rows, "created_at")
    ended = (at != NEVER) & (at <= min(history.until, microseconds(datetime.now(UTC))))
    state = pc.if_else(pa.array(ended), rows["state"], pa.scalar("pending"))
    # a source need not tell when it gave up
    given_up = pc.and_(pc.equal(rows["state"], "cancelled"), pa.array(at == NEVER))
    state = pc.if_else(given_up, rows["state"], state)
    place = pc.index_in(rows["commit"], value_set=history.ids)
    index = np.asarray(place.combine_chunks().fill_null(NONE)).astype(np.int32)
    base, on_mainline, known = _bases(rows, index, history)
    reach = _reach(index, base, on_mainline, history)
    columns = {
        "service": pa.array(service, pa.string()),
        "stream": pa.array(stream, pa.string()),
        "state": state,
        "succeeded": pc.equal(state, "success"),
        "commit_index": _or_null(index),
        "base_step": _or_null(base),
        "reach_step": _or_null(reach),
        "passed_by": pa.array(_newest(created_at, history) > reach),
        "on_mainline": pa.array(on_mainline),
        "known": pa.array(known),
        "at": pa.array(np.where(ended, at, created_at)).cast(TIMESTAMP),
    }
    kept = ["project", "deployment", "environment", "commit", "created_at"]
    told = pa.table({name: rows[name] for name in kept} | columns)
    order = [(name, "ascending") for name in ("stream", "at", "created_at", "deployment")]
    return told.sort_by(order)


def _bases(rows: pa.Table, index: Integers, history: History) -> tuple[Integers, Flags, Flags]:
    """Base, whether on the main line, and whether the tree is known, of each deployment.

    A commit of the main line needs nothing noted; one beside it does, for the main line as it is.
    """
    on_mainline = np.append(history.step_of, NONE)[index] != NONE
    noted = integers(rows, "base_index")
    base = np.where(index == NONE, noted, np.append(history.base, NONE)[index]).astype(np.int32)
    beside = flags(rows, "known") & ~flags(rows, "on_mainline") & (base == noted)
    return base, on_mainline, on_mainline | beside


def _reach(index: Integers, base: Integers, on_mainline: Flags, history: History) -> Integers:
    """The newest step of the main line in the history of each deployed commit."""
    beside = ~on_mainline & (index != NONE)
    reach = base.copy()
    if beside.any():
        reach[beside] = np.maximum(history.reach[index[beside]], base[beside])
    return reach


def _newest(at: Times, history: History) -> Integers:
    """The newest step that the main line had at each time; `NONE` before the first."""
    taken = history.step_times(np.arange(len(history.step_at), dtype=np.int32))
    return (np.searchsorted(taken, at, side="right") - 1).astype(np.int32)


def _or_null(values: Integers) -> pa.Array:
    return pa.array(values, pa.int32(), mask=values == NONE)


def _hotfixes(store: Store, settings: Settings, history: History) -> frozenset[str]:
    """The commits of changes that branch or label call hotfixes."""
    rows = store.query(statement("hotfixes"), {"repository": history.repository})
    branches, labels = settings.reviews.hotfix_branches, settings.reviews.hotfix_labels
    return frozenset(
        row["commit"]
        for row in rows.to_pylist()
        if any_matches(row["head_ref"], branches)
        or any(any_matches(label, labels) for label in row["labels"])
    )


@dataclass
class _Stream:
    """What was deployed in one place so far.

    Attributes:
        last: the row of the last deployment that succeeded.
        seen: the commits that were deployed with success before that one.
        taken_out: the commit that the last rollback took out.
    """

    last: dict[str, Any] | None = None
    seen: set[str] = field(default_factory=set)
    taken_out: str | None = None

    def kind(self, row: dict[str, Any], hotfixes: frozenset[str]) -> str:
        last = self.last
        if last is None:
            return FIRST
        if row["commit"] in (last["commit"], self.taken_out):
            return REDEPLOY
        if row["commit"] in self.seen:
            return ROLLBACK
        reach, before = row["reach_step"], last["reach_step"]
        if reach is None or before is None:
            return HOTFIX if row["commit"] in hotfixes else UNKNOWN
        # where the main line has nothing newer, it is merely ahead of it
        beside = not row["on_mainline"] and reach <= before and row["passed_by"]
        if beside or row["commit"] in hotfixes:
            return HOTFIX
        return ROLLBACK if reach < before else FORWARD

    def take(self, row: dict[str, Any], kind: str) -> None:
        if self.last is not None:
            self.seen.add(self.last["commit"])
            if kind == ROLLBACK:
                self.taken_out = self.last["commit"]
            elif kind == FORWARD or row["commit"] == self.taken_out:
                self.taken_out = None
        self.last = row


def _kinds(rows: pa.Table, hotfixes: frozenset[str]) -> tuple[list[str], list[str | None]]:
    """The kind of each deployment, and the last one before it that succeeded."""
    streams: dict[str, _Stream] = {}
    kinds: list[str] = []
    previous: list[str | None] = []
    for row in rows.to_pylist():
        stream = streams.setdefault(row["stream"], _Stream())
        kind = stream.kind(row, hotfixes)
        kinds.append(kind)
        previous.append(None if stream.last is None else stream.last["deployment"])
        if row["succeeded"]:
            stream.take(row, kind)
    return kinds, previous
