"""What is said of one pull or merge request."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.attribution.generated.sessions import HOME
from tests.delivery.forge_rows import CLAUDE_BODY, NOON, PROJECT, By
from tests.delivery.shop_at_forge import BRANCH, FIX, MAIN, Shop
from tests.histories.builder import BEN, lines

from landed.delivery.one_change import MARKER, known_project, name_change
from landed.errors import UsageError
from landed.reports.comment import ChangeComment, change_comment, is_test_path
from landed.reports.comment_markdown import comment_markdown
from landed.reports.model import Range
from landed.reports.place import open_scratch

CLAUDE = "\n\nCo-Authored-By: Claude Opus 4.8 <noreply@anthropic.com>"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def told(shop: Shop, number: int, **named: str) -> ChangeComment:
    """Read everything, and tell of a change."""
    shop.note()
    with shop.store() as store, open_scratch(shop.history.path, shop.settings) as scratch:
        project = known_project(store, shop.repository, name_change(str(number), None))
        return change_comment(
            store, shop.settings, shop.repository, scratch, project, number, **named
        )


def check(shop: Shop, commit: str, name: str, state: str, run: int = 1) -> None:
    shop.forge.add(
        "check_run",
        project=PROJECT,
        check_id=f"{name} {run}",
        commit=commit,
        name=name,
        kind="check",
        state=state,
        started_at=NOON,
        finished_at=None,
        updated_at=NOON.replace(minute=run),
    )


def test_the_share_of_ai_is_a_range_by_what_is_only_declared(shop: Shop) -> None:
    shop.branch()
    first = shop.write(BRANCH, message=f"Sum{CLAUDE}")
    second = shop.write(FIX, BEN)
    shop.forge.change(7, commits=[By(first, "ana"), By(second, "ben")], state="open")

    found = told(shop, 7)

    assert (found.added, found.commits, found.missing_commits) == (3, 2, 0)
    assert found.ai == Range(0, 2, 0.0, pytest.approx(2 / 3))
    assert [(row.who, row.grade, row.lines) for row in found.authorship] == [
        ("ai", "declared", 2),
        ("unknown", "none", 1),
    ]
    assert [(one.agent, one.models, one.lines) for one in found.agents] == [
        ("claude-code", ("Claude Opus 4.8",), 2)
    ]
    assert found.evidence_share == pytest.approx(2 / 3)
    assert (found.cost, found.checks) == (None, None)


def test_lines_that_the_branch_took_back_are_not_added(shop: Shop) -> None:
    shop.branch()
    first = shop.write(FIX)
    second = shop.write(BRANCH)
    shop.forge.change(7, commits=[By(first), By(second)], state="open")

    assert told(shop, 7).added == 2


def test_what_the_agents_log_tells_is_counted_with_its_cost(shop: Shop) -> None:
    shop.branch()
    shop.trees[HOME] = {"cart.py": MAIN}
    shop.agent("cart.py", BRANCH, session="s1", turn="t1")
    shop.agent("tests/test_cart.py", lines("assert total"), session="s1", turn="t2")
    commit = shop.commit("Sum the cart")
    shop.forge.change(7, commits=[By(commit, "ana")], state="open")

    found = told(shop, 7)

    assert found.ai == Range(3, 3, 1.0, 1.0)
    assert found.sessions == 1
    assert found.test_lines == 1
    assert found.cost is not None
    assert (found.cost.generated_lines, found.cost.turns) == (3, 2)
    assert found.cost.list_microdollars is None


def test_the_latest_run_of_every_check_counts(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH)
    shop.forge.change(7, commits=[By(commit)], state="open")
    check(shop, commit, "test", "failure", 1)
    check(shop, commit, "test", "success", 2)
    check(shop, commit, "lint", "neutral")
    check(shop, commit, "docs", "pending")
    check(shop, commit, "types", "failure")
    check(shop, "f" * 40, "elsewhere", "failure")

    checks = told(shop, 7).checks

    assert checks is not None
    assert (checks.succeeded, checks.failed, checks.pending) == (2, 1, 1)


def test_a_squashed_change_whose_branch_is_gone_is_told_by_its_squash(shop: Shop) -> None:
    squash = shop.write(BRANCH, message="Sum the cart (#7)")
    shop.forge.change(
        7,
        commits=[By("1" * 40, "ana")],
        body=CLAUDE_BODY,
        merge_commit=squash,
        landed=[squash],
        rule="squash",
    )

    found = told(shop, 7)

    assert (found.added, found.missing_commits) == (2, 0)
    assert found.ai == Range(0, 2, 0.0, 1.0)


def test_what_is_only_inferred_counts_as_unknown_and_is_said(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH)
    shop.forge.change(7, commits=[By(commit, "ana")], branch="claude/cart", state="open")

    found = told(shop, 7)

    assert (found.ai, found.inferred) == (Range(0, 0, 0.0, 0.0), 2)
    assert found.evidence_share == 0
    text = comment_markdown(found)
    assert "Nothing says that AI wrote any of the 2 added lines of this pull request" in text
    assert "2 lines with circumstantial evidence only count unknown" in text


def test_without_a_forge_git_tells_which_commits_it_adds(shop: Shop) -> None:
    shop.branch()
    shop.write(BRANCH, message=f"Sum{CLAUDE}")

    found = told(shop, 7, base="main", head="feature")

    assert (found.added, found.commits) == (2, 1)
    assert found.ai.with_declared == 2


def test_revisions_that_are_not_there_or_add_nothing_are_said(shop: Shop) -> None:
    with pytest.raises(UsageError, match="there is no commit nowhere here: fetch it"):
        told(shop, 7, head="nowhere")
    with pytest.raises(UsageError, match=r"HEAD has no commit that \w+ has not"):
        told(shop, 7)


def test_similar_changes_are_merged_ones_of_the_same_kind_and_size(shop: Shop) -> None:
    shop.branch()
    commit = shop.write(BRANCH, message=f"Sum{CLAUDE}")
    shop.forge.change(7, commits=[By(commit, "ana")], state="open")

    similar = told(shop, 7).similar

    assert similar is not None
    assert (similar.heavy, similar.size_from, similar.size_below) == (True, 0, 10)
    assert similar.reworked.estimate is None
    text = comment_markdown(told(shop, 7))
    assert "merged ones mostly by AI, 0 to 9 changed lines: " in text


def test_the_comment_says_the_answer_first(shop: Shop) -> None:
    shop.branch()
    first = shop.write(BRANCH, message=f"Sum{CLAUDE}")
    second = shop.write(FIX, BEN)
    shop.forge.change(7, commits=[By(first, "ana"), By(second, "ben")], state="open")
    check(shop, second, "test", "success")

    text = comment_markdown(told(shop, 7), "https://example.com/docs")
    rows = text.splitlines()

    assert rows[:3] == [
        MARKER,
        "",
        "**AI wrote 0–67 % of the 3 added lines of this pull request**",
    ]
    assert "| AI, declared: the commit says so | 2 | 67 % |" in rows
    assert "| unknown | 1 | 33 % |" in rows
    assert "| claude-code | Claude Opus 4.8 | 2 |" in rows
    assert "- **Sessions**: none is named by the evidence" in rows
    assert "- **Cost**: not known here: no agent's log tells of these lines" in rows
    assert "- **Tests**: none of the added lines is in a path of tests" in rows
    assert "- **Checks**: 1 succeeded" in rows
    assert "- **How sure**: there is evidence for 67 % of the added lines" in rows
    assert "[How this is measured](https://example.com/docs)" in rows[-1]
    assert "ana" not in text.lower()
    assert "ben" not in text.lower().replace("number", "")


def test_hostile_names_of_agents_are_inert(shop: Shop) -> None:
    shop.branch()
    hostile = "Assisted-by: evil-agent:<img/src=x>](http://evil)@everyone|\x1b[2J"
    model = "Co-authored-by: aider (@everyone](http://evil.example) | <b>) <noreply@aider.chat>"
    commit = shop.write(BRANCH, message=f"Sum\n\n{hostile}\n{model}")
    shop.forge.change(7, commits=[By(commit, "ana")], state="open")

    text = comment_markdown(told(shop, 7))

    assert "\x1b" not in text
    assert "@" not in text
    assert "](http://" not in text
    assert "<b>" not in text


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("tests/cart.py", True),
        ("src/test/java/CartTest.java", True),
        ("src/CartTests.cs", True),
        ("web/cart.test.ts", True),
        ("web/cart.spec.tsx", True),
        ("cart_test.go", True),
        ("test_cart.py", True),
        ("conftest.py", True),
        ("web/__tests__/cart.js", True),
        ("src/cart.py", False),
        ("src/latest.py", False),
        ("src/contest/rules.py", False),
        ("docs/testing.md", False),
        ("src/attest.go", False),
    ],
)
def test_which_paths_are_of_tests(path: str, is_one: bool) -> None:
    assert is_test_path(path) is is_one
