"""Events for so much exposure, such as incidents for every thousand lines, with an interval."""

from __future__ import annotations

import math

from landed.compare.medians import Amount

FEWEST_EVENTS = 5
"""Below so many events the interval is wider than the rate itself, and no rate is shown."""
_Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""


def events_per(events: float, exposure: float, per: float = 1_000, noun: str = "event") -> Amount:
    """`events` for each `per` of `exposure`; events may be weighted, such as 2.4 incidents.

    The interval is Byar's approximation of the exact one of Poisson (Rothman and Boice 1979). How
    many more are needed is 5 less the events there are.
    """
    number = math.floor(events)
    if exposure <= 0:
        return Amount(None, None, None, number, None, "nothing that it could be of")
    if events < FEWEST_EVENTS:
        more = math.ceil(FEWEST_EVENTS - events)
        words = f"too few: need about {more} more {noun}{'' if more == 1 else 's'}"
        return Amount(None, None, None, number, more, words)
    low, high = _byar(events)
    each = per / exposure
    return Amount(events * each, low * each, high * each, number, 0, None)


def _byar(events: float) -> tuple[float, float]:
    above = events + 1
    low = events * (1 - 1 / (9 * events) - _Z / (3 * math.sqrt(events))) ** 3
    high = above * (1 - 1 / (9 * above) + _Z / (3 * math.sqrt(above))) ** 3
    return low, high
