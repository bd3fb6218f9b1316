"""The funnel by agent, model, team, repository and month, and whose lines shipped."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest
from tests.metrics.session_tables import CART, SHOP, SessionTables

from landed.reports.journeys import journeys_of
from landed.reports.journeys_groups import SMALL_TEAMS
from landed.reports.journeys_markdown import details_markdown, whose_markdown
from landed.reports.journeys_model import FunnelGroup, JourneysPart
from landed.reports.journeys_terminal import answer_lines, whose_lines

NAMES = {SHOP: "acme/shop", CART: "acme/cart"}


def part_of(made: SessionTables) -> JourneysPart:
    """What a report says of these tables."""
    part = journeys_of(made.facts(), NAMES)
    assert part is not None
    return part


def groups(part: JourneysPart, kind: str) -> dict[str, FunnelGroup]:
    """The groups of one kind by name."""
    return {group.name: group for group in part.groups if group.kind == kind}


def text_of(lines: Iterable[object]) -> str:
    """The lines as one text."""
    output = io.StringIO()
    for line in lines:
        print(line, file=output)
    return output.getvalue()


def test_groups_are_told_where_there_are_several_and_months_always() -> None:
    made = SessionTables()
    made.lines(3, model="opus", cost=30)
    made.lines(1, model="haiku", bucket="closed", cost=10)
    made.turn(cost=40)
    part = part_of(made)

    assert {group.kind for group in part.groups} == {"model", "month"}
    models = groups(part, "model")
    assert list(models) == ["opus", "haiku"]
    assert (models["opus"].generated, models["opus"].live) == (3, 3)
    assert (models["opus"].cost.list_microdollars, models["opus"].live_list_microdollars) == (
        30,
        30,
    )
    assert models["haiku"].live_list_microdollars == 0


def test_each_repository_is_told_where_there_are_several() -> None:
    made = SessionTables()
    made.lines(3)
    made.lines(2, repository=CART, bucket="merged", reviewed=True)
    made.without_production(CART)
    found = groups(part_of(made), "repository")

    assert (found["acme/shop"].live, found["acme/shop"].reviewed) == (3, None)
    assert (found["acme/cart"].live, found["acme/cart"].reviewed) == (None, 2)


def test_teams_of_fewer_than_five_people_are_not_told_apart() -> None:
    made = SessionTables()
    for number in range(5):
        made.team(f"big{number}", "shop")
        made.lines(2, person=f"big{number}", session=f"b{number}")
    made.team("ana", "payments")
    made.lines(7, person="ana", session="a")
    made.lines(1, person="ben", session="b")

    found = groups(part_of(made), "team")

    assert {name: group.generated for name, group in found.items()} == {
        "shop": 10,
        SMALL_TEAMS: 8,
    }


def shipped() -> SessionTables:
    """Thirty sessions that shipped most of their lines, and two of another agent that did not."""
    made = SessionTables()
    made.vendor("opus", "anthropic")
    for number in range(30):
        values = {"session": f"s{number}", "turn": f"s{number}", "model": "opus"}
        made.lines(8, deployed_on=101, live_30=True, live_90=number > 9, **values)
        made.lines(2, bucket="closed", **values)
        made.turn(cost=100_000, session=f"s{number}", turn=f"s{number}")
    for number in range(2):
        made.lines(5, bucket="closed", agent="codex", session=f"c{number}", model="gpt")
    return made


def test_whose_lines_shipped_is_drawn_over_sessions() -> None:
    claude, codex = part_of(shipped()).shipped

    assert (claude.agent, claude.vendor, claude.model) == ("claude-code", "anthropic", None)
    assert (claude.shipped, claude.mature, claude.sessions) == (240, 300, 30)
    assert claude.figure.estimate == pytest.approx(0.8)
    assert (codex.vendor, codex.figure.estimate, codex.figure.more_changes) == (None, None, 18)


def test_models_stand_below_an_agent_that_ran_several() -> None:
    made = SessionTables()
    made.lines(4, model="opus", deployed_on=101)
    made.lines(2, model="haiku", session="s2", deployed_on=101)
    made.lines(1, model=None, session="s3", bucket="closed")

    found = [(one.model, one.shipped, one.mature) for one in part_of(made).shipped]

    assert found == [(None, 6, 7), ("opus", 4, 4), ("haiku", 2, 2), ("untold", 0, 1)]


def test_the_screen_tells_who_shipped_and_how_long_it_lasted() -> None:
    part = part_of(shipped())
    whose, answer = text_of(whose_lines(part)), text_of(answer_lines(part))

    assert "  claude-code            80 % (80–80)      240 of 300" in whose
    assert "  codex                     needs +18" in whose
    assert "In production 30 days later 100 % of 240 deployed lines, 90 days later 67 %" in answer


def test_markdown_tells_groups_vendors_and_how_long_it_lasted() -> None:
    part = part_of(shipped())
    whose = "\n".join(whose_markdown(part))
    details = "\n".join(details_markdown(part))

    assert "| claude-code | all | anthropic | 30 | 300 | 240 | 80 % (80–80) |" in whose
    assert (
        "| In production 90 days after they first were, of lines old enough | 160 | 240 |" in whose
    )
    assert "| codex | 10 | 10 | 10 | – | – | 0 | 0 | 0 |" in details


def test_requests_bear_what_was_abandoned() -> None:
    made = SessionTables()
    made.lines(2, change=4, project="p", number=7, cost=20)
    made.lines(4, bucket="closed", project="p", number=9, cost=40)
    made.turn(cost=60)
    part = part_of(made)

    assert part.changes is not None
    assert (part.changes.changes, part.changes.requests, part.changes.abandoned) == (1, 1, 40)
    assert part.changes.direct.list_microdollars == 60
    assert "a merged change" in text_of(answer_lines(part))
