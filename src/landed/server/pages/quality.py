"""The page Quality: is it holding."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from landed.compare import Comparison
from landed.reports import wording
from landed.reports.dashboard.benchmarks import BENCHMARKS
from landed.reports.dashboard.quality import QualityPage, quality_of
from landed.reports.delivery_html import Cell, dora_rows
from landed.reports.delivery_model import Dora
from landed.reports.delivery_terminal import incident_words
from landed.reports.delivery_words import basis, points_difference, verdict
from landed.server.pages.figures import capital, sentence
from landed.server.pages.looking import looking
from landed.server.pages.quality_charts import by_age, by_agent, by_month, by_writer
from landed.server.pages.quality_rows import (
    CAUSES,
    INCIDENTS,
    POINTS,
    REVIEWS,
    REWORKED_BY,
    STAGES,
    UNREVIEWED,
    cause_rows,
    failure_rows,
    incident_rows,
    point_rows,
    review_rows,
    rework_rows,
    reworked_by_rows,
    stage_rows,
)
from landed.server.pages.rendering import render

router = APIRouter(include_in_schema=False)

_SHARES = ("all", "AI-heavy", "other")
_DORA_METRICS = (
    "change_lead_time",
    "deployment_frequency",
    "failed_deployment_recovery",
    "change_fail_rate",
    "deployment_rework_rate",
)


@router.get("/quality")
def quality(request: Request) -> HTMLResponse:
    """Survival and rework, failures and incidents, reviews, and time spent mending."""
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Quality")
        page = quality_of(at.look)
        choices, as_of = at.choices, at.look.as_of
    lasting, delivered = page.lasting, page.delivered
    return render(
        request,
        "quality.html",
        choices=choices,
        viewer=at.viewer,
        page=page,
        as_of=as_of,
        answer=_answer(page),
        groups={one.group.key: one for one in lasting.survival} if lasting else {},
        by_writer=by_writer(lasting.survival) if lasting else None,
        by_agent=by_agent(lasting.survival) if lasting else None,
        by_age=by_age(lasting.ages) if lasting else None,
        by_month=by_month(delivered.months) if delivered else None,
        points=point_rows(lasting.survival) if lasting else [],
        compared=rework_rows(lasting) if lasting else [],
        rework_told=_rework_told(page),
        reworked_by=reworked_by_rows(lasting.rework_by) if lasting else [],
        shares=_SHARES,
        dora=_dora(delivered.dora) if delivered else [],
        stages=stage_rows(delivered.stages) if delivered else [],
        failures=failure_rows(delivered.failures) if delivered else [],
        failures_told=_failures_told(page),
        incidents=incident_rows(delivered.incidents) if delivered else [],
        incidents_told=_incidents_told(page),
        causes=cause_rows(delivered.causes) if delivered else [],
        reviews=review_rows(delivered.reviewing) if delivered and delivered.reviewing else [],
        unreviewed=delivered.unreviewed if delivered else [],
        benchmarks=[one for one in BENCHMARKS if one.metric == "rework"],
        point_columns=POINTS,
        reworked_by_columns=REWORKED_BY,
        stage_columns=STAGES,
        incident_columns=INCIDENTS,
        cause_columns=CAUSES,
        review_columns=REVIEWS,
        unreviewed_columns=UNREVIEWED,
    )


def _answer(page: QualityPage) -> str:
    """The page in one sentence or two; empty where nothing can be told."""
    told = []
    rework = page.lasting.rework if page.lasting else None
    if rework is not None and rework.ai.estimate is not None:
        shares = f"{wording.percent(rework.ai.estimate, 1)} of AI lines were reworked in"
        told.append(f"{shares} {rework.days} days, {_rework_verdict(rework)}")
    failures = page.delivered.failures.matched if page.delivered else None
    if failures is not None and failures.difference is not None:
        words = {"more": "failed more often than", "less": "failed less often than"}
        how = words.get(failures.verdict, "show no clear difference in failures to")
        told.append(f"AI-heavy changes {how} others of the same repository, author and size")
    return " ".join(sentence(one) for one in told)


def _dora(dora: Dora) -> list[tuple[str, str, dict[str, Cell]]]:
    """The five metrics of DORA: name, metric to explain it, and a cell for each of `_SHARES`."""
    return [
        (name, metric, cells)
        for (name, cells), metric in zip(dora_rows(dora), _DORA_METRICS, strict=True)
    ]


def _rework_verdict(rework: Comparison) -> str:
    if rework.others.estimate is None:
        return "which cannot be compared yet"
    others = f"{wording.percent(rework.others.estimate, 1)} of others"
    if rework.verdict == "no clear difference":
        return f"no clear difference to the {others}"
    return f"{rework.verdict} than the {others}: an association"


def _rework_told(page: QualityPage) -> str:
    if page.lasting is None:
        return ""
    return wording.comparison_sentence(page.lasting.rework, page.lasting.rework_days)


def _failures_told(page: QualityPage) -> str:
    if page.delivered is None:
        return ""
    found = page.delivered.failures.matched
    told = verdict(found, "fail more often", "fail less often")
    if found.difference is not None:
        told += f", {points_difference(found)}"
    return f"Within the same repository, author and size: {told}. {capital(basis(found))}."


def _incidents_told(page: QualityPage) -> list[str]:
    if page.delivered is None:
        return []
    told = [
        incident_words(page.delivered.incidents, page.delivered.causes, kind)
        for kind in ("incident", "bug")
    ]
    return [one for one in told if one]
