"""The page of a file: who wrote each line, and the story of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse

from landed.errors import GitError, LandedError
from landed.reports.dashboard.files import Entry, file_of
from landed.reports.dashboard.line_story import story_for
from landed.reports.dashboard.lines import (
    PAGE,
    FileRead,
    Line,
    Sources,
    lines_of,
    opened,
    read_lines,
    sources_of,
    story_of,
    why_no_lines,
)
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.repositories import Repository, code_look, repository_of
from landed.reports.why import Story
from landed.rollups import Filter
from landed.server.accounts.looking import people_left
from landed.server.accounts.viewer import Viewer
from landed.server.pages.addresses import Address
from landed.server.pages.line_rows import story_parts
from landed.server.pages.listing import Column, Paging, paging_of
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render
from landed.server.pages.repositories import file_address
from landed.server.state import of
from landed.sources.git.names import path_to_text, text_to_path

router = APIRouter(include_in_schema=False)

LONGEST_PATH = 4096
CODE = "the text of lines"
"""What the access log calls a reading of code."""
_RUNS = (
    Column("told", "Lines", kind="wide", link="href", sortable=False),
    Column("who", "Written by", "own", kind="text", sortable=False),
    Column("agent", "Agent", kind="text", sortable=False),
    Column("model", "Model", kind="text", sortable=False),
    Column("grade", "Evidence", "grade_word", kind="text", sortable=False),
    Column("since", "Since", "day", kind="text", sortable=False),
    Column("commit", "Commit", "short", kind="code", sortable=False),
)


@dataclass(frozen=True)
class _Asked:
    """What a request for a file is about; `line` is the one whose story is wanted."""

    one: Repository
    file: Entry | None
    path: str
    sources: Sources
    paging: Paging
    line: int | None


@router.get("/repositories/{repository}/files/{path:path}")
def file_lines(request: Request, repository: str, path: str) -> HTMLResponse:
    """A file, line by line."""
    if not path or len(path) > LONGEST_PATH:
        raise HTTPException(404)
    server = of(request)
    here = Address(file_address(repository, path), request.query_params)
    path = path_to_text(text_to_path(path))
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Repositories")
        found = repository_of(at.look, repository)
        if found is None:
            raise HTTPException(404)
        people = people_left(at.look.store, Filter(repository=(repository,)))
        asked = _asked(request, at.look, found.repository, path)
        viewer, alone, as_of = at.viewer, at.look.alone, at.look.as_of
    read, trouble = _read(request, asked, viewer)
    lines: list[Line] = []
    story: Story | None = None
    if read is not None:
        with server.store.reading() as store:
            lines = lines_of(store, repository, read)
            if asked.line is not None:
                story = story_of(store, server.settings, repository, read, asked.line)
    told = None
    if story is not None:
        told = story_for(story, viewer.people, alone=alone, may_read_code=viewer.may_read_code)
    with_text = read is not None and read.texts is not None
    server.accounts.access.record(
        viewer.name,
        f"/repositories/{repository}/files/{path}"[:LONGEST_PATH],
        {},
        figure=CODE if with_text else None,
        people=people,
    )
    return render(
        request,
        "file.html",
        viewer=viewer,
        here=here,
        one=asked.one,
        path=path,
        name=path.rpartition("/")[2] or path,
        file=asked.file,
        folder=here.to(f"/repositories/{quote(repository)}", folder=path.rpartition("/")[0]),
        trouble=trouble or (read.cut if read else None),
        why_no_text=_why_no_text(viewer, server.settings.server.read_code),
        with_text=with_text,
        lines=[_shown(line, here, place, lines) for place, line in enumerate(lines)]
        if with_text
        else [],
        runs=[] if with_text else _runs(lines, here),
        columns=_RUNS,
        paging=asked.paging,
        line=asked.line,
        parts=story_parts(told) if told else [],
        is_own=told is not None and told.generated is not None,
        whose=story is not None and story.generated is not None,
        as_of=as_of,
    )


def _asked(request: Request, look: Look, one: Repository, path: str) -> _Asked:
    """The file that is asked for; 404 for one of which nothing can be told."""
    file = None
    if one.hidden is None:
        file = file_of(code_look(look, one.repository), one.repository, path)
    told = request.query_params.get("line", "")
    line = int(told) if told.isascii() and told.isdigit() and len(told) < 9 else None
    total = file.alive if file else 0
    parameters = request.query_params
    paging = paging_of(parameters, total, PAGE)
    if line is not None and "page" not in parameters:
        number = str(max(1, -(-line // PAGE)))
        paging = paging_of(type(parameters)({"page": number}), total, PAGE)
    if line is not None and not 1 <= line <= total:
        line = None
    sources = sources_of(look.store, look.settings, one.repository)
    return _Asked(one, file, path, sources, paging, line)


def _read(request: Request, asked: _Asked, viewer: Viewer) -> tuple[FileRead | None, str | None]:
    """What git tells of the page of the file, or why it tells nothing."""
    settings = of(request).settings
    one = asked.one
    if one.hidden is not None:
        return None, None
    if one.head is None:
        return None, "nothing of this repository was read yet: landed sync"
    try:
        with opened(asked.sources, settings) as scratch:
            if asked.file is None:
                return None, why_no_lines(scratch, one.head, asked.path, settings)
            paging = asked.paging
            return (
                read_lines(
                    scratch,
                    one.head,
                    asked.path,
                    paging.first,
                    paging.last,
                    with_text=viewer.may_read_code,
                ),
                None,
            )
    except GitError:
        return None, (
            "the mirror or clone on the server's machine has not the state that was read: "
            "landed sync brings both together"
        )
    except LandedError as told:
        return None, str(told)


def _why_no_text(viewer: Viewer, read_code: bool) -> str:
    """Why the text of lines is not shown; empty where it is."""
    if viewer.may_read_code:
        return ""
    if not read_code:
        return "The text of lines is not shown: server.read_code is off in landed.toml."
    return "The text of lines is not shown: your account may not read code. Ask an admin."


def _shown(line: Line, here: Address, place: int, lines: list[Line]) -> dict[str, Any]:
    """A line of the code, with what it has not in common with the one before."""
    before = lines[place - 1] if place else None
    begins = before is None or _key(before) != _key(line)
    return {
        "number": line.number,
        "who": line.who,
        "agent": line.agent,
        "model": line.model,
        "grade": line.grade,
        "since": line.since,
        "text": line.text,
        "begins": begins,
        "href": f"{here.here(line=line.number, page=None)}#why",
    }


def _runs(lines: list[Line], here: Address) -> list[dict[str, Any]]:
    """Lines in a row that have everything in common, as one."""
    found: list[dict[str, Any]] = []
    before: Line | None = None
    for line in lines:
        if before is not None and _key(before) == _key(line):
            found[-1]["last"] = line.number
        else:
            found.append(
                {
                    "first": line.number,
                    "last": line.number,
                    "who": line.who,
                    "agent": line.agent,
                    "model": line.model,
                    "grade": line.grade,
                    "since": line.since,
                    "commit": line.commit,
                    "href": f"{here.here(line=line.number, page=None)}#why",
                }
            )
        before = line
    for run in found:
        first, last = run["first"], run["last"]
        run["told"] = f"{first:,}" if first == last else f"{first:,}–{last:,}"
    return found


def _key(line: Line) -> tuple[object, ...]:
    return line.who, line.agent, line.model, line.grade, line.since, line.commit
