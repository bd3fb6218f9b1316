"""Every form of the report under its name, and the ending of its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from landed.errors import UsageError
from landed.reports.board.board import Board
from landed.reports.board.board_csv import csv_text
from landed.reports.board.board_html import html_page
from landed.reports.board.board_json import json_text
from landed.reports.board.board_markdown import markdown
from landed.reports.board.board_pdf import pdf

Form = Literal["pdf", "html", "markdown", "csv", "json"]


@dataclass(frozen=True)
class FormOf:
    """How one form is written: its ending, what a browser is told that it is, and its writer."""

    ending: str
    media_type: str
    write: Callable[[Board], bytes]


FORMS: dict[Form, FormOf] = {
    "pdf": FormOf("pdf", "application/pdf", pdf),
    "html": FormOf("html", "text/html; charset=utf-8", lambda board: html_page(board).encode()),
    "markdown": FormOf(
        "md", "text/markdown; charset=utf-8", lambda board: markdown(board).encode()
    ),
    "csv": FormOf("csv", "text/csv; charset=utf-8", lambda board: csv_text(board).encode()),
    "json": FormOf("json", "application/json", lambda board: json_text(board).encode()),
}


def form_of(file: Path) -> Form:
    """The form that a file's ending names.

    Raises:
        UsageError: it names none; the message names those that there are.
    """
    ending = file.suffix.lower().lstrip(".")
    for name, form in FORMS.items():
        if ending in (form.ending, name):
            return name
    known = ", ".join(f".{form.ending}" for form in FORMS.values())
    raise UsageError(f"{file} has no ending of a report: choose one of {known}")


def write_board(board: Board, form: Form) -> bytes:
    """The report as the bytes of a file.

    Raises:
        UsageError: the form needs an extra that is not installed; the message names it.
    """
    return FORMS[form].write(board)
