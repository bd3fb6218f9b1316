"""Figures over time: weeks or months, joined where too few people are in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import pyarrow as pa

from landed.reports.dashboard.look import Look, Row
from landed.reports.journeys_model import Money
from landed.rollups.privacy import Population

Unit = Literal["week", "month"]


@dataclass(frozen=True)
class Cells:
    """Spans of whole weeks or months, first and last day, each of enough people to be shown."""

    spans: tuple[tuple[date, date], ...]

    @classmethod
    def weeks(cls, look: Look, population: Population = "sessions") -> Cells:
        """Weeks from Monday, joined with the next where too few people are in one."""
        return cls(tuple(look.privacy.cells(look.asked, population, unit="week")))

    @classmethod
    def months(cls, look: Look, population: Population = "sessions") -> Cells:
        """Months, joined likewise."""
        return cls(tuple(look.privacy.cells(look.asked, population, unit="month")))

    @property
    def table(self) -> pa.Table:
        """One row a span: its place, and its first and last second."""
        return pa.table(
            {
                "place": pa.array(range(len(self.spans)), pa.int64()),
                "first_second": pa.array([_midnight(first) for first, _ in self.spans], pa.int64()),
                "last_second": pa.array(
                    [_midnight(last + timedelta(days=1)) - 1 for _, last in self.spans], pa.int64()
                ),
            }
        )


@dataclass(frozen=True)
class Moment:
    """What was spent in one span of time."""

    first: date
    last: date
    calls: int
    tokens: int
    cost: Money


def spend_series(look: Look, cells: Cells) -> list[Moment]:
    """What was spent in each span; spans without any are there too."""
    rows: dict[int, Row] = {
        row["place"]: row for row in look.series("spend_over_time", ("spend",), {}, cells.table)
    }
    nothing = {"calls": 0, "unpriced_calls": 0, "tokens": 0, "list": 0, "cash": 0}
    found = []
    for place, (first, last) in enumerate(cells.spans):
        row = rows.get(place, nothing)
        priced = row["calls"] > row["unpriced_calls"] or row["list"] or not row["calls"]
        cost = Money(row["list"] if priced else None, row["cash"])
        found.append(Moment(first, last, row["calls"], row["tokens"], cost))
    return found


def months_joined(look: Look, population: Population, rows: Sequence[Row]) -> list[Row]:
    """Rows by month, such as 2026-01, renamed 2026-01 … 2026-03 where one is of too few people.

    Each month is told with those that `Cells.months` joins it with: add the rows up. `population`
    are those whose work the rows are; of nobody's work all months stay.
    """
    cells = Cells.months(look, population)
    spans = [(f"{first:%Y-%m}", f"{last:%Y-%m}") for first, last in cells.spans]
    if not spans:
        return list(rows)
    names = {}
    for month in {row["month"] for row in rows}:
        # what stands before the first of that work goes with it
        first, last = max((span for span in spans if span[0] <= month), default=spans[0])
        names[month] = first if first == last else f"{first} … {last}"
    return [row | {"month": names[row["month"]]} for row in rows]


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp())
