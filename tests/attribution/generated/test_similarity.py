"""Scoring changed lines, and choosing which belongs to which."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.attribution.generated.similarity import best_assignment


@given(
    st.lists(st.lists(st.sampled_from([0.0, 0.6, 0.7, 1.0]), min_size=4, max_size=4), max_size=5)
)
def test_the_assignment_is_in_order_and_no_other_is_worth_more(rows: list[list[float]]) -> None:
    scores = np.array(rows).reshape(len(rows), 4)

    pairs = best_assignment(scores)

    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))
    assert all(scores[pair] > 0 for pair in pairs)
    assert sum(scores[pair] for pair in pairs) == pytest.approx(_most(scores, 0, 0))


def _most(scores: np.ndarray, row: int, column: int) -> float:
    """The worth of the best assignment of what lies right and below, by trying all."""
    if row == scores.shape[0] or column == scores.shape[1]:
        return 0.0
    return max(
        _most(scores, row + 1, column),
        _most(scores, row, column + 1),
        scores[row, column] + _most(scores, row + 1, column + 1),
    )
