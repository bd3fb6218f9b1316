"""The fate of lines of the ledger: how far each one's lineage got, and where it is now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landed.config import Settings
from landed.journey.branches import (
    CLOSED,
    GONE,
    LOST,
    REWRITTEN,
    SQUASHED,
    UNMERGED,
    UNREAD,
    read_branch_fates,
)
from landed.journey.carriers import Carriers, read_carriers
from landed.journey.changes import UNTOLD, Changes, change_of, read_changes
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
from landed.journey.deployments import Production, read_production
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
    LOST: UNTRACED,
    UNREAD: UNTRACED,
}
_UNTRACED_FATES = (SQUASHED, GONE, LOST, UNREAD)
UNTRACED_REASONS = (
    "its branch was landed as one commit that does not hold the line",
    "its branch is gone, and nothing tells what became of it",
    "its request was merged, and the line was not found",
    "its request was merged by a commit that has not been read",
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
        request: row in `changes` of the change it landed with, else of the one whose branch
            bears it; `NONE` where there is none.
        reviewed: that change was reviewed by another person in time.
        green: what its checks say (`changes.GREEN`, `NOT_GREEN` or `UNTOLD`).
        live_30, live_90: in production so many days after it first was; `UNTOLD` where that day
            has not come or it never was, else 0 or 1.
        live_time: microseconds in production until then, all stays together.
        changes: the changes of the repository.
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
    request: Positions
    reviewed: Flags
    green: Integers
    live_30: Integers
    live_90: Integers
    live_time: Times
    changes: Changes
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
            request=time,
            reviewed=truth,
            green=number,
            live_30=number,
            live_90=number,
            live_time=time,
            changes=Changes.of_none(),
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
    whole = united(stays.by(history.last_step))
    production = read_production(store, settings, history, carriers, stays, len(lines), now)
    changes = read_changes(store, settings, history)
    course = _Course.of(history, carriers, whole, production, changes, len(lines))
    idle_before = now - settings.sessions.idle_days * DAY
    window = settings.rework_window_days * DAY
    return course.fates(store, lines, window, idle_before, now)


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
    production: Production
    changes: Changes

    @classmethod
    def of(
        cls,
        history: History,
        carriers: Carriers,
        stays: Stays,
        production: Production,
        changes: Changes,
        number: int,
    ) -> _Course:
        first, last = stays.first_of_owner(), stays.last_of_owner()
        presence = production.presence
        entered = _spread(last.owner, history.step_times(last.entered), presence.begun)
        left = _spread(last.owner, history.step_times(last.left), presence.ended)
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
            production=production,
            changes=changes,
        )

    def fates(
        self, store: Store, lines: Integers, window: int, idle_before: int, now: int
    ) -> Fates:
        presence = self.production.presence
        deployed = presence.first != NEVER
        merged = deployed | (self.merged_at != NEVER)
        departed = merged & ~presence.live & ~self.on_branch
        bucket = np.select(
            [
                presence.live,
                self.on_branch,
                departed & (self.left - self.entered <= window),
                departed,
            ],
            [LIVE, MERGED, REWORKED, REPLACED],
            NONE,
        ).astype(np.int32)
        untraced = np.full(self.number, NONE, dtype=np.int32)
        beside = self.carriers.take(~merged[self.carriers.owner])
        found, deciding = read_branch_fates(
            store, self.history, self.changes, beside, self.number, idle_before
        )
        for fate, into in _OF_BRANCH.items():
            bucket[found == fate] = into
        for place, fate in enumerate(_UNTRACED_FATES):
            untraced[found == fate] = place
        reason, removed_by = self._departures(store, departed)
        request = change_of(self.changes, self.carriers, self.change)
        request = np.where(request == NONE, deciding, request)
        return Fates(
            line=lines,
            bucket=bucket,
            reason=reason,
            untraced=untraced,
            removed_by=removed_by,
            committed=self.committed_at != NEVER,
            merged=merged,
            deployed=deployed,
            live=presence.live,
            committed_at=self.committed_at,
            merged_at=self.merged_at,
            deployed_at=presence.first,
            retired_at=np.where(presence.live, NEVER, presence.ended),
            left_at=np.where(self.on_branch, NEVER, self.left),
            change=self.change,
            request=request,
            reviewed=np.append(self.changes.reviewed, False)[request],
            green=self._green(request),
            live_30=_after(presence.first, 30, now, presence.days_30),
            live_90=_after(presence.first, 90, now, presence.days_90),
            live_time=presence.microseconds,
            changes=self.changes,
            production_known=self.production.known,
        )

    def _green(self, request: Positions) -> Integers:
        """What checks say of each: those of its change, else of the commit it landed by."""
        landed = np.append(self.history.step_commit, NONE)[self.change]
        own = np.append(self.changes.checks, UNTOLD)[landed]
        return np.where(request == NONE, own, np.append(self.changes.green, UNTOLD)[request])

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


def _after(first: Times, days: int, now: int, there: Flags) -> Integers:
    """Whether something was there so many days after `first`; `UNTOLD` before that day."""
    come = first <= now - days * DAY
    return np.where(come, there.astype(np.int32), UNTOLD).astype(np.int32)


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
