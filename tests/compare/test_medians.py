"""A median is shown from 20 values on, with the interval of samples of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from landed.compare import median_of
from landed.compare.resampling import SAMPLES, SEED


def test_the_interval_is_that_of_the_percentile_bootstrap() -> None:
    values = np.random.default_rng(3).lognormal(2, 1, 150)

    found = median_of(values)

    theirs = stats.bootstrap(
        (values,), np.median, n_resamples=4_000, method="percentile", rng=np.random.default_rng(5)
    ).confidence_interval
    assert found.estimate == np.median(values)
    assert found.low == pytest.approx(theirs.low, rel=0.05)
    assert found.high == pytest.approx(theirs.high, rel=0.05)
    assert (found.number, found.more, found.missing) == (150, 0, None)


@pytest.mark.parametrize(("number", "more"), [(19, 1), (3, 17)])
def test_too_few_values_say_how_many_more(number: int, more: int) -> None:
    found = median_of(np.ones(number), "deployment")

    assert (found.estimate, found.number, found.more) == (None, number, more)
    assert found.missing == f"too few: need {more} more deployment{'s' * (more > 1)}"


def test_no_value_at_all_is_not_zero() -> None:
    found = median_of(np.zeros(0))

    assert (found.estimate, found.number, found.more) == (None, 0, None)
    assert found.missing == "no such changes"


def test_the_same_values_always_give_the_same_interval() -> None:
    values = np.arange(50.0)

    assert median_of(values) == median_of(values)


def test_the_interval_is_that_of_samples_drawn_one_at_a_time() -> None:
    values = np.random.default_rng(5).lognormal(3, 1, 3_001)
    random = np.random.default_rng(SEED)
    medians = [np.median(values[random.integers(0, 3_001, 3_001)]) for _ in range(SAMPLES)]
    low, high = np.percentile(medians, [2.5, 97.5])
    found = median_of(values)
    assert (found.estimate, found.low, found.high) == (np.median(values), low, high)
