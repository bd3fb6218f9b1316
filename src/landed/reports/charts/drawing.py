"""From a chart to its pictures, and to what the page's script draws."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert

from landed.reports import palette
from landed.reports.charts.counts import ages, months, releases
from landed.reports.charts.delivery import deployments, lead_time
from landed.reports.charts.look import NARROW, WIDE, Chart
from landed.reports.charts.shares import fate, rework, survival
from landed.reports.model import Report

VEGA_LITE = "6.4"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


@dataclass(frozen=True)
class Drawing:
    """A chart in both widths: its specifications for the script, and its pictures."""

    name: str
    wide: dict[str, Any]
    narrow: dict[str, Any]
    wide_svg: str
    narrow_svg: str


def drawings(report: Report) -> dict[str, Drawing]:
    """Every chart for which the report has something to show, by name."""
    makers: dict[str, Callable[[Report, int], Chart | None]] = {
        "months": months,
        "releases": releases,
        "fate": fate,
        "rework": rework,
        "survival": survival,
        "ages": ages,
        "lead_time": lead_time,
        "deployments": deployments,
    }
    found = {}
    for name, make in makers.items():
        wide, narrow = make(report, WIDE), make(report, NARROW)
        if wide is None or narrow is None:
            continue
        wide_spec, narrow_spec = _finished(wide, WIDE), _finished(narrow, NARROW)
        found[name] = Drawing(
            name,
            wide_spec,
            narrow_spec,
            _svg(wide_spec, f"{name}-wide"),
            _svg(narrow_spec, f"{name}-narrow"),
        )
    return found


def _finished(chart: Chart, width: int) -> dict[str, Any]:
    """The specification with the look that all charts share."""
    fitted = alt.AutoSizeParams(type="fit-x", contains="padding")
    chart = chart.properties(width=width, autosize=fitted).configure(
        background="transparent",
        font=_FONT,
        padding=2,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=palette.MUTED,
            titleColor=palette.MUTED,
            titleFontWeight="normal",
            labelFontSize=11,
            titleFontSize=11,
            gridColor=palette.GRID,
            domainColor=palette.GRID,
            tickColor=palette.GRID,
            domain=False,
        ),
        text=alt.MarkConfig(fontSize=11),
    )
    spec: dict[str, Any] = chart.to_dict()
    spec.pop("$schema")
    return spec


def _svg(spec: dict[str, Any], name: str) -> str:
    """The picture; ids are made its own, so that several stand in one page."""
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    svg = re.sub(r"\b(clip|gradient_)(\d+)\b", rf"{name}-\1\2", svg)
    return re.sub(r' xmlns(?::xlink)?="[^"]*"', "", svg)
