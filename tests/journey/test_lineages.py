"""A generated line is one line, whatever carries it: twins, successors and old versions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.journey.stories import DAY, GeneratedEdit, Story, code

CART = ("total", "tax", "discount", "shipping", "refund")


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A shop with one commit, before any agent came."""
    story = Story(tmp_path)
    story.commit({"readme.md": "The shop sells things.\n"})
    return story


def on_branch(story: Story) -> tuple[GeneratedEdit, str]:
    """An agent writes the cart, which is committed on a branch."""
    story.history.branch("feature")
    edit = story.edit("cart.py", len(CART))
    commit = story.commit({"cart.py": code(*CART)}, "Add the cart")
    story.carried(edit, commit, "cart.py", *range(1, len(CART) + 1))
    return edit, commit


def test_a_cherry_picked_line_is_merged_once(story: Story) -> None:
    _, commit = on_branch(story)
    story.history.checkout("main")
    story.commit({"other.py": code("other")})
    story.history.cherry_pick(commit)

    assert story.buckets() == {"merged": 5}


def test_a_squash_carries_a_branch_to_main_and_loses_sight_of_what_it_changed(
    story: Story,
) -> None:
    on_branch(story)
    story.history.checkout("main")
    story.commit({"cart.py": code("total", "tax", "discount", "shipping", "voucher")}, "Cart (#1)")

    rows = story.lines().to_pylist()

    assert [row["bucket"] for row in rows] == ["merged"] * 4 + ["untraced"]
    assert rows[-1]["reason"] == "its branch was landed as one commit that does not hold the line"


def test_a_squash_of_a_branch_that_is_gone_is_followed_as_well(story: Story) -> None:
    on_branch(story)
    story.history.checkout("main")
    story.history.squash("feature")
    story.history.delete_branch("feature")

    assert story.buckets() == {"merged": 5}


def test_a_rebased_branch_stands_as_its_last_version(story: Story) -> None:
    on_branch(story)
    story.history.checkout("main")
    story.commit({"other.py": code("other")})
    story.history.checkout("feature")
    story.history.rebase("main")

    assert story.buckets() == {"unmerged": 5}

    story.history.checkout("main")
    story.history.merge("feature")

    assert story.buckets() == {"merged": 5}


def test_a_line_that_an_amendment_dropped_was_rewritten_in_review(story: Story) -> None:
    _, commit = on_branch(story)
    story.sync()
    story.history.set_ref("refs/heads/feature", "main")
    story.history.set_ref("refs/heads/feature", story.history.resolve("main"))
    story.history.checkout("feature")
    amended = story.commit({"cart.py": code("sum", "duty", "voucher")}, "Add the cart")
    story.head_moved(commit, amended, "commit (amend)", at=story.now)

    assert story.buckets() == {"rewritten_in_review": 5}


def test_a_commit_that_was_reset_away_was_rewritten_in_review(story: Story) -> None:
    _, commit = on_branch(story)
    story.sync()
    main = story.history.resolve("main")
    story.history.set_ref("refs/heads/feature", main)
    story.head_moved(main, main, "reset", at=story.now)
    story.head_moved(commit, main, "reset", at=story.now + DAY / 2)

    assert story.buckets(story.now) == {"unmerged": 5}
    assert story.buckets(story.now + DAY) == {"rewritten_in_review": 5}


def test_a_reset_that_stays_where_it_is_leaves_nothing_behind(story: Story) -> None:
    _, commit = on_branch(story)
    story.sync()
    story.head_moved(commit, commit, "reset", at=story.now)
    story.history.checkout("main")
    story.history.delete_branch("feature")

    assert set(story.read().lines["bucket"].to_pylist()) == {"untraced"}


def test_a_line_that_a_rebase_dropped_was_rewritten_in_review(story: Story) -> None:
    _, commit = on_branch(story)
    story.sync()
    main = story.history.resolve("main")
    story.history.set_ref("refs/heads/feature", main)
    story.history.checkout("feature")
    rebased = story.commit({"cart.py": code("sum", "duty", "voucher")}, "Add the cart")
    story.head_moved(commit, main, "rebase (start)", at=story.now)
    story.head_moved(main, rebased, "rebase (pick)", at=story.now)
    story.head_moved(rebased, rebased, "rebase (finish)", at=story.now)

    assert story.buckets() == {"rewritten_in_review": 5}


def test_a_line_that_lands_again_after_its_revert_is_there_again(story: Story) -> None:
    edit = story.edit("cart.py", 5)
    commit = story.commit({"cart.py": code(*CART)})
    story.carried(edit, commit, "cart.py", 1, 2, 3, 4, 5)
    reverted = story.history.revert(commit)

    assert story.buckets() == {"reworked": 5}

    story.history.revert(reverted)
    rows = story.lines().to_pylist()

    assert {row["bucket"] for row in rows} == {"merged"}
    assert {row["left_at"] for row in rows} == {None}
    assert {row["change"] for row in rows} == {1}


def test_a_moved_block_and_a_line_laid_out_anew_stay_where_they_are(story: Story) -> None:
    edit = story.edit("cart.py", 5)
    commit = story.commit({"cart.py": code(*CART)})
    story.carried(edit, commit, "cart.py", 1, 2, 3, 4, 5)
    indented = "".join(f"    {line}\n" for line in code(*CART).splitlines())
    story.commit({"cart.py": None, "basket.py": f"if cart:\n{indented}"})

    assert story.buckets() == {"merged": 5}


def test_an_agent_that_writes_a_carrier_anew_generates_a_line_of_its_own(story: Story) -> None:
    edit = story.edit("cart.py", 5)
    commit = story.commit({"cart.py": code(*CART)})
    story.carried(edit, commit, "cart.py", 1, 2, 3, 4, 5)
    story.commit({"cart.py": None})
    again = story.edit("cart.py", 5, turn="t2")
    landed = story.commit({"cart.py": code(*CART)})
    story.carried(again, landed, "cart.py", 1, 2, 3, 4, 5)

    rows = story.lines().to_pylist()

    assert [(row["turn"], row["bucket"]) for row in rows] == [("t1", "reworked")] * 5 + [
        ("t2", "merged")
    ] * 5


def test_a_generated_line_is_committed_when_the_first_carrier_was(story: Story) -> None:
    _, commit = on_branch(story)
    story.history.checkout("main")
    story.history.cherry_pick(commit, when="2025-02-01")

    row = story.lines().to_pylist()[0]

    assert row["merged_at"] - row["committed_at"] == timedelta(days=30, hours=11)
    assert row["line"] == story.line_of(commit, "cart.py", 1)
