"""A clone read together with its mirror: what the server has now, and what only the clone has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.histories.builder import History, lines
from tests.histories.objects import run_git

from landed.errors import RepositoryError
from landed.sources.git.mirror import CHANGE_REFS, fetch_mirror
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import find_tips


class Shop:
    """A forge's repository, somebody's clone of it, and our mirror."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.forge = History(directory / "forge.git", bare=True)
        self.clone = directory / "clone"
        self.mirror = directory / "mirror.git"
        self.commit("base")

    def commit(self, *texts: str, on: str = "main") -> str:
        """Commit at the forge."""
        if on != "main":
            self.forge.branch(on)
        self.forge.write("cart.py", lines(*texts))
        made = self.forge.commit(texts[-1])
        if on != "main":
            self.forge.checkout("main")
        return made

    def make_clone(self, *arguments: str) -> None:
        address = f"file://{self.forge.git_dir}"
        run_git(self.directory, "clone", "-q", *arguments, address, self.clone)

    def fetch(self) -> None:
        fetch_mirror(self.mirror, f"file://{self.forge.git_dir}", local_files=True)

    def open(self, path: Path | None = None, *, mirror: bool = True) -> Scratch:
        workspace = self.directory / "workspace"
        beside = self.mirror if mirror else None
        return Scratch.open(path or self.clone, workspace, mirror=beside)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_the_forge_is_ahead_of_the_clone(shop: Shop) -> None:
    shop.make_clone()
    ahead = shop.commit("base", "ahead")
    side = shop.commit("side", on="side")
    shop.fetch()

    with shop.open() as scratch:
        tips = find_tips(scratch)
        texts = scratch.run("show", f"{ahead}:cart.py")

    assert (tips.branch, tips.head.decode()) == ("main", ahead)
    assert side.encode() in tips.others
    assert texts == b"base\nahead\n"


def test_the_clone_is_ahead_of_an_old_mirror(shop: Shop) -> None:
    shop.fetch()
    ahead = shop.commit("base", "ahead")
    shop.make_clone()

    with shop.open() as scratch:
        assert find_tips(scratch).head.decode() == ahead
        assert scratch.refs.targets["refs/remotes/origin/main"].decode() == ahead


def test_commits_not_yet_pushed_go_on_from_the_forges_main_line(shop: Shop) -> None:
    shop.make_clone()
    shop.fetch()
    run_git(
        shop.clone,
        *("-c", "user.name=Ana", "-c", "user.email=ana@example.com"),
        *("commit", "-q", "--allow-empty", "-m", "Not yet pushed"),
    )
    mine = run_git(shop.clone, "rev-parse", "HEAD").stdout.strip()

    with shop.open() as scratch:
        assert find_tips(scratch).head == mine


def test_of_a_branch_that_was_pushed_again_the_later_version_counts(shop: Shop) -> None:
    old = shop.commit("draft", on="topic")
    shop.make_clone()
    shop.forge.delete_branch("topic")
    new = shop.commit("better draft", on="topic")
    shop.fetch()

    with shop.open() as scratch:
        after = scratch.refs.targets["refs/remotes/origin/topic"].decode()
    run_git(shop.clone, "fetch", "-q", "--force", "origin", "topic:refs/remotes/origin/topic")
    shop.forge.set_ref("refs/heads/topic", old)
    shop.fetch()
    with shop.open() as scratch:
        fetched = scratch.refs.targets["refs/remotes/origin/topic"].decode()

    assert after == fetched == new


def test_branches_of_changes_are_seen_and_read_only_where_asked_for(shop: Shop) -> None:
    change = shop.commit("change", on="change")
    shop.forge.set_ref("refs/pull/1/head", change)
    shop.forge.delete_branch("change")
    shop.make_clone()
    shop.fetch()

    with shop.open() as scratch:
        without = find_tips(scratch)
        along = find_tips(scratch, more=CHANGE_REFS)

    assert change.encode() not in without.all
    assert change.encode() in along.all


def test_notes_of_both_are_read_the_clones_first(shop: Shop) -> None:
    base = shop.forge.resolve("main")
    shop.forge.note(base, "from the forge")
    shop.forge.note(base, "a trace", ref="agent-trace")
    shop.make_clone()
    shop.fetch()
    run_git(
        shop.clone,
        *("-c", "user.name=Ana", "-c", "user.email=ana@example.com"),
        *("notes", "--ref=ai", "add", "-m", "from the clone", base),
    )

    with shop.open() as scratch:
        notes = {name for name in scratch.refs.targets if name.startswith("refs/notes/")}
        first = scratch.run("show", f"{scratch.refs.targets['refs/notes/ai'].decode()}:{base}")

    assert notes == {"refs/notes/ai", "refs/notes/ai-mirror", "refs/notes/agent-trace"}
    assert first == b"from the clone\n"


def test_a_mirror_is_a_repository_of_its_own(shop: Shop) -> None:
    shop.commit("base", "more")
    shop.fetch()

    with shop.open(shop.mirror) as scratch:
        tips = find_tips(scratch)

    assert scratch.mirror is None
    assert (tips.branch, tips.head.decode()) == ("main", shop.forge.resolve("main"))


def test_the_default_branch_is_the_one_that_the_forge_names(shop: Shop) -> None:
    shop.make_clone()
    trunk = shop.commit("base", "trunk", on="trunk")
    shop.forge.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    shop.fetch()

    with shop.open() as scratch:
        tips = find_tips(scratch)

    assert (tips.branch, tips.head.decode()) == ("trunk", trunk)


def test_a_shallow_clone_with_a_mirror_has_all_of_its_history(shop: Shop) -> None:
    shop.commit("base", "second")
    shop.commit("base", "second", "third")
    shop.make_clone("--depth=1")
    shop.fetch()

    with shop.open(mirror=False) as scratch:
        cut = scratch.run("rev-list", "--count", find_tips(scratch).head.decode())
        assert scratch.shallow is not None
    with shop.open() as scratch:
        whole = scratch.run("rev-list", "--count", find_tips(scratch).head.decode())
        assert scratch.shallow is None

    assert (cut, whole) == (b"1\n", b"3\n")


def test_a_shallow_clone_stays_cut_off_where_the_mirror_is_of_older_days(shop: Shop) -> None:
    shop.fetch()
    tip = shop.commit("base", "second")
    shop.make_clone("--depth=1")

    with shop.open() as scratch:
        assert scratch.shallow == f"{tip}\n".encode()


def test_a_mirror_in_another_object_format_is_no_mirror(shop: Shop) -> None:
    shop.make_clone()
    other = History(shop.directory / "other.git", bare=True, object_format="sha256")
    other.write("a.py", "a\n")
    other.commit()
    shutil.copytree(other.git_dir, shop.mirror)

    with pytest.raises(RepositoryError, match="is no mirror of"):
        shop.open()


def test_a_directory_that_only_lies_in_a_repository_is_no_mirror(shop: Shop) -> None:
    shop.make_clone()
    (shop.clone / "folder").mkdir()
    shop.mirror = shop.clone / "folder"

    with pytest.raises(RepositoryError, match="is no mirror"):
        shop.open()
