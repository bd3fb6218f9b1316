"""Amounts are written to the digits that mean something."""

from __future__ import annotations

import pytest

from landed.reports.money import dollars, minutes


@pytest.mark.parametrize(
    ("microdollars", "written"),
    [
        (None, "–"),
        (0, "$0"),
        (1, "<0.01 ¢"),
        (100, "0.01 ¢"),
        (4_200, "0.42 ¢"),
        (79_000, "7.9 ¢"),
        (450_000, "45 ¢"),
        (1_000_000, "$1.00"),
        (14_200_000, "$14.20"),
        (1_512_400_000, "$1,512"),
        (-14_200_000, "−$14.20"),
        (-79_000, "−7.9 ¢"),
        (12_345_678_900_000_000, "$12,345,678,900"),
    ],
)
def test_dollars(microdollars: float | None, written: str) -> None:
    assert dollars(microdollars) == written


@pytest.mark.parametrize(
    ("microdollars", "written"), [(999_999, "$1.00"), (99_999_999, "$100"), (9_999, "1.0 ¢")]
)
def test_an_amount_that_rounds_up_takes_the_next_unit(microdollars: int, written: str) -> None:
    assert dollars(microdollars) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0 s"),
        (0.75, "45 s"),
        (0.999, "1 min"),
        (12, "12 min"),
        (119.4, "119 min"),
        (119.6, "2 h"),
        (200, "3 h 20 min"),
        (60_000, "1,000 h"),
    ],
)
def test_minutes(number: float, written: str) -> None:
    assert minutes(number) == written
