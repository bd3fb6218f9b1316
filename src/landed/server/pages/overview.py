"""The first page: how much reached production, what it cost, is it holding, how sure are we."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from landed.reports import palette, wording
from landed.reports.dashboard.overview import Holding, MonthLanded, Overview, overview_of
from landed.reports.dashboard.times import Moment
from landed.reports.money import dollars
from landed.server.pages.chart_kinds import bars_over_time, lines_over_time
from landed.server.pages.charts import Drawn, Series, drawn
from landed.server.pages.listing import Column
from landed.server.pages.looking import Looking, looking
from landed.server.pages.rendering import render
from landed.server.pages.rows import SideRow, side_row, stage_rows

router = APIRouter(include_in_schema=False)

_MICRO = 1_000_000
_LANDED = (
    Series("AI", palette.WHO["ai"]),
    Series("AI, declared", palette.AI_DECLARED),
    Series("others", palette.WHO["unknown"]),
)
_SPENT = (Series("list price", palette.WHO["ai"]), Series("cash", palette.WHO["unknown"]))


@router.get("/")
def overview(request: Request) -> HTMLResponse:
    """The four answers."""
    with looking(request) as at:
        if not at.ready or _nothing_read(at):
            return render(request, "not_yet.html", viewer=at.viewer, title="Overview")
        page = overview_of(at.look)
        choices, as_of = at.choices, at.look.as_of
    return render(
        request,
        "overview.html",
        choices=choices,
        viewer=at.viewer,
        page=page,
        as_of=as_of,
        answer=answer(page),
        funnel=stage_rows(page.reached.stages) if page.reached else [],
        stages={stage.stage: stage for stage in page.reached.stages} if page.reached else {},
        by_month=_by_month(page.holding),
        by_week=_by_week(page.cost.weeks) if page.cost else None,
        rework=_rework(page.holding),
        failures=_failures(page.holding),
    )


def _nothing_read(at: Looking) -> bool:
    """Neither a repository nor a call of a model is known: a server that was just set up."""
    known = "select 1 from rollup.known_repository union all select 1 from rollup.spend limit 1"
    return not at.look.store.query(known).num_rows


def answer(page: Overview) -> str:
    """The page in one sentence; empty where nothing may be shown or nothing is known."""
    if page.reached is None or not page.reached.generated:
        return ""
    told = [f"Of {page.reached.generated:,} lines that agents generated"]
    by_stage = {stage.stage: stage for stage in page.reached.stages}
    if "deployed" in by_stage:
        told.append(f"{wording.percent(by_stage['deployed'].share)} reached production")
        told.append(f"{wording.percent(by_stage['live'].share)} are there now")
    elif "merged" in by_stage:
        told.append(f"{wording.percent(by_stage['merged'].share)} were merged")
    sentence = f"{told[0]}, {' and '.join(told[1:])}"
    if page.cost and page.cost.surviving and page.cost.surviving.loaded is not None:
        sentence += f"; a surviving line cost {dollars(page.cost.surviving.loaded)}"
    return f"{sentence}."


def _by_month(holding: Holding | None) -> Drawn | None:
    if holding is None or not holding.landed:
        return None
    rows: list[dict[str, Any]] = []
    for month in holding.landed:
        amounts = (month.ai_low, month.ai_high - month.ai_low, month.others)
        rows += [
            {"date": f"{month.month[:7]}-01", "series": series.name, "value": amount}
            for series, amount in zip(_LANDED, amounts, strict=True)
        ]
    columns = (
        Column("month", "Month", kind="text"),
        Column("ai_low", "AI", "count"),
        Column("ai_high", "AI with declared", "count"),
        Column("others", "Others", "count"),
    )
    return drawn(
        "landed",
        "Who writes what lands?",
        bars_over_time(rows, list(_LANDED), step="month", what="lines"),
        columns=columns,
        rows=holding.landed,
        series=list(_LANDED),
        answer=_landed_answer(holding.landed),
    )


def _landed_answer(months: list[MonthLanded]) -> str:
    total = sum(month.ai_high + month.others for month in months)
    low, high = (sum(getattr(month, name) for month in months) for name in ("ai_low", "ai_high"))
    if not total:
        return ""
    share = wording.percent_between(low / total, high / total)
    return f"AI wrote {share} of the {total:,} lines that landed"


def _by_week(weeks: list[Moment]) -> Drawn | None:
    if not weeks:
        return None
    rows = []
    for week in weeks:
        amounts = (week.cost.list_microdollars or 0, week.cost.cash_microdollars)
        rows += [
            {"date": week.first.isoformat(), "series": series.name, "value": amount / _MICRO}
            for series, amount in zip(_SPENT, amounts, strict=True)
        ]
    columns = (
        Column("first", "From", "day", kind="text"),
        Column("last", "To", "day", kind="text"),
        Column("cost.list_microdollars", "List price", "dollars"),
        Column("cost.cash_microdollars", "Cash", "dollars"),
    )
    paid = any(week.cost.cash_microdollars for week in weeks)
    shown = rows if paid else [row for row in rows if row["series"] == _SPENT[0].name]
    series = list(_SPENT if paid else _SPENT[:1])
    return drawn(
        "spent",
        "What is spent a week?",
        lines_over_time(shown, series, step="week", unit="dollars", what="spent"),
        columns=columns,
        rows=weeks,
        series=series,
    )


def _rework(holding: Holding | None) -> list[SideRow]:
    if holding is None or holding.rework is None:
        return []
    found = holding.rework
    return [side_row("AI", found.ai, "tone-ai"), side_row("others", found.others, "tone-unknown")]


def _failures(holding: Holding | None) -> list[SideRow]:
    if holding is None or holding.failures is None:
        return []
    found = holding.failures
    return [
        side_row("AI-heavy", found.heavy, "tone-ai"),
        side_row("others", found.others, "tone-unknown"),
    ]
