"""From the model to the report in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from landed.reports import wording
from landed.reports.board.appendix import sections_of
from landed.reports.board.board import Board
from landed.reports.board.document import Document
from landed.reports.board.front import front_of
from landed.reports.board.naming import shortened
from landed.reports.wording import count, printable_record

TITLE = "What AI-written code cost, and what reached production"
_MOST_NAMES = 4
_PLURALS = {"repository": "repositories"}


def document_of(board: Board) -> Document:
    """The whole report in words; whatever strangers named is made printable."""
    front = front_of(board)
    shown = printable_record(
        Document(
            title=TITLE,
            period=_period(board.since, board.until),
            widened=_widened(board),
            scope=_scope(board),
            as_of=f"{_day(board.as_of.date())}, {board.as_of:%H:%M} UTC",
            made_on=_day(board.made_at.date()),
            notice=board.notice,
            front=replace(front, trend_svg=None),
            sections=sections_of(board),
        )
    )
    # the picture has line ends, and no stranger's words
    return replace(shown, front=replace(shown.front, trend_svg=front.trend_svg))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _period(first: date, last: date) -> str:
    return f"{_day(first)} to {_day(last)}"


def _widened(board: Board) -> str:
    """Why the time is not the one that was asked for; empty where it is."""
    if board.asked == (board.since, board.until):
        return ""
    few = f"of fewer than {board.smallest} people where it begins or ends"
    return f"{_period(*board.asked)} was asked for: {few}, and so widened."


def _scope(board: Board) -> str:
    if not board.narrowed:
        return f"all of {count(board.repositories, 'repository', 'repositories')}"
    parts = []
    for dimension, values in board.narrowed.items():
        names = [shortened(value, 28) for value in values[:_MOST_NAMES]]
        left = len(values) - len(names)
        names += [f"{left} more"] if left else []
        word = _PLURALS.get(dimension, f"{dimension}s") if len(values) > 1 else dimension
        parts.append(f"{word} {wording.listed(names)}")
    return "only " + "; ".join(parts)
