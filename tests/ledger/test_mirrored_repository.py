"""The ledger of a clone, of a clone with its mirror, and of the mirror alone is one ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.builder import History, lines
from tests.histories.objects import run_git

from landed.ledger.observing import default_rules
from landed.ledger.planning import LedgerRequest
from landed.ledger.update import LedgerUpdate, update_ledger
from landed.sources.git.mirror import CHANGE_REFS, fetch_mirror
from landed.sources.git.scratch import Scratch
from landed.store import Store

KEY = bytes(range(16))
TEXT = [f"line number {number}" for number in range(40)]


class Shop:
    """A forge's repository, a clone, a mirror, and the ledger of all three."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.workspace = directory / "workspace"
        self.forge = History(directory / "forge.git", bare=True)
        self.clone, self.mirror = directory / "clone", directory / "mirror.git"
        self.lines = 0

    def grow(self) -> str:
        """Commit a further line at the forge."""
        self.lines += 5
        self.forge.write("cart.py", lines(*TEXT[: self.lines]))
        return self.forge.commit()

    def fetch(self) -> None:
        fetch_mirror(self.mirror, f"file://{self.forge.git_dir}", local_files=True)

    def pull(self) -> None:
        """Bring the clone up to date, as its owner does."""
        if not self.clone.exists():
            run_git(self.directory, "clone", "-q", f"file://{self.forge.git_dir}", self.clone)
        run_git(self.clone, "pull", "-q", "--ff-only")

    def read(self, path: Path, mirror: Path | None = None) -> LedgerUpdate:
        request = LedgerRequest(
            self.workspace, KEY, default_rules(), refs=CHANGE_REFS, unreachable=True
        )
        with Scratch.open(path, self.workspace, mirror=mirror) as scratch:
            return update_ledger(scratch, request, lambda: Store.open(self.workspace))

    def each(self) -> list[str]:
        """Read the clone, the clone with the mirror, and the mirror; return the modes."""
        updates = [
            self.read(self.clone),
            self.read(self.clone, self.mirror),
            self.read(self.mirror),
        ]
        assert len({update.repository for update in updates}) == 1
        return [update.mode for update in updates]

    def standing(self) -> tuple[str, int, list[str]]:
        """The main line's tip, how many lines stand there, and the releases."""
        with Store.open(self.workspace, read_only=True) as store:
            head = store.query("select head from repository")["head"][0].as_py()
            rows = store.query('select line from line_interval where "left" is null')
            tags = store.query("select tag from release order by tag")["tag"].to_pylist()
            return head, rows.num_rows, tags


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path)
    for _ in range(3):
        shop.grow()
    shop.forge.tag("v1")
    shop.pull()
    shop.fetch()
    return shop


def test_reading_again_finds_nothing_new_at_any_of_the_three(shop: Shop) -> None:
    first, *others = shop.each()

    assert first == "full"
    assert "rebuilt" not in others and "full" not in others
    assert shop.each() == ["unchanged"] * 3
    assert shop.each() == ["unchanged"] * 3


def test_a_main_line_that_grows_is_never_read_from_the_beginning(shop: Shop) -> None:
    shop.each()
    for behind in ("clone", "mirror", "clone"):
        tip = shop.grow()
        if behind == "clone":
            shop.forge.tag(f"v{shop.lines}")
            shop.fetch()
        else:
            shop.pull()
        modes = shop.each()
        again = shop.each()

        assert not {"rebuilt", "full"} & set(modes + again)
        assert again == ["unchanged"] * 3
        assert shop.standing()[:2] == (tip, shop.lines)
    assert shop.standing()[2] == ["v1", "v20", "v30"]


def test_work_in_a_clone_that_is_behind_is_read_all_the_same(shop: Shop) -> None:
    tip = shop.grow()
    shop.forge.tag("v2")
    shop.fetch()
    shop.read(shop.clone, shop.mirror)
    (shop.clone / "own.py").write_text(lines("own = 1"))
    run_git(shop.clone, "checkout", "-q", "-b", "own")
    run_git(shop.clone, "add", "own.py")
    run_git(
        shop.clone,
        *("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "-q", "-m", "Own"),
    )

    update = shop.read(shop.clone)

    assert (update.mode, update.lines) == ("incremental", 1)
    assert shop.standing() == (tip, shop.lines, ["v1", "v2"])


def test_a_main_line_that_is_taken_back_is_followed_back(shop: Shop) -> None:
    former = shop.forge.resolve("HEAD~1")
    shop.each()
    shop.forge.set_ref("refs/heads/main", former)
    run_git(shop.clone, "fetch", "-q", "origin", "+main:refs/remotes/origin/main")
    run_git(shop.clone, "reset", "-q", "--hard", "origin/main")

    update = shop.read(shop.clone)

    assert update.mode == "rebuilt"
    assert shop.standing()[:2] == (former, shop.lines - 5)


def test_the_branch_of_a_change_is_read_from_the_mirror(shop: Shop) -> None:
    shop.read(shop.clone)
    shop.forge.branch("change")
    shop.forge.write("new.py", lines("new = 1", "more = 2"))
    commit = shop.forge.commit("Change")
    shop.forge.set_ref("refs/pull/1/head", commit)
    shop.forge.checkout("main")
    shop.forge.delete_branch("change")
    shop.fetch()

    update = shop.read(shop.clone, shop.mirror)

    assert (update.mode, update.commits, update.lines) == ("incremental", 1, 2)
