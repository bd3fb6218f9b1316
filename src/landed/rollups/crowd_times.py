"""Months and weeks joined to times of which figures may be shown: no two differ by a few people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from landed.rollups.crowd_sets import Flags, Rule
from landed.rollups.presence import People

Block = tuple[int, int]
"""Times from the first up to before the second."""


def joined(allowed: Flags, groups: Sequence[People], rule: Rule) -> Flags:
    """Which times begin one of which figures may be shown: all `groups` of each may be.

    Each group has one row a time: to whom it belongs then. What is begun at times that are not
    `allowed` to is part of the one before. A time that may be shown alone stays alone, but for its
    neighbours that may not: these join one another, and what is left of them the time before.
    """
    begins = np.zeros(len(allowed), dtype=np.bool_)
    edges = np.flatnonzero(allowed)
    if not len(edges):
        return begins
    reduced = [np.logical_or.reduceat(group, edges, axis=0) for group in groups]
    alone = np.all([rule.fine(group) for group in reduced], axis=0)
    begins[edges[_starts(alone, reduced, rule)]] = True
    return begins


def _starts(alone: Flags, groups: Sequence[People], rule: Rule) -> list[int]:
    """Where the times begin; `alone` says which may be shown by themselves."""

    def fine(first: int, end: int) -> bool:
        people = np.stack([group[first:end].any(axis=0) for group in groups])
        return bool(rule.fine(people).all())

    def reaching(end: int) -> int:
        """How many times that are done stay when the last takes all up to `end` in; 0 = none."""
        fitting = (kept for kept in range(len(done), 0, -1) if fine(done[kept - 1], end))
        return next(fitting, 0)

    done: list[int] = []
    start = 0
    for place in range(len(alone)):
        if start < place and alone[place]:
            kept = reaching(place)
            if kept and (kept == len(done) or not fine(start, place + 1)):
                del done[kept:]
                start = place
        if alone[place] if start == place else fine(start, place + 1):
            done.append(start)
            start = place + 1
    if start < len(alone):
        del done[reaching(len(alone)) :]
    return done or [0]


def span(months: Sequence[date], begins: Flags, since: date | None, until: date | None) -> Block:
    """The months of this time, moved outwards to where times begin."""
    edges: list[int] = np.flatnonzero(begins).tolist()
    first, last = 0, len(months)
    if since is not None:
        earlier = [edge for edge in edges if months[edge] <= since]
        first = earlier[-1] if earlier else 0
        if since > end_of_month(months[-1]):
            first = len(months)
    if until is not None:
        later = [edge for edge in edges if months[edge] > until]
        last = later[0] if later else len(months)
    return first, max(first, last)


def end_of_part(part: date) -> date:
    """The last day of a part of a week: its Sunday, or the last of its month."""
    return min(part + timedelta(days=6 - part.weekday()), end_of_month(part))


def end_of_month(day: date) -> date:
    """The last day of the month of a day."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)
