"""What agents generated and what it cost, in every form of the report."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator
from tests.metrics.ledgers import Ledger
from tests.metrics.session_tables import CART, SHOP, SessionTables
from tests.reports.shops import report_on
from tests.reports.test_html import Elements

from landed.reports.as_json import json_text, shipped_schema
from landed.reports.html import html_page
from landed.reports.journeys import journeys_of
from landed.reports.journeys_model import JourneysPart, Money
from landed.reports.markdown import markdown
from landed.reports.model import Report
from landed.reports.terminal import print_report

NAMES = {SHOP: "acme/shop", CART: "acme/cart"}
HOSTILE = "\x1b[2J<script>alert(1)</script>|`*\n" + "w" * 300


def part_of(made: SessionTables) -> JourneysPart:
    """What a report says of these tables."""
    part = journeys_of(made.facts(), NAMES)
    assert part is not None
    return part


def report_with(part: JourneysPart | None, workspace: Path) -> Report:
    """A report of one small repository with this part."""
    ledger = Ledger(days=[0, 10])
    ledger.lines(4, step=0)
    return replace(report_on(ledger, workspace), journeys=part)


def printed(report: Report) -> list[str]:
    """The lines of the report as a pipe gets them."""
    output = io.StringIO()
    print_report(report, output)
    return output.getvalue().splitlines()


def shop() -> SessionTables:
    """Thirty sessions of one agent, two of another, and what was paid."""
    made = SessionTables(developers=4, hourly=120)
    for number in range(30):
        session = f"s{number}"
        made.lines(8, session=session, turn=session, deployed_on=101, change=number, cost=80_000)
        made.lines(2, bucket="closed", session=session, turn=session, cost=20_000)
        made.turn(cost=100_000, cash=50_000, session=session, turn=session, feature="cart")
    made.lines(2, bucket="discarded", agent="codex", session="lost", turn="lost", cost=500_000)
    made.turn(cost=500_000, agent="codex", session="lost", turn="lost", feature="export")
    made.turn(cost=30_000, session="asked", turn="asked", kind="non_code")
    made.turn(session="odd", turn="odd", kind="non_code", unpriced_calls=1, day=150)
    made.acts(0, 3)
    made.works(0, 10)
    made.fixes("t1")
    made.pays("2026-01", 160_000_000, borne=150_000_000)
    made.people("2026-01", active=2, developers=9)
    made.seat("ana", used_on=None, cost=20_000_000)
    return made


def hostile() -> SessionTables:
    """Names as a hostile log could have them, and numbers too large for their columns."""
    made = SessionTables()
    huge = 9_000_000_000_000_000
    for agent in ("claude-code", HOSTILE):
        for model in ("opus", HOSTILE):
            values = {"agent": agent, "session": HOSTILE, "turn": model}
            made.lines(1, bucket="discarded", reason=None, model=model, cost=huge, **values)
            made.turn(cost=huge, cash=huge, feature=HOSTILE, branch=HOSTILE, **values)
    made.lines(1, bucket="untraced", reason=HOSTILE, session="other")
    made.pays("2026-01", huge, vendor=HOSTILE)
    made.rows_of["seat_use"].append(
        {"vendor": HOSTILE, "holder": "ana", "monthly_microdollars": huge, "last_second": None}
    )
    return made


def test_without_a_session_there_is_no_such_part() -> None:
    assert journeys_of(SessionTables().facts(), NAMES) is None


def test_sums_are_those_of_the_metrics() -> None:
    part = part_of(shop())

    assert (part.sessions, part.generated, part.unpriced_calls) == (33, 302, 1)
    assert part.spent == Money(3_530_000, 1_500_000)
    assert [(stage.stage, stage.lines) for stage in part.stages] == [
        ("generated", 302),
        ("accepted", 302),
        ("committed", 300),
        ("merged", 240),
        ("deployed", 240),
        ("live", 240),
    ]
    assert part.stages[-1].share == pytest.approx(240 / 302)
    assert sum(found.lines for found in part.buckets) == part.generated
    live = part.cost_per_line[-1]
    assert (live.direct, live.loaded) == (10_000, pytest.approx(3_530_000 / 240))
    assert (part.waste.total.list_microdollars, part.waste.closed) == (1_100_000, 600_000)


def test_yield_is_drawn_over_sessions_with_the_dollars_of_the_same_lines() -> None:
    shown = part_of(shop()).yield_30

    assert (shown.shipped, shown.mature, shown.too_young) == (240, 302, 0)
    assert shown.figure.changes == 31
    assert shown.figure.estimate == pytest.approx(240 / 302)
    assert shown.shipped_cost.list_microdollars == 2_400_000
    assert shown.mature_cost.list_microdollars == 3_500_000


def test_changes_and_deployments_have_their_cost_twice() -> None:
    part = part_of(shop())

    assert part.changes is not None and part.deployments is not None
    assert (part.changes.changes, part.changes.turns_per_change) == (30, 1)
    assert part.changes.direct.list_microdollars == 80_000
    assert part.changes.loaded == Money(round(3_530_000 / 30), 50_000)
    assert part.changes.first_try.estimate == 1
    assert (part.deployments.deployments, part.deployments.loaded) == (1, part.spent)


def test_an_agent_with_few_sessions_is_refused_with_how_many_more() -> None:
    claude, codex = part_of(shop()).outcomes

    assert (claude.agent, claude.standing, claude.settled) == ("claude-code", 240, 300)
    assert claude.figure.estimate == 0.8
    assert (codex.figure.estimate, codex.figure.more_changes) == (None, 19)


def test_models_stand_below_an_agent_that_ran_several() -> None:
    made = SessionTables()
    made.lines(3, model="opus")
    made.lines(2, model="haiku", session="s2")
    made.lines(1, bucket="closed", model=None, session="s3")

    found = [(row.model, row.standing, row.settled) for row in part_of(made).outcomes]

    assert found == [(None, 5, 6), ("untold", 0, 1), ("haiku", 2, 2), ("opus", 3, 3)]


def test_the_biggest_leak_is_the_feature_that_cost_most_and_left_nothing() -> None:
    leak = part_of(shop()).leak

    assert leak is not None
    assert (leak.repository, leak.subject, leak.lines) == ("acme/shop", "export", 2)
    assert leak.cost.list_microdollars == 500_000


def test_a_session_whose_calls_have_no_price_cost_nobody_knows_what() -> None:
    made = SessionTables()
    made.lines(2, cost=0)
    made.turn(unpriced_calls=1)
    part = part_of(made)

    assert part.spent.list_microdollars is None
    assert part.expensive[0].cost.list_microdollars is None
    assert part.waste.total.list_microdollars is None
    assert part.stages[0].cost.list_microdollars is None
    assert {(cost.direct, cost.loaded) for cost in part.cost_per_line} == {(None, None)}


def test_without_production_nothing_is_deployed_and_no_share_of_it_is_told(
    tmp_path: Path,
) -> None:
    made = SessionTables()
    made.lines(4, bucket="merged", cost=40)
    made.turn(cost=40)
    made.without_production()
    part = part_of(made)

    assert [stage.stage for stage in part.stages][-1] == "merged"
    assert [cost.stage for cost in part.cost_per_line][-1] == "merged"
    assert {ratio.name: ratio.share for ratio in part.ratios}["ship_rate"] is None
    assert part.deployments is None
    text = "\n".join(printed(report_with(part, tmp_path)))
    assert "Yield: not known, as nothing says what is in production" in text
    assert "deployed" not in text.split("Whose lines survived?")[0]


def test_shares_of_production_are_of_repositories_where_it_is_known() -> None:
    made = SessionTables()
    made.lines(3, bucket="live")
    made.lines(1, bucket="unmerged")
    made.lines(9, bucket="merged", repository=CART)
    made.without_production(CART)

    shares = {stage.stage: stage.share for stage in part_of(made).stages}

    assert (shares["live"], shares["merged"]) == (0.75, pytest.approx(12 / 13))


def test_the_screen_tells_lines_dollars_and_leak(tmp_path: Path) -> None:
    lines = printed(report_with(part_of(shop()), tmp_path))
    text = "\n".join(lines)

    assert max(len(line) for line in lines) <= 80
    assert "Of 302 lines that agents generated" in text
    assert "$3.50 of $3.53 list ($1.50 cash)" in text
    assert "live now           240   79 %" in text
    assert "Yield 79 % (" in text
    assert "A surviving line cost 1.5 ¢ fully loaded (1.0 ¢ direct)" in text
    assert "Waste $1.10: discarded 50 ¢, closed 60 ¢" in text
    assert "too few, +19 sessions" in text
    assert "Biggest leak: 1 session on export cost 50 ¢ and left no line" in text
    assert "1 call of models without a known price" in text


def test_hostile_names_and_huge_numbers_stay_within_the_screen(tmp_path: Path) -> None:
    lines = printed(report_with(part_of(hostile()), tmp_path))

    assert max(len(line) for line in lines) <= 80
    assert not any(letter for line in lines for letter in line if not letter.isprintable())
    assert any(r"\x1b[2J" in line for line in lines)


def test_markdown_keeps_hostile_names_inside_their_cells(tmp_path: Path) -> None:
    text = markdown(report_with(part_of(hostile()), tmp_path))

    assert "\x1b" not in text
    assert "<script>" not in text
    rows = [row for row in text.splitlines() if row.startswith("| ")]
    heads = [row for row in rows if row.startswith("| Session |")]
    assert len(heads) == 1
    width = heads[0].count("|")
    below = rows[rows.index(heads[0]) + 1 :][:3]
    assert [row.replace("\\|", "").count("|") for row in below] == [width] * len(below)


def test_markdown_tells_the_same_figures(tmp_path: Path) -> None:
    text = markdown(report_with(part_of(shop()), tmp_path))

    assert "33 sessions cost $3.53 at list price ($1.50 in cash)" in text
    assert "| live now | 240 | 79 % | $2.40 |" in text
    assert "Yield (deployed within 30 days and in production 30 days after): 79 % (" in text
    assert "$2.40 of $3.50; 0 lines too young" in text
    assert "| live now | 240 | 1.0 ¢ | 1.5 ¢ |" in text
    assert "Break-even: 20 minutes saved per developer and month" in text
    assert "| 2026-01 | $160 | $10.00 | $40.00 | $80.00 |" in text
    assert "median $86" in text
    assert "cursor: 1 of 1 seat without captured use in 30 days, $20.00 a month" in text


@pytest.mark.parametrize("made", [shop(), hostile()], ids=["shop", "hostile"])
def test_the_page_is_closed_and_escapes_what_logs_say(made: SessionTables, tmp_path: Path) -> None:
    page = html_page(report_with(part_of(made), tmp_path))
    elements = Elements()
    elements.feed(page)

    assert elements.open == []
    assert "<script>alert" not in page
    assert "What became of the lines that agents generated?" in page
    assert "What must it save to pay for itself?" in page


@pytest.mark.parametrize("made", [shop(), hostile()], ids=["shop", "hostile"])
def test_json_is_valid_against_the_shipped_schema(made: SessionTables, tmp_path: Path) -> None:
    content = orjson.loads(json_text(report_with(part_of(made), tmp_path)))

    Draft202012Validator(shipped_schema()).validate(content)
    assert content["journeys"]["generated"] == part_of(made).generated


def test_a_yield_of_few_sessions_is_refused_in_whole_words(tmp_path: Path) -> None:
    made = SessionTables()
    made.lines(3, deployed_on=101)
    text = "\n".join(printed(report_with(part_of(made), tmp_path)))

    assert "Yield: too few: about 19 more sessions needed" in text
    assert "live 30 days after shipping" not in text
