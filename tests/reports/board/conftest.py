"""The small made-up company's report, and that of a workspace into which nothing was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.demo.conftest import made as made

from landed.config import Settings
from landed.demo import DemoCompany
from landed.reports.board import Board, board_of, make_board
from landed.reports.board.board_pdf import pdf
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.overview import Leak
from landed.reports.journeys_model import Money
from landed.rollups import compute_rollups, write_rollups
from landed.store import Store

MADE_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOSTILE = (
    "#panic() ]} $ */ <script>alert(1)</script> [x](http://evil) | \x1b[31m 日本 \u202e 😀 " * 4
)


@pytest.fixture
def look(made: DemoCompany) -> Iterator[Look]:
    """What somebody sees of the whole made-up company who is none of its people."""
    settings = made.settings()
    with Store.for_settings(settings, read_only=True) as store:
        yield Look(store, settings)


@pytest.fixture(scope="package")
def board(made: DemoCompany) -> Board:
    """The report on the made-up company."""
    settings = made.settings()
    with Store.for_settings(settings, read_only=True) as store:
        return replace(make_board(store, settings), made_at=MADE_AT)


@pytest.fixture(scope="package")
def printed(board: Board) -> bytes:
    """The same as PDF."""
    return pdf(board)


@pytest.fixture(scope="package")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Board:
    """The report on a workspace that was opened, and no more."""
    settings = Settings(workspace=tmp_path_factory.mktemp("workspace"))
    with Store.for_settings(settings) as store:
        write_rollups(store, compute_rollups(store, settings))
        return board_of(Look(store, settings), MADE_AT)


@pytest.fixture(scope="package")
def hostile(board: Board) -> Board:
    """The same, where everything that others name is as long and as nasty as can be."""
    leak = Leak(HOSTILE, HOSTILE, 9, 99, Money(10**15, 10**15))
    overview = replace(board.overview, leaks=[leak], missing=[HOSTILE] * 9)
    groups = [replace(group, name=HOSTILE) for group in board.spend.groups]
    return replace(
        board,
        notice=HOSTILE,
        narrowed={"team": [HOSTILE] * 9, "repository": [HOSTILE]},
        overview=overview,
        spend=replace(board.spend, groups=groups),
    )
