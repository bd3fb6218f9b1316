"""Spending by month, and what stands of the lines generated then, as one picture in vectors."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import vl_convert

from landed.reports import palette
from landed.reports.board.board import TrendMonth
from landed.reports.charts.drawing import VEGA_LITE

FONT = "Libertinus Serif"
"""The typesetter's own; elsewhere the page's font stands in."""
_WIDTH, _HEIGHT = 290, 118
_MICRO = 1_000_000


def trend_svg(months: Sequence[TrendMonth], *, in_production: bool) -> str | None:
    """The picture; null where there are not two months to draw."""
    if len(months) < 2:
        return None
    standing = "live today" if in_production else "merged"
    both = alt.hconcat(_spending(months), _lines(months, standing), spacing=24)
    both = both.resolve_scale(color="independent", xOffset="independent").configure(
        background="transparent",
        font=FONT,
        padding=2,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=palette.MUTED,
            labelFontSize=10,
            gridColor=palette.GRID,
            domainColor=palette.GRID,
            tickColor=palette.GRID,
            domain=False,
        ),
        title=alt.TitleConfig(
            fontSize=11, fontWeight="normal", anchor="start", color=palette.INK, offset=6
        ),
        legend=alt.LegendConfig(
            orient="top", title=None, labelFontSize=10, labelColor=palette.MUTED, symbolSize=70,
            offset=2, padding=0,
        ),
    )  # fmt: skip
    spec = both.to_dict()
    spec.pop("$schema")
    return vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)


def _spending(months: Sequence[TrendMonth]) -> alt.Chart:
    rows = []
    for month in months:
        listed = month.cost.list_microdollars
        if listed is not None:
            rows.append(
                {
                    "month": month.first.isoformat(),
                    "price": "list price",
                    "dollars": listed / _MICRO,
                }
            )
        rows.append(
            {
                "month": month.first.isoformat(),
                "price": "cash",
                "dollars": month.cost.cash_microdollars / _MICRO,
            }
        )
    colours = {"list price": palette.WHO["ai"], "cash": palette.WHO["unknown"]}
    return _bars(rows, "price", "dollars", colours, "'$' + format(datum.value, ',~f')", "Dollars")


def _lines(months: Sequence[TrendMonth], standing: str) -> alt.Chart:
    rows = []
    for month in months:
        if month.generated is not None and month.kept is not None:
            first = month.first.isoformat()
            rows.append({"month": first, "which": "generated", "lines": month.generated})
            rows.append({"month": first, "which": standing, "lines": month.kept})
    colours = {"generated": palette.AI_DECLARED, standing: palette.FATE["live"]}
    return _bars(rows, "which", "lines", colours, "format(datum.value, '~s')", "Lines")


def _bars(
    rows: list[dict[str, object]],
    colour: str,
    amount: str,
    colours: dict[str, str],
    written: str,
    title: str,
) -> alt.Chart:
    """Two bars a month, side by side."""
    names = list(colours)
    months = list(dict.fromkeys(str(row["month"]) for row in rows))
    every = max(1, -(-len(months) // 6))
    ticks = months[::every]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows), title=title, width=_WIDTH, height=_HEIGHT)
        .mark_bar()
        .encode(
            x=alt.X(
                "month:O",
                title=None,
                sort=None,
                axis=alt.Axis(
                    values=ticks,
                    labelAngle=0,
                    labelExpr="timeFormat(toDate(datum.value + 'T00:00'), '%b %y')",
                    ticks=False,
                    labelOverlap=False,
                    labelFlush=True,
                ),
                scale=alt.Scale(paddingInner=0.25, paddingOuter=0.05),
            ),
            xOffset=alt.XOffset(f"{colour}:N", sort=names),
            y=alt.Y(
                f"{amount}:Q",
                title=None,
                axis=alt.Axis(tickCount=4, labelExpr=written, ticks=False),
            ),
            color=alt.Color(
                f"{colour}:N",
                sort=names,
                scale=alt.Scale(domain=names, range=list(colours.values())),
            ),
        )
    )
    return chart
