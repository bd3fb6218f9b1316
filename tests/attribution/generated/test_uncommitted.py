"""Generated lines that are in no commit, but in a working tree or in a stash."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.attribution.generated.sessions import World
from tests.histories.builder import lines

from landed.config import PathMapping

ONE, TWO, THREE = "total = price * count", "tax = total * rate", "return total + tax"
TREE, STASH = "present working-tree", "present stash"


class OnDisk(World):
    """A world whose working tree is the real one of its repository."""

    @property
    def tree(self) -> str:
        return str(self.history.path)

    def write(self, path: str, text: str) -> None:
        """Put a file into the working tree."""
        (self.history.path / path).write_text(text)

    def edit(self, path: str, text: str, **given: str) -> str:
        """An agent changes a file."""
        name = self.agent(path, text, tree=self.tree, **given)
        self.write(path, text)
        return name


@pytest.fixture
def world(tmp_path: Path) -> OnDisk:
    made = OnDisk(tmp_path)
    made.human("cart.py", lines("pass"), tree=made.tree)
    made.commit("Begin", tree=made.tree)
    made.history.check_out_files()
    return made


def test_lines_of_the_working_tree_are_uncommitted(world: OnDisk) -> None:
    world.edit("cart.py", lines("pass", ONE, TWO))
    world.edit("tax.py", lines(THREE))

    assert world.read().uncommitted == 3
    assert world.fates() == [TREE] * 3


def test_they_are_no_more_once_the_file_no_longer_has_them(world: OnDisk) -> None:
    world.edit("cart.py", lines("pass", ONE, TWO))
    world.read()
    world.write("cart.py", lines("pass", TWO))

    assert world.read().changed
    assert world.fates() == ["present", TREE]


def test_a_line_that_head_has_too_is_not_uncommitted(world: OnDisk) -> None:
    world.human("cart.py", lines("pass", ONE), tree=world.tree)
    world.commit(tree=world.tree)
    world.history.check_out_files()
    world.trees[world.tree]["cart.py"] = lines("pass")
    world.edit("cart.py", lines("pass", ONE))

    world.read()

    assert world.fates() == ["present"]


@pytest.mark.parametrize("unreachable", [False, True])
def test_stashed_lines_are_in_the_stash(world: OnDisk, unreachable: bool) -> None:
    world.unreachable = unreachable
    world.edit("cart.py", lines("pass", ONE, TWO))
    world.edit("tax.py", lines(THREE))
    world.history.git("stash", "--include-untracked")
    world.read()
    assert world.fates() == [STASH] * 3

    world.trees[world.tree]["cart.py"] = lines("pass")
    world.edit("cart.py", lines("pass", "print(total)"), turn="t2")
    world.read()
    assert world.fates() == ["removed stash"] * 2 + [STASH, TREE]


def test_lines_that_come_back_into_the_working_tree_are_there_again(world: OnDisk) -> None:
    world.edit("cart.py", lines("pass", ONE, TWO))
    world.trees[world.tree]["cart.py"] = lines("pass")
    world.edit("cart.py", lines("pass", "print(total)"), turn="t2")
    world.write("cart.py", lines("pass", ONE, TWO, "print(total)"))

    world.read()

    assert world.fates() == [TREE] * 3


def test_a_link_out_of_the_working_tree_is_not_followed(world: OnDisk) -> None:
    outside = world.directory / "outside"
    outside.mkdir()
    (outside / "cart.py").write_text(lines(ONE))
    (world.history.path / "linked").symlink_to(outside)
    (world.history.path / "link.py").symlink_to(outside / "cart.py")
    for path in ("linked/cart.py", "link.py", "../outside/cart.py"):
        world.agent(path, lines(ONE), tree=world.tree)

    world.read()

    assert world.fates() == ["present"] * 3


@pytest.mark.parametrize(
    "path", ["a\0b.py", "a\nb.py", "a b.py", "../../etc/passwd", "-x", '"q".py']
)
def test_no_name_of_a_log_stops_the_run(world: OnDisk, path: str) -> None:
    world.agent(path, lines(ONE, TWO), tree=world.tree)

    world.read()

    assert world.fates() == ["present"] * 2


def test_a_name_with_spaces_is_compared_with_head_like_any_other(world: OnDisk) -> None:
    world.human("my cart.py", lines(ONE), tree=world.tree)
    world.commit(tree=world.tree)
    world.history.check_out_files()
    world.trees[world.tree]["my cart.py"] = ""
    world.edit("my cart.py", lines(ONE, TWO))

    world.read()

    assert world.fates() == ["present", TREE]


def test_a_working_tree_that_has_another_name_here_is_looked_at(world: OnDisk) -> None:
    mapping = PathMapping(log="/workspace", here=world.tree)
    sessions = world.settings.sessions.model_copy(update={"paths": (mapping,)})
    world.settings = world.settings.model_copy(update={"sessions": sessions})
    world.agent("tax.py", lines(ONE), tree="/workspace")
    world.write("tax.py", lines(ONE))

    world.read()

    assert world.fates() == [TREE]
