"""Lines of files that lie in no repository, or in one that has not been read."""

from __future__ import annotations

from pathlib import Path

from tests.attribution.generated.sessions import World
from tests.histories.builder import lines

from landed.records import OUTSIDE, UNREAD


def test_they_have_rows_of_their_own_with_what_the_edits_tell(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.agent("cart.py", lines("one", "two"), tree="/home/ana/unread")
    world.agent("cart.py", lines("one", "three"), tree="/home/ana/unread")
    world.agent("notes.txt", lines("a", "b"), tree="/tmp")
    world.agent("refused.txt", lines("c"), tree="/tmp", status="refused")
    for log in world.logs:
        log.inside = False
        if log.worktree == "/tmp":
            log.worktree = log.path = None

    world.read_elsewhere()

    unread, outside = world.rows("generated_line", UNREAD), world.rows("generated_line", OUTSIDE)
    assert sorted(row["state"] for row in unread) == ["present", "present", "superseded"]
    assert sorted(row["state"] for row in outside) == ["present", "present", "refused"]
    assert {row["line"] for row in unread + outside} == {None}


def test_what_turns_out_to_belong_to_a_repository_goes_there(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.agent("cart.py", lines("one", "two"))
    world.logs[0].inside = False
    world.read_elsewhere()
    assert len(world.rows("generated_line", UNREAD)) == 2

    world.logs[0].inside = True
    world.commit()
    world.read()
    world.read_elsewhere()

    assert world.rows("generated_line", UNREAD) == []
    assert len(world.rows("generated_line")) == 2
