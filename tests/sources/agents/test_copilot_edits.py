"""What calls of Copilot's writing tools do to files."""

from __future__ import annotations

from typing import Any

import pytest

from landed.sources.agents.contract import Change
from landed.sources.agents.copilot_edits import absolute, proposed, shown
from landed.sources.agents.patches import FilePatch


@pytest.mark.parametrize(
    ("tool", "arguments", "kind", "changes"),
    [
        ("create", {"file_text": "a\nb\n"}, "create", (Change((), ("a", "b"), 1, 1),)),
        ("create", {"file_text": ""}, "create", ()),
        ("edit", {"old_str": "a", "new_str": "b"}, "update", (Change(("a",), ("b",)),)),
        ("edit", {"old_str": "a"}, "update", (Change(("a",), ()),)),
        ("insert", {"insert_line": 3, "new_str": "x"}, "update", (Change((), ("x",), 4, 4),)),
        ("insert", {"insert_line": "?", "new_str": "x"}, "update", (Change((), ("x",)),)),
        (
            "str_replace_editor",
            {"command": "str_replace", "old_str": "a", "new_str": "b"},
            "update",
            (Change(("a",), ("b",)),),
        ),
    ],
)
def test_arguments_tell_the_change(
    tool: str, arguments: dict[str, Any], kind: str, changes: tuple[Change, ...]
) -> None:
    (found,) = proposed(tool, {"path": "src/a.py", **arguments}, "/home/dev/shop")

    assert (found.path, found.kind, found.changes) == ("/home/dev/shop/src/a.py", kind, changes)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("str_replace_editor", {"command": "view", "path": "a.py"}),
        ("edit", {"old_str": "a"}),
        ("edit", "no object"),
        ("apply_patch", {"input": "no patch"}),
    ],
)
def test_what_names_no_file_is_nothing(tool: str, arguments: Any) -> None:
    assert proposed(tool, arguments, None) == []


def test_the_result_gives_places_where_it_is_of_the_same_file() -> None:
    asked = [FilePatch("/p/a.py", "update", (Change(("x",), ("y",)),))]
    diff = "--- a/{0}\n+++ b/{0}\n@@ -7,1 +7,1 @@\n-x\n+y\n"

    assert shown(asked, diff.format("p/a.py"))[0].changes == (Change(("x",), ("y",), 7, 7),)
    for other in (None, "", "no diff", diff.format("p/other_a.py")):
        assert shown(asked, other) == asked


@pytest.mark.parametrize(
    ("path", "cwd", "found"),
    [
        ("a/../b.py", "/home/dev/", "/home/dev/b.py"),
        ("/b.py", "/home/dev", "/b.py"),
        ("C:\\b.py", "C:\\dev", "C:\\b.py"),
        ("b.py", None, "b.py"),
    ],
)
def test_paths_are_within_the_working_directory(path: str, cwd: str | None, found: str) -> None:
    assert absolute(path, cwd) == found
