"""`git blame` of one file, read from its porcelain form."""

from __future__ import annotations

from pathlib import Path

from tests.histories.builder import History, lines

from landed.sources.git.blame import blame
from landed.sources.git.files import find_entry, resolve_revision
from landed.sources.git.scratch import Scratch


def test_lines_name_their_birth_through_renames_and_changes(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("old name.py", lines(*"abcdef"))
    first = history.commit("Add\ttabs", when="2025-03-01")
    history.rename("old name.py", "new.py")
    second = history.commit("Rename")
    history.write("new.py", lines(*"abXdef"))
    third = history.commit("Change", author=("Ben", "ben@example.com"))

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        found = blame(scratch, third, b"new.py")
        before = blame(scratch, second, b"new.py", (3, 3))

    assert [(line.commit, line.path, line.born_line) for line in found] == [
        (first, b"old name.py", 1),
        (first, b"old name.py", 2),
        (third, b"new.py", 3),
        (first, b"old name.py", 4),
        (first, b"old name.py", 5),
        (first, b"old name.py", 6),
    ]
    assert [line.text for line in found] == [b"a", b"b", b"X", b"d", b"e", b"f"]
    assert (found[2].author, found[0].summary) == ("Ben", "Add\ttabs")
    assert f"{found[0].authored_at:%Y-%m-%d}" == "2025-03-01"
    assert [(line.line, line.text) for line in before] == [(3, b"c")]


def test_names_and_texts_of_any_bytes(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    name = b'"caf\xe9"\t[*].txt'
    history.write(name, b"filename x\n\ttab\r\n\xff")
    commit = history.commit("Add")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        found = blame(scratch, commit, name)

    assert [line.text for line in found] == [b"filename x", b"\ttab\r", b"\xff"]
    assert {line.path for line in found} == {name}


def test_one_commit_may_give_lines_from_two_paths(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("a.py", lines(*(f"alpha {number} alpha" for number in range(20))))
    history.write("b.py", lines(*(f"beta {number} beta" for number in range(20))))
    first = history.commit("Add")
    history.remove("b.py")
    history.write("a.py", lines(*(f"beta {number} beta" for number in range(20))))
    second = history.commit("Swap")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        found = blame(scratch, second, b"a.py")

    assert {(line.commit, line.path) for line in found} <= {
        (first, b"b.py"),
        (second, b"a.py"),
    }


def test_what_stands_at_a_path_is_found_by_its_exact_bytes(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("src/[a].py", "x\n")
    history.write(b":(top)odd", "x\n")
    history.symlink("link", "src")
    history.submodule("module")
    commit = history.commit("Add")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        kinds = {
            path: entry.kind if (entry := find_entry(scratch, commit, path)) else None
            for path in (b"src/[a].py", b"src/a.py", b":(top)odd", b"src", b"module", b"no/such")
        }
        link = find_entry(scratch, commit, b"link")

    assert kinds == {
        b"src/[a].py": "blob",
        b"src/a.py": None,
        b":(top)odd": "blob",
        b"src": "tree",
        b"module": "commit",
        b"no/such": None,
    }
    assert link is not None
    assert link.mode == "120000"


def test_revisions_may_have_steps(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    first, second = history.commit("Add"), history.commit("More")
    history.tag("v1", first, message="One")

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        asked = ("HEAD", "HEAD~1", "main^", "v1", first[:10], "HEAD~7", "nothing", "--all")
        found = [resolve_revision(scratch, revision) for revision in asked]

    assert found == [second, first, first, first, first, None, None, None]


def test_blame_between_two_commits_stops_at_the_earlier_one(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("a.py", lines("one", "two", "three", "four"))
    first = history.commit()
    history.rename("a.py", "b.py")
    history.write("b.py", lines("one", "new", "three", "four"))
    second = history.commit()

    with Scratch.open(history.path, tmp_path / "workspace") as scratch:
        found = blame(scratch, f"{first}..{second}", b"b.py")
        some = blame(scratch, second, b"b.py", (1, 1), (3, 4))

    assert [(line.commit, line.path, line.born_line, line.boundary) for line in found] == [
        (first, b"a.py", 1, True),
        (second, b"b.py", 2, False),
        (first, b"a.py", 3, True),
        (first, b"a.py", 4, True),
    ]
    assert [line.line for line in some] == [1, 3, 4]
