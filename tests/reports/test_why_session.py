"""What a session tells of a line: also of a human's, and where prices or turns are missing."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.attribution.generated.sessions import World
from tests.histories.builder import lines

from landed.reports.place import find_place, open_scratch
from landed.reports.why import Story, tell
from landed.reports.why_terminal import print_story
from landed.store import Store


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A repository with a first commit, before any agent."""
    world = World(tmp_path)
    world.human("README", lines("A shop"))
    world.commit()
    return world


def story(world: World, file: str, line: int) -> Story:
    with (
        open_scratch(world.history.path, world.settings) as scratch,
        Store.for_settings(world.settings, read_only=True) as store,
    ):
        place = find_place(scratch, file, None, world.settings)
        return tell(store, world.settings, world.repository, scratch, place, line)


def shown(told: Story) -> list[str]:
    file = io.StringIO()
    print_story(told, file)
    return file.getvalue().splitlines()


def test_a_humans_line_that_an_edit_came_upon(world: World) -> None:
    world.agent("cart.py", lines("total = 0", "count = 1"))
    world.human("cart.py", lines("total = 0", "rate = load_rates()", "count = 1"))
    name = world.agent(
        "cart.py", lines("total = 0", "rate = load_rates()", "count = 1", "weight = 2")
    )
    world.commit()
    world.read()

    told = story(world, "cart.py", 2)

    assert (told.authorship.who, told.authorship.grade) == ("human", "matched")
    assert told.generated is not None
    assert (told.generated.edit.edit, told.generated.journey) == (name, None)
    rows = shown(told)
    assert rows[1:4] == [
        "  written by  human",
        "  grade       matched: stood there between an agent's edits, which did not put it there",
        f"  known by    agent's log, found by claude-code {name}",
    ]
    assert not any(row.lstrip().startswith(("share", "became", "changed by")) for row in rows)


def test_calls_without_a_price_are_not_told_as_nothing(world: World) -> None:
    world.agent("cart.py", lines("total = 0", "count = 1"))
    world.commit()
    world.read()

    told = story(world, "cart.py", 1)

    assert told.generated is not None
    assert told.generated.session.list_microdollars is None
    rows = shown(told)
    assert any("no list price" in row for row in rows)
    assert not any("$0" in row for row in rows)


def test_what_a_person_changed_before_it_was_applied(world: World) -> None:
    world.agent("cart.py", lines("total = 0", "count = 1"), changed_by_user=True)
    world.commit()
    world.read()

    told = story(world, "cart.py", 1)

    assert told.authorship.who == "mixed"
    assert "  changed by  a person, before the edit was applied" in shown(told)


def test_cash_stands_beside_list_price(world: World) -> None:
    world.agent("cart.py", lines("total = 0", "count = 1"))
    world.commit()
    world.read()
    told = story(world, "cart.py", 1)
    generated = told.generated
    assert generated is not None
    assert generated.turn is not None
    assert generated.journey is not None
    paid: dict[str, Any] = {"list_microdollars": 2_310_000, "cash_microdollars": 1_200_000}
    share: dict[str, Any] = {"list_microdollars": 1_155_000, "cash_microdollars": 600_000}
    priced = replace(
        generated,
        session=replace(generated.session, **paid, unpriced_calls=3),
        turn=replace(generated.turn, **paid),
        journey=replace(generated.journey, **share),
    )

    rows = shown(replace(told, generated=priced))

    assert any(row.endswith("$2.31 list, $1.20 cash, 3 calls unpriced") for row in rows)
    assert "  share       $1.16 list, 60 ¢ cash, of its turn's $2.31 list, $1.20 cash" in rows


def test_a_tool_cannot_act_on_the_terminal(world: World) -> None:
    world.agent("cart.py", lines("total = 0", "count = 1"))
    world.commit()
    world.read()
    told = story(world, "cart.py", 1)
    assert told.generated is not None
    bad = "\x1b[31m\n"
    hostile = replace(
        told.generated,
        session=replace(told.generated.session, session=bad, person=bad),
        edit=replace(told.generated.edit, tool=bad, decided_by="person"),
    )

    rows = shown(replace(told, generated=hostile))

    assert all(row.isprintable() for row in rows)
    assert r"  decision    accepted by \x1b[31m\x0a" in rows
