"""What a release introduced: alive at it, and not alive at the one before."""

from __future__ import annotations

from pathlib import Path

from tests.metrics.ledgers import Ledger, totals

from landed.metrics import Window

EVERY_TAG = Window(releases="v*")


def test_lines_are_introduced_by_the_first_release_that_holds_them(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 20, 30, 40])
    ledger.lines(5, step=0)
    ledger.lines(3, step=2)
    ledger.lines(2, step=2, left=3)
    ledger.lines(1, step=4)
    ledger.release("v1", 1)
    ledger.release("v2", 3)
    with ledger.bench(tmp_path, EVERY_TAG) as bench:
        # two lines came and went between the releases; one is in no release yet (position 2)
        assert totals(bench, "lines_by_release", "position") == {0: 5, 1: 3, 2: 1}


def test_a_moved_line_is_not_introduced_again(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 20])
    [before] = ledger.lines(1, step=0, left=2, path="old.py")
    [after] = ledger.lines(1, step=2, path="new.py")
    ledger.lineage(after, before)
    ledger.lines(4, step=2)
    ledger.release("v1", 1)
    ledger.release("v2", 2)
    with ledger.bench(tmp_path, EVERY_TAG) as bench:
        assert totals(bench, "lines_by_release", "position") == {0: 1, 1: 4}


def test_a_line_gone_at_the_older_release_and_back_at_the_newer_is_introduced(
    tmp_path: Path,
) -> None:
    ledger = Ledger(days=[0, 10, 20, 30, 40])
    [first] = ledger.lines(1, step=0, left=1)
    [again] = ledger.lines(1, step=3)
    ledger.lineage(again, first)
    ledger.release("v1", 0)
    ledger.release("v2", 2)
    ledger.release("v3", 4)
    with ledger.bench(tmp_path, EVERY_TAG) as bench:
        assert totals(bench, "lines_by_release", "position") == {0: 1, 2: 1}


def test_a_line_reverted_and_brought_back_between_releases_is_not_introduced(
    tmp_path: Path,
) -> None:
    ledger = Ledger(days=[0, 10, 20, 30, 40])
    [first] = ledger.lines(1, step=0, left=2)
    [again] = ledger.lines(1, step=3)
    ledger.lineage(again, first)
    ledger.release("v1", 1)
    ledger.release("v2", 4)
    with ledger.bench(tmp_path, EVERY_TAG) as bench:
        assert totals(bench, "lines_by_release", "position") == {0: 1}


def test_a_release_beside_the_main_line_counts_by_its_differences(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 20])
    old = ledger.lines(5, step=0)
    fix = ledger.lines(2, step=1, landed=False)
    ledger.release("v1.0", 0)
    ledger.release("v1.0.1", 0, beside=True, extra=fix, lacking=old[:1])
    with ledger.bench(tmp_path, EVERY_TAG) as bench:
        # v1.0.1 brings the fix; on the main line the line it lacked is new again
        assert totals(bench, "lines_by_release", "position") == {0: 5, 1: 2, 2: 1}


def test_a_fix_picked_onto_a_release_branch_is_not_new_on_the_main_line(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 20])
    ledger.lines(5, step=0)
    [fix] = ledger.lines(1, step=1)
    [picked] = ledger.lines(1, step=1, landed=False)
    ledger.lineage(picked, fix)
    ledger.release("v1.0", 0)
    ledger.release("v1.0.1", 0, beside=True, extra=[picked])
    ledger.release("v1.1", 2)
    with ledger.bench(tmp_path, EVERY_TAG) as bench:
        assert totals(bench, "lines_by_release", "position") == {0: 5, 1: 1}


def test_lines_of_a_release_are_told_apart_by_who_and_grade(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.author(1, "ai", "aider", "declared")
    ledger.lines(2, step=0)
    lines = ledger.lines(3, step=1)
    ledger.decide(lines[0], "ai", "aider", "recorded")
    ledger.release("v1", 0)
    ledger.release("v2", 1)
    with ledger.bench(tmp_path, EVERY_TAG) as bench:
        assert totals(bench, "lines_by_release", "position", "who", "grade") == {
            (0, "unknown", "none"): 2,
            (1, "ai", "declared"): 2,
            (1, "ai", "recorded"): 1,
        }
