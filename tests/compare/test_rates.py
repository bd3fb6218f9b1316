"""Rates of independent events carry Wilson's interval."""

from __future__ import annotations

import pytest
from scipy import stats

from landed.compare import rate_of


@pytest.mark.parametrize(
    ("counted", "total"), [(0, 60), (1, 40), (13, 180), (90, 180), (60, 60), (999, 1_000)]
)
def test_the_interval_is_that_of_scipy(counted: int, total: int) -> None:
    found = rate_of(counted, total)

    theirs = stats.binomtest(counted, total).proportion_ci(method="wilson")
    assert found.estimate == counted / total
    assert found.low == pytest.approx(theirs.low, abs=1e-12)
    assert found.high == pytest.approx(theirs.high, abs=1e-12)


def test_twelve_deployments_are_too_few_for_a_rate() -> None:
    found = rate_of(3, 12, "deployment")

    assert found.estimate is None
    assert found.more_changes is not None and found.more_changes >= 8
    assert found.missing == f"too few: need about {found.more_changes} more deployments"


def test_a_rate_of_nothing_is_not_zero() -> None:
    found = rate_of(0, 0)

    assert (found.estimate, found.more_changes) == (None, None)
    assert found.missing == "no such changes"
