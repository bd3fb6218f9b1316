"""Incidents for every thousand lines: the interval of rare events, or how many more would tell."""

from __future__ import annotations

import pytest
from scipy import stats

from landed.compare import events_per


@pytest.mark.parametrize("events", [5, 12, 40, 300])
def test_the_interval_is_that_of_poisson(events: int) -> None:
    found = events_per(events, 20_000)

    low = stats.chi2.ppf(0.025, 2 * events) / 2 / 20
    high = stats.chi2.ppf(0.975, 2 * events + 2) / 2 / 20
    assert found.estimate == pytest.approx(events / 20)
    assert found.low == pytest.approx(low, rel=0.01)
    assert found.high == pytest.approx(high, rel=0.01)
    assert found.number == events


def test_two_incidents_and_a_half_are_too_few() -> None:
    found = events_per(2.5, 9_000, noun="incident")

    assert (found.estimate, found.number, found.more) == (None, 2, 3)
    assert found.missing == "too few: need about 3 more incidents"


def test_without_lines_there_is_no_rate() -> None:
    found = events_per(9, 0)

    assert (found.estimate, found.more) == (None, None)
    assert found.missing == "nothing that it could be of"
