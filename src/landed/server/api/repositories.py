"""Repositories and their files: how many lines of whom, never the text of any."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from landed.errors import UsageError
from landed.reports.dashboard.files import Entry, Order, count_entries, entries_of
from landed.reports.dashboard.repositories import (
    RepositoriesPage,
    RepositoryPage,
    code_look,
    may_show,
    repositories_of,
    repository_of,
)
from landed.server.api.answers import (
    HIDDEN,
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

router = APIRouter(tags=["repositories"])
_ORDERS: tuple[Order, ...] = get_args(Order)
_ALL = 10_000_000
_FILES = (
    parameter("folder", "The folder to list, such as src/; else the top.", {"type": "string"}),
    parameter("q", "Files below the folder whose path has this.", {"type": "string"}),
    parameter(
        "sort",
        f"What the list is sorted by, with - for the largest first: {', '.join(_ORDERS)}.",
        {"type": "string", "default": "-ai"},
    ),
)


@router.get(
    "/repositories",
    responses=model_answers(RepositoriesPage),
    openapi_extra=described(FILTERS, FORMATS, TABLE, PAGING),
)
def repositories(request: Request) -> Response:
    """Every repository: what stands in it, how much of it AI wrote, how sure that is."""
    with looking(request) as at:
        require_rollups(at)
        known = Fresh(request, at).known(request)
        if known is not None:
            return known
        page = repositories_of(at.look)
        return answer_model(
            request, at, RepositoriesPage, page, "repositories", "repositories", partly=True
        )


@router.get(
    "/repositories/{repository}",
    responses=model_answers(RepositoryPage),
    openapi_extra=described(FILTERS, FORMATS, TABLE, PAGING),
)
def repository(request: Request, repository: str) -> Response:
    """One repository, by its id: its lines, what could not be read, how it is delivered."""
    with looking(request) as at:
        require_rollups(at)
        page = repository_of(at.look, repository)
        if page is None:
            raise _unknown(repository)
        return answer_model(request, at, RepositoryPage, page, "deployments", repository)


@router.get(
    "/repositories/{repository}/files",
    responses=list_answers(),
    openapi_extra=described(FILTERS, _FILES, FORMATS, PAGING),
)
def files(request: Request, repository: str) -> Response:
    """What stands in a folder of a repository: files and folders, with the lines of each."""
    with looking(request) as at:
        require_rollups(at)
        if repository not in at.look.names:
            raise _unknown(repository)
        fresh, form = Fresh(request, at), format_of(request)
        known = fresh.known(request)
        if known is not None:
            return known
        part = part_of(request, at.look.as_of, USUAL if form == "json" else None)
        hidden = may_show(at.look, repository)
        order, descending = _order(request)
        look = code_look(at.look, repository)
        folder, search = request.query_params.get("folder", ""), request.query_params.get("q", "")
        total = 0 if hidden is not None else count_entries(look, repository, folder, search)
        found: list[Entry] = []
        if hidden is None:
            found = entries_of(
                look,
                repository,
                folder,
                search,
                order=order,
                descending=descending,
                skipped=part.offset,
                rows=_ALL if part.limit is None else part.limit,
            )
        headers = fresh.headers
        following = part.following(len(found), total)
        if following is not None:
            headers["link"] = part.link(request, following)
        if form != "json":
            if hidden is not None:
                headers[HIDDEN] = hidden
            return file_answer(table_of_records(Entry, found), form, "files", headers)
        content = {
            **about(at),
            "hidden": hidden,
            "rows": None if hidden is not None else found,
            "total": None if hidden is not None else total,
            "next": following,
        }
        return json_answer(content, headers)


def _order(request: Request) -> tuple[Order, bool]:
    told = request.query_params.get("sort", "-ai")
    for known in _ORDERS:
        if told.removeprefix("-") == known:
            return known, told.startswith("-")
    raise UsageError(f"there is no order {told}: it is one of {', '.join(_ORDERS)}, or - before it")


def _unknown(repository: str) -> HTTPException:
    return HTTPException(
        404, f"There is no repository {repository}: /api/v1/repositories tells the ids of all."
    )
