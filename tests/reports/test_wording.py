"""Numbers are written one way everywhere."""

from __future__ import annotations

import pytest

from landed.compare import Figure
from landed.reports import wording
from landed.reports.model import Notice


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
    assert wording.figure(few) == "too few: about 25 more changes needed"
    one = Figure(None, None, None, 19, 1, "too few: need about 1 more changes")
    assert wording.figure(one) == "too few: about 1 more change needed"
    young = Figure(None, None, None, 30, None, "too young: none was watched for 90 days")
    assert wording.figure(young) == "too young: none was watched for 90 days"
    assert wording.short_figure(few) == "needs +25"


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        ([655, 337, 8], ["65 %", "34 %", "1 %"]),
        ([658, 336, 6], ["66 %", "34 %", "<1 %"]),
        ([659, 337, 4], ["66 %", "34 %", "<1 %"]),
        ([4, 0], ["100 %", "0 %"]),
        ([1, 1, 1], ["34 %", "33 %", "33 %"]),
        ([997, 3], [">99 %", "<1 %"]),
        ([5], ["100 %"]),
        ([], []),
    ],
)
def test_shares_of_one_whole_add_up_to_it(amounts: list[int], told: list[str]) -> None:
    assert wording.percents(amounts) == told


def test_nothing_that_is_printed_can_act() -> None:
    assert wording.printable("a\x1b[31m\nb") == "a\\x1b[31m\\x0ab"
    assert wording.printable("\u202egnp.py \udc80") == "\\u202egnp.py \\udc80"
    assert wording.printable("café 文 61 %") == "café 文 61 %"


def test_records_are_made_printable_in_depth() -> None:
    found = wording.printable_record([Notice("a\x07", "kind", 3, "b\x9b", None)])
    assert found == [Notice("a\\x07", "kind", 3, "b\\x9b", None)]


def test_counts_separate_thousands_and_agree_with_their_noun() -> None:
    assert wording.count(1234567) == "1,234,567"
    assert wording.count(1, "line") == "1 line"
    assert wording.count(1200, "line") == "1,200 lines"
