"""The report on one screen: 80 columns, about 50 lines, the same in a pipe."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from tests.metrics.ledgers import Ledger
from tests.reports.shops import report_on, report_on_all, shop

from landed.reports.model import Report
from landed.reports.terminal import bar, print_report

SCREEN = 54


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
        "What became of the",
        "Is it holding? Reworked within 21 days",
        "changes that failed, incidents, DORA: not connected",
        "How sure are we? Who wrote the",
        "By month",
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


HOSTILE = "\x1b[31mred\n.py"


def test_names_from_a_repository_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.author(0, "ai", "agent\x1b[2J", "recorded")
    ledger.lines(4, step=0, path=HOSTILE)
    ledger.lines(3, step=0, path=HOSTILE, left=1)
    ledger.release("v1\u202e", 1)
    ledger.problem("missing-object", HOSTILE, "The text of a file is missing.")
    lines = printed(report_on(ledger, tmp_path))
    assert not any(letter for line in lines for letter in line if not letter.isprintable())
    assert sum(r"\x1b[31mred\x0a.py" in line for line in lines) >= 2
    assert lines[-1].startswith("More: landed blame FILE ·")


def test_a_name_that_a_shell_would_act_on_is_no_example(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.author(0, "ai", "aider", "recorded")
    ledger.lines(4, step=0, path="$(reboot).py")
    assert printed(report_on(ledger, tmp_path))[-1].startswith("More: landed blame FILE ·")


def test_agents_are_told_as_shares_of_the_ai_lines(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.author(0, "ai", "claude-code", "recorded")
    ledger.author(1, "ai", "aider", "declared")
    ledger.lines(3, step=0)
    ledger.lines(1, step=1)
    assert "  by agent   claude-code 75 %, aider 25 % of the AI lines" in printed(
        report_on(ledger, tmp_path)
    )


def test_the_tag_is_seen_where_a_repository_has_a_long_name(tmp_path: Path) -> None:
    report = report_on_all([shop(), second_shop()], tmp_path)
    names = {"acme/shop": "acme/a-very-long-name-of-a-shop", "acme/shop2": "acme/shop2"}
    parts = [replace(part, repository=names[part.repository]) for part in report.releases.parts]
    text = "\n".join(printed(replace(report, releases=replace(report.releases, parts=parts))))
    assert "  a-very-long-… v1.4 " in text
    assert "  shop2 v1.0 " in text


def second_shop() -> Ledger:
    ledger = Ledger(days=[0, 10], repository="fedcba9876543210")
    ledger.lines(12, step=0)
    ledger.release("v1.0", 0)
    return ledger


def test_the_legend_explains_what_is_needed_without_a_number(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 400])
    ledger.author(0, "ai", "aider", "recorded")
    ledger.lines(4, step=0)
    text = "\n".join(printed(report_on(ledger, tmp_path)))
    assert "needs +19" in text
    assert "needs +N: too few, about N more changes would tell" in text
