"""The pages Repositories: what stands in each, its files, and who wrote each line of a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse

from landed.reports import wording
from landed.reports.dashboard.files import Entry, count_entries, entries_of
from landed.reports.dashboard.repositories import (
    RepositoriesPage,
    Repository,
    RepositoryPage,
    code_look,
    repositories_of,
    repository_of,
)
from landed.reports.wording import percent_between
from landed.rollups import Filter
from landed.server.accounts.looking import looked, people_left
from landed.server.pages.addresses import Address
from landed.server.pages.listing import Column, in_order, order_of, paging_of
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render

router = APIRouter(include_in_schema=False)

_REPOSITORIES = (
    Column("name", "Repository", kind="wide", link="href"),
    Column("alive", "Lines", "count", hint="Lines that stand on the default branch now"),
    Column("ai", "AI wrote", "own", hint="Without and with lines of which only the commit says so"),
    Column("evidence", "Evidence", "percent", hint="Lines of which it is known who wrote them"),
    Column("landed", "Landed", "count", hint="Lines that landed in the time"),
    Column("rework", "Reworked", "own", hint="Of them, those watched for the window and reworked"),
    Column("last_commit_at", "Last commit", "day", kind="text", first="largest"),
    Column("missing", "Not connected", "own", kind="text", sortable=False),
)
_FILES = (
    Column("name", "Name", "own", kind="wide"),
    Column("alive", "Lines", "count"),
    Column("ai", "AI lines", "count", hint="With those of which only the commit says so"),
    Column("ai_share", "AI share", "own"),
    Column("landed", "Ever landed", "count", hint="Lines that ever landed in it"),
    Column("rework_share", "Reworked", "own", hint="Of lines that ever landed in it"),
)
_AUTHORS = (
    Column("who", "Written by", "own", kind="text", sortable=False),
    Column("agent", "Agent", kind="text", sortable=False),
    Column("grade", "Evidence", "grade_word", kind="wide", sortable=False),
    Column("lines", "Lines", "count", sortable=False),
    Column("share", "Share", "percent", sortable=False),
)
_RELEASES = (Column("tag", "Tag", kind="wide"), Column("at", "Released", "day", kind="text"))
_DEPLOYMENTS = (
    Column("at", "Deployed", "moment", kind="wide"),
    Column("where", "Where", kind="text"),
    Column("changes", "Changes", "count"),
    Column("lines", "Lines", "count"),
    Column("outcome", "Outcome", "own", kind="text"),
)


@router.get("/repositories")
def repositories(request: Request) -> HTMLResponse:
    """All repositories."""
    here = Address(request.url.path, request.query_params)
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Repositories")
        page = repositories_of(at.look)
        choices, as_of = at.choices, at.look.as_of
    wanted = request.query_params.get("q", "").strip().casefold()
    rows = [_row(one, here) for one in page.repositories if wanted in one.name.casefold()]
    order = order_of(request.query_params, _REPOSITORIES, "-alive")
    paging = paging_of(request.query_params, len(rows))
    ordered = in_order(rows, order)
    return render(
        request,
        "repositories.html",
        viewer=at.viewer,
        choices={name: own for name, own in choices.items() if name == "repository"},
        page=page,
        as_of=as_of,
        answer=_answer(page),
        columns=_REPOSITORIES,
        rows=ordered[paging.offset : paging.last],
        order=order,
        paging=paging,
        searched=bool(wanted),
    )


@router.get("/repositories/{repository}")
def repository(request: Request, repository: str) -> HTMLResponse:
    """One repository and its files."""
    here = Address(request.url.path, request.query_params)
    parameters = request.query_params
    folder = parameters.get("folder", "").strip("/")
    folder = f"{folder}/" if folder else ""
    search = parameters.get("q", "").strip()
    order = order_of(parameters, _FILES, "-ai")
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Repositories")
        page = repository_of(at.look, repository)
        if page is None:
            raise HTTPException(404)
        looked(request, at.viewer, people_left(at.look.store, Filter(repository=(repository,))))
        total, entries = 0, []
        if page.repository.hidden is None:
            own = code_look(at.look, repository)
            total = count_entries(own, repository, folder, search)
            paging = paging_of(parameters, total)
            entries = entries_of(
                own,
                repository,
                folder,
                search,
                order=order.key,
                descending=order.descending,
                skipped=paging.offset,
            )
        as_of = at.look.as_of
    return render(
        request,
        "repository.html",
        viewer=at.viewer,
        choices={},
        page=page,
        one=page.repository,
        as_of=as_of,
        answer=_told(page),
        columns=_FILES,
        files=[_entry(entry, here, repository, folder) for entry in entries],
        order=order,
        paging=paging_of(parameters, total),
        folders=_folders(here, folder),
        searched=search,
        authors=_authors(page.repository),
        author_columns=_AUTHORS,
        releases=page.releases,
        release_columns=_RELEASES,
        deployments=[_deployment(one) for one in page.deployments],
        deployment_columns=_DEPLOYMENTS,
    )


def file_address(repository: str, path: str) -> str:
    """The address of a file's page; nothing in a path can change what the address is.

    A path with a line break stands there in quotes, for routes take none.
    """
    if "\n" in path and not path.startswith('"'):
        escaped = path.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
        path = f'"{escaped}"'
    return f"/repositories/{quote(repository, safe='')}/files/{quote(path)}"


def _row(one: Repository, here: Address) -> dict[str, Any]:
    standing, flow = one.standing, one.flow
    return {
        "name": one.name,
        "href": here.to(f"/repositories/{quote(one.repository, safe='')}"),
        "branch": one.branch,
        "hidden": one.hidden,
        "flow_hidden": one.flow_hidden,
        "alive": standing.alive if standing else None,
        "ai": standing.ai.share_with_declared if standing else None,
        "ai_low": standing.ai.share_without_declared if standing else None,
        "evidence": standing.evidence_share if standing else None,
        "landed": flow.landed if flow else None,
        "rework": flow.rework_share if flow else None,
        "watched": flow.watched if flow else 0,
        "last_commit_at": one.last_commit_at,
        "missing": one.missing,
        "shallow": one.shallow,
        "problems": one.problems,
    }


def _answer(page: RepositoriesPage) -> str:
    if page.whole is None or not page.whole.alive:
        return ""
    whole = page.whole
    named = wording.count(len(page.repositories), "repository", "repositories")
    share = percent_between(whole.ai.share_without_declared, whole.ai.share_with_declared)
    return f"{named} hold {whole.alive:,} lines; AI wrote {share} of them."


def _told(page: RepositoryPage) -> str:
    standing = page.repository.standing
    if standing is None or not standing.alive:
        return ""
    share = percent_between(standing.ai.share_without_declared, standing.ai.share_with_declared)
    return f"AI wrote {share} of the {standing.alive:,} lines on {page.repository.branch}."


def _entry(entry: Entry, here: Address, repository: str, folder: str) -> dict[str, Any]:
    inside = f"{folder}{entry.folder}"
    href = here.here(folder=inside) if entry.folder is not None else None
    if entry.path is not None:
        href = here.to(file_address(repository, entry.path))
    return {
        "name": entry.name,
        "is_folder": entry.folder is not None,
        "href": href,
        "files": entry.files,
        "alive": entry.alive,
        "ai": entry.ai,
        "ai_share": entry.ai_share,
        "ai_low": entry.ai_share_without_declared,
        "landed": entry.landed,
        "rework_share": entry.rework_share,
        "reworked": entry.reworked,
    }


def _folders(here: Address, folder: str) -> list[tuple[str, str]]:
    """The folders above, from the top, each with its address."""
    names = [name for name in folder.split("/") if name]
    found = [("all files", here.here(folder=None, q=None))]
    for place, name in enumerate(names, 1):
        found.append((name, here.here(folder="/".join(names[:place]), q=None)))
    return found


def _authors(one: Repository) -> list[dict[str, Any]]:
    if one.standing is None:
        return []
    return [
        {
            "who": row.who,
            "agent": row.agent,
            "grade": row.grade,
            "lines": row.lines,
            "share": row.lines / one.standing.alive,
        }
        for row in one.standing.authorship
    ]


def _deployment(one: Any) -> dict[str, Any]:
    where = " ".join(name for name in (one.environment, one.service) if name)
    return {
        "at": one.at,
        "where": where or "production",
        "changes": one.changes,
        "lines": one.lines,
        "kind": one.kind,
        "bad": not one.succeeded or bool(one.failed),
        "outcome": "did not succeed"
        if not one.succeeded
        else "failed later"
        if one.failed
        else "held",
    }
