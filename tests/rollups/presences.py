"""Made-up work of people, rolled up, and the adversary who differences what is shown of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations, count

import pyarrow as pa

from landed.rollups import DIMENSIONS, Dimension, Filter
from landed.rollups.privacy import Population, Privacy
from landed.store import Store

EPOCH = date(1970, 1, 1)
PARTS = (
    date(2026, 8, 24),
    date(2026, 8, 31),
    date(2026, 9, 1),
    date(2026, 9, 7),
    date(2026, 10, 1),
    date(2026, 11, 2),
)
"""Mondays, and firsts of months."""
AFTER = date(2026, 11, 9)

_ticks = count()


@dataclass(frozen=True, order=True)
class Work:
    """Work of one person at one place in one part of a week."""

    person: str = field(default="")
    team: str = "A"
    agent: str = "x"
    repository: str = "R"
    model: str = "m"
    feature: str = "f"
    day: date = PARTS[0]
    population: Population = "sessions"


def work(people: Iterable[str], **place: object) -> list[Work]:
    """Work of each of these people at one place: `work("ab", team="A")`."""
    return [Work(person, **place) for person in people]  # type: ignore[arg-type]


def rolled_up(store: Store, rows: Iterable[Work]) -> Store:
    """The store with this work as its roll-up; an empty name is nobody known."""
    told = sorted(set(rows))
    columns = {
        name: pa.array([getattr(row, name) for row in told], pa.string())
        for name in ("population", *DIMENSIONS)
    }
    columns["person"] = pa.array([row.person or None for row in told], pa.string())
    columns["day"] = pa.array([(row.day - EPOCH).days for row in told], pa.int32())
    built = datetime(2026, 9, 20, tzinfo=UTC) + timedelta(seconds=next(_ticks))
    store.put_rollup("presence", pa.table(columns))
    store.put_rollup("state", pa.table({"built_at": pa.array([built])}))
    return store


@dataclass(frozen=True)
class Adversary:
    """Someone who asks for everything, keeps what is shown, and takes it off one another.

    `least` people must be in whatever is left, or nobody, or only `own`.
    """

    rows: list[Work]
    privacy: Privacy
    least: int
    own: frozenset[str] = frozenset()
    dimensions: tuple[Dimension, ...] = ("team", "agent")

    def few(self, rows: frozenset[Work]) -> bool:
        """Whether this is the work of some, and of fewer than there must be."""
        people = {row.person for row in rows}
        return bool(people - self.own) and len(people - {""}) < self.least

    def of(self, asked: Filter) -> frozenset[Work]:
        """The work that a figure is over."""
        return frozenset(
            row
            for row in self.rows
            if all(
                not asked.values(name) or getattr(row, name) in asked.values(name)
                for name in DIMENSIONS
            )
            and (asked.since is None or row.day >= asked.since)
            and (asked.until is None or row.day <= asked.until)
        )

    def filters(self) -> Iterator[Filter]:
        """All filters of no, one and two dimensions with one or two values each."""
        yield Filter()
        for name in self.dimensions:
            for chosen in self._choices(name):
                yield Filter().having(name, *chosen)
        for one, other in combinations(self.dimensions, 2):
            for chosen in self._choices(one):
                for further in self._choices(other):
                    yield Filter().having(one, *chosen).having(other, *further)

    def shown(self) -> dict[Filter, frozenset[Work]]:
        """Every filter that is shown, as the adversary may ask it, and what it is over."""
        bounds = combinations((*PARTS, AFTER), 2)
        times = [(since, until - timedelta(days=1)) for since, until in bounds]
        odd = [(None, None), (date(2026, 9, 3), None), (date(2026, 8, 26), date(2026, 9, 9))]
        found = {}
        for asked in self.filters():
            for time in chain(odd, times):
                moved = self.privacy.window(asked.between(*time), "sessions")
                for each in (asked.between(*time), moved):
                    if self.privacy.decision(each, "sessions").shown:
                        found[each] = self.of(each)
        return found

    def leaks(self) -> list[str]:
        """Everything that tells of too few, in words."""
        shown = self.shown()
        found = [f"small {asked}" for asked, rows in shown.items() if self.few(rows)]
        for asked, rows in shown.items():
            for wider, more in shown.items():
                if _within(asked, wider) and self.few(more - rows):
                    found.append(f"{wider} less {asked}")
            for name in self.dimensions:
                if not asked.values(name):
                    found += self._table_leaks(asked, rows, name)
            found += self._trend_leaks(asked, rows)
            found += self._run_leaks(asked, shown)
        return found

    def _table_leaks(self, asked: Filter, rows: frozenset[Work], name: Dimension) -> list[str]:
        groups = self.privacy.groups(asked, name, "sessions")
        values = [row.value for row in groups if row.value is not None]
        found = []
        for number in range(1, len(values) + 1):
            for some in combinations(values, number):
                if self.few(rows - self.of(asked.having(name, *some))):
                    found.append(f"{asked} less {name} {some}")
        return found

    def _trend_leaks(self, asked: Filter, rows: frozenset[Work]) -> list[str]:
        found = []
        for unit in ("week", "month"):
            cells = self.privacy.cells(asked, "sessions", unit)
            pieces = [self.of(asked.between(*cell)) for cell in cells]
            if frozenset(chain(*pieces)) != rows:
                found.append(f"the {unit}s of {asked} are not its time")
            for number in range(1, len(pieces) + 1):
                for some in combinations(pieces, number):
                    left = frozenset(chain(*some))
                    if self.few(left) or self.few(rows - left):
                        found.append(f"{unit}s of {asked}")
        return found

    def _run_leaks(self, asked: Filter, shown: dict[Filter, frozenset[Work]]) -> list[str]:
        """What runs of a trend's weeks tell beside the figures of other times and filters."""
        cells = self.privacy.cells(asked, "sessions", "week")
        found = []
        for first, last in combinations(range(len(cells) + 1), 2):
            run = asked.between(cells[first][0], cells[last - 1][1])
            rows = self.of(run)
            for other, more in shown.items():
                if rows < more and _within(run, other) and self.few(more - rows):
                    found.append(f"{other} less weeks of {run}")
                if more < rows and _within(other, run) and self.few(rows - more):
                    found.append(f"weeks of {run} less {other}")
        return found

    def _choices(self, name: Dimension) -> list[tuple[str, ...]]:
        values = sorted({getattr(row, name) for row in self.rows})
        return [*((value,) for value in values), *combinations(values, 2)]


def _within(narrow: Filter, wide: Filter) -> bool:
    """Whether one filter asks for a part of what the other asks for."""
    inside = all(
        not wide.values(name)
        or (narrow.values(name) and set(narrow.values(name)) <= set(wide.values(name)))
        for name in DIMENSIONS
    )
    later = (narrow.since or date.min) >= (wide.since or date.min)
    earlier = (narrow.until or date.max) <= (wide.until or date.max)
    return bool(inside and later and earlier)
