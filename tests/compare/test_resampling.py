"""Whole changes are drawn, never single lines."""

from __future__ import annotations

import numpy as np
from tests.compare.cases import exits, random_exits

from landed.compare import Resampling, resampled_curves


def test_the_first_row_is_the_history_itself() -> None:
    resampling = Resampling.over(50, samples=10)
    assert (resampling.weights[0] == 1).all()
    assert (resampling.weights.sum(axis=1) == 50).all()


def test_the_same_history_gives_the_same_samples() -> None:
    first, second = Resampling.over(50), Resampling.over(50)
    assert np.array_equal(first.weights, second.weights)


def test_lines_of_one_change_are_drawn_together() -> None:
    # a thousand lines in two changes are two observations: samples hold none, one or both
    found = exits([(0, 10, True, 500), (1, 300, False, 500)])
    at_day_20 = resampled_curves(found, Resampling.over(2))[1:, 20]
    assert set(np.round(at_day_20, 6)) == {0.0, 0.5, 1.0}


def test_many_changes_are_summed_in_several_blocks() -> None:
    changes = 5_000
    rows = [(change, change % 300, True, 1) for change in range(changes)]
    resampling = Resampling.over(changes, samples=3)
    found = exits(rows)
    totals = resampling.daily_totals(found, found.exit_day, found.lines.astype(float))
    for sample in range(4):
        expected = np.bincount(found.exit_day, resampling.weights[sample], minlength=367)
        assert np.array_equal(totals[sample], expected)


def test_samples_are_those_drawn_one_at_a_time() -> None:
    changes, samples, seed = 700, 1_500, 7
    random = np.random.default_rng(seed)
    expected = [np.ones(changes)]
    for _ in range(samples):
        drawn = random.integers(0, changes, changes)
        expected.append(np.bincount(drawn, minlength=changes))
    assert np.array_equal(Resampling.over(changes, samples, seed).weights, expected)


def test_samples_are_drawn_once_and_nobody_changes_them() -> None:
    assert Resampling.over(40).weights is Resampling.over(40).weights
    assert not Resampling.over(40).weights.flags.writeable


def test_of_nothing_nothing_is_drawn() -> None:
    assert Resampling.over(0, samples=3).weights.shape == (4, 0)


def test_days_that_are_not_asked_for_are_summed_in_one() -> None:
    found = random_exits(3)
    resampling = Resampling.over(60, samples=5)
    lines = found.lines.astype(float)
    every = resampling.daily_totals(found, found.exit_day, lines)
    some = resampling.daily_totals(found, found.exit_day, lines, columns=23)
    assert np.array_equal(some[:, :22], every[:, :22])
    assert np.array_equal(some[:, 22], every[:, 22:].sum(axis=1))
