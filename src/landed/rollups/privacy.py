"""Whose figures are shown to whom: none that tells of fewer than k people, however it is reached.

A figure over fewer than k people, or one from which such a figure follows by taking another off, is
shown to nobody but those people: k-anonymity (Sweeney 2002) with the suppression of cells that
statistical offices use against differences.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np

from landed.rollups.crowd_judge import Judge
from landed.rollups.crowd_sets import Flags, Rule
from landed.rollups.crowd_times import Block, end_of_month, end_of_part
from landed.rollups.filters import Dimension, Filter
from landed.rollups.presence import (
    POPULATIONS,
    Crowd,
    People,
    Population,
    Presence,
    presence,
)
from landed.store import Store

__all__ = ["POPULATIONS", "Decision", "GroupShown", "Population", "Privacy"]

T = TypeVar("T")
_WORDS = dict(
    enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 2)
)


@dataclass(frozen=True)
class Decision:
    """Whether the figures that were asked for may be shown.

    Attributes:
        shown: they may.
        people: how many known people's work they are about; null where they may not be shown.
        why: why they may not, in words for people; null where they may.
    """

    shown: bool
    people: int | None
    why: str | None


@dataclass(frozen=True)
class GroupShown:
    """One row of a table by one dimension.

    Attributes:
        value: the value; null for "others", all that are not shown by themselves.
        people: how many known people's work it is; null where it may not be shown.
        shown: the row may be shown. Values that may not are in `others`.
    """

    value: str | None
    people: int | None
    shown: bool


class Privacy:
    """What one viewer may see of everybody's figures, as of when they were rolled up."""

    def __init__(
        self,
        store: Store,
        smallest: int,
        own: frozenset[str],
        *,
        everything: bool = False,
    ) -> None:
        """Decide for a viewer.

        Args:
            store: where the roll-ups are; stays the caller's.
            smallest: the fewest people of whom a figure is shown to others.
            own: the viewer's own e-mail addresses.
            everything: the viewer owns the machine that holds the store. Commits and changes are
                then what they can read themselves; sessions of unknown people are their own, and
                so are all sessions where they are one person's. Others' are guarded as ever.
        """
        self._store = store
        self._smallest = smallest
        self._own = frozenset(person.lower() for person in own)
        self._everything = everything

    def decision(self, asked: Filter, population: Population) -> Decision:
        """Whether figures about the work of `population` under a filter may be shown.

        A time that `window` would move is not shown: ask for what that returns.
        """
        return self._once(("decision", population, asked), lambda: self._decided(asked, population))

    def groups(
        self, asked: Filter, dimension: Dimension, population: Population
    ) -> list[GroupShown]:
        """The rows of a table by one dimension, by value; last `others`, where there are any.

        A value is shown in it if and only if `decision` shows it as a filter. `others` never is of
        a few people: where too few would be left, further values are put to it.
        """
        key = ("groups", population, asked, dimension)
        return list(self._once(key, lambda: self._grouped(asked, dimension, population)))

    def window(self, asked: Filter, *populations: Population) -> Filter:
        """The filter with its time moved outwards, so that no two times differ by a few people.

        Times begin on firsts of months; where a month is that of a few people, it is one with
        those beside it. An end in the month that still runs is open (`until` null). Of several
        populations (none = of all) the time fits each.
        """
        wanted = populations or POPULATIONS
        key = ("window", wanted, asked)
        return self._once(key, lambda: self._moved(asked, wanted))

    def cells(
        self,
        asked: Filter,
        population: Population,
        unit: Literal["week", "month"] = "month",
    ) -> list[tuple[date, date]]:
        """The times of a trend, first and last day of each, whose values may be shown.

        Weeks begin on Mondays, months on their first; neighbours are joined where one alone, or
        its part in one month, would tell of a few. Empty where nothing may be shown, and where
        there is nothing.
        """
        key = ("cells", population, asked, unit)
        return list(self._once(key, lambda: self._timed(asked, population, unit)))

    @property
    def few(self) -> str:
        """ "fewer than five people", as the settings say."""
        return f"fewer than {_WORDS.get(self._smallest, self._smallest)} people"

    def _decided(self, asked: Filter, population: Population) -> Decision:
        judge = self._judge(population)
        crowd = judge.crowd
        if not crowd.parts:
            return Decision(True, 0, None)
        if judge.nobody_else:
            return Decision(True, self._size(judge, asked), None)
        if judge.too_many(asked):
            return Decision(False, None, "too many values are chosen at once: choose fewer")
        if self._moved(asked, (population,)) != _open(asked, crowd):
            return Decision(False, None, f"the time cuts off work of {self.few}")
        people = judge.people(asked, judge.span(asked))
        if judge.known(asked, judge.span(asked)):
            return Decision(True, int(judge.rule.size(people)[0]), None)
        return Decision(False, None, self._why(judge, people))

    def _why(self, judge: Judge, people: People) -> str:
        if not judge.rule.size(people)[0]:
            return "it is not known whose work this is"
        if judge.rule.fine(people)[0]:
            return f"it would leave {self.few} apart"
        return self.few

    def _grouped(
        self, asked: Filter, dimension: Dimension, population: Population
    ) -> list[GroupShown]:
        judge = self._judge(population)
        crowd = judge.crowd
        if dimension not in crowd.dimensions or not crowd.parts or judge.too_many(asked):
            return []
        within = self._touched(judge, asked) if judge.nobody_else else judge.span(asked)
        people = judge.people_by(asked, dimension, within)
        values = crowd.values(dimension)
        found, folded = [], np.zeros(len(values), dtype=np.bool_)
        for place in np.flatnonzero(people.there).tolist():
            decision = self.decision(asked.having(dimension, values[place]), population)
            if decision.shown:
                found.append(GroupShown(values[place], decision.people, True))
            else:
                folded[place] = True
        if folded.any():
            shown = self.decision(asked, population).shown
            together = people.joined(folded, np.zeros(len(values), dtype=np.int64), 1)
            found.append(GroupShown(None, int(together.size[0]) if shown else None, shown))
        return found

    def _timed(
        self, asked: Filter, population: Population, unit: Literal["week", "month"]
    ) -> list[tuple[date, date]]:
        judge = self._judge(population)
        crowd = judge.crowd
        if not crowd.parts or not self.decision(asked, population).shown:
            return []
        first, last = (_part(crowd, month) for month in judge.span(asked))
        if first == last:
            return []
        if unit == "week":
            mondays = np.array([part.weekday() == 0 for part in crowd.parts], dtype=np.bool_)
            begins = np.flatnonzero(judge.weeks(asked) & mondays)
        else:
            begins = crowd.month_parts[judge.months(asked)]
        since = max(crowd.parts[first], asked.since or date.min)
        until = min(end_of_part(crowd.parts[last - 1]), asked.until or date.max)
        if since > until:
            return []
        inside = [crowd.parts[place] for place in begins.tolist()]
        starts = [since, *(part for part in inside if since < part <= until)]
        ends = [start - timedelta(days=1) for start in starts[1:]]
        return list(zip(starts, [*ends, until], strict=True))

    def _moved(self, asked: Filter, populations: tuple[Population, ...]) -> Filter:
        judges = [self._judge(name) for name in populations]
        judges = [judge for judge in judges if judge.crowd.parts and not judge.nobody_else]
        moved, before = asked, None
        while moved != before:
            before = moved
            for judge in judges:
                if judge.too_many(asked) or judge.never(asked):
                    continue
                since, until = judge.days(judge.span(moved), moved)
                moved = moved.between(since, until)
        return moved

    def _size(self, judge: Judge, asked: Filter) -> int:
        return int(judge.rule.size(judge.people(asked, self._touched(judge, asked)))[0])

    def _touched(self, judge: Judge, asked: Filter) -> Block:
        """The months that a time touches."""
        months = judge.crowd.months
        first = sum(1 for month in months[1:] if asked.since is not None and month <= asked.since)
        last = sum(1 for month in months if asked.until is None or month <= asked.until)
        return first, max(first, last)

    def _judge(self, population: Population) -> Judge:
        def made() -> Judge:
            crowd = self._presence.crowd(population)
            return Judge(crowd, Rule(self._smallest, self._owned(crowd, population)))

        return self._once(("judge", population), made)

    def _owned(self, crowd: Crowd, population: Population) -> Flags:
        """Which people of a crowd are the viewer."""
        own = np.array([name in self._own for name in crowd.names], dtype=np.bool_)
        if self._everything:
            own[0] = True
            if population != "sessions" or len(crowd.names) <= 2:
                own[:] = True
        return own

    @cached_property
    def _presence(self) -> Presence:
        return presence(self._store)

    def _once(self, key: Hashable, decide: Callable[[], T]) -> T:
        """What was decided for this viewer on these roll-ups, else what `decide` returns."""
        return self._presence.decided.get(
            (self._smallest, self._own, self._everything, key), decide
        )


def _part(crowd: Crowd, month: int) -> int:
    """The part of a week with which a month begins; after the last month the end of all."""
    return int(crowd.month_parts[month]) if month < len(crowd.months) else len(crowd.parts)


def _open(asked: Filter, crowd: Crowd) -> Filter:
    """The filter, its end open where it is the end of the month that still runs."""
    if asked.until is not None and asked.until == end_of_month(crowd.months[-1]):
        return asked.between(asked.since, None)
    return asked
