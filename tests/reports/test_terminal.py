"""The report on one screen: 80 columns, about 50 lines, the same in a pipe."""

from __future__ import annotations

import io
from pathlib import Path

from tests.metrics.ledgers import Ledger
from tests.reports.shops import report_on, report_on_all, shop

from landed.reports.model import Report
from landed.reports.terminal import bar, print_report

SCREEN = 52


def printed(report: Report) -> list[str]:
    """The lines as a pipe gets them."""
    output = io.StringIO()
    print_report(report, output)
    return output.getvalue().splitlines()


def test_it_fits_one_screen_without_colours(tmp_path: Path) -> None:
    lines = printed(report_on(shop(), tmp_path))
    assert len(lines) <= SCREEN
    assert max(len(line) for line in lines) <= 80
    assert not any("\x1b" in line or line != line.rstrip() for line in lines)


def test_it_answers_in_order(tmp_path: Path) -> None:
    text = "\n".join(printed(report_on(shop(), tmp_path)))
    parts = [
        "acme/shop   main @",
        "Who wrote the",
        "By month",
        "What became of the",
        "Is it holding? Reworked within 21 days",
        "Still there after",
        "Files with most AI lines alive",
        "Files most reworked",
        "What this could not see",
        "More: landed blame",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_repository_without_ai_lines_says_so_plainly(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.lines(4, step=0)
    said = printed(report_on(ledger, tmp_path))
    assert all(line == line.rstrip() for line in said)
    text = "\n".join(said)
    assert "AI                   0       0 %" in text
    assert "No AI line is known to have landed." in text
    assert "What became of" not in text


def test_a_window_without_lines_is_no_table_of_zeros(tmp_path: Path) -> None:
    ledger = Ledger(days=[0])
    text = "\n".join(printed(report_on(ledger, tmp_path)))
    assert "No lines: nothing has landed in this window." in text
    assert "Still there after" not in text


def test_several_repositories_have_a_line_each(tmp_path: Path) -> None:
    other = Ledger(days=[0, 10], repository="fedcba9876543210")
    other.lines(1_200, step=0)
    lines = printed(report_on_all([shop(), other], tmp_path))
    assert lines[0].startswith("2 repositories")
    assert lines[2].split() == [
        "acme/shop2",
        "0000000",
        "1,200",
        "lines",
        "AI",
        "0",
        "%",
        "evidence",
        "0",
        "%",
    ]


def test_bars_are_drawn_in_eighths() -> None:
    assert bar(0.5, 4) == "██"
    assert bar(0.53125, 4) == "██▏"
    assert bar(0.0, 4) == ""
    assert bar(0.0001, 4) == "▏"
