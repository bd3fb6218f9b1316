"""The pages that explain figures: every metric answers, and no row tells of one person's work."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.server.pages.browsing import watched
from tests.server.pages.read_company import PEOPLE, ReadCompany, read_company
from tests.server.running import BEN, Running

from landed.metrics import metrics
from landed.reports.dashboard.explained import formula_of


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> ReadCompany:
    return read_company(tmp_path_factory.mktemp("company"))


def test_every_metric_is_listed_and_answers(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        browser = alone.browser()
        every = browser.get("/explain").text
        for name, metric in metrics().items():
            assert f'href="/explain/{name}"' in every
            page = browser.get(f"/explain/{name}?period=all")
            assert page.status_code == 200, name
            assert metric.file in page.text


def test_the_formula_is_the_statement_that_runs(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        page = alone.browser().get("/explain/coverage").text
    assert "where departed is null" in formula_of(metrics()["coverage"])
    assert "where departed is null" in page
    assert "-- definition" not in page


def test_before_anything_is_read_it_still_tells_what_is_meant(alone: Running) -> None:
    page = alone.browser().get("/explain/coverage").text
    assert "unknown, which is not the same as human" in page
    assert "Nothing was added up yet" in page


def test_a_ratio_stands_with_both_of_its_sums(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        page = alone.browser().get("/explain/ai_share?period=all").text
    assert "ai with declared over alive" in page
    assert "÷" in page


def test_rows_of_few_people_are_left_out(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", loopback=False) as company:
        company.accounts.people.add("zoe", BEN, by="command-line", emails=["zoe@example.com"])
        page = company.signed_in("zoe", BEN).get("/explain/ai_share?period=all").text

    assert "2 rows of too few people left out" in page
    assert "Added up by repository" in page
    assert "others" in page
    rows = page[page.index('id="rows"') :]
    assert "till" in rows
    assert "small" not in rows


def test_what_the_filter_leaves_out_is_told(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        page = alone.browser().get("/explain/coverage?period=all&model=opus").text
    assert "Not narrowed by model" in page


@pytest.mark.parametrize("name", ["session_outcome", "yield", "change_outcome", "survival"])
def test_no_row_tells_of_one_persons_work(read: ReadCompany, tmp_path: Path, name: str) -> None:
    with read.serving(tmp_path / "copy", loopback=False) as company:
        company.accounts.people.add("zoe", BEN, by="command-line", emails=["zoe@example.com"])
        page = company.signed_in("zoe", BEN).get(f"/explain/{name}?period=all").text
    assert "only figures over all of them are shown" in page
    assert [email for _, email in PEOPLE if email in page] == []


def test_hidden_figures_lead_to_why(alone: Running) -> None:
    page = alone.browser().get("/explain/privacy").text
    assert "fewer than 5 people" in page
    assert "privacy.smallest_group" in page


def test_a_metric_that_is_none_is_not_found(alone: Running) -> None:
    assert alone.browser().get("/explain/nonsense").status_code == 404


def test_of_single_lines_it_says_where_to_ask(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        page = alone.browser().get("/explain/hot_files_ai").text
    assert "landed explain hot_files_ai" in page


def test_in_a_browser_it_is_whole_on_a_desk_and_a_phone(
    read: ReadCompany, tmp_path: Path, browser: Browser
) -> None:
    with read.serving(tmp_path / "copy") as alone:
        for width in (1280, 375):
            with watched(browser, alone.address, width=width) as at:
                for path in ("/explain", "/explain/lines_landed?period=all", "/explain/privacy"):
                    at.go(f"{alone.address}{path}")
                    assert at.wrong == []
                    assert at.barriers() == []
                    assert at.fits()
