"""A share of lines with its interval, drawn over the groups of lines that share their fate."""

from __future__ import annotations

import numpy as np

from landed.compare.exits import Integers
from landed.compare.figures import COVERED, Figure, bounded
from landed.compare.resampling import Resampling


def share_of(counted: Integers, total: Integers, noun: str = "session") -> Figure:
    """The sum of `counted` over the sum of `total`, with an interval over whole groups.

    Each entry is one group (a session, a change), whose lines are drawn together. Where there are
    too few groups, or the interval is too wide, the figure says how many more would do; `noun` is
    what one is called.
    """
    groups = len(total)
    if not groups or not int(total.sum()):
        return Figure(None, None, None, 0, None, "no such lines")
    weights = Resampling.over(groups).weights.astype(float)
    sums = weights @ total.astype(float)
    shares = np.divide(
        weights @ counted.astype(float), sums, where=sums > 0, out=np.zeros(len(sums))
    )
    low, high = np.percentile(shares[1:], COVERED)
    return bounded(float(shares[0]), float(low), float(high), groups, noun)
