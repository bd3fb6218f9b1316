"""A journey at an earlier time is what a run at that time would have told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.journey.forge_stories import ForgeStory
from tests.journey.stories import DAY, Story, code

COLUMNS = (
    "edit", "ordinal", "bucket", "reason", "committed", "merged", "deployed", "live",
    "committed_at", "merged_at", "deployed_at", "left_at", "change", "live_30", "live_90",
    "live_seconds", "number", "reviewed", "green",
)  # fmt: skip


def release(story: Story, tag: str) -> None:
    """Tag the tip, shortly after now."""
    story.history.tag(tag, message=tag, when=story.now + timedelta(minutes=1))


def test_the_story_told_later_is_the_story_told_day_by_day(tmp_path: Path) -> None:
    story = Story(tmp_path)
    told: dict[datetime, list[dict[str, object]]] = {}

    def tell() -> None:
        moment = story.now
        told[moment] = story.read(moment).lines.select(COLUMNS).to_pylist()

    story.commit({"readme.md": "Shop\n"})
    edit = story.edit("cart.py", 4)
    tell()
    story.history.branch("feature")
    first = story.commit({"cart.py": code("total", "tax", "sum")})
    story.carried(edit, first, "cart.py", 1, 2, 3)
    tell()
    story.commit({"cart.py": code("total", "duty", "sum")})
    tell()
    story.removed(edit, story.now + timedelta(minutes=1))
    story.history.checkout("main")
    story.history.merge("feature")
    tell()
    release(story, "v1.0")
    story.commit({"cart.py": code("total", "duty", "amount")}, "fix: amount")
    tell()
    release(story, "v1.1")
    story.commit({"other.py": code("other")})
    tell()
    story.commit({"cart.py": None}, when="2025-06-01")
    tell()

    buckets = [[row["bucket"] for row in rows] for rows in told.values()]
    assert buckets[0] == ["pending"] * 4
    assert buckets[1] == ["unmerged"] * 3 + ["pending"]
    assert buckets[2] == ["unmerged", "rewritten_in_review", "unmerged", "pending"]
    assert buckets[3] == ["merged", "rewritten_in_review", "merged", "discarded"]
    assert buckets[4] == ["live", "rewritten_in_review", "live", "discarded"]
    assert buckets[5] == ["live", "rewritten_in_review", "reworked", "discarded"]
    assert buckets[6] == ["live", "rewritten_in_review", "reworked", "discarded"]
    for moment, rows in told.items():
        assert story.journey(moment).lines.select(COLUMNS).to_pylist() == rows


def test_a_story_with_a_forge_told_later_is_the_story_told_day_by_day(tmp_path: Path) -> None:
    story = ForgeStory(tmp_path)
    told: dict[datetime, list[dict[str, object]]] = {}
    first = story.commit({"readme.md": "Shop\n"})
    story.deploy(first)
    edit = story.edit("cart.py", 2)
    day = story.now

    def tell() -> None:
        nonlocal day
        told[day] = story.read(day).lines.select(COLUMNS).to_pylist()
        day += DAY

    story.history.branch("feature")
    head = story.commit({"cart.py": code("total", "tax")}, when=day)
    story.carried(edit, head, "cart.py", 1, 2)
    tell()
    story.request(1, [head], at=day)
    tell()
    story.review(1, "ben", at=day)
    story.check(head, "test", at=day)
    tell()
    story.history.checkout("main")
    merge = story.history.merge("feature", when=day)
    story.merged(1, merge, at=day)
    tell()
    story.deploy(merge, at=day)
    tell()
    story.deploy(first, at=day)
    tell()
    story.deploy(merge, at=day)
    tell()
    fixed = story.commit({"cart.py": code("total", "duty")}, "fix: tax", when=day)
    story.deploy(fixed, at=day)
    tell()
    day += 30 * DAY
    tell()

    assert [[row["bucket"] for row in rows] for rows in told.values()] == [
        ["unmerged"] * 2,
        ["unmerged"] * 2,
        ["unmerged"] * 2,
        ["merged"] * 2,
        ["live"] * 2,
        ["merged"] * 2,
        ["live"] * 2,
        ["live", "reworked"],
        ["live", "reworked"],
    ]
    assert [rows[0]["number"] for rows in told.values()] == [None, *[1] * 8]
    assert [rows[0]["reviewed"] for rows in told.values()] == [False] * 2 + [True] * 7
    assert [rows[0]["green"] for rows in told.values()] == [None] * 2 + [True] * 7
    assert [row["live_30"] for row in list(told.values())[-1]] == [True, False]
    for moment, rows in told.items():
        assert story.journey(moment).lines.select(COLUMNS).to_pylist() == rows


def test_a_line_of_a_rolled_back_release_that_is_on_main_is_merged_until_it_leaves(
    tmp_path: Path,
) -> None:
    story = ForgeStory(tmp_path)
    first = story.commit({"readme.md": "Shop\n"})
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    begin = story.now
    story.deploy(commit, at=begin)
    story.deploy(first, at=begin + DAY)
    story.commit({"cart.py": None}, when=begin + 2 * DAY)

    row = story.only(begin + 3 * DAY)

    assert (row["bucket"], row["reason"], row["deployed"]) == ("reworked", "deletion", True)
    assert (row["retired_at"], row["left_at"]) == (begin + DAY, begin + 2 * DAY)
