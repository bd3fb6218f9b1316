"""The report as Markdown."""

from __future__ import annotations

from pathlib import Path

from tests.metrics.ledgers import Ledger
from tests.reports.shops import report_on, shop

from landed.metrics import Window
from landed.reports.markdown import markdown


def test_every_table_has_as_many_cells_in_each_row(tmp_path: Path) -> None:
    width = 0
    tables = 0
    for line in markdown(report_on(shop(), tmp_path)).splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        if not width:
            tables += 1
            width = line.count("|")
        assert line.count("|") == width
    assert tables >= 8


def test_it_begins_with_the_answer_and_ends_with_the_definitions(tmp_path: Path) -> None:
    text = markdown(report_on(shop(), tmp_path))
    assert text.startswith("# acme/shop: which lines AI wrote, and what became of them\n")
    assert "are known to be written by AI** (without and with evidence" in text
    assert "## What this could not see" in text
    assert "- **Survival** (share of lines; `survival`)." in text
    assert text.endswith("2026-11-21 12:00 UTC.\n")


def test_what_it_was_narrowed_to_is_said(tmp_path: Path) -> None:
    text = markdown(report_on(shop(), tmp_path, Window(paths=("src",), excludes=("*_3.py",))))
    assert "Narrowed: only src; without *_3.py." in text


def test_names_from_a_repository_cannot_break_a_table_or_act(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.author(0, "ai", "agent\x1b[2J", "recorded")
    ledger.lines(4, step=0, path="\x1b[31mred\n.py")
    ledger.problem("missing-object", "\x1b[31m", "The text of a file is missing.")
    text = markdown(report_on(ledger, tmp_path))
    assert all(letter.isprintable() for letter in text if letter != "\n")
    assert r"| `\x1b[31mred\x0a.py` | 4 |" in text
