"""What can be said of a metric, and rows added up so that they tell of nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.pages.read_company import ReadCompany, read_company

from landed.config import Settings
from landed.metrics import metric, metrics
from landed.reports.dashboard.explained import formula_of, summed_by, told_of
from landed.reports.dashboard.look import Look
from landed.store import Store


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> ReadCompany:
    return read_company(tmp_path_factory.mktemp("company"))


@pytest.fixture
def look(read: ReadCompany) -> Iterator[Look]:
    settings = Settings(workspace=read.workspace)
    with Store.for_settings(settings) as store:
        yield Look(store, settings)


def test_every_formula_begins_with_the_statement() -> None:
    for found in metrics().values():
        assert formula_of(found).split()[0].lower() in ("select", "with"), found.name


def test_rows_of_few_people_stand_together_and_nothing_is_lost(look: Look) -> None:
    (told,) = summed_by(look, metric("ai_share"), "commits")
    sums = {row["repository"]: row["alive"] for row in told.rows}
    assert set(sums) == {"shop", "till", "others"}
    assert sums["others"] == 6
    assert sum(sums.values()) == sum(row["alive"] for row in look.rows("ai_share"))


def test_what_is_not_connected_is_told(look: Look) -> None:
    told = told_of(look, metric("merge_rate"))
    assert any("landed connect" in what for what in told.missing)
    assert told.coverage is not None


def test_an_interval_is_told_where_there_is_one(look: Look) -> None:
    assert "Kaplan" in told_of(look, metric("survival")).interval
    assert "counted" in told_of(look, metric("coverage")).interval
