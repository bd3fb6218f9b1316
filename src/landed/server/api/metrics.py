"""Every metric: what it means, its rows under a filter, and what it comes to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from landed.errors import UsageError
from landed.metrics import Metric, metric, metrics
from landed.reports.dashboard import explained
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.metric_rows import (
    OF_SINGLE_LINES,
    MetricRows,
    metric_rows,
    named_rows,
)
from landed.reports.explain import Quotient
from landed.reports.model import Coverage
from landed.server.accounts.viewer import viewer
from landed.server.api.answers import (
    KEPT,
    Fresh,
    about,
    answer_rows,
    etag,
    file_answer,
    is_known,
    json_answer,
    require_rollups,
)
from landed.server.api.formats import format_of
from landed.server.api.schemas import (
    FILTERS,
    FORMATS,
    PAGING,
    TABLE,
    described,
    list_answers,
    model_answers,
)
from landed.server.api.tables import SUMMARY, chosen_table, table_of_records, tables_of
from landed.server.pages.looking import looking

router = APIRouter(tags=["metrics"])


@dataclass(frozen=True)
class MetricTold:
    """What a metric means.

    `rows` is the address of its rows; null where they are not rolled up, as they are of single
    lines, files or turns.
    """

    name: str
    title: str
    category: str
    unit: str
    definition: str
    file: str
    inputs: list[str]
    method: str | None
    ratio: list[str] | None
    quotient: str
    by: str | None
    rows: str | None


@dataclass(frozen=True)
class MetricHere:
    """A metric explained under a filter.

    `formula` is its statement, `interval` how sure it is, `limits` what it is not. `coverage` is
    how much of the code alive has evidence; null where `coverage_hidden` says why. `missing` are
    inputs that are not there. The others are as in the answer with its rows.
    """

    metric: MetricTold
    formula: str
    interval: str
    limits: list[str]
    figures: list[Quotient]
    ignored: list[str]
    left_out: int
    coverage: Coverage | None
    coverage_hidden: str | None
    missing: list[str]
    hidden: str | None


@router.get("/metrics", responses=list_answers(), openapi_extra=described(FORMATS))
def registry(request: Request) -> Response:
    """Every metric with its definition, in the order of their categories."""
    viewer(request)
    told = [told_of(one) for one in metrics().values()]
    form = format_of(request)
    if form != "json":
        return file_answer(table_of_records(MetricTold, told), form, "metrics")
    answer = json_answer({"rows": told, "next": None})
    headers = {"etag": etag(bytes(answer.body)), **KEPT}
    if is_known(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer


@router.get(
    "/metrics/{name}",
    responses=list_answers(),
    openapi_extra=described(FILTERS, FORMATS, TABLE, PAGING),
)
def rows(request: Request, name: str) -> Response:
    """The rows of a metric over the roll-ups, and its figures over all of them.

    Rows about fewer people than privacy allows are left out and counted; rows that are each about
    one session, change or person are never shown. `table=figures` gives the figures as a table.
    """
    wanted = _rolled_up(name)
    with looking(request) as at:
        require_rollups(at)
        known = Fresh(request, at).known(request)
        if known is not None:
            return known
        found = metric_rows(at.look, wanted)
        form, table = format_of(request), request.query_params.get("table")
        if table is not None:
            figures = table_of_records(Quotient, found.figures)
            return answer_rows(
                request,
                at,
                chosen_table({"figures": figures}, table),
                f"{name}-figures",
                hidden=found.hidden,
            )
        if found.rows is None and form != "json" and found.hidden is None:
            raise HTTPException(403, f"{_sentence(found.rows_hidden)} Ask for table=figures.")
        shown = pa.table({}) if found.rows is None else named_rows(found.rows, at.look.names.get)
        return answer_rows(
            request,
            at,
            shown,
            name,
            hidden=found.rows_hidden,
            beside=_beside(wanted, found),
        )


@router.get(
    "/explain/{name}",
    responses=model_answers(MetricHere),
    openapi_extra=described(FILTERS, FORMATS, TABLE),
)
def explain(request: Request, name: str) -> Response:
    """What a metric means, what it comes to under the filter, and what that rests on."""
    wanted = _known(name)
    with looking(request) as at:
        require_rollups(at)
        fresh = Fresh(request, at)
        known = fresh.known(request)
        if known is not None:
            return known
        here = _here(at.look, wanted)
        form = format_of(request)
        if form == "json":
            return json_answer({**about(at), "data": here}, fresh.headers)
        table = request.query_params.get("table") or SUMMARY
        return file_answer(
            chosen_table(tables_of(MetricHere, here), table), form, f"{name}-{table}", fresh.headers
        )


def told_of(wanted: Metric) -> MetricTold:
    """What a metric means, as the API tells it."""
    return MetricTold(
        name=wanted.name,
        title=wanted.title,
        category=wanted.category,
        unit=wanted.unit,
        definition=wanted.definition,
        file=wanted.file,
        inputs=list(wanted.inputs),
        method=wanted.method,
        ratio=None if wanted.ratio is None else list(wanted.ratio),
        quotient=wanted.quotient,
        by=wanted.by,
        rows=None if wanted.name in OF_SINGLE_LINES else f"/api/v1/metrics/{wanted.name}",
    )


def _here(look: Look, wanted: Metric) -> MetricHere:
    told = explained.told_of(look, wanted)
    found = None if wanted.name in OF_SINGLE_LINES else metric_rows(look, wanted)
    return MetricHere(
        metric=told_of(wanted),
        formula=told.formula,
        interval=told.interval,
        limits=list(told.limits),
        figures=[] if found is None else found.figures,
        ignored=[] if found is None else list(found.ignored),
        left_out=0 if found is None else found.left_out,
        coverage=told.coverage,
        coverage_hidden=told.coverage_hidden,
        missing=told.missing,
        hidden=None if found is None else found.hidden,
    )


def _beside(wanted: Metric, found: MetricRows) -> dict[str, Any]:
    return {
        "metric": wanted.name,
        "unit": wanted.unit,
        "figures": [asdict(one) for one in found.figures],
        "left_out": found.left_out,
        "ignored": found.ignored,
    }


def _known(name: str) -> Metric:
    try:
        return metric(name)
    except UsageError as error:
        raise HTTPException(404, _sentence(str(error))) from None


def _rolled_up(name: str) -> Metric:
    wanted = _known(name)
    if name in OF_SINGLE_LINES:
        raise HTTPException(
            404,
            f"The rows of {name} are of single lines, files or turns and are not rolled up: "
            f"landed explain {name} --json gives them on the machine of the server.",
        )
    return wanted


def _sentence(text: str | None) -> str:
    told = text or ""
    return f"{told[:1].upper()}{told[1:].rstrip('.')}."
