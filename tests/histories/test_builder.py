"""The builder makes the histories it says it makes: git itself is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.builder import BEN, FIRST_COMMIT_AT, HOUR, History, lines


def names(history: History, commit: str) -> list[bytes]:
    return sorted(history.git("ls-tree", "-r", "-z", "--name-only", commit).split(b"\0")[:-1])


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("bare", [True, False])
def test_git_finds_every_object_sound(tmp_path: Path, object_format: str, bare: bool) -> None:
    history = History(tmp_path / "repo", object_format=object_format, bare=bare)
    history.write("src/cart.py", lines("one", "two"))
    history.write(b"caf\xe9", b"\xff\0")
    history.write("src-2", "sorts between src and src/")
    history.symlink("link", "src/cart.py")
    history.submodule("vendored")
    first = history.commit("First")
    history.tag("v1", message="Release")
    history.chmod("src/cart.py", executable=True)
    second = history.commit("Second", author=BEN)

    assert history.git("fsck", "--strict", "--full") == b""
    assert history.git("rev-parse", "HEAD", "HEAD^", "v1^{commit}").decode().split() == [
        second,
        first,
        first,
    ]
    assert names(history, second) == [b"caf\xe9", b"link", b"src-2", b"src/cart.py", b"vendored"]


def test_commits_are_one_hour_apart_unless_told(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.commit()
    history.commit()
    history.commit(when="2026-02-03", committed=7)
    history.commit()

    dates = history.git("log", "--reverse", "--format=%at %ct").decode().split("\n")
    third = 1770076800
    assert dates == [
        f"{FIRST_COMMIT_AT} {FIRST_COMMIT_AT}",
        f"{FIRST_COMMIT_AT + HOUR} {FIRST_COMMIT_AT + HOUR}",
        f"{third} 7",
        f"{third + HOUR} {third + HOUR}",
    ]


def test_a_file_gives_way_to_a_directory_and_back(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("a", "file")
    history.write("a/b/c", "file below")
    directory = history.commit()
    history.write("a", "file again")
    file = history.commit()

    assert names(history, directory) == [b"a/b/c"]
    assert names(history, file) == [b"a"]


def test_merge_joins_branches_three_way_and_takes_resolutions(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("a", lines("one", "two", "three"))
    history.commit()
    history.branch("left")
    history.write("a", lines("ONE", "two", "three"))
    history.write("left", "new\n")
    history.commit()
    history.branch("right", "main")
    history.write("right", "new\n")
    history.commit()
    history.checkout("main")
    history.write("a", lines("uno", "two", "three"))
    history.commit()

    with pytest.raises(AssertionError, match="conflicts without a resolution"):
        history.merge("left")
    octopus = history.merge("left", "right", resolution={"a": "resolved\n"})

    assert names(history, octopus) == [b"a", b"left", b"right"]
    assert history.git("show", f"{octopus}:a") == b"resolved"
    assert len(history.git("rev-list", "--parents", "-1", octopus).split()) == 4


def test_merge_can_take_the_tree_of_one_parent(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("a", "main\n")
    history.commit()
    history.branch("side")
    history.write("a", "side\n")
    side = history.commit()
    history.checkout("main")
    history.write("b", "main\n")
    history.commit()

    merge = history.merge("side", take="side")

    assert history.git("rev-parse", f"{merge}^{{tree}}", f"{side}^{{tree}}").split()[0] == (
        history.git("rev-parse", f"{side}^{{tree}}")
    )


def test_git_picks_reverts_rebases_and_squashes(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("a", "one\n")
    history.commit("Begin")
    history.branch("side")
    history.write("b", "two\n")
    picked = history.commit("Side")
    history.branch("other", "main")
    history.write("c", "three\n")
    history.commit("Other")
    history.checkout("main")
    history.write("a", lines("one", "more"))
    history.commit("Main")

    history.revert(history.cherry_pick(picked))
    assert set(history.files()) == {b"a"}
    history.branch("moved", "other")
    history.rebase("main")
    assert set(history.files()) == {b"a", b"c"}
    history.checkout("main")
    history.squash("moved", message="Landed")

    log = history.git("log", "--format=%s|%an|%cn|%ct").decode().split("\n")
    hours = [f"{FIRST_COMMIT_AT + HOUR * hour}" for hour in range(8)]
    assert log == [
        f"Landed|Ana|Ana|{hours[7]}",
        f'Revert "Side"|Ana|Ana|{hours[5]}',
        f"Side|Ana|Ben|{hours[4]}",
        f"Main|Ana|Ana|{hours[3]}",
        f"Begin|Ana|Ana|{hours[0]}",
    ]


def test_notes_and_detached_heads(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("a", "one\n")
    first = history.commit()
    history.note(first, "written by an agent")
    history.detach(first)
    history.write("a", "two\n")
    second = history.commit()

    assert history.git("notes", "--ref=ai", "show", first) == b"written by an agent"
    assert history.tip() == second
    assert history.resolve("main") == first
