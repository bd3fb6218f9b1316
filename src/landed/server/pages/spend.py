"""The page Spend: what it cost, by model, feature and team, against the budget."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from landed.reports import palette
from landed.reports.dashboard.benchmarks import BENCHMARKS
from landed.reports.dashboard.grouped import OTHERS, value_named
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.spend import KINDS, Budget, SpendPage, Spent, spend_of
from landed.reports.money import dollars
from landed.server.pages.addresses import Address
from landed.server.pages.chart_kinds import lines_over_time
from landed.server.pages.charts import Drawn, Series, drawn
from landed.server.pages.listing import Column
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render

router = APIRouter(include_in_schema=False)

_MICRO = 1_000_000
_SERIES = (Series("list price", palette.WHO["ai"]), Series("cash", palette.WHO["unknown"]))
_TITLES = {
    "model": "By model",
    "agent": "By agent",
    "team": "By team",
    "feature": "By feature",
    "repository": "By repository",
}
_GROUPS = (
    Column("name", "Group", kind="wide", link="href"),
    Column("calls", "Calls", "count"),
    Column("tokens", "Tokens", "compact"),
    Column("output_tokens", "Output", "compact", hint="Output tokens, reasoning included"),
    Column("cached", "From cache", "percent", hint="Of all input, the share read from a cache"),
    Column("list", "List price", "dollars"),
    Column("cash", "Cash", "dollars"),
    Column("share", "Of all", "percent"),
)
_MONTHS = (
    Column("month", "Month", kind="text"),
    Column("paid_microdollars", "Paid", "dollars"),
    Column("unallocated_microdollars", "Not used", "dollars", hint="Paid for, borne by no call"),
    Column("developers", "Developers", "count"),
    Column("per_developer", "A developer", "dollars"),
    Column("active", "Active", "count"),
    Column("per_active", "An active one", "dollars"),
)
_SEATS = (
    Column("vendor", "Vendor", kind="wide"),
    Column("seats", "Seats", "count"),
    Column("idle", "Idle", "count", hint="No use seen in 30 days"),
    Column("idle_microdollars_a_month", "Idle a month", "dollars"),
)


@router.get("/spend")
def spend(request: Request) -> HTMLResponse:
    """What it cost."""
    here = Address(request.url.path, request.query_params)
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Spend")
        page = spend_of(at.look)
        choices, as_of = at.choices, at.look.as_of
        tables = [(_TITLES[kind], _rows(at.look, here, page, kind)) for kind in KINDS]
    return render(
        request,
        "spend.html",
        choices=choices,
        viewer=at.viewer,
        page=page,
        as_of=as_of,
        answer=_answer(page),
        by_week=_by_week(page),
        budgets=[_budget_row(budget) for budget in page.budgets],
        tables=[(title, rows) for title, rows in tables if len(rows) > 1],
        months=page.paid.months[::-1] if page.paid else [],
        seats=page.paid.idle_seats if page.paid else [],
        benchmarks=BENCHMARKS,
        group_columns=_GROUPS,
        month_columns=_MONTHS,
        seat_columns=_SEATS,
    )


def _answer(page: SpendPage) -> str:
    listed = page.total.cost.list_microdollars
    if page.hidden or not page.total.calls:
        return ""
    told = f"{page.total.calls:,} model calls cost "
    told += "an unknown amount" if listed is None else f"{dollars(listed)} at list price"
    if page.total.cost.cash_microdollars:
        told += f"; {dollars(page.total.cost.cash_microdollars)} of what was paid went to them"
    return f"{told}."


def _rows(look: Look, here: Address, page: SpendPage, kind: str) -> list[dict[str, Any]]:
    whole = page.total.cost.list_microdollars
    found = []
    for one in page.groups:
        if one.kind != kind or one.name is None:
            continue
        value = value_named(look, kind, one.name)
        href = None if one.name == OTHERS else here.here(**{kind: value or "-"})
        found.append({"href": href, **_amounts(one, whole)})
    return found


def _amounts(one: Spent, whole: int | None) -> dict[str, Any]:
    given = one.input_tokens + one.cache_read_tokens + one.cache_write_tokens
    listed = one.cost.list_microdollars
    return {
        "name": one.name,
        "calls": one.calls,
        "tokens": one.tokens,
        "output_tokens": one.output_tokens,
        "cached": one.cache_read_tokens / given if given else None,
        "list": listed,
        "cash": one.cost.cash_microdollars,
        "share": listed / whole if listed is not None and whole else None,
    }


def _by_week(page: SpendPage) -> Drawn | None:
    if not page.weeks:
        return None
    paid = any(week.cost.cash_microdollars for week in page.weeks)
    series = list(_SERIES if paid else _SERIES[:1])
    rows = []
    for week in page.weeks:
        amounts = (week.cost.list_microdollars or 0, week.cost.cash_microdollars)
        rows += [
            {"date": week.first.isoformat(), "series": one.name, "value": amount / _MICRO}
            for one, amount in zip(series, amounts, strict=False)
        ]
    columns = (
        Column("first", "From", "day", kind="text"),
        Column("last", "To", "day", kind="text"),
        Column("calls", "Calls", "count"),
        Column("cost.list_microdollars", "List price", "dollars"),
        Column("cost.cash_microdollars", "Cash", "dollars"),
    )
    return drawn(
        "weekly",
        "What is spent a week?",
        lines_over_time(rows, series, step="week", unit="dollars", what="spent"),
        columns=columns,
        rows=page.weeks,
        series=series,
    )


def _budget_row(budget: Budget) -> dict[str, Any]:
    """A budget with how much of it is used, and whether the month is coming to more."""
    forecast, limit = budget.forecast, budget.budget
    verdict = ""
    if limit is not None and forecast.expected is not None:
        assert forecast.low is not None and forecast.high is not None
        if forecast.low > limit:
            verdict = "over budget"
        elif forecast.high > limit:
            verdict = "may go over"
        else:
            verdict = "within budget"
    return {
        "team": budget.team,
        "price": budget.price,
        "limit": limit,
        "used": forecast.so_far / limit if limit else None,
        "forecast": forecast,
        "verdict": verdict,
    }
