"""The report as JSON: every record of the model, field by field."""

from __future__ import annotations

from dataclasses import asdict

import orjson

from landed import __version__
from landed.reports.board.board import Board

FORM_VERSION = "1.0"


def json_text(board: Board) -> str:
    """The model; amounts in micro-dollars, shares from 0 to 1."""
    told = {"form": FORM_VERSION, "generator": f"landed {__version__}", **asdict(board)}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
