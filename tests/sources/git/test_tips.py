"""Which branch is the main line, and where reading starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.builder import History

from landed.errors import RepositoryError
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import Tips, find_tips


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "repo")
    history.write("shop.py", "one\n")
    history.commit()
    return history


def tips(history: History, ref: str | None = None) -> Tips:
    with Scratch.open(history.path, history.path.parent / "workspace") as scratch:
        return find_tips(scratch, ref)


def test_the_branch_that_head_is_on(history: History) -> None:
    assert tips(history).branch == "main"


def test_main_where_head_is_on_a_side_branch_of_a_working_tree(history: History) -> None:
    history.branch("feature")
    history.write("shop.py", "two\n")
    side = history.commit()

    found = tips(history)

    assert found.branch == "main"
    assert side.encode() in found.others


def test_the_branch_that_is_named(history: History) -> None:
    history.branch("release")
    released = history.write("shop.py", "two\n") or history.commit()
    history.checkout("main")

    found = tips(history, "release")

    assert (found.branch, found.head) == ("release", released.encode())


def test_what_the_remote_calls_its_default(history: History) -> None:
    tip = history.resolve("main")
    history.set_ref("refs/remotes/origin/trunk", tip)
    (history.git_dir / "refs/remotes/origin/HEAD").write_text("ref: refs/remotes/origin/trunk\n")
    history.branch("feature")

    assert tips(history).branch == "trunk"


def test_a_local_branch_that_only_adds_to_the_remotes_is_the_tip(history: History) -> None:
    history.set_ref("refs/remotes/origin/main", history.resolve("main"))
    (history.git_dir / "refs/remotes/origin/HEAD").write_text("ref: refs/remotes/origin/main\n")
    history.write("shop.py", "two\n")
    ahead = history.commit()

    assert tips(history).head == ahead.encode()


def test_a_detached_head_without_a_known_default_asks_for_the_branch(history: History) -> None:
    history.detach(history.resolve("main"))

    with pytest.raises(RepositoryError, match=r"detached.*--ref BRANCH \(one of: main\)"):
        tips(history)


def test_a_branch_that_is_not_there_is_told(history: History) -> None:
    with pytest.raises(RepositoryError, match="no branch or commit 'nowhere'"):
        tips(history, "nowhere")


def test_an_option_is_no_branch(history: History) -> None:
    with pytest.raises(RepositoryError):
        tips(history, "--output=x")


def test_an_empty_repository_has_no_commits_yet(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")

    with pytest.raises(RepositoryError, match="no commits yet"):
        tips(history)
