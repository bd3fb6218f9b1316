"""A share of lines is drawn over the groups that share their fate, never over lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.compare import Figure, share_of
from landed.compare.figures import FEWEST_CHANGES


def share(*groups: tuple[int, int], noun: str = "session") -> Figure:
    """The share of lines counted, of groups of so many counted and so many in all."""
    counted, total = np.array(groups, np.int64).reshape(-1, 2).T
    return share_of(counted, total, noun)


def test_many_groups_that_are_alike_give_a_narrow_interval() -> None:
    found = share(*[(6, 10)] * 40)

    assert (found.estimate, found.low, found.high) == (0.6, 0.6, 0.6)
    assert (found.changes, found.more_changes, found.missing) == (40, 0, None)


def test_the_interval_is_over_groups_however_many_lines_they_have() -> None:
    few_lines = share(*[(1, 1), (0, 1)] * 100)
    many_lines = share(*[(1000, 1000), (0, 1000)] * 100)

    assert few_lines.low is not None and few_lines.high is not None
    assert 0.4 < few_lines.low < 0.5 < few_lines.high < 0.6
    assert (many_lines.low, many_lines.high) == (few_lines.low, few_lines.high)


def test_thousands_of_lines_in_few_sessions_are_too_few() -> None:
    found = share(*[(5_000, 5_000)] * 3)

    assert found.estimate is None
    assert (found.changes, found.more_changes) == (3, FEWEST_CHANGES - 3)
    assert found.missing == f"too few: need about {FEWEST_CHANGES - 3} more sessions"


def test_a_wide_interval_asks_for_more_by_the_noun_of_the_group() -> None:
    found = share(*[(1, 1), (0, 1)] * 12, noun="change")

    assert found.estimate is None
    assert found.more_changes is not None and found.more_changes > 0
    assert "more changes" in (found.missing or "")


@pytest.mark.parametrize("groups", [(), ((0, 0), (0, 0))])
def test_a_share_of_nothing_is_not_none_at_all(groups: tuple[tuple[int, int], ...]) -> None:
    found = share(*groups)

    assert (found.estimate, found.more_changes, found.missing) == (None, None, "no such lines")


@given(
    st.lists(
        st.integers(1, 1_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=60,
    )
)
def test_what_is_shown_is_the_plain_ratio_inside_its_interval(
    groups: list[tuple[int, int]],
) -> None:
    found = share(*groups)

    assert found.changes == len(groups)
    if found.estimate is None:
        assert found.more_changes
        return
    assert found.estimate == pytest.approx(sum(g[0] for g in groups) / sum(g[1] for g in groups))
    assert found.low is not None and found.high is not None
    assert 0 <= found.low <= found.high <= 1
