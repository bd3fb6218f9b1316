"""The runs of the scheduler: what was done, what is under way, and beginning something now."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict
from datetime import UTC, datetime

import orjson
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from landed.errors import UsageError
from landed.server.accounts.viewer import require_admin, viewer
from landed.server.api.answers import KEPT, file_answer, json_answer
from landed.server.api.formats import format_of
from landed.server.api.paging import USUAL, Part, limit_of
from landed.server.api.schemas import FORMATS, PAGING, described, list_answers, parameter, problems
from landed.server.api.tables import table_of_records
from landed.server.scheduler.jobs import UnderWay
from landed.server.scheduler.records import RunRecord, read_runs
from landed.server.state import of

router = APIRouter(tags=["runs"])
_JOB = (parameter("job", "Runs of this job alone.", {"type": "string"}),)


class Wanted(BaseModel):
    """What is to be begun."""

    job: str = Field(description="sync, logs, rollup, retention or deliveries", examples=["sync"])


@router.get("/runs", responses=list_answers(), openapi_extra=described(_JOB, FORMATS, PAGING))
def runs(request: Request) -> Response:
    """What the server did by itself, the newest first, and how each job stands now."""
    viewer(request)
    server, form = of(request), format_of(request)
    limit = limit_of(request, USUAL if form == "json" else None)
    wanted = None if limit is None else limit + 1
    with server.store.reading() as store:
        found = read_runs(
            store, job=request.query_params.get("job"), limit=wanted, before=_before(request)
        )
    following = None
    if limit is not None and len(found) > limit:
        found = found[:limit]
        following = _cursor(found[-1])
    headers = dict(KEPT)
    if following is not None:
        headers["link"] = Part.link(request, following)
    if form != "json":
        return file_answer(table_of_records(RunRecord, found), form, "runs", headers)
    jobs = [] if server.scheduler is None else server.scheduler.states()
    return json_answer({"jobs": jobs, "rows": found, "next": following}, headers)


@router.post("/runs", status_code=202, responses=problems(400, 401, 403, 409, 503))
def begin(request: Request, wanted: Wanted) -> Response:
    """Begin a job now; needs the scope admin. The answer is the run, which is under way."""
    who = require_admin(request)
    scheduler = of(request).scheduler
    if scheduler is None:
        raise HTTPException(503, "This server does nothing by itself: it runs without a scheduler.")
    try:
        run = scheduler.begin(wanted.job, who.name)
    except UnderWay as error:
        raise HTTPException(409, _sentence(error)) from None
    of(request).accounts.audit.write(who.name, "job begun", wanted.job, {"run": run.run})
    answer = json_answer(asdict(run))
    answer.status_code = 202
    return answer


def _cursor(last: RunRecord) -> str:
    told = orjson.dumps([int(last.started_at.timestamp() * 1_000_000), last.run])
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def _before(request: Request) -> tuple[datetime, str] | None:
    cursor = request.query_params.get("cursor")
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        micros, run = orjson.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        return datetime.fromtimestamp(micros / 1_000_000, UTC), str(run)
    except (ValueError, TypeError, OverflowError, OSError, binascii.Error):
        raise UsageError("this cursor is none of this list: begin again without cursor") from None


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
