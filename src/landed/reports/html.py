"""The report as one HTML file that needs nothing else: no network, and no script to be read."""

from __future__ import annotations

import re
from typing import Any

import orjson
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from landed.reports import money, palette, wording
from landed.reports.charts import (
    CLASS_COLOURS,
    CLASS_LABELS,
    CLASSES,
    VEGA_LITE,
    Drawing,
    drawings,
    line_class,
    shown_by_quarter,
)
from landed.reports.delivery_html import FILTERS, delivery_context
from landed.reports.groups import broad_class
from landed.reports.journeys_markdown import abandoned_told
from landed.reports.journeys_terminal import lasting_told, no_yield, session_figure
from landed.reports.journeys_words import (
    BENCHMARKS,
    BUCKET_WORDS,
    KIND_WORDS,
    RATIO_WORDS,
    SHORT_ID,
    STAGE_WORDS,
)
from landed.reports.model import Authored, Report
from landed.reports.wording import BUCKETS, GRADES, WHO

MONTHS = 24
"""Months told in numbers; the chart shows all."""


def html_page(report: Report) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("landed.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": wording.count,
        "percent": wording.percent,
        "percent_range": wording.percent_range,
        "figure": wording.figure,
        "missing": wording.missing,
        "day": wording.day,
        "dollars": money.dollars,
        "minutes": money.minutes,
        "session_figure": session_figure,
        "sentence": lambda text: f"{text[0].upper()}{text[1:].rstrip('.')}.",
        **FILTERS,
    }
    found = drawings(report)
    return environment.get_template("report.html.j2").render(
        report=report,
        title=wording.title(report),
        period=wording.period(report),
        narrowing=wording.narrowing(report),
        several=len(report.repositories) > 1,
        groups={found.group.key: found for found in report.survival},
        fates={found.group.key: found for found in report.fate.groups},
        comparison=wording.comparison_sentence(report.comparison, report.asked.rework_window_days),
        definitions={metric.name: metric for metric in report.definitions},
        who_rows=_who_rows(report),
        grade_rows=_grade_rows(report.coverage.authorship, report.coverage.alive),
        removers=_removers(report),
        month_rows=_month_rows(report),
        agents_of=_agents_of,
        drawings=found,
        legend=_legend(report),
        by_quarter=shown_by_quarter(report),
        authorship_bar=_authorship_bar(report),
        fate_legend=[
            (label, colour)
            for (bucket, label), colour in zip(BUCKETS.items(), palette.FATE.values(), strict=True)
            if bucket != "live" or report.fate.basis != "none"
        ],
        stage_words=STAGE_WORDS,
        bucket_words=BUCKET_WORDS,
        kind_words=KIND_WORDS,
        ratio_words=RATIO_WORDS,
        short_id=SHORT_ID,
        benchmarks=BENCHMARKS,
        **_journey_words(report),
        **delivery_context(report.delivery),
        ai_colour=CLASS_COLOURS["ai"],
        who_words=WHO,
        grade_words=GRADES,
        specs=_script_data(found),
        bundle=_script(_bundle()) if found else "",
        style=Markup(_style(environment)),
    )


def _journey_words(report: Report) -> dict[str, str]:
    """What the page says of generated lines in words of its own."""
    part = report.journeys
    if part is None:
        return {"no_yield": "", "lasting": "", "abandoned": ""}
    return {
        "no_yield": no_yield(part),
        "lasting": lasting_told(part),
        "abandoned": "" if part.changes is None else abandoned_told(part.changes),
    }


def _bundle() -> str:
    """Vega, Vega-Lite and vega-embed as one script."""
    # the package's type stub lacks the default of its first parameter
    return vl_convert.javascript_bundle(vl_version=VEGA_LITE)  # type: ignore[call-arg]


def _style(environment: Environment) -> str:
    """The style sheet, with every chart colour turned into its dark counterpart."""
    dark = "".join(
        f'svg [{attribute}="{light}"]{{{attribute}:{other}}}'
        for light, other in palette.DARK.items()
        for attribute in ("fill", "stroke")
    )
    return environment.get_template("report.css.j2").render(dark=Markup(dark))


def _who_rows(report: Report) -> list[dict[str, Any]]:
    """Lines alive by class, AI first, its agents told beside it."""
    coverage = report.coverage
    rows = []
    for who in ("ai", "human", "automation", "unknown"):
        own = [row for row in coverage.authorship if broad_class(row.who) == who]
        lines = sum(row.lines for row in own)
        if not lines and who != "ai":
            continue
        declared = sum(row.lines for row in own if line_class(row.who, row.grade) == "ai_declared")
        agents: dict[str, int] = {}
        for row in own:
            if row.agent:
                agents[row.agent] = agents.get(row.agent, 0) + row.lines
        rows.append(
            {
                "who": who,
                "label": WHO[who],
                "lines": lines,
                "colour": CLASS_COLOURS[who],
                "told": wording.percent_range(coverage.ai)
                if who == "ai"
                else wording.percent(lines / coverage.alive if coverage.alive else None),
                "declared": declared,
                "dated": sum(row.lines for row in own if row.grade == "dated"),
                "agents": sorted(agents.items(), key=lambda item: (-item[1], item[0])),
            }
        )
    return rows


def _authorship_bar(report: Report) -> list[dict[str, Any]]:
    """The parts of one bar for all lines alive, in thousandths of its width."""
    totals = dict.fromkeys(CLASSES, 0)
    for row in report.coverage.authorship:
        totals[line_class(row.who, row.grade)] += row.lines
    parts = []
    start = 0.0
    for kind, lines in totals.items():
        width = 1000 * lines / max(1, report.coverage.alive)
        if lines:
            parts.append({"x": start, "width": width, "colour": CLASS_COLOURS[kind]})
        start += width
    return parts


def _grade_rows(authorship: list[Authored], alive: int) -> list[dict[str, Any]]:
    totals = dict.fromkeys(GRADES, 0)
    for row in authorship:
        totals[row.grade] += row.lines
    return [
        {"grade": grade, "words": GRADES[grade], "lines": lines, "share": lines / alive}
        for grade, lines in totals.items()
        if lines
    ]


def _month_rows(report: Report) -> list[dict[str, Any]]:
    """Lines added and landed in the newest months, the newest first."""
    rows = []
    for month in sorted({row.month for row in report.months}, reverse=True)[:MONTHS]:
        own = [row for row in report.months if row.month == month]
        by_class = dict.fromkeys(WHO, 0)
        for row in own:
            by_class[broad_class(row.who)] += row.landed
        rows.append(
            {
                "month": month,
                "added": sum(row.added for row in own),
                "landed": sum(row.landed for row in own),
                **by_class,
            }
        )
    return rows


def _agents_of(authorship: list[Authored]) -> str:
    """AI lines by agent, most first, in one line."""
    totals: dict[str, int] = {}
    for row in authorship:
        if broad_class(row.who) == "ai":
            totals[row.agent or "unnamed"] = totals.get(row.agent or "unnamed", 0) + row.lines
    names = sorted(totals, key=lambda name: (-totals[name], name))
    return ", ".join(f"{name} {wording.count(totals[name])}" for name in names)


def _removers(report: Report) -> list[dict[str, Any]]:
    """Who removed the AI lines that were reworked."""
    totals: dict[str, dict[str, int]] = {}
    for row in report.rework_by:
        if broad_class(row.who) != "ai":
            continue
        name = row.by_agent if row.by_agent else WHO[row.by_who]
        total = totals.setdefault(name, {"lines": 0, "reverted": 0})
        total["lines"] += row.lines
        total["reverted"] += row.reverted
    all_lines = sum(total["lines"] for total in totals.values())
    return [
        {"name": name, **total, "share": total["lines"] / all_lines}
        for name, total in sorted(totals.items(), key=lambda item: -item[1]["lines"])
    ][:6]


def _legend(report: Report) -> list[tuple[str, str]]:
    """The colour classes that occur, with their names."""
    present = {line_class(row.who, row.grade) for row in report.coverage.authorship}
    present |= {line_class(row.who, row.grade) for row in report.months}
    return [(CLASS_LABELS[kind], CLASS_COLOURS[kind]) for kind in CLASSES if kind in present]


def _script_data(found: dict[str, Drawing]) -> Markup:
    specs = {name: {"wide": d.wide, "narrow": d.narrow} for name, d in found.items()}
    return Markup(orjson.dumps(specs).decode().replace("<", "\\u003c"))


def _script(text: str) -> Markup:
    """Script text that cannot end its element early."""
    return Markup(re.sub(r"</(script)", r"<\\/\1", text, flags=re.IGNORECASE))
