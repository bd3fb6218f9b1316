"""Charts of delivery: how long the stages of a change take, and deployments that failed."""

from __future__ import annotations

from typing import Any

import altair as alt

from landed.compare import Amount
from landed.reports import palette
from landed.reports.charts.look import WIDE, Chart, amounts, name_axis
from landed.reports.delivery_model import StageTime
from landed.reports.delivery_words import STAGE_WORDS, time_told
from landed.reports.model import Report

FEWEST_MONTHS = 3
"""Deployments of fewer months are told, not drawn."""
MOST_MONTHS = 36
KIND_COLOURS = {"AI-heavy": palette.WHO["ai"], "other": palette.MUTED}
OUTCOME_COLOURS = {"good": palette.FATE["live"], "failed": palette.FATE["reworked"]}
_HOUR, _DAY = 3_600, 86_400


def lead_time(report: Report, width: int) -> Chart | None:
    """Medians of the stages of changes with their intervals, AI-heavy against other."""
    if report.delivery is None:
        return None
    shown = [
        one
        for one in report.delivery.stages
        if not one.high_quality and one.stage.startswith("to_") and _both(one)
    ]
    if not shown:
        return None
    longest = max(found.high or 0 for one in shown for found in (one.heavy, one.others))
    unit, word = (_DAY, "days") if longest >= 3 * _DAY else (_HOUR, "hours")
    rows = [
        _stage_row(one, kind, found, unit)
        for one in shown
        for kind, found in (("AI-heavy", one.heavy), ("other", one.others))
    ]
    y = alt.Y("stage:N", sort=[STAGE_WORDS[one.stage] for one in shown], axis=name_axis(width))
    offset = alt.YOffset("kind:N", sort=list(KIND_COLOURS))
    colour = alt.Color("colour:N", scale=None)
    chart = alt.Chart(alt.InlineData(values=rows))
    tooltip = [
        alt.Tooltip("stage:N"),
        alt.Tooltip("kind:N", title="changes"),
        alt.Tooltip("told:N", title="median"),
        alt.Tooltip("changes:Q", format=","),
    ]
    x = alt.X(
        "low:Q",
        axis=alt.Axis(title=word, tickCount=4 if width == WIDE else 3),
        scale=alt.Scale(domain=[0, 1.22 * longest / unit], nice=False),
    )
    intervals = chart.mark_rule(strokeWidth=3, opacity=0.55).encode(
        y=y, yOffset=offset, x=x, x2="high:Q", color=colour, tooltip=tooltip
    )
    points = chart.mark_point(filled=True, size=60, opacity=1).encode(
        y=y, yOffset=offset, x="median:Q", color=colour, tooltip=tooltip
    )
    labels = chart.mark_text(align="left", dx=7, color=palette.INK).encode(
        y=y, yOffset=offset, x="high:Q", text="label:N"
    )
    return alt.layer(intervals, points, labels).properties(height=42 * len(shown))


def deployments(report: Report, width: int) -> Chart | None:
    """Deployments to production by month, and those that failed."""
    if report.delivery is None or len(report.delivery.months) < FEWEST_MONTHS:
        return None
    rows = [
        {"month": f"{one.month}-01", "outcome": outcome, "order": order, "deployments": number}
        for one in report.delivery.months[-MOST_MONTHS:]
        for order, (outcome, number) in enumerate(
            (("failed", one.failed), ("good", one.deployments - one.failed))
        )
    ]
    axis = alt.Axis(
        title=None, grid=False, tickCount=width // 80, labelOverlap="greedy", labelSeparation=12
    )
    chart: Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(width=alt.RelativeBandSize(band=0.86))
        .encode(
            x=alt.X("month:T", timeUnit="utcyearmonth", axis=axis),
            y=alt.Y("deployments:Q", axis=amounts(ticks=4)),
            color=alt.Color(
                "outcome:N",
                scale=alt.Scale(domain=list(OUTCOME_COLOURS), range=list(OUTCOME_COLOURS.values())),
                legend=None,
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("month:T", timeUnit="utcyearmonth", format="%B %Y"),
                alt.Tooltip("outcome:N"),
                alt.Tooltip("deployments:Q", format=","),
            ],
        )
        .properties(height=190)
    )
    return chart


def _both(one: StageTime) -> bool:
    return one.heavy.estimate is not None and one.others.estimate is not None


def _stage_row(one: StageTime, kind: str, found: Amount, unit: int) -> dict[str, Any]:
    told = time_told(found)
    return {
        "stage": STAGE_WORDS[one.stage],
        "kind": kind,
        "median": (found.estimate or 0) / unit,
        "low": (found.low or 0) / unit,
        "high": (found.high or 0) / unit,
        "label": told.split(" (")[0],
        "told": told,
        "changes": found.number,
        "colour": KIND_COLOURS[kind],
    }
