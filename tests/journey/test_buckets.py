"""Every bucket, each as a small story."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.journey.stories import DAY, START, Story, code


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A shop with one commit, before any agent came."""
    story = Story(tmp_path)
    story.commit({"readme.md": "The shop sells things.\n"})
    return story


def test_a_line_in_the_newest_release_is_live(story: Story) -> None:
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    story.history.tag("v1.0")

    row = story.only()

    assert row["bucket"] == "live"
    assert row["committed"] and row["merged"] and row["deployed"] and row["live"]
    assert (
        row["merged_at"] == row["committed_at"] == row["deployed_at"] == START + timedelta(hours=1)
    )
    assert row["left_at"] is None and row["change"] == 1


def test_a_line_on_the_default_branch_that_no_release_holds_is_merged(story: Story) -> None:
    story.history.tag("v1.0")
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)

    row = story.only()

    assert (row["bucket"], row["merged"], row["deployed"]) == ("merged", True, False)
    assert row["deployed_at"] is None


@pytest.mark.parametrize(
    ("tag", "told"),
    [(None, "no release tags"), ("nightly", "no tag looks like a final version")],
)
def test_without_releases_nothing_is_live_and_the_journey_says_so(
    story: Story, tag: str | None, told: str
) -> None:
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    if tag is not None:
        story.history.tag(tag)

    journey = story.read()

    assert journey.lines["bucket"].to_pylist() == ["merged"]
    (missing,) = journey.missing
    assert missing.repository == story.repository
    assert missing.what.startswith(told)


def test_before_the_first_release_nothing_was_live(story: Story) -> None:
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    story.commit({"other.py": code("other")})
    story.history.tag("v1.0")

    journey = story.read(story.now - timedelta(hours=1))

    assert journey.lines["bucket"].to_pylist() == ["merged"]
    assert [missing.what[:11] for missing in journey.missing] == ["no release "]


def test_the_default_branch_can_be_what_is_in_production(tmp_path: Path) -> None:
    story = Story(tmp_path, production="default-branch")
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)

    journey = story.read()

    assert journey.lines["bucket"].to_pylist() == ["live"]
    assert journey.missing == []


def test_a_line_that_left_after_days_is_reworked_and_after_a_month_replaced(story: Story) -> None:
    edit = story.edit("cart.py", 2)
    commit = story.commit({"cart.py": code("total", "tax")})
    story.carried(edit, commit, "cart.py", 1, 2)
    story.commit({"cart.py": code("total", "duty")}, when="2025-01-10")
    story.commit({"cart.py": code("sum", "duty")}, when="2025-03-01")

    rows = story.lines().to_pylist()

    assert [row["bucket"] for row in rows] == ["replaced", "reworked"]
    assert [row["reason"] for row in rows] == ["rewrite", "rewrite"]
    assert [row["removed_by"] for row in rows] == ["unknown", "unknown"]
    assert all(row["merged"] and not row["deployed"] for row in rows)


def test_a_line_that_left_the_default_branch_is_live_until_the_next_release(story: Story) -> None:
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    story.history.tag("v1.0")
    story.commit({"cart.py": None})

    assert story.buckets() == {"live": 1}

    story.history.tag("v1.1")

    row = story.only()
    assert (row["bucket"], row["deployed"], row["live"]) == ("reworked", True, False)


def test_a_line_that_only_a_release_branch_holds_is_live_there(story: Story) -> None:
    story.history.tag("v1.0")
    story.history.branch("stable")
    edit = story.edit("patch.py", 1)
    commit = story.commit({"patch.py": code("hotfix")})
    story.carried(edit, commit, "patch.py", 1)
    story.history.tag("v1.0.1")

    row = story.only()

    assert (row["bucket"], row["merged"], row["live"]) == ("live", True, True)
    assert row["merged_at"] is None and row["change"] is None

    story.history.checkout("main")
    story.commit({"other.py": code("other")})
    story.history.tag("v1.1")

    gone = story.only()
    assert (gone["bucket"], gone["deployed"], gone["live"]) == ("reworked", True, False)


def test_a_line_that_its_branch_took_back_before_the_merge_was_rewritten_in_review(
    story: Story,
) -> None:
    story.history.branch("feature")
    edit = story.edit("cart.py", 2)
    commit = story.commit({"cart.py": code("total", "tax")})
    story.carried(edit, commit, "cart.py", 1, 2)
    story.commit({"cart.py": code("total", "duty")})

    assert story.buckets() == {"unmerged": 1, "rewritten_in_review": 1}

    story.history.checkout("main")
    story.history.merge("feature")

    assert story.buckets() == {"merged": 1, "rewritten_in_review": 1}


def test_a_branch_is_open_until_it_was_idle_for_90_days(story: Story) -> None:
    story.history.branch("feature")
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)

    row = story.only(story.now + 89 * DAY)

    assert (row["bucket"], row["committed"], row["merged"]) == ("unmerged", True, False)
    assert story.buckets(story.now + 91 * DAY) == {"closed": 1}


def test_a_branch_that_was_deleted_cannot_be_followed(story: Story) -> None:
    story.history.branch("feature")
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    story.sync()
    story.history.checkout("main")
    story.history.delete_branch("feature")
    gone_at = story.now + 2 * DAY
    story.sync(now=gone_at)

    before = story.journey(gone_at - DAY).lines.to_pylist()[0]
    after = story.journey(gone_at + DAY).lines.to_pylist()[0]

    assert before["bucket"] == "unmerged"
    assert (after["bucket"], after["reason"]) == (
        "untraced",
        "its branch is gone, and nothing tells what became of it",
    )


def test_an_applied_line_is_pending_for_14_days_then_discarded(story: Story) -> None:
    story.edit("cart.py", 1)

    assert story.buckets(story.now + 13 * DAY) == {"pending": 1}
    assert story.buckets(story.now + 15 * DAY) == {"discarded": 1}


@pytest.mark.parametrize("place", ["working-tree", "stash"])
def test_a_line_that_lies_uncommitted_is_pending_however_old(story: Story, place: str) -> None:
    edit = story.edit("cart.py", 1)
    edit.lines[0]["uncommitted_in"] = place

    assert story.buckets(story.now + 100 * DAY) == {"pending": 1}


def test_a_line_that_was_seen_gone_is_discarded(story: Story) -> None:
    edit = story.edit("cart.py", 1)
    story.removed(edit, story.now + DAY)

    row = story.only(story.now + 2 * DAY)

    assert (row["bucket"], row["accepted"], row["committed"]) == ("discarded", True, False)
    assert story.buckets(story.now) == {"pending": 1}


@pytest.mark.parametrize(
    ("status", "decided_by", "reason", "decided"),
    [
        ("refused", "person", "person", True),
        ("refused", "policy", "policy", False),
        ("refused", None, None, False),
        ("failed", None, "failed", False),
    ],
)
def test_a_refused_or_failed_edit_is_rejected(
    story: Story, status: str, decided_by: str | None, reason: str | None, decided: bool
) -> None:
    story.edit("cart.py", 1, status=status, decided_by=decided_by)

    row = story.only()

    assert (row["bucket"], row["reason"]) == ("rejected", reason)
    assert (row["decided"], row["accepted"]) == (decided, False)


def test_files_of_no_repository_and_files_left_out_have_buckets_of_their_own(story: Story) -> None:
    story.edit("/tmp/notes.txt", 2, place="outside")
    story.edit("poetry.lock", 3, excluded=True)
    story.edit("/other/cart.py", 1, place="unread")

    rows = story.lines().to_pylist()

    assert story.buckets() == {"outside": 2, "excluded": 3, "untraced": 1}
    assert {row["reason"] for row in rows} == {None, "its repository has not been read"}


def test_a_line_that_its_own_turn_replaced_is_superseded(story: Story) -> None:
    edit = story.edit("cart.py", 1)
    story.removed(edit, story.now + timedelta(minutes=5), by="agent", state="superseded")

    assert story.buckets(story.now + DAY) == {"superseded": 1}
    assert story.buckets(story.now + timedelta(minutes=1)) == {"pending": 1}


def test_a_commit_of_the_session_that_is_lost_leaves_its_lines_untraced(story: Story) -> None:
    story.edit("cart.py", 1)
    story.session_commit("abcdef1234", at=story.now + timedelta(minutes=10))
    story.edit("later.py", 1, at=story.now + timedelta(minutes=20))

    rows = story.lines(story.now + 20 * DAY).to_pylist()

    assert [(row["path"], row["bucket"]) for row in rows] == [
        ("cart.py", "untraced"),
        ("later.py", "discarded"),
    ]
    assert rows[0]["reason"] == "its session made a commit that is no longer in the repository"
