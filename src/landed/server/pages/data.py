"""The page Data: what everything rests on, and what closes each gap."""

from __future__ import annotations

import platform
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import duckdb
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from landed.reports import wording
from landed.reports.dashboard.data import DataPage, data_of
from landed.reports.forge_connections import ForgeConnection
from landed.rollups.reading import VERSION
from landed.server.accounts.viewer import viewer
from landed.server.pages.listing import Column
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render
from landed.server.scheduler.records import RunRecord, last_runs
from landed.server.state import Server, of

router = APIRouter(include_in_schema=False)

_SOURCES = (
    Column("name", "Source", kind="wide", sortable=False),
    Column("told", "Read so far", kind="text", sortable=False),
    Column("last_at", "Last", "own", kind="text", sortable=False),
)
_AGENTS = (
    Column("agent", "Agent", kind="wide", sortable=False),
    Column("sessions", "Sessions", "own", sortable=False),
    Column("logs", "Logs", "own", sortable=False),
    Column("people", "People seen", "own", sortable=False),
    Column("complete", "Wholly seen", "own", sortable=False, hint="All their tools are captured"),
    Column("first_at", "Seen since", "day", kind="text", sortable=False),
    Column("last_at", "Last session", "day", kind="text", sortable=False),
)
_PROJECTS = (
    Column("name", "Project", kind="wide", sortable=False),
    Column("repository", "Repository", kind="text", sortable=False),
    Column("changes", "Changes", "count", sortable=False),
    Column("deployments", "Deployments", "count", sortable=False),
    Column("incidents", "Incidents", "count", sortable=False),
    Column("mirror", "Mirror", "own", kind="text", sortable=False),
    Column("last_read_at", "Last read", "moment", kind="text", sortable=False),
)
_TELEMETRY = (
    Column("name", "Name", kind="wide", sortable=False),
    Column("signal", "Signal", kind="text", sortable=False),
    Column("service", "From", kind="text", sortable=False),
    Column("known", "What it is", "own", kind="text", sortable=False),
    Column("count", "How often", "count", sortable=False),
    Column("last_day", "Last", "day", kind="text", sortable=False),
)
_CHECKS = (
    Column("agent", "Agent", kind="wide", sortable=False),
    Column("counts", "Tokens", kind="text", sortable=False),
    Column("by_sums", "By sums", "count", sortable=False),
    Column("by_calls", "By calls", "count", sortable=False),
    Column("sessions", "Sessions", "count", sortable=False),
    Column("apart", "Apart", "count", sortable=False),
)
_PROBLEMS = (
    Column("kind", "Problem", kind="wide", sortable=False),
    Column("source", "Source", kind="text", sortable=False),
    Column("count", "How often", "count", sortable=False),
    Column("subjects", "About", "count", sortable=False),
)
_GRADES = (
    Column("grade", "Evidence", "grade_word", kind="wide", sortable=False),
    Column("lines", "Lines", "count", sortable=False),
    Column("share", "Share", "percent", sortable=False),
)
_RUNS = (
    Column("job", "Job", kind="wide", sortable=False),
    Column("outcome", "Outcome", "own", kind="text", sortable=False),
    Column("started_at", "Began", "own", kind="text", sortable=False),
    Column("seconds", "Took", "duration", sortable=False),
    Column("message", "What to do", kind="text", sortable=False),
)
_MOST_PROJECTS = 50


@dataclass(frozen=True)
class Inboxed:
    """What waits to be read in: rows, bytes, since when; and what was set aside, by reason."""

    waiting: int
    size: int
    oldest: datetime | None
    aside: list[tuple[str, int]]


@router.get("/data")
def data(request: Request) -> HTMLResponse:
    """What everything rests on."""
    server = of(request)
    who = viewer(request)
    with looking(request) as at:
        if not at.ready:
            return render(
                request,
                "data_not_yet.html",
                viewer=who,
                inbox=_inbox(server),
                port=_address(server),
            )
        page = data_of(at.look, admin=who.admin)
        runs = last_runs(at.look.store)
    return render(
        request,
        "data.html",
        viewer=who,
        page=page,
        as_of=page.built_at,
        answer=_answer(page),
        inbox=_inbox(server),
        runs=[_run(run) for run in runs],
        run_columns=_RUNS,
        source_columns=_SOURCES,
        agent_columns=_AGENTS,
        forges=[(forge, _projects(forge)) for forge in page.forges],
        project_columns=_PROJECTS,
        telemetry_columns=_TELEMETRY,
        check_columns=_CHECKS,
        problem_columns=_PROBLEMS,
        grades=_grades(page),
        grade_columns=_GRADES,
        versions=_versions(server, page),
        address=_address(server),
    )


def _answer(page: DataPage) -> str:
    told = []
    if page.coverage is not None and page.coverage.alive:
        share = wording.percent(page.coverage.evidence_share)
        told.append(f"It is known who wrote {share} of {page.coverage.alive:,} lines")
    connected = sum(1 for source in page.sources if source.pieces)
    told.append(f"{connected} of {len(page.sources)} kinds of sources have told something")
    sentence = "; ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _inbox(server: Server) -> Inboxed:
    reasons = Counter(one.row.source for one in server.inbox.aside())
    return Inboxed(
        server.inbox.count(),
        server.inbox.size_bytes(),
        server.inbox.oldest(),
        reasons.most_common(),
    )


def _run(run: RunRecord) -> dict[str, Any]:
    seconds = None
    if run.finished_at is not None:
        seconds = (run.finished_at - run.started_at).total_seconds()
    return {
        "job": run.job,
        "outcome": run.outcome,
        "started_at": run.started_at,
        "seconds": seconds,
        "message": run.message,
        "bad": run.outcome in ("failed", "interrupted"),
    }


def _projects(forge: ForgeConnection) -> Sequence[Any]:
    """The projects of a forge, those in trouble first, no more than can be looked through."""
    ordered = sorted(forge.projects, key=lambda one: (not one.problems, one.name))
    return ordered[:_MOST_PROJECTS]


def _grades(page: DataPage) -> list[dict[str, Any]]:
    if page.coverage is None:
        return []
    sums: Counter[str] = Counter()
    for row in page.coverage.authorship:
        sums[row.grade] += row.lines
    total = page.coverage.alive
    return [
        {"grade": grade, "lines": sums[grade], "share": sums[grade] / total if total else None}
        for grade in wording.GRADES
        if sums[grade]
    ]


def _versions(server: Server, page: DataPage) -> list[tuple[str, str]]:
    return [
        ("Landed", server.version),
        ("Python", platform.python_version()),
        ("DuckDB", duckdb.__version__),
        ("git", _git_version()),
        ("Store", f"schema {page.schema_version}"),
        ("Roll-ups", f"form {VERSION}"),
    ]


@cache
def _git_version() -> str:
    """The version of git, asked once; missing where it does not run."""
    try:
        said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "missing"
    return said.stdout.removeprefix("git version ").strip()


def _address(server: Server) -> str:
    """Where agents send telemetry."""
    settings = server.settings.server
    return settings.url or f"http://{settings.host}:{settings.port}"
