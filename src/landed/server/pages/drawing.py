"""Small pictures inside text: where their lines and bands go. Colours are the style sheet's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SPARK_WIDTH, SPARK_HEIGHT = 120, 28
_MARGIN = 3.0


@dataclass(frozen=True)
class Spark:
    """The path of a tiny trend, the area below it, and its last point."""

    line: str
    area: str
    x: float
    y: float


def sparkline(values: Sequence[float | None]) -> Spark | None:
    """A trend in a box of SPARK_WIDTH × SPARK_HEIGHT; null for fewer than two values.

    The scale begins at 0 where all values are positive: a trend is not to look steeper than it is.
    Gaps are left out, and what stands beside them is joined.
    """
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    low, high = min(0.0, *(v for _, v in known)), max(0.0, *(v for _, v in known))
    room = SPARK_HEIGHT - 2 * _MARGIN
    step = (SPARK_WIDTH - 2 * _MARGIN) / (len(values) - 1)
    span = (high - low) or 1.0
    places = [
        (round(_MARGIN + place * step, 1), round(_MARGIN + room * (high - value) / span, 1))
        for place, value in known
    ]
    line = "M" + "L".join(f"{x} {y}" for x, y in places)
    ground = round(_MARGIN + room * high / span, 1)
    area = f"{line}L{places[-1][0]} {ground}L{places[0][0]} {ground}Z"
    return Spark(line, area, *places[-1])


@dataclass(frozen=True)
class Scale:
    """Where values stand along a line of 100 %."""

    low: float
    high: float

    def at(self, value: float) -> str:
        """The place of a value as 37.50%."""
        span = (self.high - self.low) or 1.0
        return f"{min(100.0, max(0.0, 100 * (value - self.low) / span)):.2f}%"

    def ticks(self) -> list[float]:
        """Two to five round values that the line holds, such as 0, 0.2, 0.4, 0.6."""
        span = (self.high - self.low) or 1.0
        unit = 10.0 ** math.floor(math.log10(span))
        steps = (unit * part for part in (0.2, 0.5, 1.0, 2.0))
        step = next(step for step in steps if span / step < 5)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [round(place * step, 12) for place in range(first, last + 1)]

    def between(self, low: float, high: float) -> str:
        """The length from one value to another as 12.50%."""
        span = (self.high - self.low) or 1.0
        return f"{min(100.0, max(0.0, 100 * (high - low) / span)):.2f}%"


def scale_of(values: Sequence[float | None], *, room: float = 1.06) -> Scale:
    """A scale from 0, or from the least value below it, to a little above the greatest."""
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    return Scale(low * room, high * room or 1.0)


FLOW_ROW = 40
"""Pixels from one bucket to the next where flows are drawn beside a list."""
FLOW_WIDTH = 100


@dataclass(frozen=True)
class Flows:
    """Bands from one bar at the left to buckets at the right, each row FLOW_ROW high."""

    height: int
    bands: list[str]


def flows(amounts: Sequence[float]) -> Flows:
    """The bands for buckets' amounts, in order; a bucket with something is at least seen."""
    height = FLOW_ROW * len(amounts)
    total = sum(amounts) or 1.0
    full = height - FLOW_ROW / 2
    start, bands = FLOW_ROW / 4, []
    for place, amount in enumerate(amounts):
        thick = full * amount / total
        middle = FLOW_ROW * (place + 0.5)
        half = min(FLOW_ROW * 0.44, max(0.75, thick / 2)) if amount else 0.0
        bands.append(_band(start, start + thick, middle - half, middle + half))
        start += thick
    return Flows(height, bands)


def _band(top: float, bottom: float, to_top: float, to_bottom: float) -> str:
    """A band that leaves the left edge and arrives at the right one level."""
    half, end = FLOW_WIDTH / 2, FLOW_WIDTH
    return (
        f"M0 {top:.1f}C{half} {top:.1f} {half} {to_top:.1f} {end} {to_top:.1f}"
        f"L{end} {to_bottom:.1f}C{half} {to_bottom:.1f} {half} {bottom:.1f} 0 {bottom:.1f}Z"
    )
