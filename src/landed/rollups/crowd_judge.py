"""What of one kind of work one viewer may see: decided once for each filter and time."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property, reduce

import numpy as np

from landed.rollups.crowd_cubes import Cube, Flags, Rule, cube, parts_of, subsets, together
from landed.rollups.crowd_times import Block, end_of, joined, span
from landed.rollups.filters import Dimension, Filter
from landed.rollups.presence import Crowd, Kept, People

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
        self._begins = Kept(_BEGINS)

    @cached_property
    def nobody_else(self) -> bool:
        """All of it is the viewer's own."""
        return bool(
            (
                self.rule.own | (np.bincount(self.crowd.person, minlength=len(self.rule.own)) == 0)
            ).all()
        )

    def begins(self, asked: Filter) -> Flags:
        """Which parts of weeks begin a time of which figures may be shown under a filter.

        Times of a filter are made of times of every wider one, and of every narrower one of single
        values: so whatever differs between two times that may be shown may be shown itself.
        """
        asked = asked.between(None, None)
        return self._begins.get(asked, lambda: self._joined(asked))

    def span(self, asked: Filter) -> Block:
        """The parts of weeks of a filter's time, moved outwards to where times begin."""
        return span(self.crowd.parts, self.begins(asked), asked.since, asked.until)

    def too_many(self, asked: Filter) -> bool:
        """More combinations of values are chosen than are decided on."""
        counts = [len(asked.values(name)) for name in self.crowd.restricted(asked)]
        return reduce(int.__mul__, counts, 1) > MOST_COMBINATIONS

    def never(self, asked: Filter) -> bool:
        """Figures of a filter are shown of no time at all."""
        whole = (0, len(self.crowd.parts))
        return int(self.begins(asked).sum()) == 1 and not self.known(asked, whole)

    def known(self, asked: Filter, within: Block) -> bool:
        """Whether figures of a filter may be shown, of these parts of weeks.

        They may where each combination of the values that are chosen may be shown, and what every
        wider filter leaves beside them.
        """
        names = self.crowd.restricted(asked)
        if not names:
            return bool(self.rule.fine(self.people(asked, within))[0])
        chosen = [self.crowd.chosen(name, asked.values(name)) for name in names]
        return self.cube(names, within).visible(chosen) and self._leaves_no_few(asked, within)

    def cube(self, names: tuple[Dimension, ...], within: Block) -> Cube:
        """What may be shown by these dimensions, of these parts of weeks."""

        def made() -> Cube:
            parents = [self.cube(part, within) for part in parts_of(names)]
            return cube(self.crowd, self.rule, self.crowd.within(*within), names, parents)

        return self._cubes.get((within, names), made)

    def people(self, asked: Filter, within: Block) -> People:
        """The one set of people whose work a filter leaves of these parts of weeks."""
        first, last = within
        return together(self.crowd.tally(asked)[first:last] > 0)

    def days(self, within: Block, asked: Filter) -> tuple[date | None, date | None]:
        """The first and the last day of these parts; null where `asked` leaves that end open."""
        parts = self.crowd.parts
        first, last = within
        since = asked.since
        if since is not None and first < len(parts) and parts[first] < since:
            since = parts[first]
        if asked.until is None or (last == len(parts) and asked.until <= end_of(parts)):
            return since, None
        return since, parts[last] - timedelta(days=1) if last < len(parts) else asked.until

    def _leaves_no_few(self, asked: Filter, within: Block) -> bool:
        """Whether no wider filter less this one is of a few people."""
        first, last = within
        own = self.crowd.tally(asked)[first:last].sum(axis=0, keepdims=True)
        rest = [
            self.crowd.tally(asked.without(*dropped))[first:last].sum(axis=0, keepdims=True) > own
            for dropped in subsets(self.crowd.restricted(asked))
        ]
        return bool(self.rule.fine(np.concatenate(rest)).all())

    def _joined(self, asked: Filter) -> Flags:
        names = self.crowd.restricted(asked)
        allowed = np.ones(len(self.crowd.parts), dtype=np.bool_)
        for other in self._others(asked, names):
            allowed &= self.begins(other)
        own = self.crowd.tally(asked)
        groups = [own > 0]
        for dropped in subsets(names):
            groups.append(self.crowd.tally(asked.without(*dropped)) > own)
        return joined(self.crowd.parts, allowed, groups, self.rule)

    def _others(self, asked: Filter, names: tuple[Dimension, ...]) -> list[Filter]:
        """The filters of whose times those of `asked` are made."""
        wider = [asked.without(name) for name in names]
        for name in names:
            values = asked.values(name)
            if len(values) > 1:
                return wider + [asked.having(name, value) for value in values]
        return wider
