"""The tables of the page Quality: columns, and rows from the records of its model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from landed.compare import Amount
from landed.reports import wording
from landed.reports.dashboard.quality import Lasting
from landed.reports.delivery_model import (
    Causes,
    ChangeFailures,
    IncidentRate,
    Reviewing,
    StageTime,
)
from landed.reports.delivery_words import (
    RULE_WORDS,
    STAGE_WORDS,
    minutes_told,
    rate_told,
    time_difference,
    time_told,
    verdict,
    weighed,
)
from landed.reports.groups import broad_class
from landed.reports.model import GroupSurvival, ReworkBy
from landed.server.pages.figures import capital
from landed.server.pages.listing import Column
from landed.server.pages.rows import SideRow, side_row

Row = dict[str, Any]

POINTS = (
    Column("group", "Lines of", kind="wide"),
    Column("day_30", "After 30 days"),
    Column("day_90", "90"),
    Column("day_180", "180"),
    Column("day_365", "365"),
    Column("rework", "Reworked"),
    Column("changes", "Changes", "count"),
)
REWORKED_BY = (
    Column("name", "Taken out by", kind="wide"),
    Column("lines", "AI lines", "count"),
    Column("share", "Share", "percent"),
    Column("reverted", "In reverts", "count"),
)
STAGES = (
    Column("stage", "Stage", kind="wide"),
    Column("heavy", "AI-heavy"),
    Column("others", "Others"),
    Column("difference", "Difference", hint="AI-heavy less others, same repository, author, size"),
    Column("verdict", "Which is", kind="text"),
)
INCIDENTS = (
    Column("what", "What", kind="wide"),
    Column("number", "Number", hint="Each counts by the share of the lines that introduced it"),
    Column("lines", "Per 1,000 lines"),
    Column("days", "Per 1,000 line-days"),
)
CAUSES = (
    Column("what", "What", kind="text"),
    Column("how", "How its cause is known", kind="wide"),
    Column("incidents", "Number", "count"),
)
REVIEWS = (
    Column("kind", "Changes", kind="wide"),
    Column("changes", "Number", "count"),
    Column("reviewed", "Reviewed", "percent"),
    Column("rounds", "Rounds"),
    Column("comments", "Comments"),
    Column("each", "Minutes each"),
)
UNREVIEWED = (
    Column("who", "Lines of", "own", kind="wide"),
    Column("lines", "In production", "count"),
    Column("unreviewed", "Unreviewed", "count"),
    Column("share", "Share", "percent"),
)
_MOST_REMOVERS = 6


def point_rows(survival: Sequence[GroupSurvival]) -> list[Row]:
    """What is still there after so many days, or how many more changes would tell."""
    return [
        {
            "group": one.group.label,
            **{f"day_{point.days}": wording.short_figure(point.figure) for point in one.points},
            "rework": wording.short_figure(one.rework),
            "changes": one.changes,
        }
        for one in survival
    ]


def rework_rows(lasting: Lasting) -> list[SideRow]:
    """AI's lines against the others of the same repositories and quarters."""
    if lasting.rework is None:
        return []
    return [
        side_row("AI", lasting.rework.ai, "tone-ai"),
        side_row("others, matched", lasting.rework.others, "tone-unknown"),
    ]


def reworked_by_rows(rework_by: Sequence[ReworkBy]) -> list[Row]:
    """Who took out the AI lines that were reworked: kinds and agents, no people."""
    totals: dict[str, list[int]] = {}
    for row in rework_by:
        if broad_class(row.who) != "ai":
            continue
        who = "AI, agent not told" if broad_class(row.by_who) == "ai" else wording.WHO[row.by_who]
        total = totals.setdefault(row.by_agent or who, [0, 0])
        total[0] += row.lines
        total[1] += row.reverted
    every = sum(lines for lines, _ in totals.values())
    ordered = sorted(totals.items(), key=lambda item: -item[1][0])[:_MOST_REMOVERS]
    return [
        {"name": name, "lines": lines, "share": lines / every, "reverted": reverted}
        for name, (lines, reverted) in ordered
        if lines
    ]


def stage_rows(stages: Sequence[StageTime]) -> list[Row]:
    """Medians of the stages of merged changes, and what the matched comparison comes to."""
    return [
        {
            "stage": capital(STAGE_WORDS[one.stage])
            + (", high quality" if one.high_quality else ""),
            "heavy": time_told(one.heavy, short=True),
            "others": time_told(one.others, short=True),
            "difference": time_difference(one.matched, short=True),
            "verdict": verdict(one.matched, "take longer", "take less time")
            .removesuffix(", an association")
            .removeprefix("AI-heavy ones "),
        }
        for one in stages
    ]


def failure_rows(failures: ChangeFailures) -> list[SideRow]:
    """Merged changes that failed, of either kind; none where there are no changes."""
    if not failures.heavy.changes and not failures.others.changes:
        return []
    return [
        side_row("AI-heavy", failures.heavy, "tone-ai"),
        side_row("others", failures.others, "tone-unknown"),
    ]


def incident_rows(incidents: Sequence[IncidentRate]) -> list[Row]:
    """Incidents and bugs by what brought them; those only inferred stand apart."""
    return [
        {
            "what": _brought(one),
            "number": weighed(one),
            "lines": _rate(one.per_thousand_lines),
            "days": _rate(one.per_thousand_line_days),
        }
        for one in incidents
    ]


def _rate(found: Amount) -> str:
    """A rate, the small ones with a digit more than a report gives them."""
    if found.estimate is None or found.low is None or found.high is None or found.high >= 0.01:
        return rate_told(found)
    return f"{found.estimate:.4f} ({found.low:.4f}–{found.high:.4f})"


def _brought(one: IncidentRate) -> str:
    kind = f"{one.kind.capitalize()}s"
    if one.basis == "traced":
        return f"{kind} of {'AI' if one.side == 'AI' else 'other'} lines"
    return f"{kind} by time only, {'AI' if one.side == 'AI' else 'others'}"


def cause_rows(causes: Sequence[Causes]) -> list[Row]:
    """How the causes of incidents and bugs are known."""
    return [
        {"what": f"{one.kind}s", "how": RULE_WORDS[one.rule], "incidents": one.incidents}
        for one in causes
    ]


def review_rows(reviewing: Reviewing) -> list[Row]:
    """What reviewing took, by kind of change."""
    return [
        {
            "kind": one.kind,
            "changes": one.changes,
            "reviewed": one.reviewed / one.changes,
            "rounds": f"{one.rounds / one.changes:.1f}",
            "comments": f"{one.comments / one.changes:.1f}",
            "each": minutes_told(one.minutes_a_change),
        }
        for one in reviewing.loads
    ]
