"""Every line that landed is in exactly one bucket; who reworked is told by class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.metrics.ledgers import Ledger

from landed.metrics import Window, Workbench


def fate(bench: Workbench) -> dict[str, int]:
    """The buckets over all authors, without empty ones."""
    found: dict[str, int] = {}
    for row in bench.rows("fate"):
        for bucket in ("landed", "live", "merged", "reworked", "replaced"):
            found[bucket] = found.get(bucket, 0) + row[bucket]
    return {bucket: lines for bucket, lines in found.items() if lines}


def test_the_buckets_add_up_to_the_lines_landed(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 21, 60, 70])
    ledger.release("v1.0", 3)
    ledger.lines(1, step=0, left=1)
    ledger.lines(2, step=0, left=2)
    ledger.lines(4, step=0, left=3)
    ledger.lines(8, step=0)
    ledger.lines(16, step=4)
    with ledger.bench(tmp_path) as bench:
        assert fate(bench) == {
            "landed": 31,
            "live": 8,
            "merged": 16,
            "reworked": 3,
            "replaced": 4,
        }


def test_a_line_in_the_release_is_live_though_it_left_the_branch(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 20])
    ledger.release("v1.0", 1)
    ledger.lines(5, step=0, left=2)
    with ledger.bench(tmp_path) as bench:
        assert fate(bench) == {"landed": 5, "live": 5}


def test_a_release_branch_may_lack_lines_of_the_main_line(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    lines = ledger.lines(5, step=0)
    ledger.release("v1.0", 0, beside=True, lacking=lines[:2])
    with ledger.bench(tmp_path) as bench:
        assert fate(bench) == {"landed": 5, "live": 3, "merged": 2}


def test_without_a_release_nothing_is_live(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.lines(5, step=0)
    with ledger.bench(tmp_path) as bench:
        assert fate(bench) == {"landed": 5, "merged": 5}


def test_a_line_brought_back_has_the_fate_of_its_last_stay(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 20, 70])
    [first] = ledger.lines(1, step=0, left=1)
    [again] = ledger.lines(1, step=2, left=3)
    ledger.lineage(again, first)
    with ledger.bench(tmp_path) as bench:
        assert fate(bench) == {"landed": 1, "replaced": 1}


def test_the_rework_window_is_what_the_settings_say(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 20])
    ledger.lines(5, step=0, left=1)
    with ledger.bench(tmp_path, Window(rework_days=9)) as bench:
        assert fate(bench) == {"landed": 5, "replaced": 5}


def test_rework_tells_who_removed_the_lines_and_whether_it_was_a_revert(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 5, 10, 90])
    ledger.author(0, "ai", "aider", "recorded")
    ledger.author(2, "automation", "dependabot", "declared")
    ledger.reverts(1)
    ledger.lines(3, step=0, left=1)
    ledger.lines(2, step=0, left=2)
    ledger.lines(7, step=0, left=3)
    keys = ("who", "by_who", "by_agent", "lines", "reverted")
    with ledger.bench(tmp_path) as bench:
        rows: list[Any] = [tuple(row[key] for key in keys) for row in bench.rows("rework_by")]
        assert rows == [("ai", "unknown", None, 3, 3), ("ai", "automation", "dependabot", 2, 0)]
        [counted] = bench.rows("rework")
        assert (counted["watched"], counted["reworked"]) == (12, 5)


def test_files_are_ranked_by_ai_lines_and_by_rework(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 5, 90])
    ledger.author(0, "ai", "aider", "recorded")
    ledger.lines(3, step=0, path="cart.py")
    ledger.lines(9, step=0, path="menu.py")
    ledger.lines(4, step=0, left=1, path="cart.py")
    with ledger.bench(tmp_path) as bench:
        files = [(row["path"], row["ai_lines"]) for row in bench.rows("hot_files_ai")]
        assert files == [("menu.py", 9), ("cart.py", 3)]
        [reworked] = bench.rows("hot_files_rework")
        assert (reworked["path"], reworked["reworked"], reworked["landed"]) == ("cart.py", 4, 7)


def test_lines_alive_are_told_apart_by_age(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 600, 690, 700])
    ledger.lines(3, step=0)
    ledger.lines(2, step=1)
    ledger.lines(1, step=2)
    with ledger.bench(tmp_path) as bench:
        ages = {row["age"]: row["lines"] for row in bench.rows("alive_by_age")}
        assert ages == {"1 to 2 years": 3, "90 days to 1 year": 2, "under 30 days": 1}
