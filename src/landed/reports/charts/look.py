"""What all charts share: sizes, colour classes, axes."""

from __future__ import annotations

import altair as alt

from landed.reports import palette
from landed.reports.groups import broad_class

WIDE = 500
NARROW = 308
"""Widths in pixels: half a wide page, and a phone."""

Chart = alt.Chart | alt.LayerChart | alt.FacetChart

CLASSES = ("ai", "ai_declared", "human", "automation", "unknown")
CLASS_COLOURS = {
    "ai": palette.WHO["ai"],
    "ai_declared": palette.AI_DECLARED,
    "human": palette.WHO["human"],
    "automation": palette.WHO["automation"],
    "unknown": palette.WHO["unknown"],
}
CLASS_LABELS = {
    "ai": "AI",
    "ai_declared": "AI, declared only",
    "human": "human",
    "automation": "automation",
    "unknown": "unknown",
}
PERCENT = "format(100 * datum.value, '.0f') + ' %'"
"""How an axis writes shares."""


def line_class(who: str, grade: str) -> str:
    """The colour class of lines: AI lines that are only declared have one of their own."""
    broad = broad_class(who)
    return "ai_declared" if broad == "ai" and grade == "declared" else broad


def class_colour() -> alt.Color:
    """Colour by who wrote the lines; the page has the legend."""
    return alt.Color(
        "class:N",
        scale=alt.Scale(
            domain=[CLASS_LABELS[kind] for kind in CLASSES],
            range=[CLASS_COLOURS[kind] for kind in CLASSES],
        ),
        legend=None,
    )


def amounts(ticks: int = 5) -> alt.Axis:
    """An axis of numbers of lines: 20k, 1.5M."""
    return alt.Axis(title=None, labelExpr="format(datum.value, '~s')", tickCount=ticks)


def name_axis(width: int) -> alt.Axis:
    """An axis of names, shortened where they leave no room."""
    return alt.Axis(title=None, ticks=False, domain=False, labelLimit=150 if width == WIDE else 104)
