"""What the branches of a clone end in is noted at each run; what they ended in before is kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.histories.builder import FIRST_COMMIT_AT, HOUR, History
from tests.journey.stories import DAY, START, Story, code

from landed.journey import note_branches
from landed.sources.git.mirror import fetch_mirror
from landed.sources.git.scratch import Scratch
from landed.store import Store

REPOSITORY = "0123456789abcdef"
Tips = dict[tuple[str, str], datetime | None]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A main line of one commit, and a branch with another."""
    history = History(tmp_path / "repo")
    history.write("readme.md", "Shop\n")
    history.commit()
    history.branch("feature")
    history.write("cart.py", "total = 0\n")
    history.commit()
    return history


def noted(history: History, workspace: Path, *, now: datetime, more: tuple[str, ...] = ()) -> Tips:
    """The tips after one more run: when each ref was missed, by ref and commit."""
    with Scratch.open(history.path, workspace) as scratch, Store.open(workspace) as store:
        note_branches(store, REPOSITORY, scratch, more, now=now)
        rows = store.read("branch_tip", REPOSITORY).to_pylist()
    assert {row["place"] for row in rows} == {str(history.git_dir)}
    return {(row["ref"], row["commit"]): row["gone_at"] for row in rows}


def test_branches_that_move_and_branches_that_go_leave_their_former_tips(
    history: History, tmp_path: Path
) -> None:
    main, feature = history.resolve("main"), history.resolve("feature")
    first = noted(history, tmp_path / "workspace", now=START)
    history.write("cart.py", "total = 1\n")
    moved = history.commit()
    second = noted(history, tmp_path / "workspace", now=START + DAY)
    history.checkout("main")
    history.delete_branch("feature")
    third = noted(history, tmp_path / "workspace", now=START + 2 * DAY)

    assert first == {("refs/heads/main", main): None, ("refs/heads/feature", feature): None}
    assert second == first | {
        ("refs/heads/feature", feature): START + DAY,
        ("refs/heads/feature", moved): None,
    }
    assert third == second | {("refs/heads/feature", moved): START + 2 * DAY}


def test_a_branch_that_comes_back_stands_again(history: History, tmp_path: Path) -> None:
    feature = history.resolve("feature")
    noted(history, tmp_path / "workspace", now=START)
    history.checkout("main")
    history.delete_branch("feature")
    gone = noted(history, tmp_path / "workspace", now=START + DAY)
    history.set_ref("refs/heads/feature", feature)
    back = noted(history, tmp_path / "workspace", now=START + 2 * DAY)

    assert gone["refs/heads/feature", feature] == START + DAY
    assert back["refs/heads/feature", feature] is None


def test_remote_branches_named_refs_and_a_detached_head_count_but_no_tag_and_no_stash(
    history: History, tmp_path: Path
) -> None:
    feature = history.resolve("feature")
    for ref in ("refs/remotes/origin/x", "refs/pull/1/head", "refs/tags/v1", "refs/stash"):
        history.set_ref(ref, feature)
    history.detach(feature)

    found = noted(history, tmp_path / "workspace", now=START, more=("refs/pull/*/head",))

    assert {ref for ref, _ in found} == {
        "refs/heads/main",
        "refs/heads/feature",
        "refs/remotes/origin/x",
        "refs/pull/1/head",
        "HEAD",
    }


def test_a_stash_is_no_version_of_a_branch(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.commit({"readme.md": "Shop\n"})
    story.history.branch("feature")
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    story.history.write("cart.py", code("sum"))
    stash = story.history.commit("WIP on feature")
    story.history.set_ref("refs/heads/feature", commit)
    story.history.set_ref("refs/stash", stash)

    assert story.buckets() == {"unmerged": 1}


def test_where_no_tip_was_ever_noted_newer_versions_tell_which_branches_stand(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path)
    story.commit({"readme.md": "Shop\n"})
    story.history.branch("feature")
    edit = story.edit("cart.py", 4)
    commit = story.commit({"cart.py": code("total", "tax", "sum", "duty")})
    story.carried(edit, commit, "cart.py", 1, 2, 3, 4)
    story.history.set_ref("refs/heads/old", commit)
    story.history.set_ref("refs/heads/feature", story.history.resolve("main"))
    story.history.checkout("feature")
    amended = {"when": FIRST_COMMIT_AT + HOUR, "committed": FIRST_COMMIT_AT + 2 * HOUR}
    story.commit({"cart.py": code("total", "tax", "sum", "fee")}, **amended)
    story.sync(branches=False)

    rows = story.journey(story.now + DAY).lines.to_pylist()

    assert [row["bucket"] for row in rows] == ["unmerged"] * 3 + ["rewritten_in_review"]


def test_the_branches_of_changes_in_a_mirror_are_no_branches_unless_they_are_named(
    history: History, tmp_path: Path
) -> None:
    feature = history.resolve("feature")
    history.set_ref("refs/pull/1/head", feature)
    history.set_ref("refs/merge-requests/2/head", feature)
    mirror = tmp_path / "mirror.git"
    fetch_mirror(mirror, f"file://{history.git_dir}", local_files=True)
    history.git("update-ref", "-d", "refs/pull/1/head")
    history.git("update-ref", "-d", "refs/merge-requests/2/head")

    def refs(*more: str) -> set[str]:
        workspace = tmp_path / "workspace"
        with (
            Scratch.open(history.path, workspace, mirror=mirror) as scratch,
            Store.open(workspace) as store,
        ):
            note_branches(store, REPOSITORY, scratch, more, now=START)
            rows = store.query("select ref from branch_tip where gone_at is null")
        return {ref for ref in rows["ref"].to_pylist() if not ref.startswith("refs/heads/")}

    # the server's HEAD was on `feature`: it is the default branch there
    remote = {f"refs/remotes/origin/{name}" for name in ("main", "feature", "HEAD")}
    assert refs() == remote
    assert refs("refs/pull/*/head") == remote | {"refs/pull/1/head"}
