"""Claude Code: what its edits changed, line by line, in files with figures checked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.sources.agents.claude_code_logs import (
    asks,
    capture,
    lines,
    log,
    prompt,
    read,
    result,
    told,
)

from landed.sources.agents import claude_code_edits
from landed.sources.agents.contract import Change
from landed.sources.agents.differences import applied

FINAL = {
    "Makefile": "all: test lint\n\ntest:\n\tpytest -q\n\tmypy\n\t\truff check\n\nclean:\n"
    "\trm -rf dist\n",
    "shop.py": "def total(items):\n    return sum(item.price for item in items)\n\n\n"
    "def count(items):\n    return len(items)\n\n\ndef mean(items):\n    if not items:\n"
    "        return 0\n    return total(items) / count(items)\n",
}


def test_a_session_generates_six_lines_and_then_two() -> None:
    written, changed = capture("calc").edits
    assert (written.kind, written.before, written.decided_by) == ("create", "", "automatic")
    assert [len(change.added) for change in written.changes] == [6]
    assert changed.changes == (
        Change(
            ("def sub(a, b):",),
            ("def subtract(a, b):", '    """Return the difference."""'),
            5,
            5,
        ),
    )
    assert changed.before is None
    assert changed.call == "req_4ff2b552162f489982a5"


def test_writes_over_a_file_and_replacements_everywhere_generate_what_differs() -> None:
    edits = [edit for edit in capture("shop").edits if edit.status == "applied" and edit.changes]
    assert [(told(edit)[:2], edit.kind) for edit in edits] == [
        (("Write", "shop.py"), "create"),
        (("Write", "notes.md"), "create"),
        (("Write", "shop.py"), "update"),
        (("Edit", "notes.md"), "update"),
        (("Edit", "shop.py"), "update"),
    ]
    assert edits[2].changes == (
        Change(("    return sum(items)",), ("    return sum(item.price for item in items)",), 2, 2),
        Change((), ("", "", "def mean(items):", "    return total(items) / count(items)"), 7, 7),
    )
    assert edits[3].changes == (
        Change(("alpha",), ("gamma",), 3, 3),
        Change(("alpha",), ("gamma",), 5, 5),
    )


def test_a_sub_agents_edits_are_placed_though_its_answers_tell_only_text() -> None:
    created, changed = capture("shop-sub-agent").edits
    assert (created.kind, created.before) == ("create", "")
    assert changed.changes == (Change(("B = 2",), ("B = 3", "C = 4"), 2, 2),)


def test_a_sub_agent_knows_a_file_that_it_has_read() -> None:
    changed, written, _ = capture("build-sub-agent").edits
    assert changed.changes == (Change(("\tmypy",), ("\tmypy --strict",), 5, 5),)
    assert (changed.before or "").splitlines()[4] == "\tmypy"
    assert written.before is None
    assert [change.removed for change in written.changes] == [
        ("all: test lint",),
        ("\t\truff check", "", "clean:", "\trm -rf dist"),
    ]


def test_tabs_are_those_of_the_file_and_not_of_the_patch_for_display() -> None:
    edits = [edit for edit in capture("build").edits if edit.tool == "Edit"]
    assert edits[0].changes == (
        Change(("\tpytest",), ("\tpytest -q",), 4, 4),
        Change((), ("\t\truff check",), 6, 6),
    )


def test_taking_out_the_text_of_a_line_takes_the_line() -> None:
    edits = [edit for edit in capture("build").edits if edit.tool == "Edit"]
    assert edits[1].changes == (Change(("\trm -rf build",), (), 9, 9),)


def test_what_others_changed_in_between_shows_in_the_file_before() -> None:
    applied = [edit for edit in capture("build").edits if edit.tool in ("Write", "Edit")]
    assert [edit.before and edit.before.split("\n")[0] for edit in applied[:4]] == [
        "",
        None,
        None,
        "all: test lint",
    ]


def test_notebooks_are_compared_as_git_sees_them() -> None:
    first, replaced, inserted, failed = capture("notebook").edits
    assert [edit.status for edit in (first, replaced, inserted, failed)] == [
        "applied",
        "applied",
        "applied",
        "failed",
    ]
    assert '   "source": "x = 1\\ny = 3\\nz = 4"' in replaced.changes[0].added
    assert sum(len(change.added) for change in inserted.changes) == 8


def test_a_proposal_that_a_person_altered_is_marked(tmp_path: Path) -> None:
    told = {"filePath": "/a", "oldString": "b", "newString": "c", "originalFile": "a\nb\n"}
    path = log(
        tmp_path,
        prompt(0),
        asks(1, "Edit", file_path="/a", old_string="b", new_string="B"),
        result(2, told | {"userModified": True, "structuredPatch": []}),
    )
    (edit,) = read(path).edits
    assert edit.changed_by_user
    assert edit.changes == (Change(("b",), ("c",), 2, 2),)


def test_the_patch_decides_where_the_strings_do_not_fit_the_file(tmp_path: Path) -> None:
    hunk = {"oldStart": 1, "newStart": 1, "lines": [" a", "-“b”", "+c", "+d"]}
    told = {"filePath": "/a", "oldString": '"b"', "newString": "c\nd", "originalFile": "a\n“b”\n"}
    path = log(
        tmp_path,
        prompt(0),
        asks(1, "Edit", file_path="/a", old_string='"b"', new_string="c\nd"),
        result(2, told | {"structuredPatch": [hunk]}),
    )
    assert read(path).edits[0].changes == (Change(("“b”",), ("c", "d"), 2, 2),)


def test_a_refused_edit_is_placed_in_the_file_that_the_session_knows(tmp_path: Path) -> None:
    path = log(
        tmp_path,
        prompt(0),
        asks(1, "Write", file_path="/a", content="a\nb\nc\n"),
        result(2, {"type": "create", "filePath": "/a", "content": "a\nb\nc\n"}),
        asks(3, "Edit", file_path="/a", old_string="c", new_string="d"),
    )
    state = read(path).state
    with path.open("ab") as file:
        file.write(lines(result(4, "The user doesn't want to proceed", error=True)))
    for reading in (read(path), read(path, state)):
        assert reading.edits[-1].changes == (Change(("c",), ("d",), 3, 3),)
        assert reading.edits[-1].status == "refused"


def test_edits_in_several_places_are_one_difference(tmp_path: Path) -> None:
    steps = [
        {"old_string": "a", "new_string": "A"},
        {"old_string": "c", "new_string": "C\nD", "replace_all": True},
    ]
    told = {"filePath": "/a", "edits": steps, "originalFile": "a\nb\nc\nb\nc\n"}
    path = log(
        tmp_path,
        prompt(0),
        asks(1, "MultiEdit", file_path="/a", edits=steps),
        result(2, told),
        asks(3, "MultiEdit", file_path="/a", edits=[{"old_string": "b", "new_string": "B"}]),
        result(4, "The user doesn't want to proceed", error=True),
        asks(5, "MultiEdit", file_path="/new", edits=steps),
        result(6, "The user doesn't want to proceed", error=True),
    )
    made, placed, fragments = read(path).edits
    assert made.changes == (
        Change(("a",), ("A",), 1, 1),
        Change(("c",), ("C", "D"), 3, 3),
        Change(("c",), ("C", "D"), 5, 6),
    )
    assert placed.changes == (Change(("b",), ("B",), 2, 2),)
    assert fragments.changes == (Change(("a",), ("A",)), Change(("c",), ("C", "D")))


def test_a_refused_notebook_cell_is_what_was_proposed_for_it(tmp_path: Path) -> None:
    path = log(
        tmp_path,
        prompt(0),
        asks(1, "NotebookEdit", notebook_path="/n.ipynb", new_source="x = 1\ny = 2"),
        result(2, "The user doesn't want to proceed", error=True),
    )
    assert read(path).edits[0].changes == (Change((), ("x = 1", "y = 2")),)


def test_a_file_written_over_that_no_one_has_shown_has_no_place(tmp_path: Path) -> None:
    spawned = {"isSidechain": True, "agentId": "a1"}
    path = log(
        tmp_path,
        asks(1, "Write", file_path="/a", content="x\n") | spawned,
        result(2, "The file /a has been updated.", promptId="p") | spawned,
        asks(3, "Write", file_path="/a", content="x\ny\n") | spawned,
        result(4, "The file /a has been updated.", promptId="p") | spawned,
    )
    first, second = read(path).edits
    assert (first.kind, first.changes) == ("update", (Change((), ("x",)),))
    assert second.changes == (Change((), ("y",), 2, 2),)


def test_files_beyond_what_is_remembered_are_still_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claude_code_edits, "_REMEMBERED_CHARACTERS", 3)

    def change(second: int, name: str, before: str, after: str) -> list[dict[str, Any]]:
        told = {"filePath": name, "content": after, "originalFile": before, "type": "update"}
        return [asks(second, "Write", file_path=name, content=after), result(second + 1, told)]

    path = log(
        tmp_path,
        prompt(0),
        *change(1, "/a", "1\n", "2\n"),
        *change(3, "/b", "1\n", "2\n"),
        *change(5, "/a", "2\n", "3\n"),
        *change(7, "/b", "9\n", "3\n"),
    )
    assert [edit.before for edit in read(path).edits] == ["1\n", "1\n", None, "9\n"]


@pytest.mark.parametrize(("name", "file"), [("build", "Makefile"), ("shop", "shop.py")])
def test_the_changes_of_a_real_session_lead_from_text_to_text(name: str, file: str) -> None:
    text = ""
    for edit in capture(name).edits:
        if edit.status == "applied" and edit.path.endswith(file):
            after = applied(edit.before if edit.before is not None else text, edit.changes)
            assert after is not None
            text = after
    assert text == FINAL[file]
