"""The report to the board, in each of its forms."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from landed.errors import UsageError
from landed.reports.board import FORMS, Form, board_of, write_board
from landed.server.api.answers import Fresh, require_rollups
from landed.server.api.schemas import FILTERS, described, parameter, problems
from landed.server.pages.looking import looking

router = APIRouter(tags=["report"])
_FORMAT = (
    parameter(
        "format",
        "The form of the report.",
        {"type": "string", "enum": list(FORMS), "default": "pdf"},
    ),
)
_CONTENT: dict[str, Any] = {
    form.media_type.partition(";")[0]: {"schema": {"type": "string"}} for form in FORMS.values()
}


@router.get(
    "/report",
    responses={
        200: {"description": "The report.", "content": _CONTENT},
        **problems(400, 401, 403, 503),
    },
    openapi_extra=described(FILTERS, _FORMAT),
)
def report(request: Request) -> Response:
    """The report for the board as a file; its figures are those of the pages."""
    form = _form(request)
    with looking(request) as at:
        require_rollups(at)
        fresh = Fresh(request, at)
        known = fresh.known(request)
        if known is not None:
            return known
        board = board_of(at.look)
    name = f"landed-report-{board.until}.{FORMS[form].ending}"
    return Response(
        write_board(board, form),
        media_type=FORMS[form].media_type,
        headers={**fresh.headers, "content-disposition": f'attachment; filename="{name}"'},
    )


def _form(request: Request) -> Form:
    told = request.query_params.get("format", "pdf")
    for known in FORMS:
        if told == known:
            return known
    raise UsageError(f"there is no form {told}: it is one of {', '.join(FORMS)}")
