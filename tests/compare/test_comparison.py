"""AI lines are compared with lines of the same repository and quarter, and no cause is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.compare.cases import exits, random_exits

from landed.compare import Exits, Resampling, compare_matched, resampled_curves


def joined(parts: Sequence[Exits]) -> Exits:
    """Exits of several groups as one."""
    names = ("change", "cell", "entry_day", "exit_day", "died", "follow_up", "lines")
    return Exits(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def group(first: int, changes: int, gone: int, *, cell: int = 0, lines: int = 5) -> Exits:
    """`changes` changes, of which each one with `gone` in a hundred loses its lines on day 10."""
    rows = [
        (first + number, 10, True, lines)
        if number % 100 < gone
        else (first + number, 300, False, lines)
        for number in range(changes)
    ]
    return exits(rows, cell=cell)


def test_a_large_difference_is_told_with_its_interval() -> None:
    ai, others = group(0, 300, 40), group(300, 300, 10)
    found = compare_matched(ai, others, Resampling.over(600), 21)
    assert found is not None
    assert found.verdict == "more"
    assert found.difference == pytest.approx(0.3)
    assert found.low is not None and found.high is not None
    assert 0.2 < found.low < 0.3 < found.high < 0.4


def test_an_interval_that_covers_nothing_is_no_clear_difference() -> None:
    found = compare_matched(group(0, 100, 12), group(100, 100, 10), Resampling.over(200), 21)
    assert found is not None
    assert found.verdict == "no clear difference"


def test_each_quarter_of_the_others_weighs_as_much_as_among_the_ai_lines() -> None:
    # AI lines came in the calm quarter 1; most others in the wild quarter 0
    ai = group(0, 200, 10, cell=1)
    others = joined([group(200, 900, 80, cell=0), group(1_100, 200, 10, cell=1)])
    found = compare_matched(ai, others, Resampling.over(1_300), 21)
    assert found is not None
    assert found.others.estimate == pytest.approx(0.1)
    assert found.verdict == "no clear difference"
    assert found.covered == 1.0


def test_ai_lines_without_others_beside_them_are_left_out_and_said_so() -> None:
    ai = joined([group(0, 100, 10, cell=0), group(100, 300, 90, cell=5)])
    found = compare_matched(ai, group(400, 100, 10, cell=0), Resampling.over(500), 21)
    assert found is not None
    assert found.ai.estimate == pytest.approx(0.1)
    assert found.covered == 0.25


def test_too_few_on_one_side_is_no_comparison() -> None:
    found = compare_matched(group(0, 5, 50), group(5, 300, 10), Resampling.over(305), 21)
    assert found is not None
    assert found.verdict == "too few"
    assert found.difference is None


def test_no_quarter_in_common_is_no_comparison_at_all() -> None:
    ai, others = group(0, 50, 10, cell=0), group(50, 50, 10, cell=1)
    assert compare_matched(ai, others, Resampling.over(100), 21) is None


def test_it_is_what_the_curves_say_at_that_day() -> None:
    ai, others = random_exits(1, changes=90), random_exits(2, changes=90)
    ai, others = (replace(one, cell=np.zeros_like(one.cell)) for one in (ai, others))
    resampling = Resampling.over(90)
    found = compare_matched(ai, others, resampling, 21)

    assert found is not None
    gone = 1 - resampled_curves(ai, resampling)[:, 21]
    assert found.ai.estimate == gone[0]
    assert (found.ai.low, found.ai.high) == tuple(np.percentile(gone[1:], [2.5, 97.5]))
    # one cell: whatever its weight, it falls out of the share
    rest = 1 - resampled_curves(others, resampling)[:, 21]
    assert found.difference == pytest.approx(gone[0] - rest[0])
    assert found.low == pytest.approx(np.percentile((gone - rest)[1:], 2.5))


def test_days_after_the_one_that_is_asked_for_make_no_difference() -> None:
    ai, others = random_exits(5, truncated=True), random_exits(6, truncated=True)
    later = [
        replace(one, exit_day=np.where(one.exit_day > 40, 300, one.exit_day))
        for one in (ai, others)
    ]
    resampling = Resampling.over(60)
    first = compare_matched(ai, others, resampling, 21)
    second = compare_matched(*later, resampling, 21)
    assert first is not None
    assert first == second
