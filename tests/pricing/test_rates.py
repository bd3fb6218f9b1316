"""Products of tokens and rates are exact and rounded once."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.pricing.rates import CLASSES, MOST_TOKENS, Rates, microdollars

RATE = st.decimals(min_value=0, max_value=1000, places=4) | st.decimals(
    min_value=0, max_value=10, places=18
)
TOKENS = st.integers(0, 5_000_000) | st.integers(0, MOST_TOKENS)


def rates(**given: Decimal) -> Rates:
    return Rates(**({name: Decimal(0) for name in CLASSES} | given))


@given(
    chosen=st.lists(RATE, min_size=8, max_size=8),
    calls=st.lists(st.lists(TOKENS, min_size=7, max_size=7), min_size=1, max_size=5),
)
def test_as_decimals_say(chosen: list[Decimal], calls: list[list[int]]) -> None:
    *by_class, call = chosen
    of_all = Rates(*by_class, call=call)

    found = microdollars(np.array(calls, np.int64), of_all)

    for tokens, amount in zip(calls, found.tolist(), strict=True):
        exact = call + sum(rate * count for rate, count in zip(by_class, tokens, strict=True))
        assert amount == int(exact.to_integral_value(ROUND_HALF_EVEN))


@pytest.mark.parametrize(("tokens", "amount"), [(1, 0), (3, 2), (5, 2), (7, 4), (2, 1)])
def test_a_half_goes_to_the_even_neighbour(tokens: int, amount: int) -> None:
    half = rates(input=Decimal("0.5"))

    assert microdollars(np.array([[tokens, 0, 0, 0, 0, 0, 0]]), half).tolist() == [amount]


def test_no_calls_cost_nothing() -> None:
    assert microdollars(np.zeros((0, 7), np.int64), rates(input=Decimal(3))).tolist() == []


def test_a_factor_leaves_searches_alone() -> None:
    dearer = rates(input=Decimal(5), output=Decimal(25), web_search=Decimal(10000)).times(
        Decimal("1.1")
    )

    assert (dearer.input, dearer.output, dearer.web_search) == (
        Decimal("5.5"),
        Decimal("27.5"),
        Decimal(10000),
    )
