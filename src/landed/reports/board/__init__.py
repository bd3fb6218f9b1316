"""The report to the board: what was spent, what reached production, and how sure that is.

One model (`board_of`), built from the models of the dashboard's pages, and every form of it: PDF/A,
HTML, Markdown, CSV, JSON.
"""

from landed.reports.board.board import Board, board_of
from landed.reports.board.forms import FORMS, Form, form_of, write_board
from landed.reports.board.making import make_board

__all__ = ["FORMS", "Board", "Form", "board_of", "form_of", "make_board", "write_board"]
