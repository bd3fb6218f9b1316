"""Splitting an amount into whole micro-dollars that add up to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LARGEST = 2**62


def largest_remainder(amount: int, weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Split `amount` in proportion to `weights`, so that the parts add up to it exactly.

    What rounding down leaves over goes, one by one, to the largest remainders, the first ones
    where they are equal. An amount below zero is split like its opposite. Raises ValueError where
    no weight is above zero.
    """
    total = int(weights.sum(dtype=object)) if len(weights) else 0
    if total <= 0:
        raise ValueError("nothing to split by")
    size = abs(amount)
    fits = size * int(weights.max()) < _LARGEST and total < _LARGEST
    products = weights.astype(np.int64 if fits else object) * size
    parts = np.asarray(products // total).astype(np.int64)
    missing = size - int(parts.sum())
    remainders = np.asarray(products % total)
    first = np.argsort(-remainders, kind="stable")[:missing]
    parts[first] += 1
    return parts if amount >= 0 else -parts
