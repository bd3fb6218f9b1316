"""The curve is that of lifelines, for every kind of censoring."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from tests.compare.cases import exits, random_exits

from landed.compare import HORIZON, Exits, Resampling, curve, resampled_curves
from landed.compare.exits import Numbers


def lifelines_curve(found: Exits, lines: Numbers | None = None) -> Numbers:
    """What lifelines makes of the same rows."""
    fitter = KaplanMeierFitter().fit(
        found.exit_day,
        found.died,
        entry=found.entry_day,
        weights=found.lines if lines is None else lines,
    )
    values: Numbers = fitter.survival_function_at_times(range(HORIZON + 1)).to_numpy()
    return values


@pytest.mark.parametrize("seed", range(5))
def test_the_curve_equals_that_of_lifelines(seed: int) -> None:
    found = random_exits(seed)
    np.testing.assert_allclose(curve(found), lifelines_curve(found), atol=1e-12)


def test_lines_that_were_there_before_the_window_count_from_its_start() -> None:
    found = random_exits(7, truncated=True)
    # lifelines takes a line to be at risk only after the day on which it is first seen
    seen_before = Exits(
        found.change,
        found.cell,
        np.maximum(found.entry_day - 1, 0),
        found.exit_day,
        found.died,
        found.follow_up,
        found.lines,
    )
    np.testing.assert_allclose(curve(found), lifelines_curve(seen_before), atol=1e-12)


def test_a_sample_is_the_curve_of_its_changes_as_often_as_they_were_drawn() -> None:
    found = random_exits(3, changes=30)
    resampling = Resampling.over(30, samples=8)
    curves = resampled_curves(found, resampling)
    for sample in (1, 4, 8):
        drawn = resampling.weights[sample].astype(float)[found.change]
        kept = found.where(drawn > 0)
        expected = lifelines_curve(kept, (found.lines * drawn)[drawn > 0])
        np.testing.assert_allclose(curves[sample], expected, atol=1e-6)


def test_half_of_the_lines_gone_on_day_ten() -> None:
    found = exits([(0, 10, True, 5), (1, 100, False, 5)])
    survival = curve(found)
    assert survival[9] == 1.0
    assert survival[10] == survival[365] == 0.5


def test_lines_no_longer_watched_leave_the_others_more_weight() -> None:
    found = exits([(0, 5, False, 5), (1, 10, True, 1), (2, 20, False, 4)])
    assert curve(found)[10] == pytest.approx(0.8)
