"""The report's model: the pages' own figures, and what it leaves out."""

from __future__ import annotations

import pytest

from landed.demo import DemoCompany
from landed.errors import StoreError, UsageError
from landed.reports.board import Board, make_board
from landed.reports.board.board import last_whole_month, without_agents
from landed.reports.dashboard.agents import agents_of
from landed.reports.dashboard.journey import journey_of
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.overview import overview_of
from landed.reports.dashboard.quality import quality_of
from landed.reports.dashboard.spend import spend_of
from landed.store import Store


def test_its_parts_are_the_models_of_the_pages(board: Board, look: Look) -> None:
    assert board.overview == without_agents(overview_of(look))
    assert board.journey == journey_of(look)
    assert board.spend == spend_of(look)
    assert board.agents == agents_of(look)
    assert board.quality == quality_of(look)


def test_the_trend_adds_up_to_the_whole(board: Board) -> None:
    listed = sum(month.cost.list_microdollars or 0 for month in board.trend)
    assert listed == board.spend.total.cost.list_microdollars
    assert sum(month.generated or 0 for month in board.trend) == board.journey.generated


def test_authorship_is_told_without_agents(board: Board, look: Look) -> None:
    sure, own = board.overview.sure, overview_of(look).sure
    assert sure is not None
    assert own is not None
    assert {part.agent for part in sure.authorship} == {None}
    assert sum(part.lines for part in sure.authorship) == sum(part.lines for part in own.authorship)


def test_what_was_paid_is_reconciled_by_month_and_vendor(board: Board) -> None:
    assert board.paid is not None
    by_month = sum(row.paid_microdollars or 0 for row in board.reconciliation.months)
    by_vendor = sum(row.paid_microdollars or 0 for row in board.reconciliation.vendors)
    assert by_month == by_vendor == board.paid.paid_microdollars
    for row in board.reconciliation.months:
        if row.cash_microdollars is not None and row.paid_microdollars is not None:
            assert row.unallocated_microdollars == row.paid_microdollars - row.cash_microdollars


def test_captured_work_of_a_vendor_with_few_people_is_told_of_no_vendor_of_that_month(
    board: Board,
) -> None:
    # fewer than five people use the third vendor's agent
    months = {row.month for row in board.reconciliation.vendors if row.vendor == "google"}
    beside = [row for row in board.reconciliation.vendors if row.month in months]
    assert {row.vendor for row in beside} == {"anthropic", "google", "openai"}
    captured = [row for row in beside if row.list_microdollars is not None]
    assert all(row.list_microdollars == row.cash_microdollars == 0 for row in captured)


def test_a_month_that_runs_is_not_set_beside_others(board: Board) -> None:
    last = last_whole_month(board)
    assert last is not None
    assert last.month < f"{board.as_of:%Y-%m}"


def test_a_metric_of_the_methods_is_made_of_its_parts(board: Board) -> None:
    methods = {method.name: method for method in board.methods}
    (funnel,) = methods["funnel"].parts
    stages = {stage.stage: stage for stage in board.journey.stages}
    assert (funnel.numerator, funnel.denominator) == (stages["live"].lines, board.journey.generated)
    assert funnel.value == stages["live"].share
    assert methods["lines_landed"].parts == []


def test_what_is_not_known_is_not_nothing(nothing: Board) -> None:
    assert nothing.paid is None
    assert nothing.trend == []
    assert nothing.journey.generated == 0
    assert nothing.reconciliation.months == []
    assert last_whole_month(nothing) is None


def test_one_repository_by_its_name(made: DemoCompany) -> None:
    settings = made.settings()
    with Store.for_settings(settings, read_only=True) as store:
        found = make_board(store, settings, repositories=("made-up/storefront-web",))
        assert found.narrowed == {"repository": ["made-up/storefront-web"]}
        with pytest.raises(UsageError, match="nowhere is no repository that was read; known are"):
            make_board(store, settings, repositories=("nowhere",))


def test_without_rollups_it_says_so(made: DemoCompany) -> None:
    settings = made.settings().model_copy(update={"workspace": made.directory / "other"})
    with Store.for_settings(settings) as store, pytest.raises(StoreError, match="landed rollup"):
        make_board(store, settings)
