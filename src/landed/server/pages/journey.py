"""The page Journey: where lines and dollars went."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from landed.reports import wording
from landed.reports.dashboard.grouped import OTHERS, value_named
from landed.reports.dashboard.journey import JourneyPage, journey_of
from landed.reports.dashboard.look import Look
from landed.reports.journeys_model import FunnelGroup
from landed.server.pages.addresses import Address
from landed.server.pages.listing import Column
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render
from landed.server.pages.rows import FUNNEL_COLUMNS, bucket_rows, group_rows, stage_rows

router = APIRouter(include_in_schema=False)

_KINDS = {
    "agent": "By agent",
    "model": "By model",
    "team": "By team",
    "repository": "By repository",
}
_REASONS = (
    Column("bucket", "Where it went", "bucket_word", kind="text"),
    Column("reason", "Why", kind="wide"),
    Column("lines", "Lines", "count"),
    Column("cost.list_microdollars", "List price", "dollars"),
    Column("cost.cash_microdollars", "Cash", "dollars"),
)
_TURNS = (
    Column("kind", "Turns that", "kind_word", kind="wide"),
    Column("turns", "Turns", "count"),
    Column("calls", "Calls", "count"),
    Column("tokens", "Tokens", "compact"),
    Column("cost.list_microdollars", "List price", "dollars"),
    Column("cost.cash_microdollars", "Cash", "dollars"),
)
_LINES = (
    Column("stage", "A line that was", "stage_word", kind="wide"),
    Column("lines", "Lines", "count"),
    Column("direct", "Direct", "dollars", hint="The dollars of these lines"),
    Column("loaded", "Fully loaded", "dollars", hint="All dollars of the same time"),
    Column("loaded_cash", "In cash", "dollars", hint="All that was paid, per line"),
)
_RATIOS = (
    Column("name", "Of lines", "ratio_word", kind="wide"),
    Column("counted", "Lines", "count"),
    Column("total", "Of", "count"),
    Column("share", "Share", "percent"),
)


@router.get("/journey")
def journey(request: Request) -> HTMLResponse:
    """Where lines and dollars went."""
    here = Address(request.url.path, request.query_params)
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Journey")
        page = journey_of(at.look)
        choices, as_of = at.choices, at.look.as_of
        tables = {
            kind: group_rows(
                [group for group in page.groups if group.kind == kind],
                lambda group: _address(at.look, here, group),
            )
            for kind in _KINDS
        }
    return render(
        request,
        "journey.html",
        choices=choices,
        viewer=at.viewer,
        page=page,
        as_of=as_of,
        answer=_answer(page),
        funnel=stage_rows(page.stages),
        buckets=bucket_rows(page.buckets),
        reasons=[bucket for bucket in page.buckets if bucket.reason],
        tables=[(_KINDS[kind], rows) for kind, rows in tables.items() if rows],
        cohorts=group_rows(page.cohorts, lambda _: None),
        group_columns=FUNNEL_COLUMNS,
        reason_columns=_REASONS,
        turn_columns=_TURNS,
        line_columns=_LINES,
        ratio_columns=_RATIOS,
    )


def _answer(page: JourneyPage) -> str:
    if not page.generated:
        return ""
    kept = sum(one.lines for one in page.buckets if one.bucket in ("live", "merged"))
    waste = page.waste.total.list_microdollars
    spent = page.spent.list_microdollars
    share = wording.percent(kept / page.generated)
    told = f"Of {page.generated:,} generated lines {share} stand today"
    if waste is not None and spent:
        told += f"; {wording.percent(waste / spent)} of the dollars led to nothing"
    return f"{told}."


def _address(look: Look, here: Address, group: FunnelGroup) -> str | None:
    """The same page of one group alone; null for those of too few people."""
    if group.name == OTHERS:
        return None
    value = value_named(look, group.kind, group.name)
    return here.here(**{group.kind: value or "-"})
