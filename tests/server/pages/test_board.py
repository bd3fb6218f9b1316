"""The report to the board is taken from a real server, under the filter of the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.demo.conftest import made as made
from tests.server.running import Running, running

from landed.demo import DemoCompany
from landed.rollups import compute_rollups, write_rollups


@pytest.fixture(scope="module")
def shown(made: DemoCompany) -> Iterator[Running]:
    """A server of the small made-up company."""
    with running(made.workspace) as started:
        yield started


def test_every_form_is_a_file_with_the_days_in_its_name(shown: Running) -> None:
    kinds = {
        "pdf": "application/pdf",
        "html": "text/html; charset=utf-8",
        "md": "text/markdown; charset=utf-8",
        "csv": "text/csv; charset=utf-8",
    }
    program = shown.program()
    for ending, media_type in kinds.items():
        answer = program.get(f"/report.{ending}", params={"period": "all"})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media_type
        told = answer.headers["content-disposition"]
        assert told.startswith('attachment; filename="landed-report-20')
        assert told.endswith(f'.{ending}"')
        assert answer.headers["cache-control"] == "no-store"


def test_the_filter_of_the_page_is_that_of_the_report(shown: Running) -> None:
    program = shown.program()
    answer = program.get("/report.csv", params={"period": "all", "agent": "codex"})
    assert "report,only,agent,codex,text" in answer.text
    refused = program.get("/report.csv", params={"since": "2026-02-01", "until": "2026-01-01"})
    assert refused.status_code == 400
    assert program.get("/report.pdf", params={"paper": "a3"}).status_code == 400


def test_the_paper_can_be_chosen(shown: Running) -> None:
    program = shown.program()
    answer = program.get("/report.pdf", params={"period": "all", "paper": "letter"})
    page = PdfReader(io.BytesIO(answer.content)).pages[0]
    assert round(page.mediabox.width) == 612


def test_the_overview_offers_it_under_its_filter(shown: Running) -> None:
    program = shown.program()
    page = program.get("/", params={"period": "all", "agent": "codex"}).text
    for ending in ("pdf", "html", "md", "csv"):
        assert f'href="/report.{ending}?period=all&amp;agent=codex"' in page
    assert 'href="/report.pdf?period=all&amp;agent=codex&amp;paper=letter"' in page


def test_before_anything_is_rolled_up_it_says_so(alone: Running) -> None:
    program = alone.program()
    answer = program.get("/report.pdf")
    assert answer.headers["content-type"].startswith("text/html")


def test_before_any_repository_is_read_there_is_a_report(tmp_path: Path) -> None:
    with running(tmp_path / "workspace") as started:
        with started.server.store.writing() as store:
            write_rollups(store, compute_rollups(store, started.server.settings))
        program = started.program()
        answer = program.get("/report.md")
    assert answer.status_code == 200
    assert "No line that an agent generated is known" in answer.text
