"""The report as one HTML file that needs no network and no script, and prints well."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from landed.reports import palette
from landed.reports.board.board import Board
from landed.reports.board.trend_chart import FONT
from landed.reports.board.words import document_of

TONES = {
    "ai": palette.WHO["ai"],
    "human": palette.WHO["human"],
    "unknown": palette.WHO["unknown"],
    "live": palette.FATE["live"],
    "merged": palette.FATE["merged"],
    "reworked": palette.FATE["reworked"],
    "waste": palette.WASTE,
    "waiting": palette.WAITING,
    "ink": palette.INK,
}
"""The colour of each tone."""


def html_page(board: Board) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("landed.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    own = Environment(
        loader=PackageLoader("landed.reports.board"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    document = document_of(board)
    svg = document.front.trend_svg
    return own.get_template("board.html.j2").render(
        document=document,
        front=document.front,
        tones=TONES,
        style=_style(environment),
        trend=Markup(_within_page(svg)) if svg else None,
    )


def _style(environment: Environment) -> Markup:
    """The style sheet of reports, with every chart colour turned into its dark counterpart."""
    dark = "".join(
        f'svg [{attribute}="{light}"]{{{attribute}:{other}}}'
        for light, other in palette.DARK.items()
        for attribute in ("fill", "stroke")
    )
    return Markup(environment.get_template("report.css.j2").render(dark=Markup(dark)))


def _within_page(svg: str) -> str:
    """The picture as a part of a page: made here, so no stranger's markup is in it."""
    return re.sub(r' xmlns(?::xlink)?="[^"]*"', "", svg).replace(FONT, "system-ui, sans-serif")
