"""Parts add up to the whole, to the micro-dollar."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.pricing.shares import largest_remainder

AMOUNTS = st.integers(-(10**15), 10**15)
WEIGHTS = st.lists(st.integers(0, 10**15), min_size=1, max_size=30).filter(any)


@given(AMOUNTS, WEIGHTS)
def test_nothing_is_lost_and_no_part_is_off_by_one(amount: int, weights: list[int]) -> None:
    parts = largest_remainder(amount, np.array(weights, np.int64)).tolist()

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1
        assert weight or not part


def test_what_is_left_over_goes_to_the_largest_remainders_then_to_the_first() -> None:
    assert largest_remainder(10, np.array([5, 3, 3])).tolist() == [4, 3, 3]
    assert largest_remainder(5, np.array([1, 1, 1])).tolist() == [2, 2, 1]
    assert largest_remainder(-5, np.array([1, 1, 1])).tolist() == [-2, -2, -1]


def test_nothing_can_be_split_by_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to split by"):
        largest_remainder(1, np.array([0, 0]))
