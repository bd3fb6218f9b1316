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

Rows = slice | npt.NDArray[np.intp]
"""Which rows of a crowd are meant: all from one to another, or their positions."""
People = npt.NDArray[np.bool_]
"""Sets of people, one a row: who is in it; the first column stands for people not known."""

Tally = npt.NDArray[np.int32]
"""How many rows there are of each month, or part of a week, and each person."""

_KNOWN: dict[Population, tuple[Dimension, ...]] = {
    "sessions": DIMENSIONS,
    "commits": ("repository", "team"),
    "changes": ("repository", "team", "agent"),
}
_EPOCH = date(1970, 1, 1)
_KEPT = 4
_TALLIES = 512
_TALLY_BYTES = 32 << 20
_FEWEST_TALLIES = 6
_MOST_DECIDED = 5000
_MOST_SHORT = 1 << 16
_NONE = np.zeros(0, dtype=np.intp)


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
    """Who did one kind of work: one row for each person, place and part of a week, by time."""

    def __init__(self, population: Population, rows: pa.Table) -> None:
        self.dimensions = _KNOWN[population]
        if population == "commits" and not _told(rows["team"]):
            # no file is any team's: then nothing that commits tell is narrowed by team
            self.dimensions = tuple(name for name in self.dimensions if name != "team")
        rows = rows.sort_by("day")
        people = _coded(rows["person"], unknown=True)
        self.names = people.values
        self.person = people.codes
        """Whose each row is: a position in `names`; 0 = not known whose."""
        self._columns = {name: _coded(rows[name]) for name in self.dimensions}
        self.parts = _parts(rows["day"])
        """The first day of each part of a week, from the first with work to the last."""
        self.months = tuple(sorted({part.replace(day=1) for part in self.parts}))
        """The first of each month that these parts lie in."""
        self.month_parts = np.searchsorted(_days(self.parts), _days(self.months))
        """With which part each month begins."""
        part = np.searchsorted(_days(self.parts), rows["day"].to_numpy())
        month = np.searchsorted(self.month_parts, part, side="right") - 1
        self._first_rows = np.searchsorted(month, np.arange(len(self.months) + 1))
        self._in_part = part * len(self.names) + self.person
        self._in_month = month * len(self.names) + self.person
        self._by_value = Kept(len(self.dimensions))
        self._tallies = Kept(_tallies(len(self.months) * len(self.names)))
        self._week_tallies = Kept(_tallies(len(self.parts) * len(self.names)))

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
        names = self.restricted(asked)
        if not names:
            return slice(0, len(self.person))
        by_name = {name: self._having(name, asked.values(name)) for name in names}
        first = min(by_name, key=lambda name: sum(map(len, by_name[name])))
        found = np.concatenate([_NONE, *by_name[first]])
        for name in names:
            if name != first:
                found = found[self.chosen(name, asked.values(name))[self.codes(name)[found]]]
        return found

    def tally(self, asked: Filter) -> Tally:
        """How many rows a filter's values leave of each month (rows) and person (columns).

        What one filter has more than a narrower one is the difference of the two.
        """
        return self._tallies.get(
            self._key(asked),
            lambda: self._tallied(asked, self._in_month, len(self.months)),
        )

    def week_tally(self, asked: Filter) -> Tally:
        """As `tally`, of each part of a week."""
        return self._week_tallies.get(
            self._key(asked),
            lambda: self._tallied(asked, self._in_part, len(self.parts)),
        )

    def within(self, first: int, last: int) -> slice:
        """The rows of the months from `first` up to before `last`."""
        return slice(int(self._first_rows[first]), int(self._first_rows[last]))

    def _having(self, dimension: Dimension, values: Iterable[str]) -> list[npt.NDArray[np.intp]]:
        """The rows of each of these values."""

        def made() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
            codes = self.codes(dimension)
            small = len(self.values(dimension)) <= _MOST_SHORT
            order = np.argsort(codes.astype(np.uint16) if small else codes, kind="stable")
            counts = np.bincount(codes, minlength=len(self.values(dimension)))
            return order, np.concatenate([[0], np.cumsum(counts)])

        order, bounds = self._by_value.get(dimension, made)
        chosen = np.flatnonzero(self.chosen(dimension, values)).tolist()
        return [order[bounds[value] : bounds[value + 1]] for value in chosen]

    def _tallied(self, asked: Filter, places: npt.NDArray[np.intp], times: int) -> Tally:
        shape = times, len(self.names)
        counts = np.bincount(places[self.rows(asked)], minlength=shape[0] * shape[1])
        return counts.astype(np.int32).reshape(shape)

    def _key(self, asked: Filter) -> Hashable:
        return tuple((name, asked.values(name)) for name in self.restricted(asked))


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


def _parts(days: pa.ChunkedArray) -> tuple[date, ...]:
    """Every Monday and every first of a month between the first and the last of these days."""
    if not len(days):
        return ()
    ends = pc.min_max(days).as_py()
    first, last = (_EPOCH + timedelta(days=ends[end]) for end in ("min", "max"))
    every = (first + timedelta(days=day) for day in range((last - first).days + 1))
    return tuple(day for day in every if day.weekday() == 0 or day.day == 1)


def _tallies(entries: int) -> int:
    """How many tables of so many numbers are kept: fewer of large ones."""
    return min(max(_TALLY_BYTES // max(4 * entries, 1), _FEWEST_TALLIES), _TALLIES)


def _days(dates: Iterable[date]) -> npt.NDArray[np.int32]:
    return np.array([(day - _EPOCH).days for day in dates], dtype=np.int32)


def _told(column: pa.ChunkedArray) -> bool:
    """Whether any row has a value."""
    return bool(pc.any(pc.not_equal(column, "")).as_py())
