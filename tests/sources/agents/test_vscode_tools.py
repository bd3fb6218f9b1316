"""What calls of the editing tools of Copilot in VS Code do to files."""

from __future__ import annotations

from typing import Any

import pytest

from landed.sources.agents.contract import Change
from landed.sources.agents.vscode_tools import files_of


def test_several_replacements_of_a_file_are_one_edit() -> None:
    found = files_of(
        "multi_replace_string_in_file",
        {
            "replacements": [
                {"filePath": "/a.py", "oldString": "a", "newString": "b"},
                {"filePath": "/b.py", "oldString": "c", "newString": "d"},
                {"filePath": "/a.py", "oldString": "e", "newString": ""},
                "no replacement",
            ]
        },
        None,
    )

    assert [(file.path, file.changes) for file in found] == [
        ("/a.py", (Change(("a",), ("b",)), Change(("e",), ()))),
        ("/b.py", (Change(("c",), ("d",)),)),
    ]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("insert_edit_into_file", {"filePath": "/a.py", "code": "// ...existing code..."}),
        ("create_file", {"content": "a"}),
        ("replace_string_in_file", "{torn"),
        ("multi_replace_string_in_file", {"replacements": [{"oldString": "a"}]}),
        ("apply_patch", {}),
    ],
)
def test_what_the_arguments_do_not_tell_is_nothing(tool: str, arguments: Any) -> None:
    assert files_of(tool, arguments, None) == []
