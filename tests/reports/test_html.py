"""The page is one file that asks nothing of the network and can be read without its script."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest
from tests.metrics.ledgers import Ledger
from tests.reports.shops import report_on, report_on_all, shop

from landed.reports import palette
from landed.reports.html import html_page

VOID = {"meta", "rect", "br", "path", "line", "circle", "image"}


class Elements(HTMLParser):
    """Collects elements with their attributes, and checks that they are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def parsed(page: str) -> Elements:
    """The elements of a page without the bundled script."""
    elements = Elements()
    elements.feed(re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))
    return elements


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return html_page(report_on(shop(), tmp_path_factory.mktemp("workspace")))


def test_every_element_is_closed(page: str) -> None:
    assert parsed(page).open == []


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    for tag, attributes in parsed(page).found:
        assert tag not in {"link", "iframe", "img", "object", "embed"}
        assert not {"src", "srcset", "data", "action"} & set(attributes)
        assert not (attributes.get("href") or "#").startswith(("http", "//"))
    assert "default-src 'none'" in page
    assert "@import" not in page and "url(http" not in page


def test_each_chart_is_drawn_in_two_widths_and_given_to_the_script(page: str) -> None:
    found = re.search(r'<script type="application/json" id="charts">(.*?)</script>', page)
    assert found is not None
    specs = orjson.loads(found[1])
    charts = [
        attributes["data-chart"]
        for _, attributes in parsed(page).found
        if "data-chart" in attributes
    ]
    assert charts == ["fate", "rework", "months", "releases", "survival", "ages"]
    assert set(specs) == set(charts)
    assert page.count('<div class="picture wide"><svg') == len(charts)
    assert page.count('<div class="picture narrow"><svg') == len(charts)


def test_ids_in_pictures_are_not_used_twice(page: str) -> None:
    ids = [value for _, attributes in parsed(page).found if (value := attributes.get("id"))]
    assert len(ids) == len(set(ids))


def test_every_chart_colour_has_a_dark_counterpart(page: str) -> None:
    pictures = re.sub(r"<style>.*?</style>|<script.*?</script>", "", page, flags=re.DOTALL)
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', pictures))
    assert used - {"#10141a"} <= set(palette.DARK)
    for colour in used - {"#10141a"}:
        assert f'svg [fill="{colour}"]' in page


def test_every_definition_is_at_hand(page: str) -> None:
    assert page.count("<summary>What is counted?</summary>") >= 12


def test_names_from_the_repository_are_no_markup(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.author(0, "ai", "</script><script>alert(1)</script>", "recorded")
    ledger.lines(4, step=0, path="<img src=x onerror=alert(1)>.py")
    page = html_page(report_on(ledger, tmp_path))
    assert "<img src=x" not in page
    assert "<script>alert(1)" not in page


def test_empty_parts_say_what_to_connect(tmp_path: Path) -> None:
    page = html_page(report_on(Ledger(days=[0]), tmp_path))
    assert "No line has landed in this window." in page
    assert "vegaEmbed" not in page


def test_several_repositories_are_listed(tmp_path: Path) -> None:
    other = Ledger(days=[0, 10], repository="fedcba9876543210")
    other.lines(12, step=0)
    page = html_page(report_on_all([shop(), other], tmp_path))
    assert "What is the answer for each repository?" in page
    assert "<td>acme/shop2</td>" in page
