"""What every page has, as a browser gets it from a real server."""

from __future__ import annotations

import pytest
from tests.server.running import BEN, Running

from landed.server.pages.rendering import NAVIGATION, current_place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "/"),
        ("/changes", "/changes"),
        ("/changes/482", "/changes"),
        ("/changeset", ""),
        ("/explain/funnel", ""),
    ],
)
def test_the_navigation_knows_where_the_reader_is(path: str, place: str) -> None:
    assert current_place(path) == place


def test_every_page_leads_to_all_others(alone: Running) -> None:
    text = alone.browser().get("/nowhere?team=web&sort=name").text
    for place in NAVIGATION:
        assert f'href="{place.path}?team=web"' in text


def test_who_has_signed_in_is_named_and_can_sign_out(company: Running) -> None:
    ben = company.signed_in("ben", BEN)
    page = ben.get("/nowhere")
    assert page.status_code == 404
    assert '<a href="/account">ben</a>' in page.text
    answer = ben.send("/nowhere", "/logout")
    assert answer.status_code == 303
    assert '<a href="/account">' not in ben.get("/nowhere").text


def test_the_owner_of_the_machine_has_nothing_to_sign_out_of(alone: Running) -> None:
    text = alone.browser().get("/nowhere").text
    assert "On this machine only" in text
    assert "/logout" not in text


def test_made_up_figures_say_so(alone: Running) -> None:
    assert "Made up." not in alone.browser().get("/nowhere").text
    alone.server.made_up = True
    assert "Made up." in alone.browser().get("/nowhere").text


def test_pages_are_not_kept_by_caches_but_their_style_is(alone: Running) -> None:
    browser = alone.browser()
    page = browser.get("/nowhere")
    assert page.headers["cache-control"] == "no-store"
    style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert "immutable" in browser.get(style).headers["cache-control"]


def test_addresses_are_escaped(alone: Running) -> None:
    text = alone.browser().get('/nowhere?team="><script>alert(1)</script>').text
    assert "<script>alert" not in text
