"""A run that is killed at any moment leaves rows that the next run goes on from."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.apart import kill_while_mining
from tests.histories.builder import History, lines
from tests.histories.comparing import observe
from tests.histories.rows import tables
from tests.histories.stays import assert_stays_and_removals_fit


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "repo")


def grow(history: History) -> list[str]:
    """Four commits on `main` and one on a side branch that the last one merges."""
    commits = []
    for number in range(3):
        history.write("kept", lines(*(f"number {n}" for n in range(10 + number))))
        commits.append(history.commit(f"Commit {number}"))
    history.branch("side", commits[1])
    history.write("aside", lines("one", "two"))
    commits.append(history.commit("Aside"))
    history.checkout("main")
    commits.append(history.merge("side"))
    return commits


@pytest.mark.parametrize("after", [1, 3, 5])
def test_a_run_that_was_killed_leaves_nothing_behind(
    tmp_path: Path, history: History, after: int
) -> None:
    commits = grow(history)
    observe(history.path, tmp_path / "undisturbed")

    kill_while_mining(history.path, tmp_path / "workspace", after)
    kill_while_mining(history.path, tmp_path / "workspace", 1)
    seen = observe(history.path, tmp_path / "workspace")

    assert set(seen) == set(commits)
    assert tables(tmp_path / "workspace") == tables(tmp_path / "undisturbed")
    assert_stays_and_removals_fit(tmp_path / "workspace", seen)


@pytest.mark.parametrize("after", [1, 2])
def test_an_update_that_was_killed_leaves_the_earlier_rows_and_goes_on(
    tmp_path: Path, history: History, after: int
) -> None:
    commits = grow(history)
    history.set_ref("refs/heads/main", commits[0])
    history.delete_branch("side")
    observe(history.path, tmp_path / "workspace")
    before = tables(tmp_path / "workspace")
    history.set_ref("refs/heads/main", commits[-1])

    kill_while_mining(history.path, tmp_path / "workspace", after)

    assert tables(tmp_path / "workspace") == before
    observe(history.path, tmp_path / "workspace")
    assert len(before["commit"]) == 1
    assert len(tables(tmp_path / "workspace")["commit"]) == len(commits)


def test_processes_of_git_do_not_outlive_a_run(tmp_path: Path, history: History) -> None:
    grow(history)
    observe(history.path, tmp_path / "workspace")

    assert not [path for path in Path("/proc").glob("[0-9]*/cwd") if _stands_in(path, tmp_path)]


def _stands_in(link: Path, directory: Path) -> bool:
    try:
        return link.readlink().is_relative_to(directory)
    except OSError:
        return False
