"""What became of lines that were committed beside the main line and never reached it.

A line stands at a branch's last version if a commit of the branch brought it and none took it out
again. Where a request bears it, the request tells what became of the branch: open, closed, or
merged. Other branches stand if they end in a ref; commits that no ref reaches are old versions, or
what is left of branches that are gone. Where a rebase, an amendment or a squash is known to have
carried an old version on, a line that was not carried on was rewritten (or, by a squash, lost sight
of).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from landed.journey.carriers import Carriers
from landed.journey.changes import Changes
from landed.journey.columns import NEVER, NONE, Flags, Integers, Positions, Times
from landed.journey.columns import times as times_of
from landed.journey.history import History
from landed.journey.requests import read_requests
from landed.journey.statements import statement
from landed.journey.versions import Versions, reached
from landed.store import Store

REWRITTEN, CLOSED, UNMERGED, SQUASHED, GONE, LOST, UNREAD = range(7)
"""Rewritten in review; in a closed request, or on an idle branch; in an open request, or on an open
branch; absent from its branch's squash; on a branch that is gone; in a request that was merged
without it being found; in one that was merged by a commit that has not been read."""

_REBASE_BEGINS = re.compile(r".*rebase.*\(start\)")
_REBASE_ENDS = re.compile(r".*rebase.*(\(finish\)|finished)")


def read_branch_fates(
    store: Store,
    history: History,
    changes: Changes,
    carriers: Carriers,
    number: int,
    idle_before: int,
) -> tuple[Integers, Positions]:
    """The fate of each of `number` owners none of whose `carriers` ever reached the main line.

    Beside it the row of the request that decides, `NONE` where there is none. Branches whose last
    commit is older than `idle_before` are closed. The fate is `NONE` for owners without carriers.
    """
    if not len(carriers):
        return np.full(number, NONE, dtype=np.int32), np.full(number, NONE, dtype=np.int64)
    versions = Versions.read(store, history, carriers)
    branches = _Branches.read(store, history, carriers)
    requests = read_requests(history, changes, versions, branches.concerned, number)
    seen = branches.look(versions, requests.over, number)
    squashed, rewritten = (np.zeros(number, dtype=np.bool_) for _ in range(2))
    squashed[carriers.owner[branches.squashed[carriers.commit]]] = True
    rewritten[carriers.owner[branches.rewritten[carriers.commit]]] = True
    owned = np.zeros(number, dtype=np.bool_)
    owned[carriers.owner] = True
    idle = np.maximum(seen.active, requests.active) < idle_before
    passed_by = requests.named | seen.on_standing | seen.landed | ~seen.at_dead_head
    verdicts = (
        (~owned, NONE),
        (requests.at_open & idle, CLOSED),
        (requests.at_open, UNMERGED),
        (requests.at_unread, UNREAD),
        (requests.at_merged, LOST),
        (seen.at_standing_head & squashed, SQUASHED),
        (seen.at_standing_head & idle, CLOSED),
        (seen.at_standing_head, UNMERGED),
        (requests.at_merged_beside, LOST),
        (requests.at_closed, CLOSED),
        (passed_by, REWRITTEN),
        (squashed, SQUASHED),
        (rewritten, REWRITTEN),
    )
    conditions, fates = zip(*verdicts, strict=True)
    found: Integers = np.select(conditions, fates, GONE).astype(np.int32)
    return found, requests.row


@dataclass
class _Seen:
    """What is seen of each owner's carriers.

    Attributes:
        landed: one was born in a commit that landed (without the line).
        on_standing: one was born on a branch that stands.
        at_standing_head: one is there in the last version of a branch that stands.
        at_dead_head: the same of one that is gone.
        active: when the latest of the standing branches that have one was last committed to.
    """

    landed: Flags
    on_standing: Flags
    at_standing_head: Flags
    at_dead_head: Flags
    active: Times

    @classmethod
    def nothing(cls, number: int) -> _Seen:
        one, two, three, four = (np.zeros(number, dtype=np.bool_) for _ in range(4))
        return cls(one, two, three, four, np.zeros(number, dtype=np.int64))


@dataclass
class _Branches:
    """The commits that concern the carriers, as they stood then.

    Flags are by commit index.

    Attributes:
        concerned: had not landed, and descend from a carrier's commit.
        standing: reached by a branch.
        rewritten, squashed: in the history of a commit that was carried on in that way.
    """

    history: History
    concerned: Flags
    standing: Flags
    rewritten: Flags
    squashed: Flags
    order: list[int] = field(default_factory=list)

    @classmethod
    def read(cls, store: Store, history: History, carriers: Carriers) -> _Branches:
        open_then = history.exists & ~history.landed
        concerned = _descendants(history, carriers.commit, open_then)
        order = np.flatnonzero(concerned).tolist()
        left_behind = _left_behind(store, history)
        rewritten, squashed = _carried_on(store, history, left_behind)
        for mark in (rewritten, squashed):
            _mark_history(history, order, mark)
        standing = _standing(store, history, left_behind)
        if standing is None:
            standing = ~rewritten
        return cls(history, concerned, standing, rewritten, squashed, order)

    def look(self, versions: Versions, over: Flags, number: int) -> _Seen:
        """What is seen, leaving out branches that end where requests that are `over` did."""
        history, carriers = self.history, versions.carriers
        seen = _Seen.nothing(number)
        seen.landed[carriers.owner[history.landed[carriers.commit]]] = True
        seen.on_standing[carriers.owner[(self.concerned & self.standing)[carriers.commit]]] = True
        for head in self._heads():
            if over[head]:
                continue
            owners = versions.owners_in(reached(history, [head], self.concerned))
            if self.standing[head]:
                seen.at_standing_head[owners] = True
                seen.active[owners] = np.maximum(seen.active[owners], history.active[head])
            else:
                seen.at_dead_head[owners] = True
        return seen

    def _heads(self) -> list[int]:
        """The last versions: commits without children, of standing branches as far as those go."""
        children = self.history.children
        return [
            commit
            for commit in self.order
            if not any(
                self.concerned[child] and (self.standing[child] or not self.standing[commit])
                for child in children[commit]
            )
        ]


def _descendants(history: History, commits: Integers, inside: Flags) -> Flags:
    """Those `inside` that descend from one of `commits`, which count if they are inside too."""
    found = np.zeros(len(inside), dtype=np.bool_)
    waiting = [commit for commit in np.unique(commits).tolist() if inside[commit]]
    while waiting:
        commit = waiting.pop()
        if not found[commit]:
            found[commit] = True
            waiting.extend(child for child in history.children[commit] if inside[child])
    return found


def _mark_history(history: History, order: list[int], mark: Flags) -> None:
    """Mark what marked commits descend from, among those of `order` (parents first)."""
    inside = np.zeros(len(mark), dtype=np.bool_)
    inside[order] = True
    for commit in reversed(order):
        if mark[commit]:
            for parent in history.parents[commit]:
                mark[parent] |= inside[parent]


def _standing(store: Store, history: History, left_behind: set[str]) -> Flags | None:
    """The commits that a branch reached then, as far as is known; None where no tip was noted.

    A tip that is gone was so since HEAD left it behind, if that is known, else since it was missed.
    """
    rows = store.query(statement("branch_tips"), {"repository": history.repository})
    if not rows.num_rows:
        return None
    gone_at = times_of(rows, "gone_at")
    tips = {
        commit
        for commit, at in zip(rows["commit"].to_pylist(), gone_at.tolist(), strict=True)
        if at == NEVER or (at > history.until and commit not in left_behind)
    }
    reached = history.change != NONE
    waiting = _indices(history, tips)
    while waiting:
        commit = waiting.pop()
        if not reached[commit]:
            reached[commit] = True
            waiting.extend(history.parents[commit])
    return np.asarray(reached)


def _indices(history: History, ids: set[str]) -> list[int]:
    return [place for place, name in enumerate(history.ids.to_pylist()) if name in ids]


def _carried_on(store: Store, history: History, left_behind: set[str]) -> tuple[Flags, Flags]:
    """The commits that rebases and amendments, and those that squashes carried on by then."""
    rewritten, squashed = (np.zeros(len(history.parents), dtype=np.bool_) for _ in range(2))
    rows = store.query(statement("rewrites"), {"repository": history.repository})
    for row in rows.to_pylist():
        if row["rule"] == "rebase" and history.exists[row["later"]]:
            rewritten[row["former"]] = True
        if row["rule"] == "squash" and history.landed[row["later"]]:
            squashed[row["former"]] = True
    rewritten[_indices(history, left_behind)] = True
    return rewritten, squashed


def _left_behind(store: Store, history: History) -> set[str]:
    """The commits that HEAD left for another version of the branch, by its reflogs."""
    rows = store.query(statement("movements"), {"repository": history.repository})
    taken = rows.filter(pa.array(times_of(rows, "happened_at") <= history.until))
    left: set[str] = set()
    begun: dict[str, str] = {}
    for row in taken.to_pylist():
        action, worktree = row["action"], row["worktree"]
        if _REBASE_BEGINS.match(action):
            begun[worktree] = row["previous"]
        elif _REBASE_ENDS.match(action):
            left.update([begun.pop(worktree)] if worktree in begun else [])
        elif action in ("commit (amend)", "reset") and row["previous"] != row["commit"]:
            left.add(row["previous"])
    return left
