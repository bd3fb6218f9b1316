"""Which contributions each production deployment brought, and which brought each one first.

A deployment brings what lies between the last one that succeeded in its stream and itself: steps of
the main line beyond the former's base up to its own, and beside the main line the commits that it
reaches and the former does not. A commit that was picked from, or to, another branch stands for the
change of its twin. Of a service, only contributions that touched its paths count. The first
deployment of a stream brings everything that it reaches; a rollback brings nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landed.journey.columns import NEVER, NONE, Flags, Integers, Positions, Times, integers, times
from landed.journey.contributions import Contributions
from landed.journey.deployed import ROLLBACK, Deployments
from landed.journey.history import History
from landed.journey.statements import statement
from landed.store import Store


@dataclass(frozen=True)
class Deliveries:
    """Deployments and the contributions that they brought, as pairs in two columns.

    Attributes:
        deployment: row of the deployments, ascending.
        contribution: contribution that it brought.
        first: by contribution, the row of the earliest deployment that brought it; `NONE` where
            none has.
        first_at: when that was; `NEVER` where it was not.
    """

    deployment: Integers
    contribution: Integers
    first: Integers
    first_at: Times

    def of(self, deployment: int) -> Integers:
        """What one deployment brought."""
        wanted = np.array([deployment, deployment + 1], dtype=np.int32)
        begin, end = np.searchsorted(self.deployment, wanted)
        return self.contribution[begin:end]


def read_deliveries(
    store: Store, contributions: Contributions, deployments: Deployments
) -> Deliveries:
    """Tell what each of `deployments` brought, those with success alone."""
    rows = deployments.rows.to_pylist()
    read = {
        place: _reached(contributions.history, row)
        for place, row in enumerate(rows)
        if row["succeeded"] and row["commit_index"] is not None
    }
    reading = _Reading.of(store, contributions, read.values())
    pairs: set[tuple[int, int]] = set()
    last: dict[str, _Reached] = {}
    touched: dict[str, Flags] = {}
    for place, reached in read.items():
        row = rows[place]
        if row["kind"] != ROLLBACK:
            brought = reading.brought(reached, last.get(row["stream"]))
            service = row["service"]
            if service is not None and deployments.services.divides(service):
                if service not in touched:
                    touched[service] = _touched(store, contributions, deployments, service)
                brought = brought[touched[service][brought]]
            pairs.update((place, code) for code in brought.tolist())
        last[row["stream"]] = reached
    pairs.update(_told(store, contributions, rows))
    ordered = np.array(sorted(pairs), dtype=np.int32).reshape(-1, 2)
    return _with_first(ordered, times(deployments.rows, "at"), len(contributions))


def _with_first(pairs: Integers, at: Times, contributions: int) -> Deliveries:
    deployment, contribution = pairs[:, 0], pairs[:, 1]
    order = np.lexsort((deployment, at[deployment], contribution))[::-1]
    first = np.full(contributions, NONE, dtype=np.int32)
    first[contribution[order]] = deployment[order]
    return Deliveries(deployment, contribution, first, np.append(at, NEVER)[first])


def _told(
    store: Store, contributions: Contributions, rows: Sequence[dict[str, Any]]
) -> Iterable[tuple[int, int]]:
    """What forges themselves say was in deployments."""
    asked = {"repository": contributions.history.repository}
    place = {
        (row["project"], row["deployment"]): number
        for number, row in enumerate(rows)
        if row["succeeded"] and row["kind"] != ROLLBACK
    }
    for row in store.query(statement("deployment_changes"), asked).to_pylist():
        number = place.get((row["project"], row["deployment"]))
        code = contributions.change_of(row["project"], row["number"])
        if number is not None and code != NONE:
            yield number, code


def _touched(
    store: Store, contributions: Contributions, deployments: Deployments, service: str
) -> Flags:
    """Which contributions brought lines into a service's paths, or took lines out there."""
    covers = deployments.services.covers
    return touching(store, contributions, lambda path: covers(service, path))


def touching(store: Store, contributions: Contributions, chosen: Callable[[str], bool]) -> Flags:
    """Which contributions brought lines into the paths that `chosen` is true of, or out of them."""
    asked = {"repository": contributions.history.repository}
    rows = store.query(statement("every_path"), asked)
    paths = [
        number
        for number, path in zip(
            rows["path_index"].to_pylist(), rows["path"].to_pylist(), strict=True
        )
        if chosen(path)
    ]
    found = store.query(statement("commits_of_paths"), asked | {"paths": paths})
    return contributions.having(integers(found, "commit_index"))


@dataclass(frozen=True)
class _Reached:
    """What a deployed commit holds: the main line up to `base`, and commits beside it."""

    base: int
    beside: frozenset[int]


def _reached(history: History, row: dict[str, Any]) -> _Reached:
    base = NONE if row["base_step"] is None else int(row["base_step"])
    if row["on_mainline"]:
        return _Reached(base, frozenset())
    return _Reached(base, _beside(history, row["commit_index"], base))


@dataclass(frozen=True)
class _Reading:
    """Knows which contributions stand at which steps and commits.

    Attributes:
        by_step: contributions that landed, ordered by the step that completed them.
        step: those steps.
        marks: contributions by the commits that hold all of them: the tip of a branch, a merge.
        twins: contributions of the commits that a commit beside the main line was picked from.
    """

    change: Integers
    by_step: Positions
    step: Integers
    marks: dict[int, list[int]]
    twins: dict[int, set[int]]

    @classmethod
    def of(
        cls, store: Store, contributions: Contributions, reached: Iterable[_Reached]
    ) -> _Reading:
        landed = np.flatnonzero(contributions.landed)
        by_step = landed[np.argsort(contributions.step[landed], kind="stable")]
        beside = sorted({commit for each in reached for commit in each.beside})
        return cls(
            change=contributions.history.change,
            by_step=by_step,
            step=contributions.step[by_step],
            marks=_marks(contributions),
            twins=_twins(store, contributions, beside) if beside else {},
        )

    def brought(self, reached: _Reached, before: _Reached | None) -> Integers:
        """What lies between the deployment before and this one."""
        since = NONE if before is None else before.base
        known = frozenset[int]() if before is None else before.beside
        bounds = np.array([since, reached.base], dtype=np.int32)
        begin, end = np.searchsorted(self.step, bounds, side="right")
        found = set(self.by_step[begin:end].tolist())
        for commit in reached.beside - known:
            if not NONE < self.change[commit] <= since:
                found.update(self.marks.get(commit, ()))
                found.update(self.twins.get(commit, ()))
        return np.array(sorted(found), dtype=np.int32)


def _marks(contributions: Contributions) -> dict[int, list[int]]:
    history = contributions.history
    place = {name: index for index, name in enumerate(history.ids.to_pylist())}
    marks: dict[int, list[int]] = {}
    heads = (contributions.changes[name].to_pylist() for name in ("head_commit", "merge_commit"))
    for code, names in enumerate(zip(*heads, strict=True)):
        for name in names:
            if name in place:
                marks.setdefault(place[name], []).append(code)
    for code in np.flatnonzero(contributions.landed).tolist():
        commit = int(history.step_commit[contributions.step[code]])
        marks.setdefault(commit, []).append(code)
    return marks


def _beside(history: History, commit: int, base: int) -> frozenset[int]:
    """The commits that `commit` reaches and the main line up to step `base` does not."""
    found: set[int] = set()
    waiting = [commit]
    while waiting:
        each = waiting.pop()
        if each not in found and not NONE < history.change[each] <= base:
            found.add(each)
            waiting.extend(history.parents[each])
    return frozenset(found)


def _twins(store: Store, contributions: Contributions, commits: list[int]) -> dict[int, set[int]]:
    """The contributions whose commits these were picked from, or whose commits were from these.

    By what messages say, else by the twins of most of the lines that a commit brought.
    """
    asked = {"repository": contributions.history.repository}
    pairs: set[tuple[int, int]] = set()
    for row in store.query(statement("commit_references"), asked).to_pylist():
        if row["kind"] == "picked-from":
            source = contributions.commit_named(row["target"])
            pairs |= {(row["commit_index"], source), (source, row["commit_index"])}
    found = store.query(statement("picked_lines"), asked | {"commits": commits})
    own, twin = integers(found, "commit_index"), integers(found, "twin_index")
    pairs.update(zip(own.tolist(), twin.tolist(), strict=True))
    wanted = set(commits)
    twins: dict[int, set[int]] = {}
    for commit, other in pairs:
        if commit in wanted and other != NONE and contributions.of_commit[other] != NONE:
            twins.setdefault(commit, set()).add(int(contributions.of_commit[other]))
    return twins
