"""A stay belongs to the lineage: what only moved or was reformatted has not died."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tests.metrics.ledgers import Ledger, totals

from landed.metrics import Window, Workbench


def stays(bench: Workbench) -> list[tuple[Any, ...]]:
    """change, exit_day, died, lines of the metric survival, in order."""
    return [
        (row["change"], row["exit_day"], row["died"], row["lines"])
        for row in bench.rows("survival")
    ]


def test_a_line_is_watched_from_its_landing_to_its_departure_or_the_end(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 40])
    ledger.lines(3, step=0, left=1)
    ledger.lines(2, step=1)
    with ledger.bench(tmp_path) as bench:
        assert stays(bench) == [(0, 10, True, 3), (1, 30, False, 2)]


def test_a_line_that_moves_in_one_step_has_one_stay(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 40, 50])
    ledger.author(0, "ai", "aider", "recorded")
    [before] = ledger.lines(1, step=0, left=1, path="old.py")
    [after] = ledger.lines(1, step=1, left=2, path="new.py")
    ledger.lineage(after, before)
    with ledger.bench(tmp_path) as bench:
        assert stays(bench) == [(0, 40, True, 1)]
        assert {row["who"] for row in bench.rows("survival")} == {"ai"}


def test_a_line_that_comes_back_after_a_revert_has_two_stays(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 40, 50])
    [first] = ledger.lines(1, step=0, left=1)
    [again] = ledger.lines(1, step=2)
    ledger.lineage(again, first)
    with ledger.bench(tmp_path) as bench:
        assert stays(bench) == [(0, 10, True, 1), (2, 10, False, 1)]
        assert totals(bench, "lines_landed", "month") == {"2025-01": 1}
        assert totals(bench, "lines_added", "month") == {"2025-01": 1}


def test_one_line_with_two_stays_of_its_own_counts_once_as_landed(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 40, 50])
    [line] = ledger.lines(1, step=0, left=1)
    ledger.stay(line, 2, None)
    with ledger.bench(tmp_path) as bench:
        assert stays(bench) == [(0, 10, True, 1), (2, 10, False, 1)]
        assert totals(bench, "lines_landed", "who") == {"unknown": 1}
        assert totals(bench, "coverage", "who") == {"unknown": 1}


def test_a_lineage_lives_as_long_as_any_of_its_lines(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 40, 50])
    [one] = ledger.lines(1, step=0, left=2)
    [two] = ledger.lines(1, step=1, left=3)
    ledger.lineage(two, one)
    with ledger.bench(tmp_path) as bench:
        assert stays(bench) == [(0, 50, True, 1)]


def test_lines_that_never_landed_are_added_but_have_no_stay(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    kept, *_ = ledger.lines(4, step=0, landed=False)
    [picked] = ledger.lines(1, step=1)
    ledger.lineage(picked, kept)
    with ledger.bench(tmp_path) as bench:
        assert totals(bench, "lines_added", "month") == {"2025-01": 4}
        assert totals(bench, "lines_landed", "month") == {"2025-01": 1}


def test_a_formatter_that_splits_a_line_adds_lines_alive_but_no_stay(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    [long] = ledger.lines(1, step=0, left=1)
    for part in ledger.lines(3, step=1):
        ledger.lineage(part, long)
    with ledger.bench(tmp_path) as bench:
        assert totals(bench, "coverage", "who") == {"unknown": 3}
        assert stays(bench) == [(0, 10, False, 1)]


def test_the_end_of_the_window_takes_back_what_happened_after_it(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 40])
    ledger.lines(3, step=0, left=2)
    ledger.lines(2, step=2)
    with ledger.bench(tmp_path, Window(until=date(2025, 1, 31))) as bench:
        # the end is the last second of 31 January: 30 days and a half after the first step
        assert stays(bench) == [(0, 30, False, 3)]
        assert totals(bench, "coverage", "who") == {"unknown": 3}


def test_the_beginning_of_the_window_cuts_off_what_came_before(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 40, 60])
    ledger.lines(3, step=0, left=1)
    ledger.lines(2, step=1, left=2)
    with ledger.bench(tmp_path, Window(since=date(2025, 1, 21))) as bench:
        [row] = bench.rows("survival")
        # entered on 11 January at noon, so watched from day 10 (rounded up) to day 30
        assert (row["entry_day"], row["exit_day"], row["died"], row["lines"]) == (10, 30, True, 2)
        assert totals(bench, "lines_landed", "month") == {}


def test_only_the_paths_that_were_asked_for_count(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.lines(3, step=0, path="src/shop.py")
    ledger.lines(2, step=0, path="docs/start.md")
    with ledger.bench(tmp_path, Window(paths=("src",))) as bench:
        assert totals(bench, "coverage", "who") == {"unknown": 3}
        assert stays(bench) == [(0, 10, False, 3)]


def test_inferred_evidence_decides_nothing(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.author(0, "ai", "copilot", "inferred")
    ledger.lines(3, step=0)
    with ledger.bench(tmp_path) as bench:
        assert totals(bench, "coverage", "who", "agent", "grade") == {
            ("unknown", None, "inferred"): 3
        }


def test_a_decision_for_a_line_wins_over_its_commit(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.author(0, "ai", "aider", "declared")
    lines = ledger.lines(3, step=0)
    ledger.decide(lines[0], "human", None, "recorded")
    with ledger.bench(tmp_path) as bench:
        assert totals(bench, "coverage", "who", "agent", "grade") == {
            ("ai", "aider", "declared"): 2,
            ("human", None, "recorded"): 1,
        }
        [share] = bench.rows("ai_share")
        assert (share["ai_without_declared"], share["ai_with_declared"]) == (0, 2)


def test_a_note_on_half_of_a_commit_says_nothing_of_its_other_lines(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    noted, *others = ledger.lines(2, step=0, left=1)
    ledger.decide(noted, "ai", "claude-code", "recorded")
    # the line that no note covers is carried on by another one
    [again] = ledger.lines(1, step=1)
    ledger.lineage(again, others[0])
    with ledger.bench(tmp_path) as bench:
        assert totals(bench, "lines_landed", "who") == {"ai": 1, "unknown": 1}
        assert totals(bench, "coverage", "who") == {"unknown": 1}
