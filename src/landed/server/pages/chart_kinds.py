"""The kinds of charts that pages are made of. Each takes rows of plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import altair as alt

from landed.reports import palette
from landed.server.pages.charts import Chart, Series

Unit = Literal["number", "percent", "dollars"]
Step = Literal["day", "week", "month", "quarter"]
_LABELS: dict[Unit, str] = {
    "number": "format(datum.value, '~s')",
    "percent": "format(100 * datum.value, '.0f') + ' %'",
    "dollars": "'$' + format(datum.value, datum.value < 10 ? ',.2~f' : '~s')",
}
_FORMATS: dict[Unit, str] = {"number": ",", "percent": ".1%", "dollars": "$,.2f"}
_MONTHS_IN: dict[Step, int] = {"month": 1, "quarter": 3}
_TIME_FORMATS: dict[Step, str] = {
    "day": "%-d %b %Y",
    "week": "week of %-d %b %Y",
    "month": "%B %Y",
    "quarter": "quarter of %B %Y",
}


def model_series(names: Sequence[str], rest: str | None = None) -> list[Series]:
    """Colours for parts of what AI did, the largest first; `rest` is the name of all others."""
    tints = palette.AI_TINTS
    found = [Series(name, colour) for name, colour in zip(names, tints, strict=False)]
    return found + ([Series(rest, palette.WHO["unknown"])] if rest else [])


def bars_over_time(
    rows: Sequence[Mapping[str, Any]],
    series: Sequence[Series],
    *,
    step: Step,
    unit: Unit = "number",
    what: str,
) -> alt.Chart:
    """Stacked bars: rows of `date` (ISO day), `series` (a name) and `value`.

    `what` is the word for the value in the tooltip. Dollars are given as dollars.
    """
    places = {one.name: place for place, one in enumerate(series)}
    values = [{**row, "order": places[row["series"]]} for row in rows if row["value"]]
    x = alt.X("date:T", timeUnit="utcyearmonthdate", axis=_times(step))
    if step in _MONTHS_IN:
        # each bar has its name below it: along a line of time the next month would be named too
        names = _months(values, _MONTHS_IN[step])
        for row in values:
            row["month"] = _month(row["date"], _MONTHS_IN[step])
        x = alt.X("month:O", scale=alt.Scale(domain=names), axis=_times(step, written=True))
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=tuple(values)))
        .mark_bar(width=alt.RelativeBandSize(band=0.82), cornerRadius=1)
        .encode(
            x=x,
            y=alt.Y("value:Q", stack="zero", axis=_values(unit)),
            color=_colour(series),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("date:T", title="when", format=_TIME_FORMATS[step]),
                alt.Tooltip("series:N", title="what"),
                alt.Tooltip("value:Q", title=what, format=_FORMATS[unit]),
            ],
        )
    )
    return chart


def lines_over_time(
    rows: Sequence[Mapping[str, Any]],
    series: Sequence[Series],
    *,
    step: Step,
    unit: Unit = "number",
    what: str,
    from_zero: bool = True,
) -> Chart:
    """Lines, with bands where rows have an interval: rows of `date`, `series`, `value` and, or
    not, `low` and `high`; a row may also have `ahead: True`, which draws it as a forecast."""
    values = [{"ahead": False, "low": None, "high": None, **row} for row in rows]
    x = alt.X("date:T", axis=_times(step), title=None)
    scale = alt.Scale(zero=from_zero, nice=True)
    return _curves(values, series, x, scale, unit=unit, what=what, when=_when(step))


def survival_curves(
    rows: Sequence[Mapping[str, Any]], series: Sequence[Series], *, days: int = 365
) -> Chart:
    """Shares still there by days: rows of `day`, `series`, `value`, `low`, `high`."""
    values = [{"ahead": False, "low": None, "high": None, **row} for row in rows]
    ticks = [day for day in (0, 30, 60, 90, 180, 270, 365, 730) if day <= days]
    x = alt.X(
        "day:Q",
        scale=alt.Scale(domain=[0, days], nice=False),
        axis=alt.Axis(title="days", values=ticks, grid=False),
    )
    when = alt.Tooltip("day:Q", title="days")
    scale = alt.Scale(domain=[0, 1])
    return _curves(values, series, x, scale, unit="percent", what="still there", when=when)


def bars(
    rows: Sequence[Mapping[str, Any]],
    *,
    unit: Unit = "number",
    what: str,
    colour: str = palette.WHO["ai"],
) -> Chart:
    """One horizontal bar for each of the rows of `name`, `value` and `label` (written beside)."""
    y = alt.Y(
        "name:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=160)
    )
    chart = alt.Chart(alt.InlineData(values=tuple(rows)))
    highest = max((float(row["value"] or 0) for row in rows), default=0.0) or 1.0
    x = alt.X(
        "value:Q", axis=None, scale=alt.Scale(domain=[0, 1.3 * highest], nice=False, zero=True)
    )
    drawn = chart.mark_bar(color=colour, height=alt.RelativeBandSize(band=0.6), cornerRadius=2)
    tooltip = [
        alt.Tooltip("name:N", title="what"),
        alt.Tooltip("value:Q", title=what, format=_FORMATS[unit]),
    ]
    labels = chart.mark_text(align="left", dx=6, color=palette.INK)
    return alt.layer(
        drawn.encode(y=y, x=x, tooltip=tooltip), labels.encode(y=y, x=x, text="label:N")
    )


def limit(chart: Chart, value: float, label: str) -> Chart:
    """The chart with a line across it at a value, such as a budget, and its label."""
    data = alt.InlineData(values=[{"limit": value, "label": label}])
    rule = alt.Chart(data).mark_rule(color=palette.INK, strokeDash=[4, 3]).encode(y="limit:Q")
    text = (
        alt.Chart(data)
        .mark_text(align="left", baseline="bottom", dx=4, dy=-4, color=palette.INK)
        .encode(y="limit:Q", x=alt.value(0), text="label:N")
    )
    return alt.layer(chart, rule, text)


def _curves(
    values: list[dict[str, Any]],
    series: Sequence[Series],
    x: alt.X,
    scale: alt.Scale,
    *,
    unit: Unit,
    what: str,
    when: alt.Tooltip,
) -> Chart:
    chart = alt.Chart(alt.InlineData(values=tuple(values)))
    y = alt.Y("value:Q", scale=scale, axis=_values(unit))
    colour = _colour(series)
    tooltip = [
        when,
        alt.Tooltip("series:N", title="what"),
        alt.Tooltip("value:Q", title=what, format=_FORMATS[unit]),
    ]
    layers: list[alt.Chart] = []
    if any(row["low"] is not None for row in values):
        tooltip += [
            alt.Tooltip("low:Q", title="from", format=_FORMATS[unit]),
            alt.Tooltip("high:Q", title="to", format=_FORMATS[unit]),
        ]
        bands = chart.transform_filter("isValid(datum.low)").mark_area(opacity=0.14)
        layers.append(
            bands.encode(
                x=x, y=alt.Y("low:Q", scale=scale, axis=_values(unit)), y2="high:Q", color=colour
            )
        )
    dashes = alt.StrokeDash(
        "ahead:N", scale=alt.Scale(domain=[False, True], range=[[1, 0], [4, 3]]), legend=None
    )
    lines = chart.mark_line(strokeWidth=2, strokeJoin="round")
    layers.append(lines.encode(x=x, y=y, color=colour, strokeDash=dashes))
    points = chart.mark_point(filled=True, size=110, opacity=0)
    layers.append(points.encode(x=x, y=y, color=colour, tooltip=tooltip))
    ends = _ends(values)
    if len(series) > 1:
        names = alt.Chart(alt.InlineData(values=tuple(ends))).mark_point(
            filled=True, size=36, opacity=1
        )
        layers.append(names.encode(x=x, y=y, color=colour))
    return alt.layer(*layers)


def _ends(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last known point of each series."""
    last: dict[str, dict[str, Any]] = {}
    for row in values:
        if row["value"] is not None:
            last[row["series"]] = row
    return list(last.values())


def _colour(series: Sequence[Series]) -> alt.Color:
    scale = alt.Scale(domain=[one.name for one in series], range=[one.colour for one in series])
    return alt.Color("series:N", scale=scale, legend=None)


def _month(day: str, together: int) -> str:
    """The first month of those that stand together, as Nov 2026."""
    found = date.fromisoformat(day)
    return date(found.year, (found.month - 1) // together * together + 1, 1).strftime("%b %Y")


def _months(values: Sequence[Mapping[str, Any]], together: int) -> list[str]:
    """Every month from the first to the last, or every quarter: one without values too."""
    days = [date.fromisoformat(row["date"]) for row in values]
    if not days:
        return []
    first, last = ((day.year * 12 + day.month - 1) // together for day in (min(days), max(days)))
    months = (place * together for place in range(first, last + 1))
    return [date(month // 12, month % 12 + 1, 1).strftime("%b %Y") for month in months]


def _times(step: Step, *, written: bool = False) -> alt.Axis:
    """The axis of times; `written`: its labels are words already, one for each bar."""
    if written:
        return alt.Axis(
            title=None,
            grid=False,
            labelAngle=0,
            labelOverlap="greedy",
            labelSeparation=12,
            labelPadding=6,
        )
    return alt.Axis(
        title=None,
        grid=False,
        format="%-d %b" if step in ("day", "week") else "%b %Y",
        labelOverlap="greedy",
        labelSeparation=12,
        tickCount=7,
    )


def _values(unit: Unit) -> alt.Axis:
    return alt.Axis(title=None, labelExpr=_LABELS[unit], tickCount=4)


def _when(step: Step) -> alt.Tooltip:
    return alt.Tooltip("date:T", title="when", format=_TIME_FORMATS[step])
