"""The page of a file: who may read its text, hostile paths, and that nothing of it is kept."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser
from tests.server.pages.browsing import watched
from tests.server.pages.read_company import (
    CANARY,
    HUGE_LINES,
    LATIN_TEXT,
    LONG,
    NEW_LINE,
    QUESTION,
    SCRIPT,
    ReadCompany,
    read_company,
)
from tests.server.running import ANA, BEN, Running

SUM = "src/cart/sum.py"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> ReadCompany:
    return read_company(tmp_path_factory.mktemp("company"))


def accounts_of(company: Running) -> None:
    """Ana may read code, Ben may not."""
    people = company.accounts.people
    emails = ["ana@example.com"]
    people.add("ana", ANA, by="command-line", role="admin", emails=emails, may_read_code=True)
    people.add("ben", BEN, by="command-line", emails=["ben@example.com"])


def test_by_default_nobody_reads_code(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy") as alone:
        page = alone.browser().get(read.page("shop", SUM))

    assert page.status_code == 200
    assert CANARY not in page.text
    assert "server.read_code is off" in page.text
    # who wrote it is told without the text: two lines of Claude's with one mended between runs
    assert "claude-code" in page.text
    assert "the commit says so" in page.text


def test_only_accounts_that_may_read_code_are_shown_it(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", loopback=False, read_code=True) as company:
        accounts_of(company)
        ana = company.signed_in("ana", ANA).get(read.page("shop", SUM))
        ben = company.signed_in("ben", BEN).get(read.page("shop", SUM))
        stranger = company.browser().get(read.page("shop", SUM))

    assert CANARY in ana.text
    assert CANARY not in ben.text
    assert "your account may not read code" in ben.text
    assert stranger.status_code == 303


def test_where_reading_is_off_no_role_helps(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", loopback=False, read_code=False) as company:
        accounts_of(company)
        page = company.signed_in("ana", ANA).get(read.page("shop", SUM))

    assert page.status_code == 200
    assert CANARY not in page.text


def test_each_reading_of_code_is_in_the_access_log_of_those_who_wrote_there(
    read: ReadCompany, tmp_path: Path
) -> None:
    with read.serving(tmp_path / "copy", loopback=False, read_code=True) as company:
        accounts_of(company)
        company.signed_in("ana", ANA).get(read.page("shop", SUM))
        company.signed_in("ben", BEN).get(read.page("shop", SUM))
        about_fay = company.accounts.access.about(["fay@example.com"])

    page = read.page("shop", SUM)
    assert [(one.who, one.page, one.figure) for one in about_fay] == [
        ("ben", page, None),
        ("ana", page, "the text of lines"),
    ]


def test_nothing_of_the_text_is_kept(read: ReadCompany, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with read.serving(copy, read_code=True) as alone:
        browser = alone.browser()
        assert CANARY in browser.get(read.page("shop", SUM)).text
        assert CANARY in browser.get(f"{read.page('shop', SUM)}?line=2").text

    kept = [path for path in copy.rglob("*") if path.is_file()]
    assert len(kept) > 2
    assert [path for path in kept if CANARY.encode() in path.read_bytes()] == []


def test_the_story_of_a_line_says_what_decided(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", read_code=True) as alone:
        page = alone.browser().get(f"{read.page('shop', SUM)}?line=1")

    assert "Why line 1?" in page.text
    assert "commit trailer" in page.text
    assert "Add the sum" in page.text
    assert "by Ana" in page.text


def test_who_may_not_read_code_is_told_no_author(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", loopback=False, read_code=True) as company:
        accounts_of(company)
        page = company.signed_in("ben", BEN).get(f"{read.page('shop', SUM)}?line=1")

    assert "Why line 1?" in page.text
    assert "Add the sum" in page.text
    assert "by Ana" not in page.text
    assert "ana@example.com" not in page.text


@pytest.mark.parametrize("path", [SCRIPT, QUESTION, LATIN_TEXT, LONG, NEW_LINE])
def test_hostile_paths_of_real_files_are_shown_and_harmless(
    read: ReadCompany, tmp_path: Path, path: str
) -> None:
    with read.serving(tmp_path / "copy", read_code=True) as alone:
        browser = alone.browser()
        listed = browser.get(f"{read.page('shop')}?q={quote(path[:40])}").text
        (address,) = set(re.findall(r'href="(/repositories/\w+/files/[^"]+)"', listed))
        page = browser.get(address)
        story = browser.get(f"{address}?line=1")

    assert page.status_code == 200
    assert "hostile = 1" in page.text
    assert "<script>alert" not in page.text
    assert "Why line 1?" in story.text


@pytest.mark.parametrize(
    "path",
    [
        "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "src/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/etc/passwd",
        "-L1,3",
        "%FF%FE.py",
        "src%00cart",
        ":(glob)**",
        "HEAD:src/cart/sum.py",
        "src/cart/nothing.py",
    ],
)
def test_paths_that_are_no_files_show_nothing(read: ReadCompany, tmp_path: Path, path: str) -> None:
    with read.serving(tmp_path / "copy", read_code=True) as alone:
        page = alone.browser().get(f"{read.page('shop')}/files/{path}")

    assert page.status_code == 200
    assert "No lines to show" in page.text
    assert CANARY not in page.text
    assert "root:" not in page.text


def test_a_path_longer_than_any_is_not_looked_for(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", read_code=True) as alone:
        page = alone.browser().get(f"{read.page('shop')}/files/{'a' * 5_000}")
    assert page.status_code == 404


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("picture.bin", "is binary"),
        ("package-lock.json", "is left out"),
        ("link.py", "is a symbolic link"),
        ("src/cart", "is a directory"),
    ],
)
def test_files_without_lines_say_why(
    read: ReadCompany, tmp_path: Path, path: str, told: str
) -> None:
    with read.serving(tmp_path / "copy", read_code=True) as alone:
        page = alone.browser().get(read.page("shop", path))
    assert told in page.text


def test_a_huge_file_comes_in_parts(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", read_code=True) as alone:
        browser = alone.browser()
        first = browser.get(read.page("shop", "huge.py")).text
        last = browser.get(f"{read.page('shop', 'huge.py')}?page=3").text
        asked = browser.get(f"{read.page('shop', 'huge.py')}?line=700").text

    assert "row_0 = 0" in first
    assert "row_500 = 500" not in first
    assert f"1–500 of {HUGE_LINES:,} lines" in first
    assert f"row_{HUGE_LINES - 1} = " in last
    # a line brings the part in which it stands
    assert "row_699 = 699" in asked
    assert "row_0 = 0" not in asked


@pytest.mark.parametrize("line", ["0", "999", "-1", "two", "9" * 30])
def test_a_line_that_is_none_has_no_story(read: ReadCompany, tmp_path: Path, line: str) -> None:
    with read.serving(tmp_path / "copy", read_code=True) as alone:
        page = alone.browser().get(f"{read.page('shop', SUM)}?line={line}")
    assert page.status_code == 200
    assert 'id="why"' not in page.text


def test_lines_of_few_people_are_not_told(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", loopback=False, read_code=True) as company:
        company.accounts.people.add("cleo", BEN, by="command-line", emails=["cleo@example.com"])
        page = company.signed_in("cleo", BEN).get(read.page("small", "Ana.py"))

    assert "Who wrote these lines?" in page.text
    assert "alone = True" not in page.text
    assert "Line by line" not in page.text


def test_a_repository_that_is_not_there_any_more_is_told(read: ReadCompany, tmp_path: Path) -> None:
    with read.serving(tmp_path / "copy", read_code=True) as alone:
        with alone.server.store.writing() as store:
            known = store.read("location", read.ids["shop"]).slice(0, 0)
            store.replace("location", known, read.ids["shop"])
        page = alone.browser().get(read.page("shop", SUM))
    assert "mirror nor a clone" in page.text


def test_in_a_browser_it_is_whole_on_a_desk_and_a_phone(
    read: ReadCompany, tmp_path: Path, browser: Browser
) -> None:
    with read.serving(tmp_path / "copy", read_code=True) as alone:
        for width in (1280, 375):
            with watched(browser, alone.address, width=width) as at:
                at.go(f"{alone.address}{read.page('shop', SUM)}")
                at.page.get_by_role("link", name="Why line 2?").click()
                at.page.get_by_role("heading", name="Why line 2?").wait_for()
                assert at.wrong == []
                assert at.barriers() == []
                assert at.fits()
