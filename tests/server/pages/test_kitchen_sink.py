"""Every component of the pages, in a real browser."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.server.pages.browsing import served, watched
from tests.server.pages.kitchen import create_kitchen

FILTERED = "/?team=checkout&agent=codex&repository=shop&sort=title"
CHARTS = 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_is_wrong_and_axe_finds_no_barrier(
    browser: Browser, kitchen: str, width: int, scheme: str
) -> None:
    with watched(browser, kitchen, width=width, color_scheme=scheme) as at:
        at.go(kitchen + FILTERED)
        assert at.page.locator("[data-chart].drawn svg.marks").count() == CHARTS
        assert at.fits()
        assert at.barriers() == []
        assert at.wrong == []


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_it_fits_every_screen(browser: Browser, kitchen: str, width: int) -> None:
    with watched(browser, kitchen, width=width) as at:
        at.go(kitchen + FILTERED)
        assert at.fits()
        assert at.wrong == []


def test_without_scripts_charts_are_pictures_and_nothing_is_lost(
    browser: Browser, kitchen: str
) -> None:
    with watched(browser, kitchen, java_script_enabled=False) as at:
        at.go(kitchen + "/")
        pictures = at.page.locator("[data-chart] img")
        expect(pictures).to_have_count(CHARTS)
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            address = picture.get_attribute("src")
            drawn = httpx.get(f"{kitchen}{address}")
            assert drawn.headers["content-type"] == "image/svg+xml"
            assert "<svg" in drawn.text
        expect(at.page.get_by_role("link", name="Journey")).to_be_visible()
        expect(at.page.locator("[data-print]")).to_be_hidden()
        assert at.wrong == []


def test_a_list_of_the_filter_bar_applies_when_it_is_closed(browser: Browser, kitchen: str) -> None:
    with watched(browser, kitchen) as at:
        at.go(f"{kitchen}/?sort=title&period=30d")
        at.page.locator("summary", has_text="Team").click()
        at.page.get_by_label("platform").check()
        at.page.keyboard.press("Escape")
        at.page.wait_for_url(re.compile("team=platform"))
        assert "sort=title" in at.page.url
        assert "period=this-month" in at.page.url
        at.page.get_by_role("link", name="Team platform").click()
        at.page.wait_for_url(lambda url: "team=" not in url)
        assert at.wrong == []


def test_chosen_days_outdo_the_period(browser: Browser, kitchen: str) -> None:
    with watched(browser, kitchen) as at:
        at.go(f"{kitchen}/?period=30d")
        at.page.locator("summary", has_text="Dates").click()
        at.page.get_by_role("textbox", name="From").fill("2026-09-01")
        at.page.get_by_role("button", name="Show these days").click()
        at.page.wait_for_url(re.compile("since=2026-09-01"))
        assert "period" not in at.page.url
        expect(at.page.locator("summary", has_text="since 2026-09-01")).to_be_visible()


def test_long_lists_are_narrowed_down_by_typing(browser: Browser, kitchen: str) -> None:
    with watched(browser, kitchen) as at:
        at.go(kitchen + "/")
        at.page.locator("summary", has_text="Repository").click()
        at.page.get_by_placeholder("Find…").fill("bill")
        expect(at.page.get_by_label("acme/billing")).to_be_visible()
        expect(at.page.get_by_label("acme/shop")).to_be_hidden()


def test_light_and_dark_are_kept_for_the_next_page(browser: Browser, kitchen: str) -> None:
    with watched(browser, kitchen, color_scheme="light") as at:
        at.go(kitchen + "/")
        ground = "getComputedStyle(document.body).backgroundColor"
        light = at.page.evaluate(ground)
        bar = "getComputedStyle(document.querySelector('.chart svg.marks [fill=\"#0072b2\"]')).fill"
        assert at.page.evaluate(bar) == "rgb(0, 114, 178)"
        at.page.get_by_role("button", name="Light or dark").click()
        assert at.page.evaluate(ground) != light
        assert at.page.evaluate(bar) == "rgb(62, 166, 230)"
        at.go(kitchen + "/?period=30d")
        assert at.page.evaluate(ground) != light


def test_a_phone_opens_the_pages_from_a_menu(browser: Browser, kitchen: str) -> None:
    with watched(browser, kitchen, width=375) as at:
        at.go(kitchen + "/?team=checkout")
        journey = at.page.get_by_role("link", name="Journey", exact=True)
        expect(journey).to_be_hidden()
        at.page.locator("details.menu > summary").click()
        expect(journey).to_be_visible()
        # other pages show the same part of everything
        assert journey.get_attribute("href") == "/journey?team=checkout"


def test_the_keyboard_comes_to_the_content_first(browser: Browser, kitchen: str) -> None:
    with watched(browser, kitchen) as at:
        at.go(kitchen + "/")
        at.page.keyboard.press("Tab")
        expect(at.page.get_by_role("link", name="Skip to the content")).to_be_focused()
        at.page.keyboard.press("Enter")
        expect(at.page.locator("main")).to_be_focused()


def test_a_chart_tells_its_figures_when_pointed_at_and_as_a_table(
    browser: Browser, kitchen: str
) -> None:
    with watched(browser, kitchen) as at:
        at.go(kitchen + "/")
        chart = at.page.locator("#chart-landed")
        chart.scroll_into_view_if_needed()
        chart.locator(".mark-rect path").first.hover()
        expect(at.page.locator("#vg-tooltip-element.visible")).to_contain_text("lines")
        chart.get_by_text("The figures as a table").click()
        expect(chart.get_by_role("columnheader", name="Lines")).to_be_visible()
        assert at.wrong == []


def test_titles_from_repositories_are_text(browser: Browser, kitchen: str) -> None:
    with watched(browser, kitchen) as at:
        at.go(kitchen + "/")
        expect(at.page.get_by_text("<script>alert(1)</script> in a title")).to_be_visible()
        assert at.wrong == []


def test_headings_sort_and_pages_follow(browser: Browser, kitchen: str) -> None:
    with watched(browser, kitchen) as at:
        at.go(kitchen + "/?team=checkout")
        table = at.page.get_by_role("table", name="Changes", exact=True)
        expect(table.get_by_role("rowheader").first).to_have_text(
            "Cart totals in the currency of the customer"
        )
        table.get_by_role("link", name="Change", exact=True).click()
        expect(table.get_by_role("rowheader").first).to_contain_text("<script>")
        at.page.get_by_role("link", name="Next").click()
        expect(at.page.get_by_text("7–9 of 9 changes")).to_be_visible()
        assert "team=checkout" in at.page.url
        assert "sort=title" in at.page.url


def test_an_address_of_no_page_is_told_plainly(browser: Browser, kitchen: str) -> None:
    with watched(browser, kitchen) as at:
        at.page.goto(f"{kitchen}/nothing")
        expect(at.page.get_by_role("heading", name="Nothing here")).to_be_visible()
        expect(at.page.get_by_role("link", name="Back to the overview")).to_be_visible()
        assert at.barriers() == []


def test_made_up_figures_say_so_on_every_page(browser: Browser) -> None:
    with served(create_kitchen(made_up=True)) as address, watched(browser, address) as at:
        at.go(address + "/")
        expect(at.page.get_by_role("note")).to_contain_text("a company that does not exist")
        assert "made up" in at.page.title()
