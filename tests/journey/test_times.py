"""A journey at an earlier time is what a run at that time would have told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.journey.stories import Story, code

COLUMNS = (
    "edit", "ordinal", "bucket", "reason", "committed", "merged", "deployed", "live",
    "committed_at", "merged_at", "deployed_at", "left_at", "change",
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
