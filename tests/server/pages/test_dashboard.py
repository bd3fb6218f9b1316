"""Every page of a small made-up company, served by the real server, in a real browser."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.server.pages.browsing import Watched, watched
from tests.server.running import ANA, BEN, Running

from landed.server.pages.rendering import NAVIGATION

PATHS = [place.path for place in NAVIGATION]
EVERYTHING = "?period=all"
SCREENS = [(375, "dark"), (1280, "light"), (1280, "dark"), (1920, "light")]


def sign_in(at: Watched, address: str, name: str, password: str) -> None:
    at.go(f"{address}/login")
    at.page.get_by_label("Name").fill(name)
    at.page.get_by_label("Password").fill(password)
    at.page.get_by_role("button", name="Sign in").click()


def figure(page: Page, label: str) -> str:
    """The value of one figure of a page."""
    shown = page.locator("article.figure", has=page.get_by_role("heading", name=label, exact=True))
    return shown.locator(".value").inner_text()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_whole_on_every_screen(
    browser: Browser, dashboard: Running, path: str, width: int, scheme: str
) -> None:
    with watched(browser, dashboard.address, width=width, color_scheme=scheme) as at:
        at.go(f"{dashboard.address}{path}{EVERYTHING}")
        expect(at.page.get_by_role("heading", level=1)).to_be_visible()
        assert at.fits()
        assert at.barriers() == []
        assert at.wrong == []


def test_choosing_a_team_narrows_the_figures_and_goes_along(
    browser: Browser, dashboard: Running
) -> None:
    with watched(browser, dashboard.address) as at:
        at.go(f"{dashboard.address}/spend{EVERYTHING}")
        everything = figure(at.page, "Spent")
        at.page.locator("summary", has_text="Team").click()
        at.page.get_by_label("storefront", exact=True).check()
        at.page.keyboard.press("Escape")
        at.page.wait_for_url(re.compile("team=storefront"))
        assert figure(at.page, "Spent") != everything
        at.page.get_by_role("link", name="Journey", exact=True).click()
        at.page.wait_for_url(re.compile("/journey.*team=storefront"))
        at.page.get_by_role("link", name="Team storefront").click()
        at.page.wait_for_url(lambda url: "team=" not in url)
        at.page.go_back()
        expect(at.page.get_by_role("link", name="Team storefront")).to_be_visible()
        assert at.wrong == []


@pytest.mark.parametrize("path", ["/", "/journey", "/spend", "/agents", "/quality"])
def test_every_figure_says_how_it_is_known(browser: Browser, dashboard: Running, path: str) -> None:
    with watched(browser, dashboard.address) as at:
        at.go(f"{dashboard.address}{path}{EVERYTHING}")
        ways = {link.get_attribute("href") for link in at.page.locator("a.how").all()}
    assert ways
    with httpx.Client(base_url=dashboard.address, timeout=20) as client:
        for way in ways:
            assert way is not None and "period=all" in way
            assert client.get(way).status_code == 200, way


def test_without_scripts_charts_are_pictures(browser: Browser, dashboard: Running) -> None:
    with watched(browser, dashboard.address, java_script_enabled=False) as at:
        at.page.goto(f"{dashboard.address}/spend{EVERYTHING}")
        source = at.page.locator("[data-chart] img").first.get_attribute("src")
        assert "<svg" in httpx.get(f"{dashboard.address}{source}").text
        assert at.wrong == []


def test_the_keyboard_reaches_content_and_filters(browser: Browser, dashboard: Running) -> None:
    with watched(browser, dashboard.address) as at:
        at.go(f"{dashboard.address}/spend{EVERYTHING}")
        at.page.keyboard.press("Tab")
        at.page.keyboard.press("Enter")
        expect(at.page.locator("main")).to_be_focused()
        team = at.page.locator("summary", has_text="Team")
        team.focus()
        at.page.keyboard.press("Enter")
        expect(at.page.get_by_label("storefront", exact=True)).to_be_visible()
        at.page.keyboard.press("Escape")
        expect(at.page.get_by_label("storefront", exact=True)).to_be_hidden()


def test_on_paper_there_are_figures_and_no_controls(browser: Browser, dashboard: Running) -> None:
    with watched(browser, dashboard.address) as at:
        at.go(f"{dashboard.address}/{EVERYTHING}")
        at.page.emulate_media(media="print")
        expect(at.page.locator("nav.places")).to_be_hidden()
        expect(at.page.locator(".filter-row")).to_be_hidden()
        expect(at.page.locator(".figures")).to_be_visible()


@pytest.mark.parametrize(
    "query",
    [
        "team=nobody",
        "repository=<script>alert(1)</script>",
        "feature=🦜&model=' or 1=1 --",
        "&".join(f"repository=r{number}" for number in range(500)),
    ],
)
def test_strange_filters_find_nothing_and_break_nothing(
    browser: Browser, dashboard: Running, query: str
) -> None:
    with watched(browser, dashboard.address) as at:
        at.go(f"{dashboard.address}/spend?{query}")
        expect(at.page.get_by_role("heading", name="Spend", exact=True)).to_be_visible()
        assert at.wrong == []


def test_an_address_of_no_page_is_told_plainly(browser: Browser, dashboard: Running) -> None:
    with watched(browser, dashboard.address) as at:
        answer = at.page.goto(f"{dashboard.address}/nothing")
        assert answer is not None and answer.status == 404
        expect(at.page.get_by_role("link", name="Back to the overview")).to_be_visible()


@pytest.mark.parametrize("path", PATHS)
def test_before_anything_is_added_up_a_page_says_what_to_do(
    browser: Browser, alone: Running, path: str
) -> None:
    with watched(browser, alone.address) as at:
        at.go(alone.address + path)
        expect(at.page.get_by_role("heading", level=1)).to_be_visible()
        expect(at.page.locator(".command code").first).to_be_visible()
        assert at.barriers() == []
        assert at.wrong == []


def test_few_people_are_shown_to_nobody_else(browser: Browser, members: Running) -> None:
    with watched(browser, members.address) as at:
        sign_in(at, members.address, "ben", BEN)
        at.go(f"{members.address}/spend?period=all&team=security")
        expect(at.page.locator("main")).to_contain_text("Fewer than five people")
        expect(at.page.locator("article.figure")).to_have_count(0)
        assert "$" not in at.page.locator("main").inner_text()
    told = members.signed_in("ben", BEN).get("/api/v1/spend?period=all&team=security").text
    assert "fewer than five people" in told.lower()
    assert not re.search(r'microdollars":\s*[1-9]', told)


def test_signing_in_wrongly_rightly_and_out(browser: Browser, members: Running) -> None:
    with watched(browser, members.address) as at:
        at.page.goto(f"{members.address}/spend")
        assert urlsplit(at.page.url).path == "/login"
        sign_in(at, members.address, "ben", "not the password")
        expect(at.page.get_by_role("alert")).to_contain_text("do not belong together")
        sign_in(at, members.address, "ben", BEN)
        expect(at.page.get_by_role("button", name="Sign out")).to_be_visible()
        refused = at.page.goto(f"{members.address}/admin/accounts")
        assert refused is not None and refused.status == 403
        at.go(f"{members.address}/")
        at.page.get_by_role("button", name="Sign out").click()
        at.page.goto(f"{members.address}/")
        assert urlsplit(at.page.url).path == "/login"


def test_an_admin_sees_accounts(browser: Browser, members: Running) -> None:
    with watched(browser, members.address) as at:
        sign_in(at, members.address, "ana", ANA)
        at.go(f"{members.address}/admin/accounts")
        expect(at.page.locator("main")).to_contain_text("ben")
        assert at.barriers() == []
        assert at.wrong == []


def test_a_password_that_another_chose_has_to_be_changed(
    browser: Browser, members: Running
) -> None:
    with watched(browser, members.address) as at:
        sign_in(at, members.address, "new", BEN)
        at.go(f"{members.address}/spend")
        assert urlsplit(at.page.url).path == "/account/password"
