"""A figure is shown from 20 changes and 15 points on; else it says how many more are needed."""

from __future__ import annotations

import pytest
from tests.compare.cases import exits, random_exits

from landed.compare import Resampling, figure_at, figures_at, resampled_curves
from landed.compare.figures import bounded, more_changes


@pytest.mark.parametrize(
    ("changes", "half_width", "more"),
    [
        (20, 0.15, 0),
        (19, 0.01, 1),
        (5, 0.05, 15),
        (20, 0.30, 60),
        (100, 0.16, 14),
    ],
)
def test_how_many_more_changes_are_needed(changes: int, half_width: float, more: int) -> None:
    assert more_changes(changes, half_width) == more


def test_enough_changes_give_a_figure_with_its_interval() -> None:
    rows = [(change, 10 if change % 4 == 0 else 300, change % 4 == 0, 5) for change in range(200)]
    found = exits(rows)
    figure = figure_at(found, resampled_curves(found, Resampling.over(200)), 30)
    assert figure.estimate == pytest.approx(0.75)
    assert figure.low is not None and figure.high is not None
    # the standard error of 200 changes is three points
    assert 0.66 < figure.low < 0.72 < 0.78 < figure.high < 0.84
    assert (figure.changes, figure.missing) == (200, None)


def test_ten_thousand_lines_of_three_changes_are_too_few() -> None:
    found = exits([(0, 10, True, 5_000), (1, 300, False, 4_000), (2, 300, False, 1_000)])
    figure = figure_at(found, resampled_curves(found, Resampling.over(3)), 30)
    assert figure.estimate is None
    assert figure.more_changes is not None and figure.more_changes >= 17
    assert figure.missing == f"too few: need about {figure.more_changes} more changes"


def test_changes_that_are_too_young_do_not_count() -> None:
    found = exits([(change, 25, False, 5) for change in range(40)], follow_up=25)
    curves = resampled_curves(found, Resampling.over(40))
    assert figure_at(found, curves, 21).changes == 40
    young = figure_at(found, curves, 30)
    assert young.estimate is None
    assert young.missing == "too young: none was watched for 30 days"


def test_the_complement_turns_the_interval_around() -> None:
    figure = bounded(0.8, 0.7, 0.85, 50).complement()
    assert figure.estimate == pytest.approx(0.2)
    assert (figure.low, figure.high) == (pytest.approx(0.15), pytest.approx(0.3))


@pytest.mark.parametrize("truncated", [False, True])
def test_figures_of_several_days_are_those_of_each(truncated: bool) -> None:
    found = random_exits(11, changes=80, truncated=truncated)
    curves = resampled_curves(found, Resampling.over(80))
    days = [0, 5, 30, 90, 365]
    assert figures_at(found, curves, days) == [figure_at(found, curves, day) for day in days]
