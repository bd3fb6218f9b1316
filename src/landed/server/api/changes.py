"""Pull and merge requests, as the page Changes lists them, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from landed.errors import UsageError
from landed.reports.dashboard.changes import STATES, Asked, ChangeListed, Key, changes_of
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.one_change import (
    Brought,
    Check,
    CommitOf,
    LinesBy,
    OwnWork,
    Said,
    Signal,
    Step,
    Traced,
    one_change_of,
)
from landed.rollups import Filter
from landed.server.accounts.looking import looked
from landed.server.api.answers import (
    Fresh,
    about,
    answer_model,
    file_answer,
    json_answer,
    require_rollups,
)
from landed.server.api.formats import format_of
from landed.server.api.paging import USUAL, part_of
from landed.server.api.schemas import (
    FILTERS,
    FORMATS,
    PAGING,
    TABLE,
    described,
    list_answers,
    model_answers,
    parameter,
)
from landed.server.api.tables import table_of_records
from landed.server.pages.looking import looking

router = APIRouter(tags=["changes"])
_KEYS: tuple[Key, ...] = get_args(Key)
_ALL = 10_000_000
_LISTING = (
    parameter("state", "Changes in this state.", {"type": "string", "enum": list(STATES)}),
    parameter("q", "Words of the title, a repository's name, or a number.", {"type": "string"}),
    parameter(
        "sort",
        f"What the list is sorted by, with - for the largest first: {', '.join(_KEYS)}.",
        {"type": "string", "default": "-merged"},
    ),
)


@dataclass(frozen=True)
class Change:
    """One change, as its page shows it; `facts` are its columns that tell of nobody.

    `own` is what its sessions took, for its author alone; null for everybody else.
    """

    repository: str
    project_name: str
    facts: dict[str, Any]
    steps: list[Step]
    lines: list[LinesBy]
    commits: list[CommitOf]
    signals: list[Signal]
    checks: list[Check]
    said: list[Said]
    brought: list[Brought]
    traced: list[Traced]
    own: OwnWork | None
    hidden: str | None


@router.get(
    "/changes",
    responses=list_answers(),
    openapi_extra=described(FILTERS, _LISTING, FORMATS, PAGING),
)
def changes(request: Request) -> Response:
    """Every change, a part of the list at a time; nobody's name stands beside it."""
    with looking(request) as at:
        require_rollups(at)
        fresh, form = Fresh(request, at), format_of(request)
        known = fresh.known(request)
        if known is not None:
            return known
        part = part_of(request, at.look.as_of, USUAL if form == "json" else None)
        page = changes_of(at.look, _asked(request, part.offset, part.limit))
        headers = fresh.headers
        following = part.following(len(page.changes), page.total)
        if following is not None:
            headers["link"] = part.link(request, following)
        if form != "json":
            rows = table_of_records(ChangeListed, page.changes)
            return file_answer(rows, form, "changes", headers)
        hidden = page.hidden is not None
        content = {
            **about(at),
            "hidden": page.hidden,
            "ignored": page.ignored,
            "states": None if hidden else page.states,
            "rows": None if hidden else page.changes,
            "total": None if hidden else page.total,
            "next": following,
        }
        return json_answer(content, headers)


@router.get(
    "/changes/{project:path}/{number}",
    responses=model_answers(Change),
    openapi_extra=described(FORMATS, TABLE),
)
def change(request: Request, project: str, number: int) -> Response:
    """One change: its way, its lines and what became of them, its commits and checks."""
    with looking(request) as at:
        require_rollups(at)
        found = one_change_of(at.look, project, number)
        if found is None:
            raise HTTPException(404, f"There is no change {number} of {project}.")
        if found.author is not None:
            looked(request, at.viewer, [found.author])
        told = {
            name: getattr(found, name) for name in Change.__dataclass_fields__ if name != "hidden"
        }
        hidden = None if found.own is not None else _why_not(at.look)
        return answer_model(
            request, at, Change, Change(**told, hidden=hidden), "lines", f"change-{number}"
        )


def _why_not(look: Look) -> str | None:
    """Why changes may not be shown to who looks; null where they may."""
    decision = look.asking(Filter()).decision("changes")
    return None if decision.shown else decision.why


def _asked(request: Request, offset: int, limit: int | None) -> Asked:
    told = request.query_params
    state, sort = told.get("state", "merged"), told.get("sort", "-merged")
    key = sort.removeprefix("-")
    for known in STATES:
        for column in _KEYS:
            if (known, column) == (state, key):
                return Asked(
                    state=known,
                    text=told.get("q", ""),
                    key=column,
                    descending=sort.startswith("-"),
                    limit=_ALL if limit is None else limit,
                    offset=offset,
                )
    if state not in STATES:
        raise UsageError(f"there is no state {state}: it is one of {', '.join(STATES)}")
    raise UsageError(f"there is no order {sort}: it is one of {', '.join(_KEYS)}, or - before it")
