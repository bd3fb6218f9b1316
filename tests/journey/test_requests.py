"""What became of lines in requests: each way to merge one, and each way not to."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.journey.forge_stories import PROJECT, ForgeStory
from tests.journey.stories import DAY, START, GeneratedEdit, code

from landed.journey import read_unlinked
from landed.store import Store

HOUR = timedelta(hours=1)
CART = ("total", "tax", "discount", "shipping", "refund")
LOST = "its request was merged, and the line was not found"


@pytest.fixture
def story(tmp_path: Path) -> ForgeStory:
    """A shop with one commit, before any agent came."""
    story = ForgeStory(tmp_path)
    story.commit({"readme.md": "The shop sells things.\n"})
    return story


def on_branch(story: ForgeStory, branch: str = "feature") -> tuple[GeneratedEdit, str]:
    """An agent writes the cart, which is committed on a branch."""
    story.history.branch(branch)
    edit = story.edit("cart.py", len(CART))
    commit = story.commit({"cart.py": code(*CART)}, "Add the cart")
    story.carried(edit, commit, "cart.py", *range(1, len(CART) + 1))
    return edit, commit


def requests(story: ForgeStory) -> set[tuple[str | None, int | None]]:
    rows = story.lines().to_pylist()
    return {(row["project"], row["number"]) for row in rows}


def test_a_merge_commit_lands_the_lines_that_the_last_version_has(story: ForgeStory) -> None:
    _, first = on_branch(story)
    last = story.commit({"cart.py": code(*CART[:4])}, "No refunds")
    story.request(1, [first, last])
    story.history.checkout("main")
    merge = story.history.merge("feature")
    merged_at = story.now + HOUR
    story.merged(1, merge, at=merged_at)

    rows = story.lines().to_pylist()

    assert [row["bucket"] for row in rows] == ["merged"] * 4 + ["rewritten_in_review"]
    assert {row["merged_at"] for row in rows} == {merged_at, None}
    assert {(row["project"], row["number"]) for row in rows} == {(PROJECT, 1)}


def test_a_squash_lands_what_it_holds_and_the_rest_cannot_be_found(story: ForgeStory) -> None:
    _, head = on_branch(story)
    story.request(1, [head])
    story.history.checkout("main")
    squashed = story.commit({"cart.py": code(*CART[:4], "voucher")}, "Cart (#1)")
    story.merged(1, squashed, rule="squash")
    story.history.delete_branch("feature")

    rows = story.lines().to_pylist()

    assert [(row["bucket"], row["reason"]) for row in rows] == [("merged", None)] * 4 + [
        ("untraced", LOST)
    ]
    assert {row["number"] for row in rows} == {1}


def test_a_rebase_lands_every_commit_at_the_time_of_the_merge(story: ForgeStory) -> None:
    _, first = on_branch(story)
    last = story.commit({"cart.py": code(*CART[:4], "voucher")}, "Vouchers")
    story.request(1, [first, last])
    story.history.checkout("main")
    story.commit({"other.py": code("other")})
    picked = [story.history.cherry_pick(commit) for commit in (first, last)]
    merged_at = story.now + HOUR
    story.merged(1, picked[-1], *picked, rule="rebase", at=merged_at)
    story.history.delete_branch("feature")

    rows = story.lines().to_pylist()

    assert [row["bucket"] for row in rows] == ["merged"] * 4 + ["reworked"]
    assert {row["merged_at"] for row in rows} == {merged_at}
    assert {row["number"] for row in rows} == {1}


def test_an_open_request_keeps_what_its_head_has(story: ForgeStory) -> None:
    _, first = on_branch(story)
    last = story.commit({"cart.py": code(*CART[:4], "voucher")}, "Vouchers")
    story.request(1, [first, last])
    story.sync()
    story.history.checkout("main")
    story.history.delete_branch("feature")

    assert story.buckets() == {"unmerged": 4, "rewritten_in_review": 1}
    assert story.buckets(story.now + 91 * DAY) == {"closed": 4, "rewritten_in_review": 1}


def test_a_request_that_was_closed_unmerged_was_open_until_then(story: ForgeStory) -> None:
    _, head = on_branch(story)
    story.request(1, [head])
    closed_at = story.now + 2 * DAY
    story.closed(1, at=closed_at)

    rows = story.lines(closed_at).to_pylist()

    assert {(row["bucket"], row["wasted"], row["number"]) for row in rows} == {("closed", True, 1)}
    assert story.buckets(closed_at - HOUR) == {"unmerged": 5}


def test_the_branch_of_a_closed_request_that_goes_on_is_open(story: ForgeStory) -> None:
    _, head = on_branch(story)
    story.request(1, [head])
    story.closed(1)
    story.commit({"cart.py": code(*CART[:4], "voucher")}, "Vouchers")

    assert story.buckets() == {"unmerged": 4, "closed": 1}


def test_a_line_that_an_older_version_of_the_branch_had_was_rewritten(story: ForgeStory) -> None:
    _, old = on_branch(story)
    story.request(1, [old])
    story.history.set_ref("refs/pull/1/head", old)
    story.sync()
    story.history.checkout("main")
    story.history.delete_branch("feature")
    story.history.branch("again")
    new = story.commit({"basket.py": code("sum", "duty")}, "Another cart")
    story.pushed(1, new)
    story.rows["branch_tip"] = [tip("refs/pull/1/head", old, gone=True)]

    rows = story.lines().to_pylist()

    assert {row["bucket"] for row in rows} == {"rewritten_in_review"}


def tip(ref: str, commit: str, *, gone: bool) -> dict[str, object]:
    """What a mirror of the forge noted of a ref."""
    seen = {"gone_at": START + DAY if gone else None}
    return {"repository": "here", "place": "/mirror", "ref": ref, "commit": commit} | seen


def test_stacked_requests_stand_each_for_its_own_commits(story: ForgeStory) -> None:
    _, first = on_branch(story, "below")
    story.history.branch("above")
    edit = story.edit("tax.py", 2, turn="t2")
    second = story.commit({"tax.py": code("rate", "duty")}, "Add taxes")
    story.carried(edit, second, "tax.py", 1, 2)
    story.request(1, [first], branch="below")
    story.request(2, [second], branch="above", base="below")
    story.history.checkout("main")
    story.commit({"cart.py": code(*CART[:4])}, "Cart (#1)")
    squashed = story.history.resolve("main")
    story.merged(1, squashed, rule="squash")

    rows = story.lines().to_pylist()

    # the fifth line of the cart is not on main, but the request above still brings it
    assert [(row["number"], row["bucket"]) for row in rows] == [
        *[(1, "merged")] * 4,
        (1, "unmerged"),
        *[(2, "unmerged")] * 2,
    ]

    story.closed(2)
    assert story.buckets() == {"merged": 4, "untraced": 1, "closed": 2}


def test_a_request_into_another_branch_leaves_its_lines_to_that_branch(story: ForgeStory) -> None:
    story.history.branch("release")
    _, head = on_branch(story)
    story.request(1, [head], base="release")
    story.history.checkout("release")
    merge = story.history.merge("feature")
    story.merged_unseen(1, merge)

    assert story.buckets() == {"unmerged": 5}

    story.history.checkout("main")
    story.history.delete_branch("release")
    story.history.delete_branch("feature")
    story.sync(now=story.now)
    assert story.buckets() == {"untraced": 5}


def test_a_merge_that_has_not_been_read_yet_is_said(story: ForgeStory) -> None:
    _, head = on_branch(story)
    story.request(1, [head])
    story.merged_unseen(1, "f" * 40)

    rows = story.lines().to_pylist()

    assert {(row["bucket"], row["reason"]) for row in rows} == {
        ("untraced", "its request was merged by a commit that has not been read")
    }


def test_a_request_of_which_only_the_commits_are_known_stands_for_them(story: ForgeStory) -> None:
    _, head = on_branch(story)
    told = story.request(1, [head])
    told["head_commit"] = "e" * 40

    assert requests(story) == {(PROJECT, 1)}
    assert story.buckets() == {"unmerged": 5}


def test_lines_of_no_request_name_none(story: ForgeStory) -> None:
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)

    row = story.only()

    assert (row["project"], row["number"], row["reviewed"], row["green"]) == (
        None,
        None,
        False,
        None,
    )


def merged_with(story: ForgeStory) -> str:
    """A request with one line that is merged a day after it was opened; its head."""
    story.history.branch("feature")
    edit = story.edit("cart.py", 1)
    head = story.commit({"cart.py": code("total")})
    story.carried(edit, head, "cart.py", 1)
    story.request(1, [head], author="ana")
    story.history.checkout("main")
    merge = story.history.merge("feature", when=story.now + DAY)
    story.merged(1, merge)
    return head


@pytest.mark.parametrize(
    ("reviewer", "kind", "state", "later", "reviewed"),
    [
        ("ben", "user", "approved", 0, True),
        ("ben", "user", "commented", 0, True),
        ("ben", "unknown", "changes-requested", 0, True),
        ("ana", "user", "commented", 0, False),
        ("ben", "bot", "approved", 0, False),
        ("linter", "user", "commented", 0, False),
        (None, "unknown", "approved", 0, False),
        ("ben", "user", "approved", 3, False),
    ],
)
def test_a_line_was_reviewed_if_another_person_did_before_the_merge(
    tmp_path: Path, reviewer: str | None, kind: str, state: str, later: int, reviewed: bool
) -> None:
    story = ForgeStory(tmp_path, forges={"bots": ["Linter"]})
    story.commit({"readme.md": "Shop\n"})
    opened = story.now
    merged_with(story)
    story.review(1, reviewer, kind=kind, state=state, at=opened + 2 * HOUR + later * DAY)

    row = story.only(story.now + 9 * DAY)

    assert (row["merged"], row["reviewed"]) == (True, reviewed)


def test_a_review_that_came_later_than_a_time_had_not_come_by_then(story: ForgeStory) -> None:
    _, head = on_branch(story)
    story.request(1, [head])
    reviewed_at = story.now + 2 * HOUR
    story.review(1, "ben", at=reviewed_at)

    assert set(story.lines(reviewed_at)["reviewed"].to_pylist()) == {True}
    assert set(story.lines(reviewed_at - HOUR)["reviewed"].to_pylist()) == {False}


def test_where_only_files_tell_of_the_project_reviews_are_not_known(tmp_path: Path) -> None:
    story = ForgeStory(tmp_path, forge="named")
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)

    assert story.only()["reviewed"] is None


@pytest.mark.parametrize(
    ("runs", "green"),
    [
        ([("test", "success"), ("lint", "neutral")], True),
        ([("test", "failure"), ("test", "success")], True),
        ([("test", "success"), ("test", "failure")], False),
        ([("test", "success"), ("lint", "pending")], False),
        ([("test", "success"), ("lint", "cancelled")], False),
        ([("test", "neutral")], False),
        ([], None),
    ],
)
def test_the_latest_run_of_every_check_of_the_head_decides(
    story: ForgeStory, runs: list[tuple[str, str]], green: bool | None
) -> None:
    head = merged_with(story)
    for minute, (name, state) in enumerate(runs):
        story.check(head, name, state, at=story.now + timedelta(minutes=minute))

    assert story.only()["green"] is green


def test_without_checks_of_the_head_those_of_the_merge_decide(story: ForgeStory) -> None:
    merged_with(story)
    story.check(story.history.resolve("main"), "test")

    assert story.only()["green"] is True


def test_of_a_line_without_a_request_the_commit_that_it_landed_by_is_asked(
    story: ForgeStory,
) -> None:
    edit = story.edit("cart.py", 2)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    story.check(commit, "test")

    rows = story.lines().to_pylist()

    assert [(row["committed"], row["green"]) for row in rows] == [(True, True), (False, False)]


def test_ai_lines_that_no_session_made_share_the_fate_of_their_requests(story: ForgeStory) -> None:
    trailer = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    for number, path in ((1, "open.py"), (2, "closed.py"), (3, "merged.py")):
        story.history.checkout("main")
        story.history.branch(f"branch-{number}")
        head = story.commit({path: code(*CART)}, f"Add {path}{trailer}")
        story.request(number, [head])
    story.history.checkout("main")
    story.closed(2)
    story.merged(3, story.history.merge("branch-3"))
    story.sync()

    with Store.open(story.workspace, read_only=True) as store:
        found = read_unlinked(store, story.settings, None, story.now + DAY)

    assert {name: lines for name, lines in found.buckets.items() if lines} == {
        "unmerged": 5,
        "closed": 5,
        "merged": 5,
    }


def test_what_came_after_a_merge_landed_no_earlier_than_it(story: ForgeStory) -> None:
    _, head = on_branch(story)
    story.request(1, [head])
    story.history.checkout("main")
    merged_at = story.now + 5 * HOUR
    story.merged(1, story.history.merge("feature"), at=merged_at)
    edit = story.edit("tax.py", 1, turn="t2")
    after = story.commit({"tax.py": code("rate")})
    story.carried(edit, after, "tax.py", 1)

    assert set(story.lines()["merged_at"].to_pylist()) == {merged_at}
    assert story.buckets(merged_at - HOUR) == {"unmerged": 6}
