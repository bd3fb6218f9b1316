"""Parts of weeks joined to times of which figures may be shown: no two differ by a few people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from landed.rollups.crowd_cubes import Flags, Rule
from landed.rollups.presence import People

Block = tuple[int, int]
"""Parts of weeks from the first up to before the second."""


def joined(parts: Sequence[date], allowed: Flags, groups: Sequence[People], rule: Rule) -> Flags:
    """Which parts begin a time of its own: all `groups` of each such time may be shown.

    Each group has one row a part: to whom it belongs then. Parts are joined within months first, so
    that months stay whole wherever they can; times begin only at parts that are `allowed` to.
    """
    count = len(parts)
    begins = np.zeros(count, dtype=np.bool_)
    if not count:
        return begins
    edges = np.flatnonzero(allowed)
    reduced = [np.logical_or.reduceat(group, edges, axis=0) for group in groups]
    firsts = np.array([parts[edge].day == 1 or edge == 0 for edge in edges.tolist()])
    months = _blocks(np.flatnonzero(firsts), len(edges))
    for first, last in _joined(months, reduced, rule):
        single = [(place, place + 1) for place in range(first, last)]
        for start, _ in _joined(single, reduced, rule):
            begins[edges[start]] = True
    return begins


def _joined(blocks: Sequence[Block], groups: Sequence[People], rule: Rule) -> list[Block]:
    """Neighbours joined until each may be shown; what is left over joins the time before."""
    done: list[Block] = []
    start = blocks[0][0]
    for _, end in blocks:
        if _fine((start, end), groups, rule):
            done.append((start, end))
            start = end
    end = blocks[-1][1]
    while start < end and done:
        start = done.pop()[0]
        if _fine((start, end), groups, rule):
            break
    return [*done, (start, end)] if start < end else done


def _fine(block: Block, groups: Sequence[People], rule: Rule) -> bool:
    first, last = block
    people = np.stack([group[first:last].any(axis=0) for group in groups])
    return bool(rule.fine(people).all())


def _blocks(starts: npt.NDArray[np.intp], end: int) -> list[Block]:
    bounds = [*(int(start) for start in starts), end]
    return list(pairwise(bounds))


def span(parts: Sequence[date], begins: Flags, since: date | None, until: date | None) -> Block:
    """The parts of this time, moved outwards to where times begin."""
    edges: list[int] = np.flatnonzero(begins).tolist()
    first, last = 0, len(parts)
    if since is not None:
        earlier = [edge for edge in edges if parts[edge] <= since]
        first = earlier[-1] if earlier else 0
        if earlier and since > end_of(parts):
            first = len(parts)
    if until is not None:
        later = [edge for edge in edges if parts[edge] > until]
        last = later[0] if later else len(parts)
    return first, max(first, last)


def end_of(parts: Sequence[date]) -> date:
    """The last day of the last part: a Sunday, or the last of a month."""
    sunday = parts[-1] + timedelta(days=6 - parts[-1].weekday())
    following = (parts[-1].replace(day=28) + timedelta(days=4)).replace(day=1)
    return min(sunday, following - timedelta(days=1))
