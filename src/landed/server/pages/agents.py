"""The page Agents and models: compared by what shipped and survived."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from landed.reports import wording
from landed.reports.dashboard.agents import AgentsPage, Compared, agents_of
from landed.reports.dashboard.grouped import OTHERS, value_named
from landed.reports.dashboard.look import Look
from landed.server.pages.addresses import Address
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render
from landed.server.pages.rows import FUNNEL_COLUMNS, GroupRow, SideRow, group_rows, side_row

router = APIRouter(include_in_schema=False)

_TITLES = {"agent": "Agents", "model": "Models"}


@router.get("/agents")
def agents(request: Request) -> HTMLResponse:
    """Agents and models."""
    here = Address(request.url.path, request.query_params)
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Agents and models")
        page = agents_of(at.look)
        choices, as_of = at.choices, at.look.as_of
        funnels = {kind: _funnels(at.look, here, page, kind) for kind in _TITLES}
    return render(
        request,
        "agents.html",
        choices=choices,
        viewer=at.viewer,
        page=page,
        as_of=as_of,
        answer=_answer(page),
        shipped=[_shipped(one, here) for one in page.compared if one.shipped],
        standing=[_standing(one, here) for one in page.compared if one.standing],
        funnels=[(_TITLES[kind], kind, rows) for kind, rows in funnels.items() if rows],
        funnel_columns=FUNNEL_COLUMNS,
    )


def _answer(page: AgentsPage) -> str:
    """Which agent's lines ship, as far as it can be told: not a ranking, but what is known."""
    told = [
        f"{wording.percent(one.shipped.figure.estimate)} of {one.agent}'s lines"
        for one in page.compared
        if one.model is None and one.shipped and one.shipped.figure.estimate is not None
    ]
    if not told:
        return ""
    return f"{wording.listed(told)} shipped within 30 days and stayed 30 more."


def _shipped(one: Compared, here: Address) -> SideRow:
    assert one.shipped is not None
    return side_row(_label(one), one.shipped.figure, _tone(one), "session", _address(one, here))


def _standing(one: Compared, here: Address) -> SideRow:
    assert one.standing is not None
    return side_row(_label(one), one.standing.figure, _tone(one), "session", _address(one, here))


def _label(one: Compared) -> str:
    return one.agent if one.model is None else f"{one.model} in {one.agent}"


def _tone(one: Compared) -> str:
    return "tone-ai" if one.model is None else "tone-declared"


def _address(one: Compared, here: Address) -> str:
    if one.model is None:
        return here.here(agent=one.agent)
    return here.here(agent=one.agent, model="-" if one.model == "untold" else one.model)


def _funnels(look: Look, here: Address, page: AgentsPage, kind: str) -> list[GroupRow]:
    return group_rows(
        [group for group in page.funnels if group.kind == kind],
        lambda group: (
            None
            if group.name == OTHERS
            else here.here(**{kind: value_named(look, kind, group.name) or "-"})
        ),
    )
