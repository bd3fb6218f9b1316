"""A hostile repository runs nothing, is not written to, and its lines are told rightly."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.histories.apart import observe_apart
from tests.histories.builder import History, lines
from tests.histories.comparing import (
    Seen,
    assert_equal_to_blame,
    observe,
    regular_files,
)
from tests.histories.traps import NAMES_LIKE_OPTIONS, Traps, grow, snapshot


@pytest.fixture
def honest(tmp_path: Path) -> tuple[History, list[str]]:
    """The same history in a repository without any trap, for git blame to look at."""
    history = History(tmp_path / "honest")
    return history, grow(history)


def assert_rows_are_right(seen: Seen, honest: tuple[History, list[str]]) -> None:
    history, commits = honest
    assert_equal_to_blame(history.path, seen, regular_files(history, commits))


@pytest.mark.parametrize("bare", [True, False])
def test_no_setting_hook_filter_or_ref_has_a_say(
    tmp_path: Path, honest: tuple[History, list[str]], bare: bool
) -> None:
    history = History(tmp_path / "repo", bare=bare)
    grow(history)
    traps = Traps(tmp_path)
    traps.arm(history)
    before = snapshot(history.path)

    seen = observe(history.path, tmp_path / "workspace")

    assert traps.sprung() == set()
    assert snapshot(history.path) == before
    assert_rows_are_right(seen, honest)
    assert set(NAMES_LIKE_OPTIONS) < set(seen[history.resolve("main")])


def test_the_traps_are_armed(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    grow(history)
    traps = Traps(tmp_path)
    traps.arm(history)
    careless = {**os.environ, "GIT_ALLOW_PROTOCOL": "ext"}
    for command in (
        ("git", "log", "-p", "--ext-diff"),
        ("git", "--no-replace-objects", "blame", "main", "--", "code.py"),
        ("git", "status"),
        ("git", "add", "-A"),
        ("git", "fetch", "-q"),
        ("git", "update-ref", "refs/heads/written", "main"),
        ("git", "history"),
        ("git", "-c", "diff.external=", "diff", "main"),
    ):
        subprocess.run(
            command,
            cwd=history.path,
            env=careless,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )

    assert traps.sprung() >= {
        "textconv",
        "fsmonitor",
        "remote-command",
        "hook-reference-transaction",
        "alias-history",
    }
    assert traps.sprung() & {"external-diff", "included-external-diff", "diff-driver"}


def test_the_callers_own_git_variables_have_no_say(
    tmp_path: Path, honest: tuple[History, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    traps = Traps(tmp_path)
    history = History(tmp_path / "repo")
    grow(history)
    for name, value in traps.environment().items():
        monkeypatch.setenv(name, value)

    seen = observe(history.path, tmp_path / "workspace")

    assert traps.sprung() == set()
    assert_rows_are_right(seen, honest)


def as_gitdir_file(directory: Path, git_dir: Path) -> Path:
    (directory / ".git").write_text(f"gitdir: {os.path.relpath(git_dir, directory)}\n")
    return directory


def as_symlink(directory: Path, git_dir: Path) -> Path:
    (directory / ".git").symlink_to(git_dir, target_is_directory=True)
    return directory


def as_directory_inside(directory: Path, git_dir: Path) -> Path:
    as_symlink(directory, git_dir)
    (directory / "deep" / "er").mkdir(parents=True)
    return directory / "deep" / "er"


def as_linked_work_tree(directory: Path, git_dir: Path) -> Path:
    private = git_dir / "worktrees" / "linked"
    private.mkdir(parents=True)
    (private / "HEAD").write_text((git_dir / "HEAD").read_text())
    (private / "commondir").write_text("../..\n")
    (private / "gitdir").write_text(f"{directory / '.git'}\n")
    return as_gitdir_file(directory, private)


@pytest.mark.parametrize(
    "link", [as_gitdir_file, as_symlink, as_directory_inside, as_linked_work_tree]
)
def test_a_git_directory_that_lies_elsewhere_is_read_and_left_alone(
    tmp_path: Path, honest: tuple[History, list[str]], link: Callable[[Path, Path], Path]
) -> None:
    history = History(tmp_path / "elsewhere")
    grow(history)
    traps = Traps(tmp_path)
    traps.arm(history)
    directory = tmp_path / "here"
    directory.mkdir()
    named = link(directory, history.git_dir)
    before = snapshot(tmp_path / "elsewhere"), snapshot(directory)

    seen = observe(named, tmp_path / "workspace")

    assert traps.sprung() == set()
    assert (snapshot(tmp_path / "elsewhere"), snapshot(directory)) == before
    assert_rows_are_right(seen, honest)


@pytest.mark.parametrize("absolute", [True, False])
def test_borrowed_objects_are_read_where_they_lie(
    tmp_path: Path, honest: tuple[History, list[str]], absolute: bool
) -> None:
    lender = History(tmp_path / "lender")
    grow(lender)
    borrower = History(tmp_path / "bor\"rower's # repo")
    objects = lender.git_dir / "objects"
    info = borrower.git_dir / "objects" / "info"
    info.mkdir(exist_ok=True)
    borrowed = objects if absolute else Path(os.path.relpath(objects, info.parent))
    (info / "alternates").write_text(f"# a comment\n/nonexistent/objects\n{borrowed}\n")
    borrower.set_ref("refs/heads/main", lender.resolve("main"))
    before = snapshot(lender.path)

    seen = observe(borrower.path, tmp_path / "workspace")

    assert snapshot(lender.path) == before
    assert_rows_are_right(seen, honest)


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def an_endless_file(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_link_in_a_circle(path: Path) -> None:
    path.symlink_to(path.name)


def a_link_to_a_secret(path: Path) -> None:
    secret = path.parents[4] / "secret"
    secret.write_text("not an object id: hunter2\n")
    path.symlink_to(secret)


@pytest.mark.parametrize("place", [a_pipe, an_endless_file, a_link_in_a_circle, a_link_to_a_secret])
@pytest.mark.parametrize(
    "name", ["refs/heads/odd", "packed-refs", "shallow", "config", "info/attributes"]
)
def test_what_is_no_plain_file_is_not_waited_for(
    tmp_path: Path,
    honest: tuple[History, list[str]],
    place: Callable[[Path], None],
    name: str,
) -> None:
    history = History(tmp_path / "a" / "b" / "repo")
    grow(history)
    (history.git_dir / "info").mkdir(exist_ok=True)
    (history.git_dir / name).unlink(missing_ok=True)
    place(history.git_dir / name)

    seen = observe_apart(history.path, tmp_path / "workspace")

    assert_rows_are_right(seen, honest)


def test_paths_of_a_tree_that_point_outside_touch_nothing(tmp_path: Path) -> None:
    history = History(tmp_path / "repo", bare=True)
    for name in (b"../../../escape", b".git/config", b"a/../../escape", b"/etc/escape"):
        blob = history.objects.write("blob", b"one\n")
        parts = name.split(b"/")
        tree = history.objects.write(
            "tree", b"100644 %b\0%b" % (parts.pop() or b"x", bytes.fromhex(blob))
        )
        for part in reversed(parts):
            row = b"40000 %b\0%b" % (part or b"empty", bytes.fromhex(tree))
            tree = history.objects.write("tree", row)
        commit = history.git("commit-tree", tree, "-m", "Escape").decode()
        history.set_ref(f"refs/heads/escape-{len(name)}", commit)
    history.write("a", lines("one"))
    history.commit()
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "ws")}

    observe(history.path, tmp_path / "ws")

    after = {path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "ws")}
    assert after == before
