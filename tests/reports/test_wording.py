"""Numbers are written one way everywhere."""

from __future__ import annotations

import pytest

from landed.compare import Figure
from landed.reports import wording


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.614, 0, "61 %"),
        (0.1124, 1, "11.2 %"),
        (0.0, 0, "0 %"),
        (0.001, 0, "<1 %"),
        (0.9999, 0, ">99 %"),
        (1.0, 0, "100 %"),
        (None, 0, "–"),
    ],
)
def test_shares(share: float | None, digits: int, text: str) -> None:
    assert wording.percent(share, digits) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.31, 0.47, "31–47 %"),
        (0.312, 0.314, "31 %"),
        (0.0, 0.001, "<1 %"),
        (0.96, 0.999, "96–99 %"),
        (0.001, 0.05, "1–5 %"),
    ],
)
def test_ranges(low: float, high: float, text: str) -> None:
    assert wording.percent_between(low, high) == text


def test_figures_carry_their_interval_or_their_reason() -> None:
    assert wording.figure(Figure(0.61, 0.57, 0.65, 80, 0, None)) == "61 % (57–65)"
    few = Figure(None, None, None, 5, 25, "too few: need about 25 more changes")
    assert wording.figure(few) == "too few: need about 25 more changes"
    assert wording.short_figure(few) == "needs +25"


def test_counts_separate_thousands_and_agree_with_their_noun() -> None:
    assert wording.count(1234567) == "1,234,567"
    assert wording.count(1, "line") == "1 line"
    assert wording.count(1200, "line") == "1,200 lines"
