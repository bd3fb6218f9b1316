"""What became of generated lines by the edits themselves, before any commit is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.attribution.generated.sessions import HOME, World
from tests.histories.builder import lines

from landed.records import AGENTS

ONE, TWO, THREE = "total = price * count", "tax = total * rate", "return total + tax"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.human("README", lines("A shop"))
    made.commit("Begin")
    return made


def test_only_the_lines_that_differ_are_generated(world: World) -> None:
    world.agent("README", lines("A shop", ONE, TWO))
    world.agent("README", lines("A shop", ONE, "and", TWO), turn="t2")

    assert world.read().generated == 3
    assert world.fates() == ["present"] * 3


def test_a_line_that_its_own_turn_replaces_is_superseded(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.agent("cart.py", lines(ONE, THREE))
    world.agent("cart.py", lines(THREE), turn="t2")
    world.read()

    rows = world.rows("generated_line")
    states = sorted((row["state"], row["removed_by"]) for row in rows if row["removed_by"])
    assert states == [("removed", "agent"), ("superseded", "agent")]
    assert sum(row["state"] == "present" for row in rows) == 1


def test_a_turn_that_is_not_known_supersedes_nothing(world: World) -> None:
    world.agent("cart.py", lines(ONE), turn=None)
    world.agent("cart.py", lines(TWO), turn=None)
    world.read()

    assert world.fates() == ["removed", "present"]


def test_a_line_that_others_took_out_was_removed_between_the_edits(world: World) -> None:
    first = world.agent("cart.py", lines(ONE, TWO))
    world.human("cart.py", lines(ONE))
    second = world.agent("cart.py", lines(ONE, THREE), turn="t2")
    world.read()

    assert world.fates(first) == ["present", "removed"]
    gone = next(row for row in world.rows("generated_line") if row["state"] == "removed")
    assert gone["removed_by"] == "other"
    shown_by = next(row for row in world.rows("edit", AGENTS) if row["name"] == second)
    assert (gone["removed_by_edit"], gone["removed_at"]) == (
        shown_by["edit"],
        shown_by["happened_at"],
    )


def test_a_line_that_comes_back_is_the_same_generated_line(world: World) -> None:
    first = world.agent("cart.py", lines(ONE, TWO))
    world.human("cart.py", lines(ONE))
    world.agent("cart.py", lines(ONE, THREE), turn="t2")
    world.human("cart.py", lines(ONE, TWO, THREE))
    world.agent("cart.py", lines(ONE, TWO, THREE, "print(total)"), turn="t3")

    assert world.read().generated == 4
    assert world.fates(first) == ["present", "present"]


def test_a_line_that_a_human_moves_within_the_file_is_the_same_one(world: World) -> None:
    first = world.agent("cart.py", lines(ONE, TWO, THREE))
    world.human("cart.py", lines(TWO, THREE, ONE))
    world.agent("cart.py", lines(TWO, THREE, ONE, "print(total)"), turn="t2")
    world.read()

    assert world.fates(first) == ["present"] * 3


def test_a_refused_edit_and_one_that_failed_for_good_keep_their_lines(world: World) -> None:
    refused = world.agent("cart.py", lines(ONE), status="refused")
    failed = world.agent("cart.py", lines(ONE, TWO), status="failed")
    world.read()

    assert world.fates(refused) == ["refused"]
    assert world.fates(failed) == ["failed", "failed"]


def test_a_failed_edit_that_its_turn_makes_again_is_no_generation(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO), status="failed")
    again = world.agent("cart.py", lines(ONE, TWO))
    other_turn = world.agent("tax.py", lines(TWO), status="failed")
    world.agent("tax.py", lines(TWO), turn="t2")
    world.read()

    assert world.fates(again) == ["present", "present"]
    assert world.fates(other_turn) == ["failed"]
    assert len(world.rows("generated_line")) == 4


def test_a_deleted_file_takes_its_lines_with_it(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.agent("cart.py", None, turn="t2")
    world.read()

    assert world.fates() == ["removed", "removed"]
    assert {row["removed_by"] for row in world.rows("generated_line")} == {"agent"}


def test_lines_follow_a_file_that_an_agent_renames(world: World) -> None:
    first = world.agent("cart.py", lines(ONE, TWO))
    world.agent("cart.py", lines(ONE, TWO, THREE), moved_to="basket.py", turn="t2")
    world.agent("basket.py", lines(TWO, THREE), turn="t3")
    world.commit()
    world.read()

    assert world.fates(first) == ["removed", "present matched"]
    assert world.authors("basket.py") == ["ai matched"] * 2


def test_edits_without_the_file_before_are_placed_by_number_and_text(world: World) -> None:
    world.human("cart.py", lines(*(f"line {number}" for number in range(1, 9))))
    files = world.trees[HOME]
    world.agent("cart.py", files["cart.py"].replace("line 3\n", lines(ONE, TWO)), told=False)
    world.agent("cart.py", files["cart.py"].replace("line 8\n", lines(THREE)), told=False)
    world.agent("cart.py", files["cart.py"].replace(lines(TWO), ""), turn="t2", told=False)
    world.read()

    assert world.fates() == ["present", "removed", "present"]


def test_a_line_whose_place_is_not_known_stays_until_the_file_is_seen(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.human("cart.py", lines("something", "else", "entirely"))
    lost = world.agent("cart.py", lines("something", THREE, "entirely"), told=False)
    world.read()
    assert world.fates(lost) == ["present"]

    world.human("cart.py", lines("something", "entirely"))
    world.agent("cart.py", lines("something", "entirely", "more"), turn="t2")
    world.read()
    assert world.fates(lost) == ["removed"]


def test_edits_of_several_sessions_are_one_story_of_a_file(world: World) -> None:
    first = world.agent("cart.py", lines(ONE, TWO), session="s1")
    world.agent("cart.py", lines(ONE, THREE), session="s2", turn="t9", agent="codex")
    world.read()

    assert world.fates(first) == ["present", "removed"]


def test_every_added_line_has_one_row_but_those_that_were_tried_again(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO), status="failed")
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.agent("cart.py", lines(TWO, THREE))
    world.agent("tax.py", lines(TWO), status="refused")
    world.shell({"made.py": lines(ONE)})
    world.commit()
    world.read()

    edits = world.rows("edit", AGENTS)
    retried = sum(row["lines_added"] for row in edits if row["status"] == "failed")
    added = sum(row["lines_added"] for row in edits)
    assert len(world.rows("generated_line")) == added - retried == 4
