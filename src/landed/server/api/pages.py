"""What the pages show: the same models, of the same filters, for the same viewers."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from landed.reports.dashboard.agents import AgentsPage, agents_of
from landed.reports.dashboard.data import DataPage, data_of
from landed.reports.dashboard.journey import JourneyPage, journey_of
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.overview import Overview, overview_of
from landed.reports.dashboard.quality import QualityPage, quality_of
from landed.reports.dashboard.spend import SpendPage, spend_of
from landed.server.api.answers import Fresh, answer_model, require_rollups
from landed.server.api.schemas import FILTERS, FORMATS, PAGING, TABLE, described, model_answers
from landed.server.api.tables import SUMMARY
from landed.server.pages.looking import looking
from landed.server.scheduler.records import last_runs

router = APIRouter(tags=["pages"])
DESCRIBED = described(FILTERS, FORMATS, TABLE, PAGING)


@router.get("/overview", responses=model_answers(Overview), openapi_extra=DESCRIBED)
def overview(request: Request) -> Response:
    """How much reached production, what it cost, is it holding, how sure are we."""
    return answer_page(request, Overview, overview_of, SUMMARY, "overview")


@router.get("/journey", responses=model_answers(JourneyPage), openapi_extra=DESCRIBED)
def journey(request: Request) -> Response:
    """Where generated lines and all dollars went: funnel, buckets, groups, cohorts."""
    return answer_page(request, JourneyPage, journey_of, "stages", "journey")


@router.get("/spend", responses=model_answers(SpendPage), openapi_extra=DESCRIBED)
def spend(request: Request) -> Response:
    """What it cost: list and cash, by model, agent, team, feature and repository."""
    return answer_page(request, SpendPage, spend_of, "groups", "spend")


@router.get("/agents", responses=model_answers(AgentsPage), openapi_extra=DESCRIBED)
def agents(request: Request) -> Response:
    """Agents and models, compared by what shipped and survived."""
    return answer_page(request, AgentsPage, agents_of, "compared", "agents")


@router.get("/quality", responses=model_answers(QualityPage), openapi_extra=DESCRIBED)
def quality(request: Request) -> Response:
    """Is it holding: survival and rework, failures and incidents, reviews, mending."""
    return answer_page(request, QualityPage, quality_of, "lasting.survival", "quality")


@router.get("/data", responses=model_answers(DataPage), openapi_extra=DESCRIBED)
def data(request: Request) -> Response:
    """What everything rests on: sources, coverage, gaps, problems; `runs` are the last of each job.

    No filter narrows it.
    """
    with looking(request) as at:
        require_rollups(at)
        page = data_of(at.look, admin=at.viewer.admin)
        more = {"filter": {}, "runs": last_runs(at.look.store)}
        return answer_model(
            request, at, DataPage, page, "sources", "data", partly=True, beside=more, lasting=False
        )


def answer_page(
    request: Request, kind: type, model_of: Callable[[Look], object], main: str, name: str
) -> Response:
    """The model of a page for who asks, unless they have it already."""
    with looking(request) as at:
        require_rollups(at)
        known = Fresh(request, at).known(request)
        if known is not None:
            return known
        return answer_model(request, at, kind, model_of(at.look), main, name)
