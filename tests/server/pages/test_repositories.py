"""The pages of repositories: what is told of each, files to drill into, and what is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.server.pages.browsing import watched
from tests.server.pages.read_company import HUGE_LINES, ReadCompany, read_company
from tests.server.running import BEN, Running


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> ReadCompany:
    return read_company(tmp_path_factory.mktemp("company"))


def test_before_anything_is_read_it_says_what_to_do(alone: Running) -> None:
    page = alone.browser().get("/repositories")
    assert page.status_code == 200
    assert "not" in page.text.lower()


def test_each_repository_has_a_row_and_may_be_searched_for(
    read: ReadCompany, tmp_path: Path
) -> None:
    with read.serving(tmp_path / "copy") as alone:
        browser = alone.browser()
        every = browser.get("/repositories").text
        found = browser.get("/repositories?q=TIL").text

    for name in read.ids:
        assert f'href="{read.page(name)}' in every
    assert f'href="{read.page("till")}' in found
    assert f'href="{read.page("shop")}' not in found


def test_repositories_of_few_people_show_no_figure(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", loopback=False) as company:
        company.accounts.people.add("zoe", BEN, by="command-line", emails=["zoe@example.com"])
        browser = company.signed_in("zoe", BEN)
        every = browser.get("/repositories").text
        small = browser.get(read.page("small")).text
        till = browser.get(read.page("till")).text

    assert "Not shown: fewer than" in every
    assert "Fewer than five people" in small
    assert "Ana.py" not in small
    assert "Ana.py" in till


def test_files_are_drilled_into_sorted_and_searched(read: ReadCompany, tmp_path: Path) -> None:
    shop = read.page("shop")
    with read.serving(tmp_path / "copy") as alone:
        browser = alone.browser()
        top = browser.get(f"{shop}?sort=-alive").text
        inside = browser.get(f"{shop}?folder=src/cart").text
        found = browser.get(f"{shop}?q=SUM").text
        nothing = browser.get(f"{shop}?q=nowhere").text

    assert f'<a href="{shop}/files/huge.py?sort=-alive' not in top
    assert top.index("huge.py") < top.index("src/")
    assert "part0.py" not in top
    assert f'href="{shop}/files/src/cart/part0.py"' in inside
    assert f'href="{shop}/files/src/cart/sum.py"' in found
    assert "part0.py" not in found
    assert "No file has such a path." in nothing


def test_a_repository_tells_what_it_lacks(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        shop = alone.browser().get(read.page("shop")).text

    assert "1 path at the tip left out" in shop
    assert "landed connect github" in shop
    assert f"{HUGE_LINES:,}" in shop


@pytest.mark.parametrize("path", ["/repositories/nothing", "/repositories/%3Cscript%3E"])
def test_a_repository_that_is_none_is_not_found(
    read: ReadCompany, tmp_path: Path, path: str
) -> None:
    with read.serving(tmp_path / "copy") as alone:
        page = alone.browser().get(path)
    assert page.status_code == 404
    assert "<script>" not in page.text.replace("<script src", "")


@pytest.mark.parametrize(
    "query", ["sort=-nonsense", "page=99999999999", "folder=../../..", "q=%25_%27", "folder=%00"]
)
def test_addresses_that_make_no_sense_do_no_harm(
    read: ReadCompany, tmp_path: Path, query: str
) -> None:
    with read.serving(tmp_path / "copy") as alone:
        page = alone.browser().get(f"{read.page('shop')}?{query}")
    assert page.status_code == 200


def test_in_a_browser_they_are_whole_on_a_desk_and_a_phone(
    read: ReadCompany, tmp_path: Path, browser: Browser
) -> None:
    with read.serving(tmp_path / "copy") as alone:
        for width in (1280, 375):
            with watched(browser, alone.address, width=width) as at:
                at.go(f"{alone.address}/repositories")
                assert at.barriers() == []
                assert at.fits()
                at.page.get_by_role("link", name="shop", exact=True).click()
                at.page.get_by_role("link", name="src/", exact=True).click()
                at.page.get_by_role("link", name="cart/", exact=True).click()
                at.page.get_by_role("link", name="sum.py", exact=True).click()
                at.page.get_by_role("heading", name="sum.py").wait_for()
                at.page.go_back()
                assert at.wrong == []
                assert at.barriers() == []
                assert at.fits()
