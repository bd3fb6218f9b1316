"""Every form says what the pages say: their figures are looked for in the text of each."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from pypdf import PdfReader

from landed.demo import DemoCompany
from landed.errors import UsageError
from landed.reports import wording
from landed.reports.board import Board, board_of, form_of, write_board
from landed.reports.dashboard.journey import journey_of
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.overview import overview_of
from landed.reports.dashboard.spend import spend_of
from landed.reports.money import dollars
from landed.rollups import Filter
from landed.store import Store

MICRO = 1_000_000


def shown_by_pages(look: Look) -> list[str]:
    """Figures of the pages Overview, Journey and Spend, as they are written there."""
    overview, journey, spend = overview_of(look), journey_of(look), spend_of(look)
    assert overview.cost
    assert overview.reached
    assert overview.cost.surviving
    assert overview.cost.changes
    assert overview.cost.deployments
    assert overview.sure
    found = [
        dollars(overview.cost.spent.list_microdollars),
        dollars(overview.cost.spent.cash_microdollars),
        dollars(overview.cost.surviving.direct),
        dollars(overview.cost.surviving.loaded),
        dollars(overview.cost.surviving.loaded_cash),
        dollars(overview.cost.changes.direct.list_microdollars),
        dollars(overview.cost.changes.loaded.cash_microdollars),
        dollars(overview.cost.deployments.loaded.list_microdollars),
        dollars(overview.cost.waste.total.list_microdollars),
        dollars(overview.cost.waste.closed),
        dollars(overview.cost.waste.rejected),
        wording.figure(overview.reached.yield_30.figure, noun="session"),
        wording.percent_range(overview.sure.ai),
        wording.count(overview.sure.alive),
        dollars(spend.budgets[0].forecast.expected),
        dollars(spend.budgets[0].forecast.low),
    ]
    found += [wording.count(stage.lines) for stage in journey.stages]
    found += [wording.percent(stage.share) for stage in journey.stages]
    found += [wording.count(bucket.lines) for bucket in journey.buckets]
    found += [dollars(group.cost.list_microdollars) for group in spend.groups]
    found += [wording.count(group.generated) for group in journey.groups]
    return [plain(text) for text in found]


def plain(text: str) -> str:
    """Text without blanks, and dashes of one kind: where lines break is each form's business."""
    return re.sub(r"[\s\u2010-\u2015\\]+", "-", text).replace("-", "")


def pdf_text(content: bytes) -> str:
    """The words of a PDF, as a reader finds them."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_pdf_html_and_markdown_show_the_figures_of_the_pages(
    board: Board, printed: bytes, look: Look
) -> None:
    expected = shown_by_pages(look)
    page = html.unescape(re.sub(r"<[^>]+>", " ", write_board(board, "html").decode()))
    texts = {
        "pdf": plain(pdf_text(printed)),
        "html": plain(page),
        "markdown": plain(html.unescape(write_board(board, "markdown").decode())),
    }
    for form, text in texts.items():
        assert [figure for figure in expected if figure not in text] == [], form


def values(board: Board) -> dict[tuple[str, str, str], dict[str, str]]:
    """The rows of the CSV by section, metric and group."""
    rows = csv.DictReader(io.StringIO(write_board(board, "csv").decode()))
    return {(row["section"], row["metric"], row["group"]): row for row in rows}


def test_the_table_has_the_values_of_the_pages_with_all_their_digits(
    board: Board, look: Look
) -> None:
    found = values(board)
    overview, journey, spend = overview_of(look), journey_of(look), spend_of(look)
    assert overview.cost
    assert overview.reached

    def amount(*key: str) -> float:
        return float(found[key]["value"]) * MICRO  # type: ignore[index]

    assert amount("spent", "spent_list", "") == pytest.approx(overview.cost.spent.list_microdollars)
    assert amount("waste", "waste_cash", "") == pytest.approx(
        overview.cost.waste.total.cash_microdollars
    )
    for line in journey.cost_per_line:
        assert amount("cost_per", "loaded_list", f"{line.stage} line") == pytest.approx(
            line.loaded, abs=0.01
        )
    for stage in journey.stages:
        row = found["journey", "share", stage.stage]
        assert float(row["value"]) == stage.share
    for group in spend.groups:
        key = (f"by {group.kind}", "spent_cash", group.name or "")
        assert amount(*key) == pytest.approx(group.cost.cash_microdollars)
    forecast = spend.budgets[0].forecast
    row = found["forecast", "expected_list", "everybody"]
    assert float(row["low"]) * MICRO == pytest.approx(forecast.low)
    assert row["note"] == "80 % between low and high"
    row = found["journey", "yield", ""]
    figure = overview.reached.yield_30.figure
    assert row["value"] == ("" if figure.estimate is None else str(figure.estimate))
    assert int(row["n"]) == figure.changes


def test_no_words_become_a_formula(hostile: Board) -> None:
    formulas = [replace(gap, what="=HYPERLINK(1)") for gap in hostile.gaps]
    rows = csv.reader(io.StringIO(write_board(replace(hostile, gaps=formulas), "csv").decode()))
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


def test_json_has_every_record(board: Board) -> None:
    found: dict[str, Any] = orjson.loads(write_board(board, "json"))
    assert found["form"] == "1.0"
    assert found["overview"]["cost"]["spent"]["list_microdollars"] == (
        board.journey.spent.list_microdollars
    )
    assert found["journey"]["generated"] == board.journey.generated


def test_html_needs_nothing_else_and_shows_strangers_words_as_words(hostile: Board) -> None:
    page = write_board(hostile, "html").decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert re.findall(r"""(?:src|href)=["'](?!#)[^"']*""", page) == []
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_markdown_makes_no_link_of_strangers_words(hostile: Board) -> None:
    text = write_board(hostile, "markdown").decode()
    assert re.findall(r"(?<!\\)\]\(", text) == []
    assert "<script>" not in text.replace("\\<", "&lt;")


def test_what_is_not_known_is_said_in_every_form(nothing: Board) -> None:
    text = write_board(nothing, "markdown").decode()
    assert "No line that an agent generated is known in this time" in text
    assert "cash is not known: nothing paid is told" in text
    assert write_board(nothing, "html").decode().count("No generated line is known.") == 1
    assert "Nothing was captured, and nothing paid is told." in pdf_text(
        write_board(nothing, "pdf")
    )
    assert values(nothing)["forecast", "expected_list", "everybody"]["value"] == ""


def test_the_ending_of_a_file_decides() -> None:
    assert form_of(Path("report.PDF")) == "pdf"
    assert form_of(Path("report.md")) == "markdown"
    with pytest.raises(UsageError, match=r"choose one of \.pdf, \.html, \.md, \.csv, \.json"):
        form_of(Path("report.docx"))


def test_as_of_is_told(board: Board) -> None:
    assert board.as_of.tzinfo is not None
    assert datetime.now(UTC) - board.as_of < timedelta(days=8)
    assert values(board)["report", "as_of", ""]["value"] == board.as_of.isoformat()


def test_what_a_filter_does_not_narrow_is_said(made: DemoCompany) -> None:
    settings = made.settings()
    with Store.for_settings(settings, read_only=True) as store:
        look = Look(store, settings, Filter(agent=("codex",)), alone=True)
        text = plain(write_board(board_of(look), "markdown").decode())
    assert plain("only agent codex") in text
    assert plain("Not narrowed by agent: incidents.") not in text
    assert plain("Not narrowed by agent: deployments.") in text
