"""Every micro-dollar of a turn goes to its lines, or to the bucket of its kind of turn."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.journey.stories import DAY, Story

from landed.journey import Journey


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A shop with one commit."""
    story = Story(tmp_path)
    story.commit({"readme.md": "The shop sells things.\n"})
    return story


def dollars(journey: Journey) -> list[tuple[Any, ...]]:
    """Path, bucket and price of each line."""
    rows = journey.lines.to_pylist()
    return [(row["path"], row["bucket"], row["list_microdollars"]) for row in rows]


def kinds(journey: Journey) -> dict[str, tuple[int, int]]:
    """List price and cash by kind of turn."""
    rows = journey.turns.to_pylist()
    return {row["kind"]: (row["list_microdollars"], row["cash_microdollars"]) for row in rows}


def test_a_turn_spreads_its_cost_evenly_and_the_first_lines_bear_what_is_over(
    story: Story,
) -> None:
    story.edit("cart.py", 2)
    story.edit("tax.py", 1)
    story.call("t1", 6, cash=4)
    story.call("t1", 5)

    journey = story.read(story.now + DAY)

    assert journey.lines["list_microdollars"].to_pylist() == [4, 4, 3]
    assert journey.lines["cash_microdollars"].to_pylist() == [2, 1, 1]
    assert kinds(journey) == {"lines": (11, 4)}


def test_superseded_lines_lines_outside_and_lines_left_out_bear_nothing_beside_others(
    story: Story,
) -> None:
    superseded = story.edit("old.py", 1)
    story.removed(superseded, story.now, state="superseded")
    story.edit("/tmp/notes.txt", 1, place="outside")
    story.edit("poetry.lock", 1, excluded=True)
    story.edit("cart.py", 1, status="refused", decided_by="person")
    story.call("t1", 100)

    assert sorted(dollars(story.read(story.now + DAY)), key=str) == [
        ("cart.py", "rejected", 100),
        ("old.py", "superseded", 0),
        ("poetry.lock", "excluded", 0),
        (None, "outside", 0),
    ]


def test_a_turn_with_nothing_else_is_borne_by_lines_outside_and_lines_left_out(
    story: Story,
) -> None:
    story.edit("/tmp/notes.txt", 1, place="outside")
    story.edit("poetry.lock", 1, excluded=True)
    story.call("t1", 100)

    assert sorted(dollars(story.read(story.now + DAY)), key=str) == [
        ("poetry.lock", "excluded", 50),
        (None, "outside", 50),
    ]


def test_turns_without_lines_stand_by_what_they_did(story: Story) -> None:
    story.edit("cart.py", 0, removed=3, turn="cleaning")
    story.edit("/shop", 0, kind="shell", turn="shelling")
    story.edit("cart.py", 0, removed=3, turn="refused", status="refused")
    for price, turn in enumerate(("cleaning", "shelling", "refused"), start=1):
        story.call(turn, price, cash=10 * price)
    story.call(None, 4, cash=40)
    story.call(None, 5, session=None)

    journey = story.read(story.now + DAY)

    rows = journey.turns.to_pylist()
    assert sorted(
        (row["kind"], row["turn"], row["list_microdollars"]) for row in rows if row["turn"]
    ) == [
        ("non_code", "refused", 3),
        ("removal", "cleaning", 1),
        ("untraced_code", "shelling", 2),
    ]
    without = [row for row in rows if row["turn"] is None]
    assert {(row["session"], row["list_microdollars"], row["repository"]) for row in without} == {
        ("s1", 4, story.repository),
        (None, 5, "outside"),
    }


def test_a_turn_that_wrote_in_two_places_has_a_row_for_each_and_its_calls_once(
    story: Story,
) -> None:
    story.edit("cart.py", 2)
    story.edit("/other/cart.py", 1, place="unread")
    story.call("t1", 9)

    journey = story.read(story.now + DAY)

    rows = [
        (
            row["repository"],
            row["kind"],
            row["list_microdollars"],
            row["calls"],
            row["input_tokens"],
        )
        for row in journey.turns.to_pylist()
    ]
    assert sorted(rows) == sorted(
        [(story.repository, "lines", 6, 1, 100), ("unread", "lines", 3, 0, 0)]
    )


def test_one_repository_alone_tells_what_others_bear_of_its_turns(story: Story) -> None:
    story.edit("cart.py", 2)
    story.edit("/other/cart.py", 1, place="unread")
    story.call("t1", 9)
    story.sync()

    journey = story.journey(None, [story.repository])

    assert journey.lines["list_microdollars"].to_pylist() == [3, 3]
    assert journey.turns["list_microdollars"].to_pylist() == [6]
    assert journey.elsewhere["list_microdollars"].to_pylist() == [3]


def test_calls_without_a_price_are_counted_and_cost_nothing(story: Story) -> None:
    story.edit("cart.py", 1)
    story.call("t1", None, cash=8)
    story.call("t1", 5)

    journey = story.read(story.now + DAY)

    (row,) = journey.turns.to_pylist()
    assert (row["calls"], row["unpriced_calls"], row["list_microdollars"]) == (2, 1, 5)
    assert row["cash_microdollars"] == 8


def test_cost_and_lines_up_to_a_time_are_those_up_to_that_time(story: Story) -> None:
    story.edit("cart.py", 1)
    story.call("t1", 10)
    moment = story.now
    story.edit("cart.py", 1, at=moment + timedelta(minutes=5))
    story.call("t1", 30, at=moment + timedelta(minutes=5))
    story.sync()

    assert story.journey(moment).lines["list_microdollars"].to_pylist() == [10]
    assert story.journey().lines["list_microdollars"].to_pylist() == [20, 20]


def test_the_lines_of_a_turn_name_its_model_with_most_output(story: Story) -> None:
    story.edit("cart.py", 1)
    story.call("t1", 1, model="haiku", output=10)
    story.call("t1", 1, model="opus", output=500)

    row = story.only()

    assert (row["model"], row["person"], row["feature"]) == ("opus", "ana@example.com", "cart")
