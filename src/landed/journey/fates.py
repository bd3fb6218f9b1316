"""The fate of lines of the ledger: how far each one's lineage got, and where it is now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landed.config import Settings
from landed.journey.branches import CLOSED, GONE, REWRITTEN, SQUASHED, UNMERGED, read_branch_fates
from landed.journey.carriers import Carriers, read_carriers
from landed.journey.columns import (
    DAY,
    NEVER,
    NONE,
    OPEN,
    Flags,
    Integers,
    Positions,
    Times,
    among,
    integers,
)
from landed.journey.departures import read_departures
from landed.journey.deployments import (
    Production,
    default_branch_production,
    in_production,
    released_production,
)
from landed.journey.history import History
from landed.journey.model import BUCKETS
from landed.journey.statements import statement
from landed.journey.stays import Stays, read_stays, united
from landed.store import Store

LIVE, MERGED, REWORKED, REPLACED, UNTRACED = (
    BUCKETS.index(name) for name in ("live", "merged", "reworked", "replaced", "untraced")
)
_OF_BRANCH = {
    REWRITTEN: BUCKETS.index("rewritten_in_review"),
    CLOSED: BUCKETS.index("closed"),
    UNMERGED: BUCKETS.index("unmerged"),
    SQUASHED: UNTRACED,
    GONE: UNTRACED,
}
UNTRACED_REASONS = (
    "its branch was landed as one commit that does not hold the line",
    "its branch is gone, and nothing tells what became of it",
)


@dataclass(frozen=True)
class Fates:
    """What became of lines of the ledger, one row for each, in columns.

    Attributes:
        line: the line, each once, sorted.
        bucket: place in `BUCKETS`; `NONE` where the line was not committed by then.
        reason: place in `departures.REASONS`; `NONE` for lines that did not leave.
        untraced: place in `UNTRACED_REASONS`; `NONE` for others.
        removed_by: place in `departures.WHO`; `NONE` for lines that did not leave.
        committed, merged, deployed, live: how far it got.
        committed_at, merged_at, deployed_at, retired_at, left_at: when; `NEVER` where not, or not
            known. Retired is the end of the last stay in production.
        change: step of the main line that it landed with; `NONE` where it did not.
        production_known: whether anything tells what production is.
    """

    line: Integers
    bucket: Integers
    reason: Integers
    untraced: Integers
    removed_by: Integers
    committed: Flags
    merged: Flags
    deployed: Flags
    live: Flags
    committed_at: Times
    merged_at: Times
    deployed_at: Times
    retired_at: Times
    left_at: Times
    change: Integers
    production_known: bool

    @classmethod
    def of_none(cls) -> Fates:
        """The fates of no lines."""
        number, truth = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.bool_)
        time = np.zeros(0, dtype=np.int64)
        return cls(
            line=number,
            bucket=number,
            reason=number,
            untraced=number,
            removed_by=number,
            committed=truth,
            merged=truth,
            deployed=truth,
            live=truth,
            committed_at=time,
            merged_at=time,
            deployed_at=time,
            retired_at=time,
            left_at=time,
            change=number,
            production_known=True,
        )


def read_fates(
    store: Store, settings: Settings, history: History, branch: str, lines: Integers, now: int
) -> Fates:
    """Tell what had become of `lines` (sorted, each once) by the history's time.

    `now` is that time in microseconds, from which idle days count.
    """
    carriers = read_carriers(store, history, lines)
    stays = read_stays(store, history, branch, carriers)
    whole = united(stays)
    if settings.production == "default-branch":
        production = default_branch_production(history, whole)
    else:
        production = released_production(store, history, carriers, stays)
    course = _Course.of(history, carriers, whole, production, len(lines))
    idle_before = now - settings.sessions.idle_days * DAY
    window = settings.rework_window_days * DAY
    return course.fates(store, lines, window, idle_before)


@dataclass
class _Course:
    """What happened to each line, before it is given a bucket.

    Attributes:
        entered, left: of the last stay on the default branch; without one, of that in production.
        last_line, last_commit: the carrier that left last, and the commit that took it out.
        on_branch: there now.
    """

    history: History
    carriers: Carriers
    number: int
    committed_at: Times
    merged_at: Times
    change: Integers
    entered: Times
    left: Times
    last_line: Integers
    last_commit: Integers
    on_branch: Flags
    deployed_at: Times
    retired_at: Times
    live: Flags
    production_known: bool

    @classmethod
    def of(
        cls, history: History, carriers: Carriers, stays: Stays, production: Production, number: int
    ) -> _Course:
        first, last = stays.first_of_owner(), stays.last_of_owner()
        deployed_at, begun, ended, live = in_production(production, number)
        entered = _spread(last.owner, history.step_times(last.entered), begun)
        left = _spread(last.owner, history.step_times(last.left), ended)
        none = np.full(number, NONE, dtype=np.int32)
        never = np.full(number, NEVER, dtype=np.int64)
        committed_at = never.copy()
        np.minimum.at(committed_at, carriers.owner, history.known_at[carriers.commit])
        return cls(
            history=history,
            carriers=carriers,
            number=number,
            committed_at=committed_at,
            merged_at=_spread(first.owner, history.step_times(first.entered), never),
            change=_spread(first.owner, first.entered, none),
            entered=entered,
            left=left,
            last_line=_spread(last.owner, last.line, none),
            last_commit=_spread(last.owner, _taker(history, last), none),
            on_branch=_spread(last.owner, last.left == OPEN, np.zeros(number, np.bool_)),
            deployed_at=deployed_at,
            retired_at=np.where(live, NEVER, ended),
            live=live,
            production_known=production.known,
        )

    def fates(self, store: Store, lines: Integers, window: int, idle_before: int) -> Fates:
        deployed = self.deployed_at != NEVER
        merged = deployed | (self.merged_at != NEVER)
        departed = merged & ~self.live & ~self.on_branch
        bucket = np.select(
            [self.live, self.on_branch, departed & (self.left - self.entered <= window), departed],
            [LIVE, MERGED, REWORKED, REPLACED],
            NONE,
        ).astype(np.int32)
        untraced = np.full(self.number, NONE, dtype=np.int32)
        beside = self.carriers.take(~merged[self.carriers.owner])
        found = read_branch_fates(store, self.history, beside, self.number, idle_before)
        for fate, into in _OF_BRANCH.items():
            bucket[found == fate] = into
        untraced[found == SQUASHED], untraced[found == GONE] = 0, 1
        reason, removed_by = self._departures(store, departed)
        return Fates(
            line=lines,
            bucket=bucket,
            reason=reason,
            untraced=untraced,
            removed_by=removed_by,
            committed=self.committed_at != NEVER,
            merged=merged,
            deployed=deployed,
            live=self.live,
            committed_at=self.committed_at,
            merged_at=self.merged_at,
            deployed_at=self.deployed_at,
            retired_at=self.retired_at,
            left_at=np.where(self.on_branch, NEVER, self.left),
            change=self.change,
            production_known=self.production_known,
        )

    def _departures(self, store: Store, departed: Flags) -> tuple[Integers, Integers]:
        reason, removed_by = (np.full(self.number, NONE, dtype=np.int32) for _ in range(2))
        line, commit = self.last_line.copy(), self.last_commit.copy()
        beside = departed & (line == NONE)
        if beside.any():
            carriers = self.carriers.take(beside[self.carriers.owner])
            owner, gone, taker = _last_removals(store, self.history, carriers)
            line[owner], commit[owner] = gone, taker
        found = read_departures(store, self.history, line[departed], commit[departed])
        reason[departed], removed_by[departed] = found.reason, found.removed_by
        return reason, removed_by


def _spread(owner: Positions, values: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """A value for each owner: those given, `otherwise` for the rest."""
    found = otherwise.copy()
    found[owner] = values
    return found


def _taker(history: History, stays: Stays) -> Integers:
    """The commit that ended each stay: the one that removed the line, else the step itself."""
    ended = stays.left != OPEN
    step = np.append(history.step_commit, NONE)[np.where(ended, stays.left, -1)]
    return np.where(ended & (stays.left_by != NONE), stays.left_by, step).astype(np.int32)


def _last_removals(
    store: Store, history: History, carriers: Carriers
) -> tuple[Positions, Integers, Integers]:
    """Of each owner that some commit took out: the owner, the carrier and the last such commit."""
    order = np.argsort(carriers.line, kind="stable")
    lines = carriers.line[order]
    asked = {"repository": history.repository, "lines": lines.tolist()}
    rows = store.query(statement("removals"), asked)
    line, commit = integers(rows, "line"), integers(rows, "commit_index")
    there = history.exists[commit]
    line, commit = line[there], commit[there]
    owner = carriers.owner[order][among(line, lines)]
    by_time = np.lexsort((line, commit, history.active[commit], owner))
    owner, line, commit = owner[by_time], line[by_time], commit[by_time]
    last = np.append(owner[1:] != owner[:-1], True) if len(owner) else np.zeros(0, np.bool_)
    return owner[last], line[last], commit[last]
