"""When a lineage was in production, stay by stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.journey.carriers import Carriers
from landed.journey.columns import NEVER, NONE, OPEN, Flags, Integers, Times, among, flags, integers
from landed.journey.columns import microseconds as as_microseconds
from landed.journey.history import History
from landed.journey.production import in_order, looks_final
from landed.journey.statements import statement
from landed.journey.stays import Stays, united
from landed.store import Store


@dataclass(frozen=True)
class Production:
    """What was in production, as steps of its own: one a deployment.

    Attributes:
        stays: stays of lineages in production; `entered` and `left` are numbers of deployments.
        at: when each deployment was made.
        known: whether anything tells what production is.
    """

    stays: Stays
    at: Times
    known: bool

    def time_of(self, deployment: Integers) -> Times:
        """When these deployments were made; `NEVER` for `OPEN`."""
        padded = np.append(self.at, NEVER)
        return padded[np.minimum(deployment, len(self.at))]


def default_branch_production(history: History, stays: Stays) -> Production:
    """Production where every step of the main line is deployed at once; `stays` are united."""
    return Production(stays, history.step_at, known=True)


def released_production(
    store: Store, history: History, carriers: Carriers, stays: Stays
) -> Production:
    """Production where final release tags stand for deployments; `stays` are those of carriers."""
    asked = {"repository": history.repository}
    rows = store.query(statement("releases"), asked).to_pylist()
    made = [
        row
        for row in rows
        if looks_final(row["tag"]) and as_microseconds(row["released_at"]) <= history.until
    ]
    chosen = in_order(made, history.last_step)
    at = np.array([as_microseconds(row["released_at"]) for row in chosen], dtype=np.int64)
    base = np.array([row["base_index"] for row in chosen], dtype=np.int32)
    lines = np.unique(carriers.line)
    beside = [row["tag"] for row in chosen if not row["on_mainline"]]
    rows = store.query(
        statement("release_lines"), asked | {"lines": lines.tolist(), "tags": beside}
    )
    tags = pa.array([row["tag"] for row in chosen], pa.string())
    release = np.asarray(pc.index_in(rows["tag"], value_set=tags)).astype(np.int32)
    line, present = integers(rows, "line"), flags(rows, "present")
    found = _joined(
        _without(_from_main_line(stays, base), line[~present], release[~present]),
        _beside(carriers, line[present], release[present]),
    )
    ended = np.where(found.left >= len(chosen), OPEN, found.left).astype(np.int32)
    found = Stays(found.owner, found.line, found.entered, ended, found.left_by)
    found = found.take(np.lexsort((found.line, found.entered, found.owner)))
    return Production(united(found), np.maximum.accumulate(at), known=bool(chosen))


def _from_main_line(stays: Stays, base: Integers) -> Stays:
    """Stays on the main line as the releases whose base lies inside."""
    if (np.diff(base) >= 0).all():
        first = np.searchsorted(base, stays.entered, side="left").astype(np.int32)
        last = np.searchsorted(base, stays.left, side="left").astype(np.int32)
        found = Stays(stays.owner, stays.line, first, last, stays.left_by)
        return found.take(first < last)
    # a release beside the main line, merged late, stands behind one with a later base
    parts = []
    for release, step in enumerate(base.tolist()):
        inside = stays.take((stays.entered <= step) & (stays.left > step))
        parts.append(_at_release(inside, release))
    return _joined(*parts)


def _at_release(stays: Stays, release: int) -> Stays:
    entered = np.full(len(stays), release, dtype=np.int32)
    return Stays(stays.owner, stays.line, entered, entered + 1, stays.left_by)


def _without(stays: Stays, line: Integers, release: Integers) -> Stays:
    """Stays less the releases that lack the line."""
    if not len(line):
        return stays
    concerned = among(stays.line, np.unique(line)) != NONE
    whole, cut = stays.take(~concerned), stays.take(concerned)
    length = cut.left - cut.entered
    place = np.repeat(np.arange(len(cut)), length)
    within = np.arange(len(place)) - np.repeat(np.cumsum(length) - length, length)
    single = cut.take(place)
    entered = (single.entered + within).astype(np.int32)
    single = Stays(single.owner, single.line, entered, entered + 1, single.left_by)
    lacking = np.sort(_pairs(line, release))
    return _joined(whole, single.take(among(_pairs(single.line, entered), lacking) == NONE))


def _beside(carriers: Carriers, line: Integers, release: Integers) -> Stays:
    """Stays of lines in releases that have them though the main line has not."""
    order = np.argsort(carriers.line, kind="stable")
    place = order[among(line, carriers.line[order])] if len(line) else order[:0]
    unknown = np.full(len(line), NONE, dtype=np.int32)
    return Stays(carriers.owner[place], line, release, release + 1, unknown)


def _pairs(line: Integers, release: Integers) -> Times:
    return line.astype(np.int64) << 32 | release


def _joined(*parts: Stays) -> Stays:
    return Stays(
        np.concatenate([part.owner for part in parts]),
        np.concatenate([part.line for part in parts]),
        np.concatenate([part.entered for part in parts]),
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.left_by for part in parts]),
    )


def in_production(production: Production, number: int) -> tuple[Times, Times, Times, Flags]:
    """For each of `number` owners: first time in production, begin and end of the last stay, live.

    Times are `NEVER` where the line was never there; the end also while it is there.
    """
    first, begun, ended = (np.full(number, NEVER, dtype=np.int64) for _ in range(3))
    live = np.zeros(number, dtype=np.bool_)
    stays = production.stays
    if len(stays):
        opening, last = stays.first_of_owner(), stays.last_of_owner()
        first[opening.owner] = production.time_of(opening.entered)
        begun[last.owner] = production.time_of(last.entered)
        ended[last.owner] = production.time_of(last.left)
        live[last.owner] = last.left == OPEN
    return first, begun, ended, live
