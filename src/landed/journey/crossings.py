"""When lineages were in what was deployed, from the steps of the main line that were deployed.

A stream deploys one commit after another. Each has a base, a step of the main line, and where its
tree is not that of the base, it is told which lines differ. A line that stands on the main line
from step `entered` up to before step `left` is in a deployment if its base lies between. So only
where the base passes one of the two, forwards or back, does it come or go: these crossings are
found by binary search, and nothing is looked at deployment by deployment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from landed.journey.carriers import Carriers
from landed.journey.columns import DAY, NEVER, Flags, Integers, Positions, Times, among
from landed.journey.stays import Stays

_AT_ONCE = 8_000_000
"""So many crossings are looked at together; of more, owners are taken in parts."""


@dataclass(frozen=True)
class Stream:
    """What was deployed in one place, deployment by deployment.

    Attributes:
        at: when each was made, never falling.
        base: the step of the main line that each holds; `NONE` for none.
        line, deployment, present: where a deployment's tree is not that of its base, in columns:
            the line, the place of the deployment here, and whether the line is there or lacking.
        covered: the lines of the ledger that this stream brings at all, sorted; None for every.
    """

    at: Times
    base: Integers
    line: Integers
    deployment: Integers
    present: Flags
    covered: Integers | None = None

    def only(self, covered: Integers | None) -> Stream:
        """The same for a part of the tree."""
        return replace(self, covered=covered)


@dataclass(frozen=True)
class Presence:
    """How long owners were in production, one row for each, in columns.

    Attributes:
        first: when each first was; `NEVER` if not.
        begun, ended: of its last stay; `NEVER` if not, the end also while it lasts.
        live: it is there.
        days_30, days_90: it was there so many days after `first`.
        microseconds: how long it has been there in all.
    """

    first: Times
    begun: Times
    ended: Times
    live: Flags
    days_30: Flags
    days_90: Flags
    microseconds: Times

    @classmethod
    def of(cls, owner: Positions, begun: Times, ended: Times, number: int, now: int) -> Presence:
        """From stays ordered by owner and time that do not touch; `ended` may be `NEVER`."""
        first, last_begun, last_ended = (np.full(number, NEVER, dtype=np.int64) for _ in range(3))
        live, days_30, days_90 = (np.zeros(number, dtype=np.bool_) for _ in range(3))
        spent = np.zeros(number, dtype=np.int64)
        if len(owner):
            opens = np.append(True, owner[1:] != owner[:-1])
            closes = np.roll(opens, -1)
            first[owner[opens]] = begun[opens]
            last_begun[owner[closes]] = begun[closes]
            last_ended[owner[closes]] = ended[closes]
            live[owner[closes]] = ended[closes] == NEVER
            for days, there in ((30, days_30), (90, days_90)):
                then = first[owner] + days * DAY
                there[owner[(begun <= then) & (then <= ended)]] = True
            np.add.at(spent, owner, np.maximum(np.minimum(ended, now) - begun, 0))
        return cls(first, last_begun, last_ended, live, days_30, days_90, spent)

    @classmethod
    def joined(cls, parts: Sequence[Presence]) -> Presence:
        """The rows of several parts one after another."""
        return cls(
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in cls.__dataclass_fields__
            )
        )


def presence(
    streams: Sequence[Stream], stays: Stays, carriers: Carriers, number: int, now: int
) -> Presence:
    """Tell when each of `number` owners was in what any of `streams` had deployed.

    `stays` are those of all `carriers` on the main line, ordered by owner as these are. `now` is
    the time up to which stays that last are counted. An owner is there as long as one of its
    carriers is in one of the streams. The cost is that of sorting the crossings.
    """
    moments = _Moments.of(streams)
    expected = sum(_count(stream, stays) for stream in streams)
    if expected <= _AT_ONCE or number == 1:
        return moments.presence(streams, stays, carriers, number, now)
    half = number // 2
    parts = []
    for begin, end in ((0, half), (half, number)):
        inside = slice(*np.searchsorted(stays.owner, (begin, end)).tolist())
        own = slice(*np.searchsorted(carriers.owner, (begin, end)).tolist())
        parts.append(
            presence(
                streams,
                stays.take(np.arange(inside.start, inside.stop)).shifted(begin),
                carriers.take(np.arange(own.start, own.stop)).shifted(begin),
                end - begin,
                now,
            )
        )
    return Presence.joined(parts)


@dataclass(frozen=True)
class _Moments:
    """All deployments of all streams in one order of time.

    Attributes:
        at: the time of each.
        place: of each stream, the places of its deployments.
    """

    at: Times
    place: list[Positions]

    @classmethod
    def of(cls, streams: Sequence[Stream]) -> _Moments:
        at = np.concatenate([np.zeros(0, dtype=np.int64), *(stream.at for stream in streams)])
        order = np.argsort(at, kind="stable")
        rank = np.empty(len(at), dtype=np.int64)
        rank[order] = np.arange(len(at))
        ends = np.cumsum([len(stream.at) for stream in streams], dtype=np.int64).tolist()
        place = [
            rank[end - len(stream.at) : end] for stream, end in zip(streams, ends, strict=True)
        ]
        return cls(at[order], place)

    def presence(
        self,
        streams: Sequence[Stream],
        stays: Stays,
        carriers: Carriers,
        number: int,
        now: int,
    ) -> Presence:
        parts = [
            part
            for stream, place in zip(streams, self.place, strict=True)
            for part in _events(stream, place, stays, carriers)
        ]
        none = np.zeros(0, dtype=np.int64)
        owner = np.concatenate([none, *(part[0] for part in parts)])
        moment = np.concatenate([none, *(part[1] for part in parts)])
        change = np.concatenate([none, *(part[2] for part in parts)])
        return Presence.of(*self._periods(owner, moment, change), number, now)

    def _periods(
        self, owner: Positions, moment: Positions, change: Positions
    ) -> tuple[Positions, Times, Times]:
        """Owner, begin and end of the times in which the changes of each owner add up to some."""
        if not len(owner):
            return owner, owner, owner
        scale = len(self.at) + 1
        key = owner * scale + moment
        order = np.argsort(key, kind="stable")
        key, change = key[order], change[order]
        last = np.append(key[1:] != key[:-1], True)
        # what all owners before added up to is nothing only where each one's changes cancel out
        total = np.cumsum(change)[last]
        key = key[last]
        owner, moment = key // scale, key % scale
        opens = np.append(True, owner[1:] != owner[:-1])
        before = np.append(0, total[:-1])
        total = total - np.repeat(
            before[opens], np.diff(np.append(np.flatnonzero(opens), len(key)))
        )
        there = total > 0
        was = np.append(False, there[:-1]) & ~opens
        comes, goes = there & ~was, ~there & was
        begun, of = self.at[moment[comes]], owner[comes]
        ended = np.full(len(of), NEVER, dtype=np.int64)
        ended[np.cumsum(comes)[goes] - 1] = self.at[moment[goes]]
        return _touching_joined(of, begun, ended)


def _touching_joined(
    owner: Positions, begun: Times, ended: Times
) -> tuple[Positions, Times, Times]:
    """Stays of which one ends in the moment in which the next begins are one."""
    apart = np.append(True, (owner[1:] != owner[:-1]) | (begun[1:] > ended[:-1]))[: len(owner)]
    closes = np.append(apart[1:], True)[: len(owner)]
    return owner[apart], begun[apart], ended[closes]


def _ranges(stream: Stream, steps: Integers) -> tuple[Positions, Positions]:
    """Which of the sorted `steps` each deployment's base passes: from, and up to before."""
    before = np.append(-1, stream.base[:-1])
    low, high = np.minimum(before, stream.base), np.maximum(before, stream.base)
    return np.searchsorted(steps, low, side="right"), np.searchsorted(steps, high, side="right")


def _count(stream: Stream, stays: Stays) -> int:
    """How many crossings there are at most."""
    found = 2 * len(stream.line)
    for steps in (stays.entered, stays.left):
        begin, end = _ranges(stream, np.sort(steps))
        found += int((end - begin).sum())
    return found


def _events(
    stream: Stream, place: Positions, stays: Stays, carriers: Carriers
) -> list[tuple[Positions, Positions, Positions]]:
    """Owners, the moments in which carriers of theirs come or go, and +1 or -1."""
    if stream.covered is not None:
        stays = stays.take(among(stays.line, stream.covered) >= 0)
    forwards = np.where(stream.base > np.append(-1, stream.base[:-1]), 1, -1)
    found = []
    for steps, comes in ((stays.entered, 1), (stays.left, -1)):
        order = np.argsort(steps, kind="stable")
        begin, end = _ranges(stream, steps[order])
        number = end - begin
        deployment = np.repeat(np.arange(len(number)), number)
        within = np.arange(len(deployment)) - np.repeat(np.cumsum(number) - number, number)
        row = order[begin[deployment] + within]
        found.append((stays.owner[row], place[deployment], comes * forwards[deployment]))
    return [*found, *_differences(stream, place, carriers)]


def _differences(
    stream: Stream, place: Positions, carriers: Carriers
) -> list[tuple[Positions, Positions, Positions]]:
    """The same for lines in which a deployment's tree is not that of its base."""
    line, deployment, present = stream.line, stream.deployment, stream.present
    if stream.covered is not None:
        inside = among(line, stream.covered) >= 0
        line, deployment, present = line[inside], deployment[inside], present[inside]
    order = np.argsort(carriers.line, kind="stable")
    row = among(line, carriers.line[order])
    known = row >= 0
    owner = carriers.owner[order][row[known]]
    deployment, sign = deployment[known], np.where(present[known], 1, -1)
    follows = deployment + 1 < len(place)
    return [
        (owner, place[deployment], sign),
        (owner[follows], place[deployment[follows] + 1], -sign[follows]),
    ]
