"""Reflogs: what git itself writes is read whole, and what anybody else wrote is counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.histories.laptop import Laptop
from tests.histories.objects import run_git

from landed.sources.git.location import locate
from landed.sources.git.reflog import (
    HeadMovement,
    head_movements,
    listed_stashes,
    movements_since,
    read_reflogs,
    reflog_state,
)
from landed.sources.git.scratch import Scratch

ZEROS = "0" * 40


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    laptop = Laptop(tmp_path / "shop")
    laptop.save("cart.py", "total = 0\n", "Add: the cart")
    return laptop


def moves(place: Path) -> list[tuple[str, str]]:
    """Name of the working tree's folder and action of each movement of HEAD."""
    return [(Path(move.worktree).name, move.action) for move in head_movements(locate(place))]


def test_what_git_did_is_told_up_to_the_first_colon(laptop: Laptop) -> None:
    laptop.git("checkout", "-q", "-b", "side")
    laptop.save("cart.py", "total = 1\n", "Change: the cart")
    laptop.commit("Change the cart", amend=True)
    laptop.git("checkout", "-q", "main")
    laptop.git("merge", "-q", "side")
    laptop.git("reset", "-q", "--hard", "HEAD~1")

    assert [action for _, action in moves(laptop.path)] == [
        "commit (initial)",
        "checkout",
        "commit",
        "commit (amend)",
        "checkout",
        "merge side",
        "reset",
    ]


def test_a_movement_has_both_commits_and_its_time(laptop: Laptop) -> None:
    before = laptop.head()
    after = laptop.save("cart.py", "total = 1\n")

    first, last = head_movements(locate(laptop.path))

    assert (first.old, first.new) == (ZEROS, before)
    assert (last.old, last.new, last.ref) == (before, after, "HEAD")
    assert last.at == int(laptop.git("log", "-1", "--format=%ct", after))
    assert last.worktree == str(laptop.path)


def test_every_linked_working_tree_has_its_own(laptop: Laptop, tmp_path: Path) -> None:
    laptop.git("worktree", "add", "-q", str(tmp_path / "other"), "-b", "side")
    run_git(tmp_path / "other", "commit", "-q", "--allow-empty", "-m", "x", environment=PERSON)

    assert moves(tmp_path / "other") == moves(laptop.path)
    assert ("other", "commit") in moves(laptop.path)
    assert ("shop", "commit") not in moves(laptop.path)


PERSON = {
    "GIT_AUTHOR_NAME": "Ana > Maria",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana > Maria",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
}


def test_branches_remote_branches_and_the_stash_are_read_too(
    laptop: Laptop, tmp_path: Path
) -> None:
    clone = Laptop(tmp_path / "clone", clone=laptop.path)
    clone.git("checkout", "-q", "-b", "topic/one")
    clone.write("cart.py", "total = 2\n")
    clone.git("stash", "-q")
    laptop.save("cart.py", "total = 1\n")
    clone.git("fetch", "-q")

    refs = {move.ref for move in read_reflogs(locate(clone.path)).movements}

    assert refs >= {
        "HEAD",
        "refs/heads/topic/one",
        "refs/remotes/origin/main",
        "refs/stash",
    }


def test_the_list_of_stashes_is_what_git_lists(laptop: Laptop) -> None:
    for number in range(3):
        laptop.write("cart.py", f"total = {number + 5}\n")
        laptop.git("stash", "-q")
    laptop.git("stash", "drop", "-q", "stash@{1}")

    expected = laptop.git("log", "-g", "--format=%H", "refs/stash").split()

    assert listed_stashes(locate(laptop.path)) == expected[::-1]
    assert len(expected) == 2


def test_lines_that_git_did_not_write_are_counted(laptop: Laptop) -> None:
    log = laptop.git_dir / "logs" / "HEAD"
    hostile = [
        b"",
        b"not a line",
        b"%b %b Ana <a@b> 99999999999999 +0000\tcommit: x" % (b"0" * 40, b"1" * 40),
        b"%b %b Ana <a@b> 999999999999 +0000\tcommit: x" % (b"0" * 40, b"1" * 40),
        b"%b %b Ana <a@b> 1 +0000\tcommit: x" % (b"0" * 40, b"1" * 39),
        b"%b %b Ana <a@b> 1" % (b"0" * 40, b"1" * 40),
    ]
    log.write_bytes(log.read_bytes() + b"".join(row + b"\n" for row in hostile))

    logs = read_reflogs(locate(laptop.path))

    assert logs.malformed == {"logs/HEAD": len(hostile)}
    assert [move.action for move in logs.movements if move.ref == "HEAD"] == ["commit (initial)"]


def test_a_line_that_is_still_being_written_waits(laptop: Laptop) -> None:
    log = laptop.git_dir / "logs" / "HEAD"
    written = log.read_bytes()
    log.write_bytes(written + written.rstrip(b"\n"))

    logs = read_reflogs(locate(laptop.path))

    assert logs.malformed == {}
    assert len(head_movements(locate(laptop.path))) == 1


def test_bytes_that_are_no_text_and_long_messages_do_no_harm(laptop: Laptop) -> None:
    log = laptop.git_dir / "logs" / "HEAD"
    log.write_bytes(
        b"%b %b \xff <\xfe> 7 +0000\t\xff%b\n" % (b"0" * 40, b"1" * 40, b"x" * 1_000_000)
    )

    (move,) = head_movements(locate(laptop.path))

    assert move.action == "�" + "x" * 99
    assert move.at == 7


def test_links_pipes_and_folders_in_place_of_logs_are_not_followed(
    laptop: Laptop, tmp_path: Path
) -> None:
    log = laptop.git_dir / "logs" / "HEAD"
    (tmp_path / "elsewhere").write_bytes(log.read_bytes())
    log.unlink()
    log.symlink_to(tmp_path / "elsewhere")
    (laptop.git_dir / "logs" / "refs" / "remotes").symlink_to(tmp_path)
    worktree = laptop.git_dir / "worktrees" / "evil"
    (worktree / "logs" / "HEAD").mkdir(parents=True)
    (worktree / "gitdir").write_bytes(b"\0")

    assert head_movements(locate(laptop.path)) == []
    assert {move.ref for move in read_reflogs(locate(laptop.path)).movements} == {"refs/heads/main"}


def test_a_repository_without_logs_has_none(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "-q", "--bare", "bare")

    location = locate(tmp_path / "bare")

    assert head_movements(location) == []
    assert listed_stashes(location) == []
    assert reflog_state(location) == []


def test_the_scratch_repository_reads_the_logs_of_the_one_it_borrows_from(
    laptop: Laptop, tmp_path: Path
) -> None:
    with Scratch.open(laptop.path, tmp_path / "workspace") as scratch:
        assert head_movements(scratch) == head_movements(locate(laptop.path))


def test_the_state_changes_with_every_movement(laptop: Laptop) -> None:
    before = reflog_state(locate(laptop.path))

    assert reflog_state(locate(laptop.path)) == before
    laptop.save("cart.py", "total = 1\n")
    assert reflog_state(locate(laptop.path)) != before


def movement(number: int) -> HeadMovement:
    return HeadMovement("/shop", "HEAD", ZEROS, f"{number:040x}", 1_000 + number, "commit")


@given(
    kinds=st.lists(st.integers(0, 3), max_size=30),
    first=st.integers(0, 30),
    read=st.integers(0, 30),
)
def test_what_a_log_has_gained_is_found_though_old_lines_expired(
    kinds: list[int], first: int, read: int
) -> None:
    log = [movement(place * 10 + kind) for place, kind in enumerate(kinds)]
    known = log[:read]
    expired = min(first, len(known))

    assert known + movements_since(known, log[expired:]) == log


def test_a_line_deleted_from_a_log_brings_nothing_back() -> None:
    log = [movement(number) for number in range(5)]

    assert movements_since(log[:4], [*log[:3], log[4]]) == [log[4]]


def test_a_log_that_began_anew_is_all_news() -> None:
    assert movements_since([movement(1)], [movement(2)]) == [movement(2)]
    assert movements_since([], [movement(2)]) == [movement(2)]
