"""What of one kind of work one viewer may see: decided once for each filter and time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property, reduce
from itertools import pairwise

import numpy as np

from landed.rollups.crowd_cubes import Cube, cube, parts_of, subsets
from landed.rollups.crowd_sets import Flags, Rule, Sets, together
from landed.rollups.crowd_tables import tables
from landed.rollups.crowd_times import Block, end_of_month, joined, span
from landed.rollups.filters import Dimension, Filter
from landed.rollups.presence import Crowd, Kept, People, Tally

MOST_COMBINATIONS = 256
"""Filters that choose more combinations of values than this are not decided on."""
_CUBES = 64
_BEGINS = 1000


class Judge:
    """Decides what of a crowd's work may be shown under a rule."""

    def __init__(self, crowd: Crowd, rule: Rule) -> None:
        self.crowd = crowd
        self.rule = rule
        self._cubes = Kept(_CUBES)
        self._months = Kept(_BEGINS)
        self._weeks = Kept(_BEGINS)

    @cached_property
    def nobody_else(self) -> bool:
        """All of it is the viewer's own."""
        there = np.bincount(self.crowd.person, minlength=len(self.rule.own)) > 0
        return bool((self.rule.own | ~there).all())

    def months(self, asked: Filter) -> Flags:
        """Which months begin a time of which figures may be shown under a filter.

        Times of a filter are made of times of every wider one, and of every narrower one of single
        values: so whatever differs between two times that may be shown may be shown itself.
        """
        asked = asked.between(None, None)
        return self._months.get(asked, lambda: self._joined(asked, self.months, self.crowd.tally))

    def weeks(self, asked: Filter) -> Flags:
        """Which parts of weeks begin one whose figures may be shown beside those of `months`."""
        asked = asked.between(None, None)

        def made() -> Flags:
            bounds = [
                *self.crowd.month_parts[self.months(asked)].tolist(),
                len(self.crowd.parts),
            ]
            return self._joined(asked, self.weeks, self.crowd.week_tally, bounds)

        return self._weeks.get(asked, made)

    def span(self, asked: Filter) -> Block:
        """The months of a filter's time, moved outwards to where times begin."""
        return span(self.crowd.months, self.months(asked), asked.since, asked.until)

    def too_many(self, asked: Filter) -> bool:
        """More combinations of values are chosen than are decided on."""
        counts = [len(asked.values(name)) for name in self.crowd.restricted(asked)]
        return reduce(int.__mul__, counts, 1) > MOST_COMBINATIONS

    def never(self, asked: Filter) -> bool:
        """Figures of a filter are shown of no time at all."""
        whole = (0, len(self.crowd.months))
        return int(self.months(asked).sum()) == 1 and not self.known(asked, whole)

    def known(self, asked: Filter, within: Block) -> bool:
        """Whether figures of a filter may be shown, of these months.

        They may where each combination of the values that are chosen may be shown, and what every
        wider filter leaves beside them.
        """
        names = self.crowd.restricted(asked)
        if not names:
            return bool(self.rule.fine(self.people(asked, within))[0])
        chosen = [self.crowd.chosen(name, asked.values(name)) for name in names]
        return self.cube(names, within).visible(chosen) and self._leaves_no_few(asked, within)

    def cube(self, names: tuple[Dimension, ...], within: Block) -> Cube:
        """What may be shown by these dimensions, of these months."""
        rows = self.crowd.within(*within)
        if len(names) == 1:
            found = self._cubes.get(within, lambda: tables(self.crowd, self.rule, rows))
            return found[names[0]]

        def made() -> Cube:
            parents = [self.cube(part, within) for part in parts_of(names)]
            return cube(self.crowd, self.rule, rows, names, parents)

        return self._cubes.get((within, names), made)

    def people(self, asked: Filter, within: Block) -> People:
        """The one set of people whose work a filter leaves of these months."""
        first, last = within
        return together(self.crowd.tally(asked)[first:last] > 0)

    def people_by(self, asked: Filter, dimension: Dimension, within: Block) -> Sets:
        """For each value of a dimension, whose work a filter leaves of these months."""
        rows = self.crowd.within(*within)
        left = np.ones(len(self.crowd.person[rows]), dtype=np.bool_)
        for name in self.crowd.restricted(asked):
            left &= self.crowd.chosen(name, asked.values(name))[self.crowd.codes(name)[rows]]
        codes = self.crowd.codes(dimension)[rows][left]
        count = len(self.crowd.values(dimension))
        return Sets(count, self.rule, codes, self.crowd.person[rows][left])

    def days(self, within: Block, asked: Filter) -> tuple[date | None, date | None]:
        """The first and the last day of these months; null where `asked` leaves that end open.

        Of a time before or after all work, the ends of its months.
        """
        months = self.crowd.months
        first, last = within
        since = asked.since and asked.since.replace(day=1)
        if since is not None and first < len(months):
            since = min(since, months[first])
        if asked.until is None or (last == len(months) and asked.until <= end_of_month(months[-1])):
            return since, None
        if last < len(months):
            return since, months[last] - timedelta(days=1)
        return since, end_of_month(asked.until)

    def _leaves_no_few(self, asked: Filter, within: Block) -> bool:
        """Whether no wider filter less this one is of a few people."""
        first, last = within
        own = self.crowd.tally(asked)[first:last].sum(axis=0, keepdims=True)
        rest = [
            self.crowd.tally(asked.without(*dropped))[first:last].sum(axis=0, keepdims=True) > own
            for dropped in subsets(self.crowd.restricted(asked))
        ]
        return bool(self.rule.fine(np.concatenate(rest)).all())

    def _joined(
        self,
        asked: Filter,
        begins: Callable[[Filter], Flags],
        tally: Callable[[Filter], Tally],
        bounds: list[int] | None = None,
    ) -> Flags:
        """Where times of a filter begin among those where they do for the others of `_others`.

        `bounds` are times between which none are joined.
        """
        names = self.crowd.restricted(asked)
        own = tally(asked)
        allowed = np.ones(len(own), dtype=np.bool_)
        for other in self._others(asked, names):
            allowed &= begins(other)
        groups = [own > 0]
        for dropped in subsets(names):
            groups.append(tally(asked.without(*dropped)) > own)
        found = [
            joined(allowed[first:last], [group[first:last] for group in groups], self.rule)
            for first, last in pairwise(bounds or [0, len(own)])
        ]
        return np.concatenate(found)

    def _others(self, asked: Filter, names: tuple[Dimension, ...]) -> list[Filter]:
        """The filters of whose times those of `asked` are made."""
        wider = [asked.without(name) for name in names]
        for name in names:
            values = asked.values(name)
            if len(values) > 1:
                return wider + [asked.having(name, value) for value in values]
        return wider
