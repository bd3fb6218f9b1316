"""The commits of a repository as they stood at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from landed.journey.columns import NEVER, NONE, Flags, Integers, Times, integers, times
from landed.journey.statements import statement
from landed.store import Store


@dataclass(frozen=True)
class History:
    """All commits that the ledger knows now, and which of them were there at a time.

    Arrays are by `commit_index`, those of steps by `mainline_index`.

    Attributes:
        repository: its id.
        ids: full commit ids.
        subjects: first lines of the messages.
        parents: the parents of each commit.
        active: the latest committer date in each commit's history, its own included.
        known_at: when each commit was made (no earlier than its parents), or landed if earlier.
        landed_at: when each commit landed; `NEVER` where it has not to this day.
        change: the step with which each commit landed; `NONE` where it has not to this day.
        step_of: the step that each commit is; `NONE` beside the main line.
        step_commit: the commit of each step of the main line.
        step_at: when each step was taken: when the forge merged it, else its committer date, and
            never before an earlier step.
        last_step: the last step taken by then; `NONE` where there was none.
        until: the time, in microseconds; `NEVER` for now.
    """

    repository: str
    ids: pa.Array
    subjects: pa.Array
    parents: list[list[int]]
    active: Times
    known_at: Times
    landed_at: Times
    change: Integers
    step_of: Integers
    step_commit: Integers
    step_at: Times
    last_step: int
    until: int

    @cached_property
    def exists(self) -> Flags:
        """Whether each commit had been made by then."""
        return np.asarray(self.known_at <= self.until)

    @cached_property
    def landed(self) -> Flags:
        """Whether each commit had landed by then."""
        return np.asarray((self.change != NONE) & (self.landed_at <= self.until))

    @cached_property
    def children(self) -> list[list[int]]:
        """The children of each commit."""
        found: list[list[int]] = [[] for _ in self.parents]
        for commit, parents in enumerate(self.parents):
            for parent in parents:
                found[parent].append(commit)
        return found

    @cached_property
    def reach(self) -> Integers:
        """The newest step of the main line in each commit's history, its own included; `NONE`."""
        found: list[int] = []
        for step, parents in zip(self.step_of.tolist(), self.parents, strict=True):
            found.append(max([step, *(found[parent] for parent in parents)]))
        return np.array(found, dtype=np.int32)

    @cached_property
    def base(self) -> Integers:
        """The newest step of the main line on each commit's first-parent chain; `NONE`."""
        found: list[int] = []
        for step, parents in zip(self.step_of.tolist(), self.parents, strict=True):
            found.append(found[parents[0]] if step == NONE and parents else step)
        return np.array(found, dtype=np.int32)

    def step_times(self, taken: Integers) -> Times:
        """When each of these steps was taken; `NEVER` for those that have not come."""
        inside = (taken >= 0) & (taken < len(self.step_at))
        padded = np.append(self.step_at, NEVER)
        return padded[np.where(inside, taken, len(self.step_at))]


def read_history(store: Store, repository: str, until: int) -> History:
    """Read the commits of `repository` as they stood at the time `until`."""
    asked = {"repository": repository}
    rows = store.query(statement("commits"), asked)
    parents: list[list[int]] = [[] for _ in range(rows.num_rows)]
    edges = store.query(statement("edges"), asked)
    for commit, parent in zip(
        edges["commit_index"].to_pylist(), edges["parent_index"].to_pylist(), strict=True
    ):
        parents[commit].append(parent)
    committed_at = times(rows, "committed_at")
    active = _latest(committed_at, parents)
    mainline, change = integers(rows, "mainline_index"), integers(rows, "change_index")
    step_commit = np.argsort(mainline, kind="stable")[np.count_nonzero(mainline == NONE) :]
    step_at = _taken(store, repository, committed_at[step_commit])
    landed_at = np.append(step_at, NEVER)[change]
    return History(
        repository=repository,
        ids=rows["commit"].combine_chunks(),
        subjects=rows["subject"].combine_chunks(),
        parents=parents,
        active=active,
        known_at=np.minimum(active, landed_at),
        landed_at=landed_at,
        change=change,
        step_of=mainline,
        step_commit=step_commit.astype(np.int32),
        step_at=step_at,
        last_step=int(np.searchsorted(step_at, until, side="right")) - 1,
        until=until,
    )


def _latest(committed: Times, parents: list[list[int]]) -> Times:
    """The latest date in each commit's history: clocks differ, and a child is made later."""
    latest: list[int] = []
    for commit, at in enumerate(committed.tolist()):
        latest.append(max([at, *(latest[parent] for parent in parents[commit])]))
    return np.array(latest, dtype=np.int64)


def _taken(store: Store, repository: str, committed: Times) -> Times:
    """When each step was taken: the forge's word, else the committer date, in order."""
    told = committed.copy()
    rows = store.query(statement("landings"), {"repository": repository})
    step, merged_at = integers(rows, "step"), times(rows, "merged_at")
    there = (step >= 0) & (step < len(told))
    told[step[there]] = merged_at[there]
    return np.maximum.accumulate(told)
