"""Everything that facts of deliveries are made from, of one repository."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from landed.config import Settings
from landed.journey.carriers import Carriers
from landed.journey.changes import Changes, read_changes
from landed.journey.columns import (
    DAY,
    NEVER,
    NONE,
    OPEN,
    Flags,
    Integers,
    Positions,
    among,
    integers,
)
from landed.journey.contributions import Contributions, read_contributions
from landed.journey.crossings import Presence
from landed.journey.delivered import read_deliveries
from landed.journey.departures import says_fix
from landed.journey.deployments import Production, read_production
from landed.journey.failures import Failures, read_failures
from landed.journey.history import History, read_history
from landed.journey.incidents import IncidentCauses, Ledger, read_incident_causes
from landed.journey.ledger_lines import (
    GRADES,
    WRITERS,
    LedgerLines,
    held_lines,
    read_every_stay,
    read_ledger_lines,
)
from landed.journey.standing_in import read_all_deployments
from landed.journey.statements import statement as journey_statement
from landed.journey.stays import Stays, united
from landed.metrics.delivery_model import PRODUCTION_TIME
from landed.store import Store

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Span:
    """The window in microseconds: `since` included, `until` as the journey counts (`NEVER` = now).

    `now` is its end as a time from which ages are reckoned.
    """

    since: int
    until: int
    now: int


@dataclass(frozen=True)
class DeliveryLedger:
    """One repository's lines, contributions, deployments and incidents, as of the window's end.

    Attributes:
        spent: microseconds that each lineage was in production within the window.
    """

    span: Span
    history: History
    ledger: Ledger
    stays: Stays
    production: Production
    spent: Counts
    changes: Changes
    causes: IncidentCauses
    failures: Failures
    undoing: Flags

    @property
    def contributions(self) -> Contributions:
        """The contributions."""
        return self.ledger.contributions

    @property
    def lines(self) -> LedgerLines:
        """The lines."""
        return self.ledger.lines


def read_delivery_ledger(
    store: Store, settings: Settings, repository: str, branch: str, span: Span
) -> DeliveryLedger:
    """Read one repository, whose default branch is `branch`."""
    history = read_history(store, repository, span.until)
    contributions = read_contributions(store, history)
    lines = read_ledger_lines(store, history)
    stays = read_every_stay(store, history, branch, lines)
    deployments = read_all_deployments(store, settings, history)
    deliveries = read_deliveries(store, contributions, deployments)
    held = held_lines(contributions, lines, stays)
    ledger = Ledger(contributions, lines, held, deployments, deliveries)

    def production(carriers: Carriers, own: Stays, number: int, now: int) -> Production:
        return read_production(store, settings, history, carriers, own, number, now)

    carriers = _looked_up(store, settings, history, lines.carriers)
    there = production(carriers, stays, len(lines), span.now)
    before = _spent_before(there.presence, carriers, stays, span.since, production)
    return DeliveryLedger(
        span=span,
        history=history,
        ledger=ledger,
        stays=united(stays.by(history.last_step)),
        production=there,
        spent=there.presence.microseconds - before,
        changes=read_changes(store, settings, history),
        causes=read_incident_causes(store, ledger),
        failures=read_failures(store, settings, ledger),
        undoing=_undoing(store, history),
    )


def _looked_up(store: Store, settings: Settings, history: History, carriers: Carriers) -> Carriers:
    """The carriers that production must know beside their stays on the main line.

    Those are the lines in which deployed trees differ from it, a small part of a whole ledger; all,
    where services have paths of their own.
    """
    if settings.services:
        return carriers
    asked = {"repository": history.repository}
    differing = integers(store.query(journey_statement("differing_lines"), asked), "line")
    return carriers.take(among(carriers.line, differing) != NONE)


def _spent_before(
    presence: Presence,
    carriers: Carriers,
    stays: Stays,
    since: int,
    production: Callable[[Carriers, Stays, int, int], Production],
) -> Counts:
    """How long each lineage was in production before `since`, in microseconds."""
    begun_before = presence.first < since
    once = presence.first == presence.begun
    ended = np.minimum(presence.ended, since)
    spent = np.where(begun_before & once, ended - presence.first, 0)
    several = np.flatnonzero(begun_before & ~once)
    if len(several):
        # of a few alone it is not told when each of their stays was: these are asked again
        place = np.full(len(spent), NONE, dtype=np.int64)
        place[several] = np.arange(len(several))
        borne = carriers.take(place[carriers.owner] != NONE)
        own = stays.take(place[stays.owner] != NONE)
        again = production(
            Carriers(place[borne.owner], borne.line, borne.commit),
            Stays(place[own.owner], own.line, own.entered, own.left, own.left_by),
            len(several),
            since,
        )
        spent[several] = again.presence.microseconds
    return spent


def _undoing(store: Store, history: History) -> Flags:
    """Which commits are reverts or fixes, by the rules for why lines left."""
    found = np.array([says_fix(subject) for subject in history.subjects.to_pylist()], np.bool_)
    asked = {"repository": history.repository}
    found[integers(store.query(journey_statement("reverting"), asked), "commit_index")] = True
    return found


@dataclass(frozen=True)
class LineCounts:
    """Lines by contribution, in columns."""

    lines: Counts
    ai_low: Counts
    ai_high: Counts
    live: Counts
    reworked: Counts
    undone: Counts
    watched: Counts
    agents: list[str | None]


def count_lines(found: DeliveryLedger, rework_days: int, selected: Flags) -> LineCounts:
    """Count the lines of each contribution, those of `selected` lineages alone."""
    held, lines = found.ledger.held, found.lines
    chosen = selected[held.owner]
    contribution, owner = held.contribution[chosen], held.owner[chosen]
    size = len(found.contributions)
    live, reworked, undone, watched = _fates(found, rework_days)

    def counted(flags: Flags) -> Counts:
        return np.bincount(contribution[flags[owner]], minlength=size).astype(np.int64)

    return LineCounts(
        lines=np.bincount(contribution, minlength=size).astype(np.int64),
        ai_low=counted(lines.ai_traced),
        ai_high=counted(lines.ai),
        live=counted(live),
        reworked=counted(reworked),
        undone=counted(undone),
        watched=counted(watched),
        agents=_agents(lines, contribution, owner, size),
    )


def _agents(
    lines: LedgerLines, contribution: Integers, owner: Positions, size: int
) -> list[str | None]:
    """The agent with most lines of each contribution; of several the first by name."""
    told = lines.ai[owner] & (lines.agent[owner] != NONE)
    scale = max(len(lines.agents), 1)
    key = contribution[told].astype(np.int64) * scale + lines.agent[owner[told]]
    pairs, counts = np.unique(key, return_counts=True)
    order = np.lexsort((-pairs, counts))
    best = np.full(size, NONE, dtype=np.int64)
    best[pairs[order] // scale] = pairs[order] % scale
    return [None if agent == NONE else lines.agents[agent] for agent in best.tolist()]


def _fates(found: DeliveryLedger, rework_days: int) -> tuple[Flags, Flags, Flags, Flags]:
    """Live or on the default branch; reworked; by a revert or a fix; old enough to be watched."""
    history, stays, presence = found.history, found.stays, found.production.presence
    window = rework_days * DAY
    first, last = stays.first_of_owner(), stays.last_of_owner()
    size = len(found.lines)
    on_branch = np.zeros(size, dtype=np.bool_)
    on_branch[last.owner] = last.left == OPEN
    entered, left, begun = presence.begun.copy(), presence.ended.copy(), presence.first.copy()
    entered[last.owner] = history.step_times(last.entered)
    left[last.owner] = history.step_times(last.left)
    begun[first.owner] = history.step_times(first.entered)
    live = on_branch | presence.live
    gone = ~live & (entered != NEVER)
    reworked = gone & (left - np.where(gone, entered, 0) <= window)
    ended = last.left != OPEN
    taker = np.where(last.left_by != NONE, last.left_by, history.step_commit[last.left * ended])
    by_undoing = np.zeros(size, dtype=np.bool_)
    by_undoing[last.owner] = ended & found.undoing[taker]
    watched = (begun != NEVER) & (begun <= found.span.now - window)
    return live, reworked, reworked & by_undoing, watched


def production_time(found: DeliveryLedger, selected: Flags, reviews_known: bool) -> pa.Table:
    """The rows of `PRODUCTION_TIME` of one repository."""
    lines, live = found.lines, found.production.presence.live
    counted = selected & (live | (found.spent > 0))
    owner = np.flatnonzero(counted)
    scale = len(lines.agents) + 1
    key = (lines.writer[owner] * len(GRADES) + lines.grade[owner]) * scale + lines.agent[owner] + 1
    keys, place = np.unique(key, return_inverse=True)
    unreviewed = live & _unreviewed(found)

    def summed(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        weights = values[owner].astype(np.float64)
        return np.bincount(place, weights=weights, minlength=len(keys)).astype(np.float64)

    agents = [None, *lines.agents]
    whole = {
        "repository": [found.history.repository] * len(keys),
        "who": [WRITERS[code // scale // len(GRADES)] for code in keys.tolist()],
        "agent": [agents[code % scale] for code in keys.tolist()],
        "grade": [GRADES[code // scale % len(GRADES)] for code in keys.tolist()],
        "lines": summed(live).astype(np.int64),
        "line_days": summed(found.spent) / DAY,
        "unreviewed_lines": summed(unreviewed).astype(np.int64)
        if reviews_known
        else [None] * len(keys),
    }
    return pa.table(whole, schema=PRODUCTION_TIME)


def _unreviewed(found: DeliveryLedger) -> Flags:
    """Which lineages landed without a review since the first change was opened."""
    contributions = found.contributions
    unreviewed = np.ones(len(contributions) + 1, dtype=np.bool_)
    unreviewed[reviewed_changes(found)] = False
    opened = found.changes.opened_at
    since = opened.min() if len(opened) else NEVER
    landed_at = found.history.step_times(contributions.step)
    unreviewed[:-1] &= (landed_at >= since) & (landed_at != NEVER)
    unreviewed[-1] = False
    return np.asarray(unreviewed[found.ledger.held.landed])


def reviewed_changes(found: DeliveryLedger) -> Positions:
    """The contributions that are changes which somebody else reviewed in time."""
    changes = found.changes
    keys = zip(changes.project.to_pylist(), changes.number.to_pylist(), strict=True)
    codes = np.array([found.contributions.change_of(*key) for key in keys], dtype=np.int64)
    return codes[changes.reviewed]


def selected_lines(found: DeliveryLedger, paths: pa.Table, selects: Callable[[str], bool]) -> Flags:
    """Which lineages lie in paths that `selects` is true of; `paths` by their present names."""
    chosen = np.zeros(int(np.asarray(paths["path_index"]).max(initial=-1)) + 1, dtype=np.bool_)
    told = [selects(path) for path in paths["path"].to_pylist()]
    chosen[np.asarray(paths["path_index"])] = np.array(told, dtype=np.bool_)
    return np.asarray(chosen[found.lines.root_path])
