"""What a report says, part by part."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.metrics.ledgers import Ledger
from tests.reports.shops import report_on, report_on_all, shop

from landed.errors import UsageError
from landed.metrics import Window


def test_the_ai_share_is_a_range_where_it_rests_on_declared_evidence(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10, 20])
    ledger.author(0, "ai", "claude-code", "recorded")
    ledger.author(1, "ai", "aider", "declared")
    ledger.lines(3, step=0)
    ledger.lines(2, step=1)
    ledger.lines(5, step=2)
    coverage = report_on(ledger, tmp_path).coverage
    assert (coverage.alive, coverage.with_evidence) == (10, 5)
    assert (coverage.ai.without_declared, coverage.ai.with_declared) == (3, 5)
    assert (coverage.ai.share_without_declared, coverage.ai.share_with_declared) == (0.3, 0.5)


def test_lines_without_evidence_are_unknown_and_never_human(tmp_path: Path) -> None:
    ledger = Ledger(days=[0])
    ledger.lines(4, step=0)
    report = report_on(ledger, tmp_path)
    assert [(row.who, row.lines) for row in report.coverage.authorship] == [("unknown", 4)]
    told = [notice.what for notice in report.unseen if notice.kind == "unknown"]
    assert told == ["4 lines alive (100 %) have no evidence: unknown is not human"]


def test_every_fate_adds_up(tmp_path: Path) -> None:
    for found in report_on(shop(), tmp_path).fate.groups:
        assert found.landed == found.live + found.merged + found.reworked + found.replaced


def test_the_groups_are_all_ai_its_agents_and_the_others(tmp_path: Path) -> None:
    report = report_on(shop(), tmp_path)
    assert [found.group.key for found in report.survival] == [
        "ai",
        "ai_without_declared",
        "agent:claude-code",
        "agent:aider",
        "human",
        "automation",
        "unknown",
    ]


def test_months_tell_lines_added_and_landed(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 40])
    ledger.lines(3, step=0)
    ledger.lines(2, step=1)
    ledger.lines(4, step=1, landed=False)
    months = report_on(ledger, tmp_path).months
    assert [(row.month, row.added, row.landed) for row in months] == [
        ("2025-01", 3, 3),
        ("2025-02", 6, 2),
    ]


def test_releases_pair_each_tag_with_the_one_before(tmp_path: Path) -> None:
    report = report_on(shop(), tmp_path, Window(releases="v1.[0-2]"))
    assert [(part.previous, part.tag) for part in report.releases.parts] == [
        (None, "v1.0"),
        ("v1.0", "v1.1"),
        ("v1.1", "v1.2"),
        ("v1.2", None),
    ]
    for part in report.releases.parts:
        assert part.introduced == sum(row.lines for row in part.authorship)


def test_without_tags_the_fate_says_what_is_missing(tmp_path: Path) -> None:
    ledger = Ledger(days=[0, 10])
    ledger.lines(4, step=0)
    fate = report_on(ledger, tmp_path).fate
    assert fate.basis == "none"
    assert "no release tags and no deployments are known" in fate.note


def test_with_tags_they_stand_for_deployments_and_that_is_said(tmp_path: Path) -> None:
    fate = report_on(shop(), tmp_path).fate
    assert fate.basis == "release"
    assert fate.note == "live: alive in release v1.4; tags stand for deployments"


def test_a_window_narrows_everything_to_it(tmp_path: Path) -> None:
    window = Window(since=date(2025, 6, 1), until=date(2025, 12, 31))
    report = report_on(shop(), tmp_path, window)
    months = {row.month for row in report.months}
    assert (min(months), max(months)) == ("2025-06", "2025-12")
    assert all(
        part.released_at is None or part.released_at.year == 2025 for part in report.releases.parts
    )


def test_several_repositories_are_one_answer_and_a_line_each(tmp_path: Path) -> None:
    small = Ledger(days=[0, 10], repository="fedcba9876543210")
    small.author(0, "ai", "codex", "recorded")
    small.lines(50, step=0)
    report = report_on_all([shop(), small], tmp_path)
    assert [repository.name for repository in report.repositories] == ["acme/shop", "acme/shop2"]
    assert report.coverage.alive == sum(repository.alive for repository in report.repositories)
    assert report.fate.basis == "some"
    assert "without a release: acme/shop2" in report.fate.note


def test_problems_are_told_in_their_own_words(tmp_path: Path) -> None:
    ledger = Ledger(days=[0])
    ledger.lines(1, step=0)
    ledger.problem("missing-object", "a.py", "The text of a file is missing.")
    ledger.problem("missing-object", "b.py", "The text of a file is missing.")
    unseen = report_on(ledger, tmp_path).unseen
    [told] = [notice for notice in unseen if notice.kind == "git:missing-object"]
    assert told.count == 2
    assert told.what == "The text of a file is missing (2 times; a.py, and 1 more like it)"


@pytest.mark.parametrize(
    ("kind", "begin", "why"),
    [
        ("unknown-commit", "2 records about commits (ref, and 1 more like it)", "no branch or tag"),
        ("unresolved-key", "2 entries of notes (ref, and 1 more like it)", "names nobody"),
    ],
)
def test_what_no_fetch_can_bring_is_counted_and_explained(
    tmp_path: Path, kind: str, begin: str, why: str
) -> None:
    ledger = Ledger(days=[0])
    ledger.lines(1, step=0)
    ledger.problem(kind, "ref", "A sentence.", source="git-ai")
    ledger.problem(kind, "ref2", "A sentence.", source="git-ai")
    unseen = report_on(ledger, tmp_path).unseen
    [told] = [notice for notice in unseen if notice.kind == f"git-ai:{kind}"]
    assert told.what.startswith(begin) and why in told.what
    assert told.remedy is None
    [unknown] = [notice for notice in unseen if notice.kind == "unknown"]
    assert unknown.remedy is not None and "git fetch" not in unknown.remedy


def test_notes_that_were_cut_can_be_fetched(tmp_path: Path) -> None:
    ledger = Ledger(days=[0])
    ledger.problem("unreadable-note", "ref", "Notes that are missing.", source="git-ai")
    unseen = report_on(ledger, tmp_path).unseen
    [told] = [notice for notice in unseen if notice.kind == "git-ai:unreadable-note"]
    assert told.what == "Notes that are missing (once; ref)"
    assert told.remedy is not None and "git fetch origin" in told.remedy


def test_nobody_is_named(tmp_path: Path) -> None:
    assert "Ana" not in repr(report_on(shop(), tmp_path))


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (Window(paths=("elsewhere/**",)), "--path 'elsewhere/**' matches none of the 7 paths"),
        (Window(paths=("*.rs", "*.go")), "--path '*.rs' and --path '*.go' match none of the 7"),
        (Window(paths=("src",), excludes=("src",)), "--path 'src' without --exclude 'src' matches"),
    ],
)
def test_globs_that_select_no_path_are_said(tmp_path: Path, window: Window, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        report_on(shop(), tmp_path, window)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_where_there_is_no_path_at_all_globs_are_not_to_blame(tmp_path: Path) -> None:
    assert report_on(Ledger(days=[0]), tmp_path, Window(paths=("src",))).coverage.alive == 0


def test_excluding_everything_leaves_an_empty_report(tmp_path: Path) -> None:
    report = report_on(shop(), tmp_path, Window(excludes=("src",)))
    assert report.coverage.alive == 0
    assert report.coverage.ai.share_with_declared is None
    assert report.survival == [] and report.comparison is None
