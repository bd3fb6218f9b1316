"""Small pictures: their lines and bands stand where the figures say."""

from __future__ import annotations

import pytest

from landed.server.pages.drawing import FLOW_ROW, Spark, flows, scale_of, sparkline


def test_a_trend_begins_at_nothing_so_that_it_looks_no_steeper_than_it_is() -> None:
    assert sparkline([5, 10]) == Spark(
        line="M3.0 14.0L117.0 3.0", area="M3.0 14.0L117.0 3.0L117.0 25.0L3.0 25.0Z", x=117.0, y=3.0
    )


def test_a_trend_leaves_gaps_out() -> None:
    found = sparkline([1, None, 1])
    assert found is not None
    assert found.line == "M3.0 3.0L117.0 3.0"


def test_a_trend_of_losses_lies_below_its_ground() -> None:
    found = sparkline([-1, -2])
    assert found is not None
    assert (found.x, found.y) == (117.0, 25.0)
    assert found.area.endswith("L117.0 3.0L3.0 3.0Z")


@pytest.mark.parametrize("values", [[], [3], [None, 3, None]])
def test_one_value_is_no_trend(values: list[float | None]) -> None:
    assert sparkline(values) is None


def test_nothing_at_all_is_a_level_line() -> None:
    found = sparkline([0, 0, 0])
    assert found is not None
    assert found.line == "M3.0 3.0L60.0 3.0L117.0 3.0"


def test_a_scale_begins_at_nothing_and_ends_above_the_greatest() -> None:
    scale = scale_of([0.2, None, 0.5], room=1.0)
    assert scale.at(0) == "0.00%"
    assert scale.at(0.25) == "50.00%"
    assert scale.at(2) == "100.00%"
    assert scale.between(0.1, 0.2) == "20.00%"


def test_a_scale_takes_in_what_lies_below_nothing() -> None:
    assert scale_of([-1, 1], room=1.0).at(0) == "50.00%"
    assert scale_of([], room=1.0).at(0) == "0.00%"


def test_a_scale_names_a_few_round_values() -> None:
    assert scale_of([0.75]).ticks() == [0.0, 0.2, 0.4, 0.6]
    assert scale_of([0.115]).ticks() == [0.0, 0.05, 0.1]
    assert scale_of([-3, 3]).ticks() == [-2.0, 0.0, 2.0]


def test_bands_leave_the_left_edge_without_a_gap_and_arrive_at_their_rows() -> None:
    drawn = flows([3, 1, 0])
    assert drawn.height == 3 * FLOW_ROW
    assert drawn.bands[0].startswith("M0 10.0C")
    assert drawn.bands[0].endswith(" 0 85.0Z")
    assert drawn.bands[1].startswith("M0 85.0C")
    assert drawn.bands[1].endswith(" 0 110.0Z")
    # nothing flows into the third
    assert "100 100.0L100 100.0" in drawn.bands[2]


def test_a_bucket_with_little_is_seen() -> None:
    drawn = flows([1_000_000, 1])
    assert "100 59.2L100 60.8" in drawn.bands[1]
