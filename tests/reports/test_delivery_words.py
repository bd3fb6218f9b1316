"""Times and differences are written in the unit that means something."""

from __future__ import annotations

import pytest

from landed.compare import Amount, Matched
from landed.reports.delivery_words import (
    basis,
    minutes_told,
    points_difference,
    rate_told,
    time_difference,
    time_told,
    verdict,
)

HOUR = 3_600
SIDES = (30, 40, 5, 2, 6)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(45, "45 s (22–90)"), (1_800, "30 min (15–60)"), (9 * HOUR, "9.0 h (4.5–18)")],
)
def test_a_time_has_one_unit(seconds: float, told: str) -> None:
    assert time_told(Amount(seconds, seconds / 2, seconds * 2, 30, 0, None)) == told


def test_days_are_short_in_tables() -> None:
    found = Amount(84 * HOUR, 72 * HOUR, 300 * HOUR, 30, 0, None)

    assert time_told(found) == "3.5 days (3.0–12)"
    assert time_told(found, short=True) == "3.5 d (3.0–12)"


def test_what_is_too_few_says_how_many_more() -> None:
    few = Amount(None, None, None, 13, 7, "too few: need 7 more changes")

    assert (time_told(few), minutes_told(few), rate_told(few)) == ("needs +7",) * 3


def test_a_difference_has_signs() -> None:
    found = Matched(-2 * HOUR, -9 * HOUR, 5 * HOUR, *SIDES, 6, "no clear difference")

    assert time_difference(found) == "−2.0 h (−9.0 to +5.0)"
    assert verdict(found, "take longer", "take less") == (
        "no clear difference; about 6 more changes would tell"
    )


def test_a_rate_differs_by_points() -> None:
    found = Matched(0.041, 0.003, 0.079, *SIDES, 0, "more")

    assert points_difference(found) == "+4.1 points (+0.3 to +7.9)"
    assert verdict(found, "fail more", "fail less") == "AI-heavy ones fail more, an association"


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [("few people", None, "fewer than 5 people"), ("too few", 8, "too few, +8 changes")],
)
def test_a_difference_that_is_not_shown_says_why(kind: str, more: int | None, told: str) -> None:
    found = Matched(None, None, None, *SIDES, more, kind)

    assert time_difference(found) == ("needs +8" if more else told)
    assert points_difference(found) == told
    assert verdict(found, "fail more", "fail less") == told


def test_no_difference_at_all_is_a_word() -> None:
    found = Matched(0, 0, 0, *SIDES, None, "no clear difference")

    assert time_difference(found) == "none"


def test_what_a_comparison_rests_on_is_said() -> None:
    assert basis(Matched(1, 0, 2, *SIDES, 0, "more")) == (
        "30 AI-heavy changes and 40 others of 6 authors in 5 groups of the same repository, author "
        "and size; 2 groups of one kind only left out"
    )
    nothing = Matched(None, None, None, 0, 0, 0, 3, 0, 20, "too few")
    assert basis(nothing).startswith("there is no group of the same")
