"""Charts of numbers of lines: by month, by release, by age."""

from __future__ import annotations

from typing import Literal

import altair as alt

from landed.reports import palette, wording
from landed.reports.charts.look import (
    CLASS_LABELS,
    CLASSES,
    Chart,
    amounts,
    class_colour,
    line_class,
    name_axis,
)
from landed.reports.groups import broad_class
from landed.reports.model import ReleasePart, Report
from landed.reports.tallies import AGES

MOST_MONTHS = 72
MOST_RELEASES = 16


def shown_by_quarter(report: Report) -> bool:
    """Whether the history is too long for a bar a month."""
    return len({row.month for row in report.months}) > MOST_MONTHS


def months(report: Report, width: int) -> Chart | None:
    """Lines landed by month (by quarter over long times), by who wrote them."""
    totals: dict[tuple[str, str], int] = {}
    for row in report.months:
        key = (row.month, line_class(row.who, row.grade))
        totals[key] = totals.get(key, 0) + row.landed
    if not totals:
        return None
    by_quarter = shown_by_quarter(report)
    rows = [
        {
            "month": f"{month}-01",
            "class": CLASS_LABELS[kind],
            "order": CLASSES.index(kind),
            "lines": lines,
        }
        for (month, kind), lines in totals.items()
        if lines
    ]
    unit: Literal["utcyearquarter", "utcyearmonth"] = (
        "utcyearquarter" if by_quarter else "utcyearmonth"
    )
    axis = alt.Axis(title=None, grid=False, tickCount=width // 80, labelFlush=True)
    if by_quarter:
        axis.format = "%Y"
    chart: Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(width=alt.RelativeBandSize(band=0.86))
        .encode(
            x=alt.X(
                "month:T",
                timeUnit=unit,
                axis=axis,
            ),
            y=alt.Y("sum(lines):Q", axis=amounts()),
            color=class_colour(),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("month:T", timeUnit=unit, title="from"),
                alt.Tooltip("class:N", title="written by"),
                alt.Tooltip("sum(lines):Q", title="lines landed", format=","),
            ],
        )
        .properties(height=200)
    )
    return chart


def releases(report: Report, width: int) -> Chart | None:
    """Lines that each release introduced, by who wrote them."""
    parts = _newest_parts(report)
    if not parts:
        return None
    several = len(report.repositories) > 1
    rows, totals, names = [], [], []
    for part in parts:
        tag = part.tag or "no release yet"
        name = f"{tag}, {part.repository}" if several else tag
        names.append(name)
        by_class: dict[str, int] = {}
        for author in part.authorship:
            kind = line_class(author.who, author.grade)
            by_class[kind] = by_class.get(kind, 0) + author.lines
        rows += [
            {
                "release": name,
                "class": CLASS_LABELS[kind],
                "order": CLASSES.index(kind),
                "lines": lines,
            }
            for kind, lines in by_class.items()
        ]
        label = f"AI {wording.percent_range(part.ai)}" if part.introduced else "no lines"
        totals.append({"release": name, "lines": part.introduced, "label": label})
    names.reverse()
    y = alt.Y("release:N", sort=names, axis=name_axis(width))
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            y=y,
            x=alt.X("lines:Q", axis=amounts(ticks=4), scale=alt.Scale(nice=False)),
            color=class_colour(),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("release:N"),
                alt.Tooltip("class:N", title="written by"),
                alt.Tooltip("lines:Q", title="lines introduced", format=","),
            ],
        )
    )
    labels = (
        alt.Chart(alt.InlineData(values=totals))
        .mark_text(align="left", dx=5, color=palette.MUTED)
        .encode(y=y, x="lines:Q", text="label:N")
    )
    return alt.layer(bars, labels).properties(height=21 * len(names))


def _newest_parts(report: Report) -> list[ReleasePart]:
    """The newest releases that have one before them, as many of each repository."""
    most = max(2, MOST_RELEASES // len(report.repositories))
    found: list[ReleasePart] = []
    for repository in report.repositories:
        own = [part for part in report.releases.parts if part.repository == repository.name]
        found += [part for part in own if part.previous][-most:]
    return found


def ages(report: Report, width: int) -> Chart | None:
    """Lines alive by the age of their stay, by who wrote them."""
    totals: dict[tuple[str, str], int] = {}
    for row in report.alive_by_age:
        key = (row.age, broad_class(row.who))
        totals[key] = totals.get(key, 0) + row.lines
    if not totals:
        return None
    rows = [
        {"age": age, "class": CLASS_LABELS[kind], "order": CLASSES.index(kind), "lines": lines}
        for (age, kind), lines in totals.items()
    ]
    chart: Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            y=alt.Y("age:N", sort=list(AGES), axis=name_axis(width)),
            x=alt.X("lines:Q", axis=amounts(ticks=4)),
            color=class_colour(),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("age:N"),
                alt.Tooltip("class:N", title="written by"),
                alt.Tooltip("lines:Q", title="lines alive", format=","),
            ],
        )
        .properties(height=25 * len({row["age"] for row in rows}))
    )
    return chart
