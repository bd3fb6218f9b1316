"""Which commits no ref reaches, of those that are still there."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.builder import BEN, FIRST_COMMIT_AT, History
from tests.histories.laptop import Laptop
from tests.histories.objects import run_git

from landed.sources.git import unreachable
from landed.sources.git.headers import read_history
from landed.sources.git.loose import loose_commits
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import find_tips
from landed.sources.git.unreachable import Unreachable, find_unreachable, unreachable_state


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    laptop = Laptop(tmp_path / "shop")
    laptop.save("cart.py", "total = 0\n")
    return laptop


def find(path: Path, *refs: str) -> Unreachable:
    """What is there beside the branches, the tags and these refs."""
    with Scratch.open(path, path.parent / "workspace") as scratch:
        tips = find_tips(scratch, None, refs)
        known = read_history(scratch, tips.all).headers
        latest = next(row.committed for row in known if row.commit == tips.head)
        memory = path.parent / "memory.json"
        return find_unreachable(scratch, {row.commit for row in known}, latest, memory)


def tips(path: Path, *refs: str) -> set[str]:
    return {tip.decode() for tip in find(path, *refs).tips}


def test_nothing_where_refs_reach_everything(laptop: Laptop) -> None:
    laptop.git("checkout", "-q", "-b", "side")
    laptop.save("cart.py", "total = 1\n")

    assert find(laptop.path) == Unreachable()


def test_a_commit_that_was_amended(laptop: Laptop) -> None:
    base = laptop.head()
    first = laptop.save("cart.py", "total = 1\n")
    second = laptop.commit("Better", amend=True)
    laptop.commit("Best", amend=True)

    found = find(laptop.path)

    assert found.tips == {first.encode(), second.encode()}
    assert found.grows_from == {base.encode()}


def test_a_deleted_branch_is_known_by_its_last_commit(laptop: Laptop) -> None:
    laptop.git("checkout", "-q", "-b", "side")
    laptop.save("cart.py", "total = 1\n")
    last = laptop.save("cart.py", "total = 2\n")
    laptop.git("checkout", "-q", "main")
    laptop.git("branch", "-q", "-D", "side")

    assert tips(laptop.path) == {last}


def test_what_a_removed_working_tree_left_is_loose(laptop: Laptop, tmp_path: Path) -> None:
    laptop.git("worktree", "add", "-q", "--detach", str(tmp_path / "other"))
    (tmp_path / "other" / "cart.py").write_text("total = 3\n")
    told = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in NAMES}
    run_git(tmp_path / "other", "commit", "-q", "-a", "-m", "Elsewhere", environment=told)
    left = run_git(tmp_path / "other", "rev-parse", "HEAD").stdout.decode().strip()
    laptop.git("worktree", "remove", "--force", str(tmp_path / "other"))

    assert tips(laptop.path) == {left}


NAMES = ("NAME", "EMAIL")


def test_what_gc_puts_into_a_cruft_pack_is_found_too(laptop: Laptop) -> None:
    dropped = laptop.save("cart.py", "total = 1\n")
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    laptop.git("reflog", "expire", "--expire=now", "--all")
    laptop.git("gc", "-q", "--cruft", "--prune=never")

    assert list((laptop.git_dir / "objects" / "pack").glob("*.mtimes"))
    assert tips(laptop.path) == {dropped}


def test_a_commit_that_lost_its_tree_and_what_grew_from_it_do_not_count(laptop: Laptop) -> None:
    whole = laptop.save("cart.py", "total = 1\n")
    laptop.save("bill.py", "due = 1\n")
    tree = laptop.rev("HEAD^{tree}")
    laptop.save("bill.py", "due = 2\n")
    laptop.git("reset", "-q", "--hard", "HEAD~3")
    (laptop.git_dir / "objects" / tree[:2] / tree[2:]).unlink()

    found = find(laptop.path)

    assert found.tips == {whole.encode()}
    assert found.left_out == {"incomplete": 1}


def test_a_commit_that_lost_a_file_does_not_count(laptop: Laptop) -> None:
    laptop.save("cart.py", "total = 1\n")
    blob = laptop.rev("HEAD:cart.py")
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    (laptop.git_dir / "objects" / blob[:2] / blob[2:]).unlink()

    assert find(laptop.path) == Unreachable(left_out={"incomplete": 1})


def test_a_damaged_object_does_no_harm(laptop: Laptop) -> None:
    lost = laptop.save("cart.py", "total = 1\n")
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    kept = laptop.save("cart.py", "total = 2\n")
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    file = laptop.git_dir / "objects" / lost[:2] / lost[2:]
    file.chmod(0o600)
    file.write_bytes(b"")

    assert tips(laptop.path) == {kept}


def test_history_of_its_own_root_is_somebody_elses(laptop: Laptop) -> None:
    laptop.git("notes", "add", "-m", "First")
    laptop.git("notes", "add", "-f", "-m", "Second")
    laptop.git("update-ref", "-d", "refs/notes/commits")

    assert find(laptop.path) == Unreachable()


def test_what_another_ref_reaches_is_read_only_where_that_ref_is(laptop: Laptop) -> None:
    request = laptop.save("cart.py", "total = 1\n")
    laptop.git("update-ref", "refs/pull/7/head", "HEAD")
    laptop.git("reset", "-q", "--hard", "HEAD~1")

    assert tips(laptop.path) == set()
    assert tips(laptop.path, "refs/pull/*/head") == set()
    laptop.git("update-ref", "-d", "refs/pull/7/head")
    assert tips(laptop.path) == {request}


def test_a_stash_is_read_as_long_as_it_is_listed(laptop: Laptop) -> None:
    laptop.write("cart.py", "total = 1\n")
    laptop.git("add", "cart.py")
    laptop.write("cart.py", "total = 2\n")
    laptop.write("new.py", "x = 1\n")
    laptop.git("stash", "-q", "--include-untracked")
    stash = laptop.rev("refs/stash")

    assert tips(laptop.path) == {stash}
    laptop.git("stash", "drop", "-q")
    assert find(laptop.path) == Unreachable()


def test_a_snapshot_that_a_tool_made_is_no_history(laptop: Laptop) -> None:
    base = laptop.head()
    laptop.write("cart.py", "total = 1\n")
    laptop.git("add", "cart.py")
    tree = laptop.git("write-tree")
    snapshot = ("Codex Snapshot", "snapshot@codex.local")
    laptop.git("commit-tree", tree, "-p", base, "-m", "codex snapshot", by=snapshot)
    laptop.git("commit-tree", tree, "-p", base, "-m", "Checkpoint", by=("Zed", "hi@zed.dev"))
    written = laptop.git("commit-tree", tree, "-p", base, "-m", "Mine", by=("Zed", "hi@zed.dev"))

    assert tips(laptop.path) == {written}


def test_old_and_very_many_tips_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(tmp_path / "shop")
    history.write("cart.py", "total = 0\n")
    base = history.commit(when=FIRST_COMMIT_AT)
    made = []
    for day in (100, 399, 700, 701):
        history.write("cart.py", f"total = {day}\n")
        made.append(history.commit(parents=[base], when=FIRST_COMMIT_AT + day * 86_400))
    history.write("cart.py", "total = 1\n")
    history.commit(parents=[base], when=FIRST_COMMIT_AT + 800 * 86_400)

    assert find(history.path) == Unreachable(
        frozenset(commit.encode() for commit in made[2:]),
        frozenset([base.encode()]),
        {"old": 2},
    )
    monkeypatch.setattr(unreachable, "MOST_TIPS", 1)
    assert find(history.path).tips == {made[3].encode()}
    assert find(history.path).left_out == {"old": 2, "many": 1}


def test_a_rebased_branch_leaves_its_earlier_version(laptop: Laptop) -> None:
    laptop.git("checkout", "-q", "-b", "side")
    laptop.save("bill.py", "due = 1\n")
    before = laptop.save("bill.py", "due = 2\n")
    laptop.git("checkout", "-q", "main")
    laptop.save("cart.py", "total = 1\n", by=BEN)
    laptop.git("rebase", "-q", "main", "side")

    assert tips(laptop.path) == {before}


def test_the_state_changes_with_whatever_may_hold_a_commit(laptop: Laptop) -> None:
    def state() -> list[object]:
        with Scratch.open(laptop.path, laptop.path.parent / "workspace") as scratch:
            return unreachable_state(scratch)

    before = state()
    assert state() == before
    laptop.git("commit-tree", "HEAD^{tree}", "-m", "Loose")
    loose = state()
    assert loose != before
    laptop.git("reset", "-q", "--soft", "HEAD")
    assert state() != loose


def test_loose_commits_are_remembered_and_looked_for_anew(laptop: Laptop, tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"

    def look() -> set[bytes]:
        with Scratch.open(laptop.path, tmp_path / "workspace") as scratch:
            return loose_commits(scratch, memory)

    first = look()
    assert first == {laptop.head().encode()}
    remembered = memory.read_bytes()
    assert look() == first
    assert memory.read_bytes() == remembered
    second = laptop.save("cart.py", "total = 1\n")
    assert look() == {*first, second.encode()}
    memory.write_text("damaged")
    assert look() == {*first, second.encode()}
    laptop.forget_reflogs()
    assert look() == set()
