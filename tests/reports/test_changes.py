"""Pull requests on one screen: AI's part, cost, checks, review, deployment and fate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from landed.reports.changes import (
    NOTHING,
    ChangeList,
    ChangeShown,
    change_lines,
    changes_markdown,
    list_of,
)
from landed.reports.journeys_model import Money

OPENED = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp())
DAY = 86_400
HOSTILE = "\x1b[2J<script>|`*\n" + "w" * 300


def row(number: int, **values: Any) -> dict[str, Any]:
    """What the metric answers of a merged change."""
    found = {
        "repository": "r",
        "project": "github:github.com:1",
        "number": number,
        "title": f"Add part {number}",
        "state": "merged",
        "draft": False,
        "automation": False,
        "agent": "claude-code",
        "opened_second": OPENED + number * DAY,
        "merged_second": OPENED + number * DAY + 60,
        "closed_second": None,
        "deployed_second": None,
        "lines": 100,
        "ai_low": 40,
        "ai_high": 60,
        "additions": 100,
        "deletions": 3,
        "green": True,
        "reviewed": True,
        "reviews": 1,
        "approvals": 1,
        "rounds": 1,
        "hotfix": False,
        "revert": False,
        "reverted": False,
        "failed": False,
        "incidents": 0.0,
        "live_lines": 100,
        "reworked_lines": 0,
        "list_microdollars": 2_500_000,
        "cash_microdollars": 0,
        "sessions": 1,
        "turns": 4,
    }
    return {**found, **values}


def shown(*rows: dict[str, Any], **asked: Any) -> ChangeList:
    """The list that these rows make."""
    return list_of(list(rows), {"r": "shop"}, {"github:github.com:1": "acme/shop"}, **asked)


def only(**values: Any) -> ChangeShown:
    """One change."""
    (found,) = shown(row(1, **values)).changes
    return found


@pytest.mark.parametrize(
    ("values", "fate"),
    [
        ({"state": "open"}, "open"),
        ({"state": "open", "draft": True}, "draft"),
        ({"state": "closed"}, "closed"),
        ({}, "merged"),
        ({"deployed_second": OPENED}, "deployed"),
        ({"deployed_second": OPENED, "failed": True}, "failed"),
        ({"failed": True, "reverted": True}, "reverted"),
    ],
)
def test_every_change_has_one_fate(values: dict[str, Any], fate: str) -> None:
    assert only(**values).fate == fate


def test_a_change_without_a_session_cost_nobody_knows_what() -> None:
    assert only(sessions=0, list_microdollars=0).cost == Money(None, 0)
    assert only().cost == Money(2_500_000, 0)


def test_the_table_fits_eighty_columns() -> None:
    lines = [
        line.plain
        for line in change_lines(
            shown(
                row(4711, title="A title that is much too long to be shown in a row of a table"),
                row(2, green=None, reviewed=None, lines=None, ai_low=None, ai_high=None),
                row(3, green=False, reviewed=True, approvals=0, failed=True),
                row(1, reviewed=False, approvals=0, state="closed"),
            )
        )
    ]

    assert max(map(len, lines)) <= 80
    assert lines[1].split()[0] == "#4711"
    assert "… " in lines[1]
    assert lines[1].split()[-6:] == ["40–60", "%", "$2.50", "green", "approved", "merged"]
    assert lines[2].split()[-4:] == ["$2.50", "red", "reviewed", "failed"]
    assert lines[3].split()[-6:] == ["–", "–", "$2.50", "–", "–", "merged"]
    assert lines[4].split()[-3:] == ["green", "none", "closed"]
    assert lines[5] == "4 changes: 300 lines, AI 40–60 %, $10.00 list"


def test_a_hostile_title_cannot_act() -> None:
    made = shown(row(1, title=HOSTILE, project=HOSTILE), row(2))
    lines = [line.plain for line in change_lines(made)]
    text = "\n".join(changes_markdown(made))

    assert all(letter.isprintable() for line in lines for letter in line)
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in text and "<script>" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len({line.replace("\\|", "").count("|") for line in rows}) == 1


def test_numbers_tell_the_project_where_there_are_several() -> None:
    lines = list(change_lines(shown(row(1), row(2, project="gitlab:gitlab.com:9"))))

    assert [line.plain.split()[0] for line in lines[1:3]] == ["gitlab:gitl…#2", "shop#1"]


@pytest.mark.parametrize(
    ("sort", "numbers"), [("time", [3, 2, 1]), ("ai", [2, 3, 1]), ("cost", [1, 3, 2])]
)
def test_changes_are_sorted_by_what_is_asked(sort: str, numbers: list[int]) -> None:
    made = shown(
        row(1, ai_high=0, ai_low=0, list_microdollars=9_000_000),
        row(2, ai_high=90, list_microdollars=1),
        row(3),
        sort=sort,
    )

    assert [one.number for one in made.changes] == numbers


def test_only_changes_in_the_state_are_listed_and_the_rest_is_counted() -> None:
    made = shown(row(1), row(2, state="open"), row(3), row(4), state="merged", limit=2)

    assert [one.number for one in made.changes] == [4, 3]
    assert made.total == 3
    assert list(change_lines(made))[-1].plain.startswith("3 changes (1 more; --limit 0 shows all)")


def test_where_there_is_none_it_says_what_to_connect() -> None:
    assert [line.plain for line in change_lines(shown())] == [NOTHING]
    assert list(changes_markdown(shown())) == [NOTHING]


def test_json_has_times_and_everything_that_is_known() -> None:
    content = shown(row(1, deployed_second=OPENED + 2 * DAY)).as_json()

    (change,) = content["changes"]
    assert change["project"] == "acme/shop"
    assert change["deployed_at"] == datetime(2026, 9, 3, tzinfo=UTC)
    assert (change["ai_low"], change["ai_high"], change["fate"]) == (40, 60, "deployed")
