"""Which requests bear lines that never reached the main line, and in which they still stand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from landed.journey.changes import CLOSED, OPEN, Changes
from landed.journey.columns import NONE, Flags, Integers, Positions, Times
from landed.journey.history import History
from landed.journey.versions import Versions, reached

_NO_RANK = 6


@dataclass
class Requests:
    """What requests tell of each owner, one row for each, in columns.

    Attributes:
        number: how many owners there are.
        commits: how many commits there are.
        named: a version of some request had a carrier of it.
        at_open, at_closed: it is in the last version of a request that is open, or was closed.
        at_merged: in that of one that was merged into the default branch.
        at_merged_beside: in that of one that was merged into another branch.
        at_unread: in that of one that was merged by a commit that has not been read.
        active: when the latest of the open requests that have it was last committed to.
        over: by commit, on the branch of a request that is over, and of no open one.
        row: the request that decides: an open one, else a merged one, else a closed one, else one
            that had a carrier of it once; `NONE` without any.
    """

    number: int
    commits: int
    named: Flags = field(init=False)
    at_open: Flags = field(init=False)
    at_closed: Flags = field(init=False)
    at_merged: Flags = field(init=False)
    at_merged_beside: Flags = field(init=False)
    at_unread: Flags = field(init=False)
    active: Times = field(init=False)
    over: Flags = field(init=False)
    row: Positions = field(init=False)
    _rank: Integers = field(init=False)

    def __post_init__(self) -> None:
        self.named, self.at_open, self.at_closed = (_none(self.number) for _ in range(3))
        self.at_merged, self.at_merged_beside, self.at_unread = (
            _none(self.number) for _ in range(3)
        )
        self.active = np.zeros(self.number, dtype=np.int64)
        self.over = _none(self.commits)
        self.row = np.full(self.number, NONE, dtype=np.int64)
        self._rank = np.full(self.number, _NO_RANK, dtype=np.int32)

    def stand(self, owners: Positions, row: int, there: Flags, rank: int) -> None:
        """Note that a request has these owners in one way; the first of the lowest rank decides."""
        there[owners] = True
        better = owners[self._rank[owners] > rank]
        self.row[better], self._rank[better] = row, rank


def _none(number: int) -> Flags:
    return np.zeros(number, dtype=np.bool_)


def read_requests(
    history: History, changes: Changes, versions: Versions, concerned: Flags, number: int
) -> Requests:
    """Look at the last version of every request that may bear one of `number` owners.

    `concerned` are the commits that had not landed and descend from one that bears a carrier. Of a
    request whose head has landed the last version is what stood on its branch, of one whose head
    is not there by then, what of its branch is.
    """
    found = Requests(number, len(history.parents))
    still_open = _none(len(history.parents))
    own, former = (_by_change(pairs, len(changes)) for pairs in (changes.commits, changes.former))
    for row, state in enumerate(changes.state.tolist()):
        head = int(changes.head[row])
        branch = [commit for commit in own[row].tolist() if history.exists[commit]]
        if state == OPEN:
            still_open[[*branch, *([head] if head != NONE else [])]] = True
        elif state == CLOSED or changes.to_main[row]:
            found.over[[*branch, *([head] if head != NONE else [])]] = True
        if head != NONE and history.landed[head]:
            version = branch
        else:
            version = reached(history, branch if head == NONE else [head], concerned)
        old = reached(history, former[row].tolist(), concerned)
        if not any(commit in versions.bearing for commit in (*version, *branch, *old)):
            continue
        owners = versions.owners_in(version)
        found.stand(owners, row, *_place(found, changes, row))
        found.stand(versions.borne_by({*version, *branch, *old}), row, found.named, _NO_RANK - 1)
        if state == OPEN and len(version):
            active = int(history.active[version].max())
            found.active[owners] = np.maximum(found.active[owners], active)
    found.over &= ~still_open
    return found


def _place(found: Requests, changes: Changes, row: int) -> tuple[Flags, int]:
    """Where owners are noted that are in the last version of a request, and their rank."""
    state = changes.state[row]
    if state == OPEN:
        return found.at_open, 0
    if state == CLOSED:
        return found.at_closed, 4
    if changes.unread[row]:
        return found.at_unread, 1
    return (found.at_merged, 2) if changes.to_main[row] else (found.at_merged_beside, 3)


def _by_change(pairs: tuple[Positions, Integers], number: int) -> list[Integers]:
    """The commits of each change."""
    row, commit = pairs
    order = np.argsort(row, kind="stable")
    ends = np.searchsorted(row[order], np.arange(number), side="right")
    return np.split(commit[order], ends[:-1]) if number else []
