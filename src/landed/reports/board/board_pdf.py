"""The report as PDF: archival (PDF/A-2a) and accessible (PDF/UA-1), every picture in vectors.

Everything that is told reaches the template as data (`sys.inputs`), never as markup: what strangers
named stays words, whatever it says.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from importlib import resources
from types import ModuleType
from typing import Literal

import orjson

from landed.errors import UsageError
from landed.reports.board.board import Board
from landed.reports.board.board_html import TONES
from landed.reports.board.document import Document
from landed.reports.board.naming import shortened
from landed.reports.board.words import document_of

Paper = Literal["a4", "us-letter"]
STANDARDS = ["a-2a", "ua-1"]
MISSING_EXTRA = "a PDF needs the typesetter: pip install 'landed[pdf]'"
_FOOTER = 110
_UNDISPLAYED = "could not be displayed"
_BOX = "□"
_COVERED = re.compile(
    "[^\t\n -~\u00a0-\u024f\u0370-\u03ff\u0400-\u04ff\u2010-\u2027\u2030-\u205e\u20ac\u2212□]"
)
"""Letters that the typesetter's own font does not have for sure."""


def pdf(board: Board, paper: Paper = "a4") -> bytes:
    """The whole report; equal bytes for an equal board.

    Letters that no font here has become boxes.

    Raises:
        UsageError: the extra pdf is not installed.
    """
    return _compiled(board, paper, "pdf")


def first_page_png(board: Board, paper: Paper = "a4", dots_per_inch: int = 144) -> bytes:
    """Page one as a picture.

    Raises:
        UsageError: the extra pdf is not installed.
    """
    return _compiled(board, paper, "png", dots_per_inch)


def _compiled(board: Board, paper: Paper, form: Literal["pdf", "png"], dots: int = 144) -> bytes:
    typst = typesetter()
    told = _data(document_of(board), paper)
    source = resources.files("landed.reports.board").joinpath("templates", "board.typ").read_bytes()
    # first with the fonts that come with the typesetter: the same pages on every machine
    for alone, data in ((True, told), (False, told), (True, _COVERED.sub(_BOX, told))):
        try:
            made = typst.compile(
                source,
                format=form,
                ppi=dots,
                sys_inputs={"data": data},
                ignore_system_fonts=alone,
                pdf_standards=STANDARDS if form == "pdf" else [],
                timestamp=board.made_at,
            )
        except typst.TypstError as error:
            if _UNDISPLAYED not in str(error):
                raise
            continue
        return bytes(made[0] if isinstance(made, list) else made)
    raise AssertionError("boxes can be displayed")


def typesetter() -> ModuleType:
    """The typesetter.

    Raises:
        UsageError: the extra pdf is not installed; the message says how to install it.
    """
    try:
        import typst
    except ImportError as error:
        raise UsageError(MISSING_EXTRA) from error
    return typst


def _data(document: Document, paper: Paper) -> str:
    footer = shortened(document.notice or "", _FOOTER)
    told = asdict(document) | {"paper": paper, "tones": TONES, "footer": footer}
    return orjson.dumps(told).decode()
