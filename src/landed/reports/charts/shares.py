"""Charts of shares: what became of lines, how many were reworked, how long they stay."""

from __future__ import annotations

from typing import Any

import altair as alt

from landed.reports import palette, wording
from landed.reports.charts.look import PERCENT, WIDE, Chart, name_axis
from landed.reports.groups import broad_class
from landed.reports.model import GroupFate, GroupSurvival, Report

_CURVE_GROUPS = ("ai", "human", "dated", "automation", "unknown")
_LABEL_GAP = 0.062
"""The least distance of two labels, as a share of the chart's height."""


def fate(report: Report, width: int) -> Chart | None:
    """What became of the lines that landed, as shares of each group's."""
    groups = [found for found in report.fate.groups if _has_fate(found)]
    if not groups:
        return None
    rows = [row for found in groups for row in _fate_rows(found, report.fate.basis)]
    names = [found.group.label for found in groups]
    y = alt.Y("group:N", sort=names, axis=name_axis(width))
    chart = alt.Chart(alt.InlineData(values=rows))
    x_axis = alt.Axis(
        title=None, labelExpr=PERCENT, values=[0, 0.25, 0.5, 0.75, 1], grid=False, ticks=False
    )
    bars = chart.mark_bar().encode(
        y=y,
        x=alt.X("start:Q", axis=x_axis, scale=alt.Scale(domain=[0, 1])),
        x2="end:Q",
        color=alt.Color(
            "bucket:N",
            scale=alt.Scale(
                domain=list(wording.BUCKETS.values()), range=list(palette.FATE.values())
            ),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("group:N", title="lines of"),
            alt.Tooltip("bucket:N", title="became"),
            alt.Tooltip("lines:Q", format=","),
            alt.Tooltip("share:Q", format=".1%"),
        ],
    )
    labels = (
        chart.transform_filter(f"datum.share >= {0.08 if width == WIDE else 0.14}")
        .mark_text(color="#10141a")
        .encode(y=y, x="middle:Q", text="label:N")
    )
    return alt.layer(bars, labels).properties(height=25 * len(names))


def rework(report: Report, width: int) -> Chart | None:
    """The share reworked within the window, with intervals."""
    rows = [
        {
            "group": found.group.label,
            "estimate": found.rework.estimate,
            "low": found.rework.low,
            "high": found.rework.high,
            "changes": found.rework.changes,
            "colour": palette.WHO[broad_class(found.group.who)],
            "label": wording.percent(found.rework.estimate, 1),
        }
        for found in report.survival
        if found.rework.estimate is not None
    ]
    if not rows:
        return None
    y = alt.Y("group:N", sort=[str(row["group"]) for row in rows], axis=name_axis(width))
    top = max(float(row["high"] or 0) for row in rows)
    chart = alt.Chart(alt.InlineData(values=rows))
    x = alt.X(
        "low:Q",
        axis=alt.Axis(title=None, labelExpr=PERCENT, tickCount=4),
        scale=alt.Scale(domain=[0, max(0.05, top * 1.18)], nice=False),
    )
    colour = alt.Color("colour:N", scale=None)
    tooltip = [
        alt.Tooltip("group:N", title="lines of"),
        alt.Tooltip("estimate:Q", title="reworked", format=".1%"),
        alt.Tooltip("low:Q", title="from", format=".1%"),
        alt.Tooltip("high:Q", title="to", format=".1%"),
        alt.Tooltip("changes:Q", format=","),
    ]
    intervals = chart.mark_rule(strokeWidth=3, opacity=0.55).encode(
        y=y, x=x, x2="high:Q", color=colour, tooltip=tooltip
    )
    points = chart.mark_point(filled=True, size=70, opacity=1).encode(
        y=y, x="estimate:Q", color=colour, tooltip=tooltip
    )
    labels = chart.mark_text(align="left", dx=7, color=palette.INK).encode(
        y=y, x="high:Q", text="label:N"
    )
    return alt.layer(intervals, points, labels).properties(height=23 * len(rows))


def survival(report: Report, _: int) -> Chart | None:
    """The share of lines still there by days since they landed."""
    groups = [
        found
        for found in report.survival
        if found.group.key in _CURVE_GROUPS and len(found.curve) > 1
    ]
    if not groups:
        return None
    rows = [
        {
            "group": found.group.label,
            "day": point.day,
            "estimate": point.estimate,
            "low": point.low,
            "high": point.high,
            "colour": palette.WHO[broad_class(found.group.who)],
            "early": found.group.key == "dated",
        }
        for found in groups
        for point in found.curve
    ]
    chart = alt.Chart(alt.InlineData(values=rows))
    x = alt.X(
        "day:Q",
        scale=alt.Scale(domain=[0, 365], nice=False),
        axis=alt.Axis(title="days since landing", values=[0, 30, 90, 180, 270, 365], grid=False),
    )
    y_axis = alt.Axis(title=None, labelExpr=PERCENT, tickCount=5)
    colour = alt.Color("colour:N", scale=None)
    detail = alt.Detail("group:N")
    bands = chart.mark_area(opacity=0.16).encode(
        x=x,
        y=alt.Y("low:Q", axis=y_axis, scale=alt.Scale(domain=[0, 1])),
        y2="high:Q",
        color=colour,
        detail=detail,
    )
    lines = chart.mark_line(strokeWidth=2).encode(
        x=x,
        y="estimate:Q",
        color=colour,
        detail=detail,
        strokeDash=alt.StrokeDash(
            "early:N", scale=alt.Scale(domain=[False, True], range=[[1, 0], [5, 3]]), legend=None
        ),
        tooltip=[
            alt.Tooltip("group:N", title="lines of"),
            alt.Tooltip("day:Q", title="days"),
            alt.Tooltip("estimate:Q", title="still there", format=".1%"),
            alt.Tooltip("low:Q", title="from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
        ],
    )
    labels = (
        alt.Chart(alt.InlineData(values=_end_labels(groups)))
        .mark_text(align="left", dx=6, color=palette.INK)
        .encode(x="day:Q", y="place:Q", text="label:N")
    )
    return alt.layer(bands, lines, labels).properties(height=250)


def _has_fate(found: GroupFate) -> bool:
    return found.landed > 0 and found.group.key != "ai_without_declared"


def _fate_rows(found: GroupFate, basis: str) -> list[dict[str, Any]]:
    rows = []
    start = 0.0
    for bucket, label in wording.BUCKETS.items():
        lines = getattr(found, bucket)
        if not lines or (bucket == "live" and basis == "none"):
            continue
        share = lines / found.landed
        rows.append(
            {
                "group": found.group.label,
                "bucket": label,
                "lines": lines,
                "share": share,
                "label": wording.percent(share),
                "start": start,
                "middle": start + share / 2,
                "end": start + share,
            }
        )
        start += share
    return rows


def _end_labels(groups: list[GroupSurvival]) -> list[dict[str, Any]]:
    """A label at the end of each curve, moved apart where they would lie on one another."""
    ends = sorted(
        ((found.curve[-1].estimate, found.curve[-1].day, found) for found in groups),
        key=lambda end: end[0],
    )
    labels: list[dict[str, Any]] = []
    lowest = 0.0
    for estimate, day, found in ends:
        place = max(estimate, lowest)
        lowest = place + _LABEL_GAP
        told = f"{found.group.label} {wording.percent(estimate)}"
        labels.append({"day": day, "place": place, "label": told})
    overshoot = max(0.0, (labels[-1]["place"] if labels else 0.0) - 1.0)
    for label in labels:
        label["place"] -= overshoot
    return labels
