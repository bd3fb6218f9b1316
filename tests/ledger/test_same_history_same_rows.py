"""The rows depend on the history alone: not on who cloned it, how, or with which settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.histories.builder import History, lines
from tests.histories.comparing import KEY, assert_history_equal_to_blame, observe
from tests.histories.objects import run_git
from tests.histories.rows import tables
from tests.histories.stays import assert_stays_and_removals_fit

from landed.config import Settings
from landed.ledger.observing import mine
from landed.store import Store, export_store
from landed.sync import sync


def grow(history: History) -> None:
    """A history with merges, renames, CRLF, attributes, odd names, tags and a side branch."""
    history.write(".gitattributes", "*.txt text eol=crlf\n*.hidden -diff\n*.py diff=python\n")
    history.write(".mailmap", "Ana Maria <ana@example.com> <old@example.com>\n")
    history.write("code.py", lines(*(f"line {number}" for number in range(30))))
    history.write("notes.txt", "one\r\ntwo\r\n")
    history.write("a.hidden", lines("shown", "by", "blame"))
    history.write(b'caf\xe9/"quoted".txt', "one\ntwo")
    history.commit("Begin", author=("Ana", "old@example.com"))
    history.tag("v1", message="One")
    history.branch("side")
    history.rename("code.py", "moved.py")
    history.write("notes.txt", "one\r\n2\r\n")
    history.commit("Move")
    history.checkout("main")
    history.write("code.py", lines("first", *(f"line {number}" for number in range(30))))
    history.write("a.hidden", lines("shown", "by", "git blame"))
    history.commit("Change")
    history.merge("side")
    history.tag("v2")
    history.branch("unmerged")
    history.write("moved.py", lines("gone"))
    history.commit("Never landed")
    history.checkout("main")


def exported(repository: Path, directory: Path) -> dict[str, bytes]:
    """Content of every file of the portable export, by name."""
    workspace = directory / "workspace"
    sync(repository, Settings(workspace=workspace, key=SecretStr(KEY.hex())))
    with Store.open(workspace, read_only=True) as store:
        export_store(store, directory / "export", portable=True)
    return {
        str(path.relative_to(directory / "export")): path.read_bytes()
        for path in sorted((directory / "export").rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "origin")
    grow(history)
    return history


def working_clone(origin: History, place: Path) -> Path:
    """Someone's clone: converted line ends, own attributes, own layout of objects."""
    run_git(place.parent, "clone", "-q", "-c", "core.autocrlf=true", origin.path, place)
    fetch_all(place)
    for setting in ("diff.renames=false", "diff.algorithm=histogram", "core.quotePath=false"):
        run_git(place, "config", *setting.split("="))
    (place / ".git" / "info").mkdir(exist_ok=True)
    (place / ".git" / "info" / "attributes").write_text("* -diff\n*.py binary\n")
    (place / "code.py").write_text("uncommitted\n")
    run_git(place, "-c", "pack.depth=1", "gc", "-q", "--aggressive", "--prune=now")
    return place


def bare_clone(origin: History, place: Path) -> Path:
    run_git(place.parent, "clone", "-q", "--bare", "--no-local", origin.path, place)
    return place


def mirror(origin: History, place: Path) -> Path:
    run_git(place.parent, "clone", "-q", "--mirror", origin.path.as_uri(), place)
    run_git(place, "commit-graph", "write", "--reachable")
    run_git(place, "repack", "-adq", "--write-bitmap-index")
    return place


def borrowing_clone(origin: History, place: Path) -> Path:
    run_git(place.parent, "clone", "-q", "--bare", "--shared", origin.path, place)
    run_git(place, "pack-refs", "--all")
    return place


def linked_work_tree(origin: History, place: Path) -> Path:
    origin.check_out_files()
    run_git(origin.path, "worktree", "add", "-q", place, "side")
    return place


def fetch_all(clone: Path) -> None:
    """Gives a clone the branches of its origin as its own."""
    run_git(clone, "checkout", "-q", "--detach")
    run_git(clone, "fetch", "-q", "--tags", "origin", "+refs/heads/*:refs/heads/*")
    run_git(clone, "checkout", "-q", "-f", "main")


@pytest.mark.parametrize(
    "clone", [working_clone, bare_clone, mirror, borrowing_clone, linked_work_tree]
)
def test_every_clone_of_a_history_exports_the_same_bytes(
    tmp_path: Path, history: History, clone: Callable[[History, Path], Path]
) -> None:
    expected = exported(history.path, tmp_path / "ours")
    repository = clone(history, tmp_path / "clone")

    found = exported(repository, tmp_path / "theirs")

    assert found.keys() == expected.keys()
    assert {name for name in found if found[name] != expected[name]} == set()
    assert any("line_interval" in name for name in found)


def test_mining_twice_exports_the_same_bytes(tmp_path: Path, history: History) -> None:
    assert exported(history.path, tmp_path / "one") == exported(history.path, tmp_path / "two")


def test_the_key_changes_the_hashes_and_nothing_else(tmp_path: Path, history: History) -> None:
    observe(history.path, tmp_path / "one")
    mine(history.path, tmp_path / "two", KEY[::-1], exclusions=())

    one, two = tables(tmp_path / "one"), tables(tmp_path / "two")
    ours, theirs = one.pop("line"), two.pop("line")
    assert one == two
    hashes = ("text_hash", "token_hash")
    assert [{**row, **dict.fromkeys(hashes)} for row in ours] == [
        {**row, **dict.fromkeys(hashes)} for row in theirs
    ]
    assert all(
        our[name] != their[name]
        for our, their in zip(ours, theirs, strict=True)
        for name in hashes
        if not our["trivial"]
    )


def test_a_repository_of_sha256_objects_holds_the_same_lines(tmp_path: Path) -> None:
    history = History(tmp_path / "sha256", object_format="sha256")
    grow(history)
    seen = assert_history_equal_to_blame(history, tmp_path / "ws256")
    assert_stays_and_removals_fit(tmp_path / "ws256", seen)

    twin = History(tmp_path / "sha1")
    grow(twin)
    observe(twin.path, tmp_path / "ws1")
    places = ("path_index", "line_number", "text_hash", "token_hash", "trivial")
    ours, theirs = tables(tmp_path / "ws256"), tables(tmp_path / "ws1")
    assert sorted(tuple(row[name] for name in places) for row in ours["line"]) == sorted(
        tuple(row[name] for name in places) for row in theirs["line"]
    )
    assert {row["object_format"] for row in ours["repository"]} == {"sha256"}
