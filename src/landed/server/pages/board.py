"""The report to the board, to take away: what the pages show under the same filter, as a file."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from landed.errors import UsageError
from landed.reports.board import FORMS, Form, board_of, write_board
from landed.reports.board.board_pdf import Paper, pdf
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render

router = APIRouter(include_in_schema=False)

_PAPERS: dict[str, Paper] = {"": "a4", "a4": "a4", "letter": "us-letter"}


@router.get("/report.pdf")
def report_pdf(request: Request) -> Response:
    """As PDF; `paper=letter` for that size."""
    return _answered(request, "pdf")


@router.get("/report.html")
def report_html(request: Request) -> Response:
    """As one HTML file."""
    return _answered(request, "html")


@router.get("/report.md")
def report_markdown(request: Request) -> Response:
    """As Markdown."""
    return _answered(request, "markdown")


@router.get("/report.csv")
def report_csv(request: Request) -> Response:
    """As one tidy table."""
    return _answered(request, "csv")


def _answered(request: Request, form: Form) -> Response:
    chosen = request.query_params.get("paper", "")
    if chosen not in _PAPERS:
        raise UsageError(f"paper {chosen} is not known: a4 or letter")
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Report")
        board = board_of(at.look)
    content = pdf(board, _PAPERS[chosen]) if form == "pdf" else write_board(board, form)
    name = f"landed-report-{board.since}-{board.until}.{FORMS[form].ending}"
    return Response(
        content,
        media_type=FORMS[form].media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )
