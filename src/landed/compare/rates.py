"""A share of independent events, such as deployments that failed, with Wilson's interval."""

from __future__ import annotations

import math

from landed.compare.figures import Figure, bounded

_Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""


def rate_of(counted: int, total: int, noun: str = "change") -> Figure:
    """`counted` of `total` changes or deployments, `noun`, each of which counts once.

    The interval is Wilson's score interval (Wilson 1927), which holds near 0 and 1 too. As for
    every share at least 20 are asked for and an interval no wider than 15 points to either side;
    how many more would do follows from the interval, which narrows with their square root.
    """
    if not total:
        return Figure(None, None, None, 0, None, f"no such {noun}s")
    share = counted / total
    shrunk = 1 + _Z**2 / total
    middle = (share + _Z**2 / (2 * total)) / shrunk
    half = _Z * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2)) / shrunk
    low = 0.0 if counted == 0 else max(0.0, middle - half)
    high = 1.0 if counted == total else min(1.0, middle + half)
    return bounded(share, low, high, total, noun)
