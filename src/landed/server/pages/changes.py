"""The page Changes: every pull or merge request, searched, sorted, and a page at a time."""

from __future__ import annotations

from typing import Any, cast, get_args
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from landed.reports import wording
from landed.reports.dashboard.changes import (
    STATES,
    Asked,
    ChangeListed,
    ChangesPage,
    Key,
    State,
    changes_of,
)
from landed.server.pages.addresses import Address
from landed.server.pages.listing import PAGE, Column, order_of, paging_of
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render

router = APIRouter(include_in_schema=False)

MOST_LETTERS = 200
"""Letters of a search that are looked for."""
_NAMES: dict[State, str] = {"merged": "Merged", "open": "Open", "closed": "Closed", "all": "All"}
_COLUMNS = (
    Column("title", "Change", "own", kind="wide", sortable=False),
    Column("opened", "Opened", "day", kind="text", first="largest"),
    Column("merged", "Merged", "own", kind="text", first="largest"),
    Column("ai", "AI", "own", hint="AI’s share of the lines, without and with declared evidence"),
    Column("lines", "Lines", "count", hint="Lines that landed with it, else those of its branch"),
    Column("live", "Live", "own", hint="Lines that are there today, and those reworked"),
    Column("lead", "Lead time", "own", hint="First commit to production, else to the merge"),
    Column("rounds", "Reviews", "own", hint="Rounds of review"),
    Column("checks", "Checks", "own", kind="text", sortable=False),
)


@router.get("/changes")
def changes(request: Request) -> HTMLResponse:
    """The list of changes."""
    here = Address(request.url.path, request.query_params)
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Changes")
        asked = _asked(request)
        page = changes_of(at.look, asked)
        paging = paging_of(request.query_params, page.total)
        if paging.offset != asked.offset:
            page = changes_of(at.look, _asked(request, paging.offset))
        choices, as_of = at.choices, at.look.as_of
    numbers = {one.state: one.changes for one in page.states}
    numbers["all"] = sum(numbers.values())
    return render(
        request,
        "changes.html",
        choices=choices,
        viewer=at.viewer,
        page=page,
        as_of=as_of,
        answer=_answer(page),
        tabs=[
            (state, f"{_NAMES[state]} {numbers.get(state, 0):,}", here.here(state=state))
            for state in STATES
        ],
        columns=_COLUMNS,
        rows=[row_of(one, here) for one in page.changes],
        order=order_of(request.query_params, _COLUMNS, _usual_order(asked.state)),
        paging=paging,
    )


def address_of(project: str, number: int) -> str:
    """The path of the page of one change."""
    return f"/changes/{quote(project, safe='/:@')}/{number}"


def _asked(request: Request, offset: int | None = None) -> Asked:
    parameters = request.query_params
    told = parameters.get("state", "merged")
    state: State = told if told in STATES else "merged"
    order = order_of(parameters, _COLUMNS, _usual_order(state))
    assert order.key in get_args(Key)
    # a page that is not there is found out once the number of changes is known
    number = paging_of(parameters, PAGE * 10**9).offset if offset is None else offset
    text = parameters.get("q", "")[:MOST_LETTERS]
    return Asked(state, text, cast("Key", order.key), order.descending, PAGE, number)


def _usual_order(state: State) -> str:
    return "-merged" if state == "merged" else "-opened"


def _answer(page: ChangesPage) -> str:
    """AI's part of what was merged; not of what a search leaves, which may be one person's."""
    merged = next((one for one in page.states if one.state == "merged"), None)
    if merged is None or not merged.lines or page.asked.text:
        return ""
    share = wording.percent_between(merged.ai_low / merged.lines, merged.ai_high / merged.lines)
    return (
        f"AI wrote {share} of the {merged.lines:,} lines of"
        f" {wording.count(merged.changes, 'merged change')}."
    )


def row_of(one: ChangeListed, here: Address) -> dict[str, Any]:
    """A row of the table, its values under the names of the columns."""
    known = one.lines and one.ai_low is not None and one.ai_high is not None
    return {
        "change": one,
        "href": here.to(address_of(one.project, one.number)),
        "opened": one.opened_at,
        "merged": one.merged_at,
        "ai_low": cast("int", one.ai_low) / one.lines if known and one.lines else None,
        "ai_high": cast("int", one.ai_high) / one.lines if known and one.lines else None,
        "lines": one.lines,
        "lead": one.until_merge if one.until_deploy is None else one.until_deploy,
        "marks": marks_of(one),
    }


def marks_of(one: ChangeListed) -> list[tuple[str, str]]:
    """What became of a change or what it is, in few words, each good, bad or neither."""
    told: list[tuple[str, str]] = []
    if one.state == "open":
        told.append(("draft" if one.draft else "open", ""))
    if one.state == "closed":
        told.append(("closed", ""))
    if one.reverted:
        told.append(("reverted", "bad"))
    elif one.failed:
        told.append(("failed", "bad"))
    told += [(word, "") for word in ("hotfix", "revert") if getattr(one, word)]
    if one.automation:
        told.append(("automation", ""))
    if one.own:
        told.append(("yours", ""))
    return told
