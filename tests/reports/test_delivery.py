"""What changes, deployments and incidents came to, in every form of the report."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import orjson
import pytest
from jsonschema import Draft202012Validator
from tests.metrics.delivery_tables import SHOP, DeliveryTables
from tests.metrics.session_tables import SessionTables
from tests.reports.shops import report_on
from tests.reports.shops import shop as ledger
from tests.reports.test_html import Elements
from tests.reports.test_journeys import HOSTILE, printed

from landed.reports.as_json import json_text, shipped_schema
from landed.reports.delivery import delivery_of
from landed.reports.delivery_model import DeliveryPart
from landed.reports.html import html_page
from landed.reports.markdown import markdown
from landed.reports.model import Report

NAMES = {SHOP: "acme/shop"}
DAYS = 86_400


def part_of(made: DeliveryTables, sessions: SessionTables | None = None) -> DeliveryPart:
    """What a report says of these tables."""
    told = None if sessions is None else sessions.facts()
    part = delivery_of(made.facts(), told, NAMES)
    assert part is not None
    return part


def report_with(part: DeliveryPart | None, workspace: Path) -> Report:
    """A report of a shop with this part."""
    return replace(report_on(ledger(), workspace), delivery=part)


def busy() -> DeliveryTables:
    """Five authors with 240 changes: AI-heavy ones wait two days longer and fail more often."""
    random = Random(7)
    made = DeliveryTables(hourly=100)
    made.knows()
    for number in range(240):
        heavy = number % 3 == 0
        opened = 10 + number / 2
        review = opened + (3 if heavy else 1) + random.random()
        made.change(
            heavy=heavy,
            author=f"author {number % 5}",
            size_band="s" if number % 2 else "m",
            lines=100,
            ai_low=60 if heavy else 0,
            ai_high=80 if heavy else 10,
            first_commit=opened - 1,
            opened=opened,
            first_review=review,
            approved=review + 0.5,
            merged=review + 1,
            deployed=review + 2,
            failed=number % (3 * 4) == 0 or number % 20 == 1,
            reviewer_minutes=30.0 if heavy else 20.0,
            design=number % 40 == 0,
            senior_reviewers=1,
            revert=number % 60 == 0,
            check_seconds=600,
        )
    for number in range(90):
        failed = number % 6 == 0
        made.deployment(
            on=20 + 2 * number,
            ai_high=8 if number % 2 else 0,
            failed=failed,
            failed_by="hotfix" if failed else None,
            recovered=20.25 + 2 * number if failed else None,
            kind="hotfix" if number % 6 == 1 else "forward",
        )
    for rule, number in (("fix", 8), ("link", 4), ("time", 2), ("none", 1)):
        for _ in range(number):
            share = None if rule == "none" else 0.75
            made.incident(rule, low=share, high=share)
    made.in_production("ai", 4_000, 300_000, unreviewed=400)
    made.in_production("human", 6_000, 600_000, unreviewed=60)
    return made


@cache
def busy_part() -> DeliveryPart:
    """What a report says of them."""
    return part_of(busy())


def hostile() -> DeliveryTables:
    """Names as a hostile forge could tell them."""
    made = DeliveryTables()
    made.knows(has_deployments=False)
    made.change(opened=1, merged=2, title=HOSTILE, author=HOSTILE, agent=HOSTILE)
    made.deployment(on=3, service=HOSTILE, environment=HOSTILE, stream=HOSTILE)
    made.incident("fix", low=1, high=1, title=HOSTILE, severity=HOSTILE)
    return made


def test_where_nothing_is_known_there_is_no_such_part() -> None:
    assert delivery_of(DeliveryTables().facts(), None, NAMES) is None


def test_release_tags_alone_are_no_delivery() -> None:
    made = DeliveryTables()
    made.knows(has_forge=False, has_deployments=False, has_incidents=False)
    made.deployment(on=3)

    assert delivery_of(made.facts(), None, NAMES) is None


def test_the_five_metrics_of_dora_are_told_for_all_and_by_ai_share() -> None:
    dora = busy_part().dora

    assert [one.of for one in dora.change_lead_time] == ["all", "AI-heavy", "other"]
    whole, heavy, other = (one.time for one in dora.change_lead_time)
    assert (whole.number, heavy.number, other.number) == (240, 80, 160)
    assert heavy.estimate is not None and other.estimate is not None
    assert heavy.estimate - other.estimate == pytest.approx(2 * DAYS, abs=DAYS / 4)
    assert [(one.of, one.deployments) for one in dora.deployment_frequency] == [
        ("all", 90),
        ("AI-heavy", 45),
        ("other", 45),
    ]
    assert dora.deployment_frequency[0].per_week == pytest.approx(90 / (180 / 7))
    fails = {one.of: (one.counted, one.total) for one in dora.change_fail_rate}
    assert fails == {"all": (15, 90), "AI-heavy": (0, 45), "other": (15, 45)}
    reworks = {one.of: (one.counted, one.total) for one in dora.deployment_rework_rate}
    assert reworks == {"all": (15, 90), "AI-heavy": (0, 30), "other": (15, 60)}
    recovery = dora.failed_deployment_recovery_time[0].time
    assert (recovery.estimate, recovery.number, recovery.more) == (None, 15, 5)


def test_a_stage_is_compared_within_repository_author_and_size() -> None:
    stages = {(one.stage, one.high_quality): one for one in busy_part().stages}
    review = stages["to_review", False]

    assert review.matched.difference == pytest.approx(2 * DAYS, abs=DAYS / 10)
    assert review.matched.verdict == "more"
    assert (review.matched.people, review.matched.strata) == (5, 10)
    assert stages["to_open", False].matched.verdict == "no clear difference"
    good = stages["until_merge", True]
    assert good.heavy.number + good.others.number == 240 - 32


def test_changes_that_failed_are_compared_with_their_interval() -> None:
    failures = busy_part().failures

    assert failures.heavy.estimate == pytest.approx(24 / 80, abs=0.01)
    assert failures.others.estimate is not None
    assert failures.heavy.estimate is not None
    assert failures.heavy.estimate > failures.others.estimate
    assert failures.matched.verdict == "more"


def test_fewer_than_five_authors_are_not_compared() -> None:
    made = busy()
    for row in made.rows_of["change_fact"]:
        row["author"] = "ana" if row["number"] % 2 else "ben"

    part = part_of(made)

    assert part.failures.matched.verdict == "few people"
    assert {one.matched.difference for one in part.stages} == {None}
    assert part.failures.heavy.estimate is not None


def test_incidents_are_told_by_side_and_by_cause() -> None:
    part = busy_part()

    traced = [one for one in part.incidents if one.basis == "traced"]
    assert [(one.side, one.low, one.high) for one in traced] == [("AI", 9, 9), ("others", 3, 3)]
    assert traced[0].lines_landed == 80 * 80 + 160 * 10
    assert traced[0].per_thousand_lines.estimate == pytest.approx(9 / 8)
    assert traced[0].per_thousand_line_days.estimate == pytest.approx(9 / 300)
    assert traced[1].per_thousand_lines.more == 2
    assert [(one.rule, one.incidents) for one in part.causes] == [
        ("link", 4),
        ("fix", 8),
        ("time", 2),
        ("none", 1),
    ]


def test_the_true_cost_of_rework_adds_turns_and_peoples_minutes() -> None:
    sessions = SessionTables(hourly=100)
    sessions.turn(cost=5_000_000, turn="t1")
    sessions.acts(0, turn="t1")
    sessions.works(0, 3, turn="t1")
    sessions.fixes("t1")
    found = part_of(busy(), sessions).rework

    assert found is not None
    assert (found.turns, found.attended_minutes) == (1, 3)
    assert (found.reviewer_minutes, found.check_minutes) == (120, 40)
    assert found.total_microdollars == 5_000_000 + round(123 * 100_000_000 / 60)
    assert found.missing == ["what a minute of checks costs: cash.check_minute in landed.toml"]


def test_minutes_of_checks_cost_what_the_settings_say() -> None:
    made = busy()
    before = part_of(made).rework
    made.rows_of["delivery_scope"][0]["check_minute_microdollars"] = 8_000
    found = part_of(made).rework

    assert found is not None
    assert before is not None
    assert (found.check_minutes, found.missing[1:]) == (40, [])
    assert (before.total_microdollars, found.total_microdollars) == (200_000_000, 200_320_000)


def test_without_a_rate_the_total_is_not_known_and_the_input_is_named() -> None:
    made = busy()
    made.rows_of["delivery_scope"][0]["hourly_microdollars"] = None
    found = part_of(made).rework

    assert found is not None
    assert found.total_microdollars is None
    assert found.missing[:2] == [
        "agents' sessions, so what their turns cost",
        "what an hour costs: cash.hourly_rate in landed.toml",
    ]


def test_what_is_not_connected_is_named_with_how() -> None:
    made = DeliveryTables()
    made.knows(has_reviews=False, has_incidents=False)
    made.change(opened=1, merged=2)

    missing = part_of(made).missing

    assert [one.what for one in missing] == [
        "reviews are not known",
        "incidents and bugs are not known",
    ]
    assert "landed incident import" in missing[1].how


def test_the_first_screen_says_whether_changes_hold(tmp_path: Path) -> None:
    lines = printed(report_with(busy_part(), tmp_path))
    text = "\n".join(lines)

    assert max(len(line) for line in lines) <= 80
    screen = text[: text.index("How is it delivered?")]
    assert "changes that failed: AI-heavy 30 % (" in screen
    assert "AI-heavy ones\n  fail more often, an association" in screen
    assert "15 incidents: 9 of AI lines, 3 of other lines, 2 by time only, 1" in screen
    assert "Is it holding?" in screen and "How sure are we?" in screen
    assert "deployments a week                      3.5              1.8" in text
    assert "Unreviewed in production: 400 of 4,000 AI lines (10 %)" in text


def test_without_a_forge_one_line_says_what_to_connect(tmp_path: Path) -> None:
    text = "\n".join(printed(report_with(None, tmp_path)))

    assert "changes that failed, incidents, DORA: not connected; landed connect github" in text
    assert "How is it delivered?" not in text


def test_markdown_tells_the_same_figures(tmp_path: Path) -> None:
    text = markdown(report_with(busy_part(), tmp_path))

    assert "| Deployment frequency | 3.5 a week and repository (90) |" in text
    assert "| opening to first review | 3.6 days (3.4–3.7) of 80 |" in text
    assert "AI-heavy ones take longer, an association" in text
    assert "5 a round, 3 a comment on the code" in text
    assert "| incidents | traced | AI lines | 9 | 1.12 (0.51–2.14) |" in text
    assert "only the time of a deployment (inferred) | 2 |" in text


def test_the_page_is_closed_and_draws_what_has_enough_figures(tmp_path: Path) -> None:
    page = html_page(report_with(busy_part(), tmp_path))
    elements = Elements()
    elements.feed(page)

    assert elements.open == []
    assert "How is it delivered?" in page
    for chart in ("lead_time", "deployments"):
        assert f'data-chart="{chart}"' in page


def test_the_page_escapes_what_forges_say_and_draws_no_chart_of_few(tmp_path: Path) -> None:
    page = html_page(report_with(part_of(hostile()), tmp_path))
    elements = Elements()
    elements.feed(page)

    assert elements.open == []
    assert "<script>alert" not in page
    for chart in ("lead_time", "deployments"):
        assert f'data-chart="{chart}"' not in page


@pytest.mark.parametrize("made", [busy(), hostile()], ids=["busy", "hostile"])
def test_json_is_valid_against_the_shipped_schema(made: DeliveryTables, tmp_path: Path) -> None:
    content = orjson.loads(json_text(report_with(part_of(made), tmp_path)))

    Draft202012Validator(shipped_schema()).validate(content)
    assert content["delivery"]["connected"][0]["repository"] == "acme/shop"
    assert "author 1" not in orjson.dumps(content).decode()
