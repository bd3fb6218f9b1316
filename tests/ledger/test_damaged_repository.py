"""Damaged, cut off and unfinished repositories: survived and reported, or one clear error."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.histories.blame import BirthOfLine
from tests.histories.builder import History, lines
from tests.histories.comparing import (
    Seen,
    assert_equal_to_blame,
    assert_history_equal_to_blame,
    observe,
    regular_files,
)
from tests.histories.objects import run_git
from tests.histories.rows import problems, tables
from tests.histories.stays import Ledger, assert_stays_and_removals_fit

from landed.errors import RepositoryError

LONG = [f"number {number}" for number in range(20)]


def grow(history: History) -> list[str]:
    """Five commits on `main` that each change `kept` and `lost`; a side branch is merged."""
    commits = []
    for number in range(3):
        history.write("kept", lines(*LONG[: 10 + number]))
        history.write("lost", lines(*(f"{text} lost" for text in LONG[: 10 + number])))
        history.write(f"deep/er/{number}", f"a file of commit {number}\n")
        commits.append(history.commit(f"Commit {number}"))
    history.branch("side", commits[1])
    history.write("aside", lines(*LONG[5:]))
    commits.append(history.commit("Aside"))
    history.checkout("main")
    commits.append(history.merge("side"))
    return commits


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "repo")


@pytest.fixture
def sound(tmp_path: Path) -> History:
    """The same history undamaged, for git blame to look at."""
    sound = History(tmp_path / "sound")
    grow(sound)
    return sound


def assert_other_files_are_right(
    seen: Seen, sound: History, commits: list[str], *lost: bytes
) -> None:
    """Everything but the lost paths is there, at all the commits, as blame says."""
    contents = {
        commit: {path: text for path, text in files.items() if path not in lost}
        for commit, files in regular_files(sound, commits).items()
    }
    without = {
        commit: {path: births for path, births in files.items() if path not in lost}
        for commit, files in seen.items()
    }
    assert_equal_to_blame(sound.path, without, contents)


# Missing and damaged objects -----------------------------------------------------------------


def deleted(file: Path) -> None:
    file.unlink()


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def garbled(file: Path) -> None:
    file.write_bytes(b"this is no object")


def with_other_content(file: Path) -> None:
    """A sound zlib stream whose content is not what the name says."""
    body = zlib.decompress(file.read_bytes())
    file.write_bytes(zlib.compress(body[:-2] + b"?\n"))


DAMAGES = [deleted, emptied, cut_short, garbled, with_other_content]


@pytest.mark.parametrize(
    ("damage", "number"), [*((damage, 1) for damage in DAMAGES), (deleted, 0), (deleted, 2)]
)
def test_a_lost_blob_costs_its_own_file_only(
    tmp_path: Path,
    history: History,
    sound: History,
    damage: Callable[[Path], None],
    number: int,
) -> None:
    commits = grow(history)
    damage(history.objects.file(history.files(commits[number])[b"lost"].object_id))

    seen = observe(history.path, tmp_path / "workspace")

    assert_other_files_are_right(seen, sound, commits, b"lost")
    if damage is not with_other_content:
        reported = problems(tmp_path / "workspace")
        assert any("lost" in problem.subject for problem in reported), reported
        assert seen[commits[number]][b"lost"] is None


@pytest.mark.parametrize(
    ("damage", "tree"),
    [
        (deleted, "main~2^{tree}"),
        (garbled, "main~2^{tree}"),
        (deleted, "main~2:deep"),
        (deleted, "side^{tree}"),
    ],
)
def test_a_lost_tree_is_reported_and_the_rest_goes_on(
    tmp_path: Path, history: History, damage: Callable[[Path], None], tree: str
) -> None:
    commits = grow(history)
    damage(history.objects.file(history.git("rev-parse", tree).decode()))

    seen = observe(history.path, tmp_path / "workspace")

    assert set(commits) == set(seen)
    assert problems(tmp_path / "workspace")
    last = seen[commits[-1]][b"kept"]
    assert last is not None
    assert len(last) == 12


@pytest.mark.parametrize("damage", DAMAGES[:-1])
def test_a_lost_commit_of_a_branch_leaves_the_main_line_whole(
    tmp_path: Path, history: History, sound: History, damage: Callable[[Path], None]
) -> None:
    commits = grow(history)
    history.branch("further", commits[0])
    history.write("far", lines("one"))
    lost = history.commit("Far")
    history.write("far", lines("one", "two"))
    tip = history.commit("Farther")
    history.checkout("main")
    damage(history.objects.file(lost))

    seen = observe(history.path, tmp_path / "workspace")

    seen.pop(tip, None)
    assert_other_files_are_right(seen, sound, commits)
    assert problems(tmp_path / "workspace")


@pytest.mark.parametrize("damage", DAMAGES[:-1])
def test_a_lost_commit_of_the_main_line_is_told_in_one_error(
    tmp_path: Path, history: History, damage: Callable[[Path], None]
) -> None:
    commits = grow(history)
    damage(history.objects.file(commits[0]))

    with pytest.raises(RepositoryError, match="missing"):
        observe(history.path, tmp_path / "workspace")


def test_a_damaged_pack_costs_only_what_stands_there(
    tmp_path: Path, history: History, sound: History
) -> None:
    commits = grow(history)
    blob = history.files(commits[0])[b"lost"].object_id
    history.git("-c", "pack.window=0", "repack", "-adq")
    (pack,) = (history.git_dir / "objects" / "pack").glob("*.pack")
    index = pack.with_suffix(".idx")
    rows = run_git(pack.parent, "verify-pack", "-v", index.name).stdout
    offset = next(int(row.split()[4]) for row in rows.splitlines() if row.startswith(blob.encode()))
    pack.chmod(0o600)
    with pack.open("r+b") as file:
        file.seek(offset + 5)
        file.write(b"\xff\xff\xff\xff")

    seen = observe(history.path, tmp_path / "workspace")

    assert_other_files_are_right(seen, sound, commits, b"lost")
    assert problems(tmp_path / "workspace")


@pytest.mark.parametrize("content", [b"", b"garbage", b"CGPH\x01\x01\x04\x00"])
def test_a_damaged_commit_graph_has_no_say(
    tmp_path: Path, history: History, sound: History, content: bytes
) -> None:
    commits = grow(history)
    history.git("commit-graph", "write", "--reachable")
    graph = history.git_dir / "objects" / "info" / "commit-graph"
    graph.chmod(0o600)
    graph.write_bytes(content)

    seen = observe(history.path, tmp_path / "workspace")

    assert_other_files_are_right(seen, sound, commits)


# History that was cut off on purpose ---------------------------------------------------------


def test_a_shallow_clone_gives_the_lines_of_its_boundary_to_the_boundary(
    tmp_path: Path, history: History
) -> None:
    grow(history)
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", "--depth=2", history.path.as_uri(), clone)

    shallow = History(clone)
    seen = assert_history_equal_to_blame(shallow, tmp_path / "workspace")

    assert_stays_and_removals_fit(tmp_path / "workspace", seen)
    assert "shallow-clone" in {problem.kind for problem in problems(tmp_path / "workspace")}


def test_a_shallow_clone_that_is_deepened_is_read_anew(tmp_path: Path, history: History) -> None:
    commits = grow(history)
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", "--depth=2", history.path.as_uri(), clone)
    observe(clone, tmp_path / "workspace")
    run_git(clone, "fetch", "-q", "--unshallow")

    observe(clone, tmp_path / "workspace")

    observe(history.path, tmp_path / "whole")
    assert len(commits) == 5
    assert births_at_tip(tmp_path / "workspace") == births_at_tip(tmp_path / "whole")


def births_at_tip(workspace: Path) -> list[BirthOfLine]:
    """Births of the lines that stand at the tip of the main line, sorted."""
    ledger = Ledger(workspace)
    return sorted(
        ledger.births[line] for line, _, left in ledger.stays if left > len(ledger.main_line)
    )


def test_a_partial_clone_is_read_without_fetching_what_it_left_out(
    tmp_path: Path, history: History, sound: History
) -> None:
    commits = grow(history)
    history.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    run_git(
        tmp_path,
        *("clone", "-q", "--bare", "--filter=blob:limit=160", history.path.as_uri(), clone),
    )
    packs = sorted(path.name for path in (clone / "objects" / "pack").iterdir())
    left_out = run_git(clone, "rev-list", "--objects", "--all", "--missing=print").stdout.decode()
    assert "?" in left_out

    seen = observe(clone, tmp_path / "workspace")

    assert sorted(path.name for path in (clone / "objects" / "pack").iterdir()) == packs
    assert_other_files_are_right(seen, sound, commits, b"lost", b"aside")
    assert problems(tmp_path / "workspace")


def test_a_partial_clone_without_any_blob_is_read_and_reported(
    tmp_path: Path, history: History
) -> None:
    commits = grow(history)
    history.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    run_git(
        tmp_path, *("clone", "-q", "--bare", "--filter=blob:none", history.path.as_uri(), clone)
    )

    seen = observe(clone, tmp_path / "workspace")

    assert set(seen) == set(commits)
    assert all(births is None for files in seen.values() for births in files.values())
    named = " ".join(problem.subject for problem in problems(tmp_path / "workspace"))
    assert all(path in named for path in ("kept", "lost", "aside", "deep/er/0"))


# Refs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "content"),
    [
        ("refs/heads/broken", "garbage\n"),
        ("refs/heads/broken", ""),
        ("refs/heads/broken", "0" * 40 + "\n"),
        ("refs/heads/broken", "1234567890" * 4 + "\n"),
        ("refs/heads/broken", "ref: refs/heads/nowhere\n"),
        ("refs/heads/broken", "ref: refs/heads/broken\n"),
        ("refs/tags/broken", "garbage\n"),
        ("refs/tags/broken", "1234567890" * 4 + "\n"),
        ("refs/remotes/origin/HEAD", "ref: refs/remotes/origin/gone\n"),
    ],
)
def test_a_broken_ref_is_reported_and_the_others_are_read(
    tmp_path: Path, history: History, sound: History, ref: str, content: str
) -> None:
    commits = grow(history)
    file = history.git_dir / ref
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)

    seen = observe(history.path, tmp_path / "workspace")

    assert_other_files_are_right(seen, sound, commits)
    leads_nowhere = content.startswith("ref:")
    expected = [] if leads_nowhere else [("broken-ref", ref)]
    assert problems(tmp_path / "workspace") == expected


def test_tags_of_trees_blobs_and_tags_are_no_problem(
    tmp_path: Path, history: History, sound: History
) -> None:
    commits = grow(history)
    history.set_ref("refs/tags/tree", history.git("rev-parse", "main^{tree}").decode())
    history.set_ref("refs/tags/blob", history.git("rev-parse", "main:kept").decode())
    history.tag("annotated", message="One")
    outer = history.git("rev-parse", "refs/tags/annotated").decode()
    body = f"object {outer}\ntype tag\ntag outer\ntagger A <a@b> 1 +0000\n\nTwo\n"
    history.set_ref("refs/tags/outer", history.objects.write("tag", body.encode()))

    seen = observe(history.path, tmp_path / "workspace")

    assert_other_files_are_right(seen, sound, commits)
    assert problems(tmp_path / "workspace") == []
    assert {row["tag"] for row in tables(tmp_path / "workspace")["release"]} == {
        "annotated",
        "outer",
    }


# Nothing to read, or nothing to choose -------------------------------------------------------


def test_no_repository_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(RepositoryError, match="not in a git repository"):
        observe(tmp_path / "plain", tmp_path / "workspace")
    with pytest.raises(RepositoryError, match="no such path"):
        observe(tmp_path / "absent", tmp_path / "workspace")


def test_an_empty_repository_is_one_clear_error(tmp_path: Path, history: History) -> None:
    with pytest.raises(RepositoryError, match="no commits"):
        observe(history.path, tmp_path / "workspace")


def test_a_git_directory_without_objects_is_one_clear_error(
    tmp_path: Path, history: History
) -> None:
    (history.git_dir / "objects").rename(tmp_path / "taken away")
    with pytest.raises(RepositoryError):
        observe(history.path, tmp_path / "workspace")


def test_an_unborn_branch_beside_the_usual_one_reads_the_usual_one(
    tmp_path: Path, history: History
) -> None:
    commits = grow(history)
    history.orphan("unborn")

    try:
        seen = observe(history.path, tmp_path / "workspace")
    except RepositoryError as error:
        assert "--ref" in str(error)
    else:
        assert set(seen) == set(commits)


def test_a_detached_head_reads_the_usual_branch_or_asks_for_one(
    tmp_path: Path, history: History
) -> None:
    commits = grow(history)
    history.detach(commits[1])

    try:
        seen = observe(history.path, tmp_path / "workspace")
    except RepositoryError as error:
        assert "--ref" in str(error)
    else:
        assert set(seen) == set(commits)
