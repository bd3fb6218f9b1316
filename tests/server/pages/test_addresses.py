"""Links keep what the reader has chosen."""

from __future__ import annotations

from starlette.datastructures import QueryParams

from landed.server.pages.addresses import Address

AT = Address("/changes", QueryParams("team=a&team=b&since=2026-01-02&until=&sort=-lines&page=3"))


def test_other_pages_show_the_same_part_of_everything() -> None:
    assert AT.to("/spend") == "/spend?team=a&team=b&since=2026-01-02"
    assert AT.to("/changes", bucket="live").endswith("&bucket=live")


def test_the_same_page_is_shown_otherwise_from_its_beginning() -> None:
    assert AT.here(sort="title") == "/changes?team=a&team=b&since=2026-01-02&sort=title"
    assert AT.here(sort=None, team=["c", "d"]) == "/changes?since=2026-01-02&team=c&team=d"


def test_the_next_part_of_a_list_keeps_all_else() -> None:
    assert AT.here(page=4) == "/changes?team=a&team=b&since=2026-01-02&sort=-lines&page=4"


def test_one_value_of_a_filter_is_taken_away() -> None:
    assert AT.without("team", "a") == "/changes?team=b&since=2026-01-02&sort=-lines"
    assert AT.without("team") == "/changes?since=2026-01-02&sort=-lines"
    assert AT.unfiltered() == "/changes?sort=-lines"


def test_a_form_carries_on_what_it_has_no_field_for() -> None:
    assert AT.beside("team", "since", "until") == [("sort", "-lines")]


def test_what_a_value_holds_stays_one_value() -> None:
    odd = Address("/", QueryParams([("team", "R&D=1 +ü")]))
    assert odd.to("/spend") == "/spend?team=R%26D%3D1+%2B%C3%BC"
