"""Who worked at what, and when: what k-anonymity is decided on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import Any, Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from landed.rollups.filters import DIMENSIONS, Dimension, Filter
from landed.store import Store

T = TypeVar("T")
Population = Literal["sessions", "commits", "changes"]
"""Whose work a figure is about: who ran sessions of agents, made commits, or opened changes."""
POPULATIONS: tuple[Population, ...] = get_args(Population)

Rows = npt.NDArray[np.intp]
"""Which rows of a crowd are meant: their positions."""
People = npt.NDArray[np.bool_]
"""Sets of people, one a row: who is in it; the first column stands for people not known."""

Tally = npt.NDArray[np.int32]
"""How many rows there are of each part of a week and each person."""

_KNOWN: dict[Population, tuple[Dimension, ...]] = {
    "sessions": DIMENSIONS,
    "commits": ("repository", "team"),
    "changes": ("repository", "team", "agent"),
}
_EPOCH = date(1970, 1, 1)
_KEPT = 4
_TALLIES = 64
_MOST_DECIDED = 5000


class Kept:
    """What was made last, by what it was made of; for several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[Hashable, Any] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept for `key`, else what `make` returns, which then is."""
        with self._lock:
            if key in self._found:
                kept: T = self._found[key]
                return kept
        made = make()
        with self._lock:
            while len(self._found) >= self._most:
                del self._found[next(iter(self._found))]
            self._found[key] = made
        return made


@dataclass(frozen=True)
class Coded:
    """A column as numbers: `codes` one a row, each the position in `values`."""

    values: tuple[str, ...]
    codes: npt.NDArray[np.int32]


class Crowd:
    """Who did one kind of work: one row for each person, place and part of a week."""

    def __init__(self, population: Population, rows: pa.Table) -> None:
        self.dimensions = _KNOWN[population]
        if population == "commits" and not _told(rows["team"]):
            # no file is any team's: then nothing that commits tell is narrowed by team
            self.dimensions = tuple(name for name in self.dimensions if name != "team")
        people = _coded(rows["person"], unknown=True)
        self.names = people.values
        self.person = people.codes
        """Whose each row is: a position in `names`; 0 = not known whose."""
        self._columns = {name: _coded(rows[name]) for name in self.dimensions}
        self.parts = _parts(rows["day"])
        """The first day of each part of a week, from the first with work to the last."""
        days = rows["day"].to_numpy()
        self._part = np.searchsorted(_days(self.parts), days)
        self._tallies = Kept(_TALLIES)

    def values(self, dimension: Dimension) -> tuple[str, ...]:
        """All values of a dimension, in order."""
        return self._columns[dimension].values

    def codes(self, dimension: Dimension) -> npt.NDArray[np.int32]:
        """The value of each row: a position in `values`."""
        return self._columns[dimension].codes

    def chosen(self, dimension: Dimension, values: Iterable[str]) -> npt.NDArray[np.bool_]:
        """For each value of a dimension, whether it is one of these."""
        wanted = set(values)
        return np.array([value in wanted for value in self.values(dimension)], dtype=np.bool_)

    def restricted(self, asked: Filter) -> tuple[Dimension, ...]:
        """The dimensions that the filter restricts and this work knows."""
        return tuple(name for name in asked.restricted if name in self.dimensions)

    def rows(self, asked: Filter) -> Rows:
        """The rows that the filter's values leave, of all time."""
        return self.left(asked, np.arange(len(self.person)))

    def left(self, asked: Filter, rows: Rows) -> Rows:
        """Those of these rows that the filter's values leave."""
        for name in self.restricted(asked):
            rows = rows[self.chosen(name, asked.values(name))[self.codes(name)[rows]]]
        return rows

    def tally(self, asked: Filter) -> Tally:
        """How many rows a filter's values leave of each part of a week (rows) and person (columns).

        What one filter has more than a narrower one is the difference of the two.
        """
        key = tuple((name, asked.values(name)) for name in self.restricted(asked))
        return self._tallies.get(key, lambda: self._tallied(self.rows(asked)))

    def _tallied(self, rows: Rows) -> Tally:
        shape = len(self.parts), len(self.names)
        places = self._part[rows] * shape[1] + self.person[rows]
        counts = np.bincount(places, minlength=shape[0] * shape[1])
        return counts.astype(np.int32).reshape(shape)

    def within(self, first: int, last: int) -> Rows:
        """The rows of the parts from `first` up to before `last`."""
        return np.flatnonzero((self._part >= first) & (self._part < last))

    def people_by(self, dimension: Dimension, rows: Rows) -> People:
        """For each value of a dimension, to whom these rows belong."""
        found = np.zeros((len(self.values(dimension)), len(self.names)), dtype=np.bool_)
        found[self.codes(dimension)[rows], self.person[rows]] = True
        return found

    def within_one(self, inner: Dimension, outer: Dimension, rows: Rows) -> npt.NDArray[np.int64]:
        """For each value of `inner` the one value of `outer` in which it lies.

        -1 where it lies in several, or in none.
        """
        shape = len(self.values(inner)), len(self.values(outer))
        pairs = self.codes(inner)[rows].astype(np.int64) * shape[1] + self.codes(outer)[rows]
        there = np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape) > 0
        return np.where(there.sum(axis=1) == 1, there.argmax(axis=1), -1)


class Presence:
    """The work of everybody, as of one time of rolling up; keeps what was decided on it."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows
        self._crowds = Kept(len(POPULATIONS))
        self.decided = Kept(_MOST_DECIDED)
        """What was decided on it."""

    def crowd(self, population: Population) -> Crowd:
        """Those who did this kind of work."""

        def made() -> Crowd:
            own = self._rows.filter(pc.equal(self._rows["population"], population))
            return Crowd(population, own)

        return self._crowds.get(population, made)


_known = Kept(_KEPT)


def presence(store: Store) -> Presence:
    """What is rolled up of everybody's work; read once for each time of rolling up."""
    (state,) = store.query("select built_at from rollup.state").to_pylist()
    key = (str(store.path), state["built_at"])
    return _known.get(key, lambda: Presence(store.query("select * from rollup.presence")))


def _coded(column: pa.ChunkedArray, *, unknown: bool = False) -> Coded:
    """The column as numbers, its values in order; nulls are `''`, which is there if `unknown`."""
    told = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    values = told.dictionary.to_pylist()
    order = sorted({*values, ""} if unknown else values)
    places = {value: place for place, value in enumerate(order)}
    moved = np.array([places[value] for value in values], dtype=np.int32)
    codes = told.indices.to_numpy(zero_copy_only=False)
    return Coded(tuple(order), moved[codes] if len(moved) else codes.astype(np.int32))


def _told(column: pa.ChunkedArray) -> bool:
    """Whether any row has a value."""
    return bool(pc.any(pc.not_equal(column, "")).as_py())


def _parts(days: pa.ChunkedArray) -> tuple[date, ...]:
    """Every Monday and every first of a month between the first and the last of these days."""
    if not len(days):
        return ()
    ends = pc.min_max(days).as_py()
    first, last = (_EPOCH + timedelta(days=ends[end]) for end in ("min", "max"))
    every = (first + timedelta(days=day) for day in range((last - first).days + 1))
    return tuple(day for day in every if day.weekday() == 0 or day.day == 1)


def _days(dates: Iterable[date]) -> npt.NDArray[np.int32]:
    return np.array([(day - _EPOCH).days for day in dates], dtype=np.int32)
