"""The pages that explain figures: definition, formula, evidence, and the rows behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse

from landed.metrics import Metric, metrics
from landed.reports.dashboard.explained import formula_of, own_rows, summed_by, told_of
from landed.reports.dashboard.metric_rows import OF_SINGLE_LINES, metric_rows, population_of
from landed.reports.explain import Quotient, measured, number_told
from landed.server.accounts.viewer import viewer
from landed.server.pages.listing import Column, in_order, order_of, paging_of
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render
from landed.server.state import of

router = APIRouter(include_in_schema=False)

_CATEGORIES = {
    "evidence": "Evidence: who wrote what, and how that is known",
    "productivity": "Productivity: what gets how far",
    "quality": "Quality: whether it holds",
    "cost": "Cost: what it took",
    "return": "Return: what is paid and used",
    "maintainability": "Maintainability: what it leaves to others",
}
_POPULATIONS = {
    "sessions": "those who ran sessions of agents",
    "commits": "those who made commits",
    "changes": "those who opened changes",
}
_FIGURES = (
    Column("of", "Of", kind="wide", sortable=False),
    Column("numerator", "Numerator", sortable=False),
    Column("denominator", "Denominator", sortable=False),
    Column("value", "Figure", sortable=False),
)
_GRADES = (
    Column("grade", "Evidence", "grade_word", kind="wide", sortable=False),
    Column("lines", "Lines alive", "count", sortable=False),
    Column("share", "Share", "percent", sortable=False),
)
_WORDS = {"of": "Of", "repository": "Repository"}
_DOLLARS = ("_microdollars", "_list", "_cash", "_per_line", "per_developer", "per_active")


@router.get("/explain")
def every_metric(request: Request) -> HTMLResponse:
    """All metrics by category."""
    by_category = [
        (words, [one for one in metrics().values() if one.category == category])
        for category, words in _CATEGORIES.items()
    ]
    return render(request, "explain_all.html", viewer=viewer(request), categories=by_category)


@router.get("/explain/privacy")
def privacy(request: Request) -> HTMLResponse:
    """Why some figures are not shown."""
    who = viewer(request)
    smallest = of(request).settings.privacy.smallest_group
    return render(request, "explain_privacy.html", viewer=who, smallest=smallest)


@router.get("/explain/{name}")
def one_metric(request: Request, name: str) -> HTMLResponse:
    """One metric: what it means, what it comes to under the filter, and the rows behind it."""
    asked = metrics().get(name)
    if asked is None:
        raise HTTPException(404)
    with looking(request) as at:
        if not at.ready:
            return render(
                request,
                "explain_formula.html",
                viewer=at.viewer,
                metric=asked,
                formula=formula_of(asked),
                told="Nothing was added up yet. The server does so by itself once it has read "
                "something.",
            )
        if name in OF_SINGLE_LINES:
            return render(
                request,
                "explain_formula.html",
                viewer=at.viewer,
                metric=asked,
                formula=formula_of(asked),
                told="It is asked of single lines, files or turns, of which the server keeps sums "
                f"alone. On a machine with the repository: landed explain {name}",
            )
        told = told_of(at.look, asked)
        found = metric_rows(at.look, asked)
        own = own_rows(at.look, asked) if found.rows is None else []
        sums = []
        if found.hidden is None and (found.rows is None or found.left_out):
            sums = summed_by(at.look, asked, population_of(asked))
        names, as_of, choices = at.look.names, at.look.as_of, at.choices
    every = found.rows.to_pylist() if found.rows is not None else own
    columns = _columns(every)
    rows = [_readable(row, names) for row in every]
    order = order_of(request.query_params, columns, "") if columns else None
    if order is not None and order.key:
        rows = in_order(rows, order)
    paging = paging_of(request.query_params, len(rows))
    return render(
        request,
        "explain.html",
        viewer=at.viewer,
        choices=choices,
        as_of=as_of,
        metric=asked,
        told=told,
        found=found,
        figures=[_figure(asked, one) for one in found.figures],
        figure_columns=_FIGURES if asked.by else _FIGURES[1:],
        single=_figure(asked, found.figures[0]) if len(found.figures) == 1 else None,
        people=_POPULATIONS[population_of(asked)],
        grades=_grades(told.coverage.authorship) if told.coverage else [],
        grade_columns=_GRADES,
        columns=columns,
        rows=rows[paging.offset : paging.last],
        order=order,
        paging=paging,
        own=bool(own),
        sums=[(one.dimension, _columns(one.rows, sortable=False), one.rows) for one in sums],
    )


def _figure(metric: Metric, one: Quotient) -> dict[str, Any]:
    return {
        "of": "–" if one.of is None else str(one.of).replace("_", " "),
        "numerator": "not known" if one.numerator is None else _sum(metric, 0, one.numerator),
        "denominator": "not known" if one.denominator is None else _sum(metric, 1, one.denominator),
        "value": measured(metric.quotient, one.value),
    }


def _sum(metric: Metric, place: int, value: float) -> str:
    """One of the two sums; micro-dollars as dollars."""
    assert metric.ratio is not None
    if metric.ratio[place].endswith(_DOLLARS):
        return measured("dollars", value)
    return number_told(value)


def _grades(authorship: Sequence[Any]) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for row in authorship:
        sums[row.grade] = sums.get(row.grade, 0) + row.lines
    total = sum(sums.values())
    ordered = sorted(sums.items(), key=lambda item: -item[1])
    return [
        {"grade": grade, "lines": lines, "share": lines / total if total else None}
        for grade, lines in ordered
    ]


def _columns(rows: Sequence[dict[str, Any]], *, sortable: bool = True) -> tuple[Column, ...]:
    """The columns of rows of any metric, each written as its name and values ask for."""
    if not rows:
        return ()
    found = (_column(name, [row[name] for row in rows]) for name in rows[0])
    return tuple(replace(one, sortable=sortable) for one in found)


def _column(name: str, values: Sequence[Any]) -> Column:
    known = next((value for value in values if value is not None), None)
    label = name.removesuffix("_microdollars").removesuffix("_second").replace("_", " ")
    label = label[:1].upper() + label[1:]
    if name.endswith("_second"):
        return Column(name, label, "moment", kind="text")
    if isinstance(known, bool) or not isinstance(known, int | float):
        return Column(name, label, kind="text")
    if name.endswith(_DOLLARS):
        return Column(name, label, "dollars")
    if "share" in name and isinstance(known, float):
        return Column(name, label, "percent")
    return Column(name, label, "amount" if isinstance(known, float) else "count")


def _readable(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A row with names of repositories, times as such, and words for yes and no."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name == "repository" or (name == "member" and row.get("kind") == "repository"):
            value = names.get(value, value)
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        elif name.endswith("_second") and value is not None:
            value = datetime.fromtimestamp(value, UTC)
        found[name] = value
    return found
