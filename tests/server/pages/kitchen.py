"""An application with one page that shows every component; its figures are made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import exp
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI, Request
from jinja2 import ChoiceLoader, FileSystemLoader
from starlette.responses import HTMLResponse

from landed.reports import palette
from landed.rollups.filters import Dimension
from landed.server.accounts.viewer import Viewer
from landed.server.pages import assets, charts, rendering
from landed.server.pages.chart_kinds import (
    bars,
    bars_over_time,
    limit,
    lines_over_time,
    model_series,
    survival_curves,
)
from landed.server.pages.charts import Drawn, Series, drawn
from landed.server.pages.filter_bar import Choice
from landed.server.pages.listing import Column, in_order, order_of, paging_of
from landed.server.security.headers import SecureHeaders

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
REPOSITORIES = ("shop", "billing", "search", "mobile", "web", "design", "infra", "data", "auth")
CHOICES: Mapping[Dimension, Sequence[Choice]] = {
    "repository": [Choice(name, f"acme/{name}") for name in REPOSITORIES],
    "team": [Choice("checkout", "checkout"), Choice("platform", "platform"), Choice("", "")],
    "agent": [Choice("claude-code", "claude-code"), Choice("codex", "codex")],
    "model": [Choice("claude-opus-4-8", "claude-opus-4-8")],
    "feature": [Choice("export", "export")],
}
COLUMNS = (
    Column("title", "Change", kind="wide", link="href"),
    Column("who", "Mostly by", "own", kind="text", sortable=False),
    Column("lines", "Lines", "count"),
    Column("list", "List", "dollars"),
    Column("rework", "Reworked", "own", hint="Within 21 days of landing"),
    Column("merged", "Merged", "day", kind="text"),
    Column("state", "State", "own", kind="text"),
)


@dataclass(frozen=True)
class Change:
    title: str
    href: str
    who: str
    lines: int
    list: int | None
    rework: float | None
    low: float | None
    high: float | None
    merged: date
    state: str


def create_kitchen(*, loopback_owner: bool = True, made_up: bool = False) -> FastAPI:
    """The application; its server is told, not run: these pages ask nothing of a store."""
    app = FastAPI()
    app.state.server = SimpleNamespace(version="0.1.0", made_up=made_up)
    app.include_router(assets.router)
    app.include_router(charts.router)
    environment = rendering.environment()
    own = FileSystemLoader(Path(__file__).parent)
    environment.loader = ChoiceLoader([own, environment.loader or own])
    looks = Viewer("Ana", "admin", frozenset(), True, local=loopback_owner)

    @app.get("/")
    def page(request: Request) -> HTMLResponse:
        order = order_of(request.query_params, COLUMNS, "-lines")
        rows = in_order(changes(), order)
        paging = paging_of(request.query_params, len(rows), 6)
        return rendering.render(
            request,
            "kitchen_sink.html",
            choices=CHOICES,
            viewer=looks,
            now=NOW,
            columns=COLUMNS,
            order=order,
            paging=paging,
            rows=rows[paging.offset : paging.last],
            **_parts(),
        )

    @app.get("/nothing")
    def nothing(request: Request) -> HTMLResponse:
        told = "There is no such page, or it is not there any more."
        return rendering.render(
            request, "problem.html", status=404, viewer=looks, title="Nothing here", told=told
        )

    app.add_middleware(SecureHeaders, https=False)
    return app


def changes() -> list[Change]:
    """Nine changes, one of them with a title that would act as HTML."""
    titles = (
        "Cart totals in the currency of the customer",
        "Retry payments that time out",
        "<script>alert(1)</script> in a title",
        "Export orders as CSV, with a title so long that it has to be broken over several lines",
        "Bump httpx from 0.27 to 0.28",
        "Search by colour",
        "Fix rounding of discounts",
        "Sign in with a passkey",
        "Faster image upload",
    )
    return [
        Change(
            title,
            f"/changes/{place}",
            ("ai", "mixed", "human", "ai", "automation", "unknown")[place % 6],
            1200 // (place + 1),
            None if place == 4 else 14_200_000 // (place + 1),
            None if place % 4 == 3 else 0.05 * (place % 4),
            0.03 * (place % 4),
            0.08 * (place % 4),
            date(2026, 11, 20) - timedelta(days=place),
            ("live", "merged", "failed")[place % 3],
        )
        for place, title in enumerate(titles)
    ]


def _parts() -> dict[str, Any]:
    return {
        "stages": _stages(),
        "buckets": [
            {
                "bucket": bucket,
                "lines": lines,
                "list": lines * 39_500,
                "href": f"/changes?b={bucket}",
            }
            for bucket, lines in (
                ("live", 24140),
                ("merged", 1010),
                ("unmerged", 2210),
                ("pending", 3820),
                ("reworked", 3310),
                ("replaced", 2073),
                ("closed", 1825),
                ("discarded", 7892),
                ("rejected", 1930),
            )
        ],
        "parts": [
            {"label": "AI", "value": 41_020, "tone": "tone-ai"},
            {"label": "AI, declared only", "value": 6_020, "tone": "tone-declared"},
            {"label": "human", "value": 22_310, "tone": "tone-human"},
            {"label": "automation", "value": 6_002, "tone": "tone-automation"},
            {"label": "unknown", "value": 31_002, "tone": "tone-unknown"},
        ],
        "ranges": [
            {"label": "acme/shop", "low": 0.31, "high": 0.47, "n": "48,210 lines", "href": "/r/1"},
            {"label": "acme/billing", "low": 0.12, "high": 0.12, "n": "19,004 lines"},
            {"label": "acme/search", "low": 0.0, "high": 0.05, "n": "7,100 lines"},
        ],
        "compared": [
            {
                "label": "claude-code",
                "estimate": 0.58,
                "low": 0.53,
                "high": 0.63,
                "n": "148 changes",
                "tone": "tone-ai",
            },
            {
                "label": "codex",
                "estimate": 0.49,
                "low": 0.38,
                "high": 0.6,
                "n": "61 changes",
                "tone": "tone-ai",
            },
            {"label": "others", "estimate": 0.55, "low": 0.51, "high": 0.59, "n": "212 changes"},
            {
                "label": "copilot",
                "estimate": None,
                "low": None,
                "high": None,
                "n": "4 changes",
                "missing": "too few: about 25 more changes needed",
            },
        ],
        "lines": _lines(),
        "notices": [
            {
                "what": "acme/web is a shallow clone",
                "remedy": "fetch all of its history",
                "command": "git fetch --unshallow",
                "level": "warning",
                "count": 1,
            },
            {"what": "14 calls have no known price", "remedy": None, "count": 14},
            {"what": "GitHub refused the token", "remedy": "make a new one", "level": "error"},
        ],
        **made_up_charts(),
    }


def _stages() -> list[dict[str, Any]]:
    told = (
        ("generated", 48_210, 1904),
        ("accepted", 46_280, 1829),
        ("committed", 34_568, 1365),
        ("reviewed", None, 0),
        ("green", 31_022, 1225),
        ("merged", 30_533, 1206),
        ("deployed", 29_523, 1166),
        ("live", 24_140, 953),
    )
    return [
        {
            "stage": stage,
            "lines": lines,
            "share": None if lines is None else lines / 48_210,
            "list": dollars * 1_000_000,
            "cash": dollars * 636_000,
            "missing": "reviews are not known: connect a forge",
            "href": f"/journey/{stage}",
        }
        for stage, lines, dollars in told
    ]


def _lines() -> list[dict[str, Any]]:
    text = (
        "def total(items: list[Item]) -> int:",
        '    """What the items cost together."""',
        "    return sum(item.price for item in items)",
        "",
        "def discounted(total: int, percent: int) -> int:",
        "    return total * (100 - percent) // 100",
        "__version__ = '3.18'",
    )
    who = (
        ("ai", "claude-code"),
        ("ai", "claude-code"),
        ("mixed", "claude-code"),
        ("human", None),
        ("human", None),
        ("unknown", None),
        ("automation", "release-bot"),
    )
    return [
        {"number": 118 + place, "text": line, "who": kind, "agent": agent, "href": f"/why/{place}"}
        for place, (line, (kind, agent)) in enumerate(zip(text, who, strict=True))
    ]


def made_up_charts() -> dict[str, Drawn]:
    """One chart of each kind."""
    who = [
        Series("AI", palette.WHO["ai"]),
        Series("human", palette.WHO["human"]),
        Series("unknown", palette.WHO["unknown"]),
    ]
    months = [f"2026-{month:02}-01" for month in range(1, 12)]
    landed = [
        {"date": month, "series": one.name, "value": 900 + 350 * place * (3 - order) % 2900}
        for place, month in enumerate(months)
        for order, one in enumerate(who)
    ]
    days = [date(2026, 11, 1) + timedelta(days=place) for place in range(30)]
    spend = [
        {
            "date": day.isoformat(),
            "series": "spent",
            "value": 61.0 * (place + 1) + 40 * (place % 3),
            **(
                {
                    "ahead": True,
                    "low": 1281 + 48.0 * (place - 20),
                    "high": 1281 + 78.0 * (place - 20),
                }
                if place >= 20
                else {}
            ),
        }
        for place, day in enumerate(days)
    ]
    spend.insert(21, {**spend[20], "ahead": False, "low": None, "high": None})
    curves = [
        {
            "day": day,
            "series": one.name,
            "value": level + (1 - level) * exp(-day / 60),
            "low": level + (1 - level) * exp(-day / 60) - 0.02 - day / 9000,
            "high": min(1.0, level + (1 - level) * exp(-day / 60) + 0.02 + day / 9000),
        }
        for one, level in zip(who[:2], (0.62, 0.71), strict=True)
        for day in range(0, 366, 5)
    ]
    models = [
        {"name": name, "value": value, "label": f"${value:,.0f}"}
        for name, value in (
            ("claude-opus-4-8", 1204.0),
            ("gpt-5.4-codex", 402.0),
            ("claude-sonnet-4-6", 221.0),
            ("3 others", 77.0),
        )
    ]
    time_columns = (
        Column("date", "From", kind="text"),
        Column("series", "By", kind="text"),
        Column("value", "Lines", "count"),
    )
    money = (Column("date", "Day", kind="text"), Column("value", "Dollars", "amount"))
    days_columns = (
        Column("day", "Days", "count"),
        Column("series", "Lines of", kind="text"),
        Column("value", "Still there", "percent"),
    )
    names = (Column("name", "Model", kind="text"), Column("label", "List"))
    spent = [*model_series(["spent"])]
    return {
        "landed_chart": drawn(
            "landed",
            "Who writes what lands?",
            bars_over_time(landed, who, step="month", what="lines"),
            columns=time_columns,
            rows=landed,
            series=who,
            answer="AI wrote 52 % of the lines that landed this year.",
        ),
        "spend_chart": drawn(
            "spend",
            "Will this month stay within its budget?",
            limit(
                lines_over_time(spend, spent, step="day", unit="dollars", what="list"),
                2200,
                "budget $2,200",
            ),
            columns=money,
            rows=spend,
            series=spent,
            answer="Probably: $1,830 by the end of the month ($1,740–$2,010).",
        ),
        "curve_chart": drawn(
            "survival",
            "How long do lines stay?",
            survival_curves(curves, who[:2]),
            columns=days_columns,
            rows=curves[::12],
            series=who[:2],
            answer="After a year 62 % of AI lines are still there, and 71 % of the others.",
        ),
        "model_chart": drawn(
            "models",
            "Which models cost most?",
            bars(models, unit="dollars", what="list"),
            columns=names,
            rows=models,
            height=140,
        ),
    }
