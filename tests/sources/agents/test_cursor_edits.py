"""What calls of Cursor's editing tools do to files."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from landed.sources.agents.contract import Change
from landed.sources.agents.cursor_edits import commanded, decision_of, edited

PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n-a\n+b\n*** End Patch"


def tool(name: str, raw: dict[str, Any], result: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "rawArgs": orjson.dumps({"file_path": "a.py", **raw}).decode(),
        "result": orjson.dumps(result or {}).decode(),
    }


@pytest.mark.parametrize(
    ("name", "raw", "changes"),
    [
        ("apply_patch", {"patch": PATCH}, (Change(("a",), ("b",)),)),
        ("apply_patch", {"patch": "nothing"}, None),
        (
            "MultiEdit",
            {"edits": [{"old_string": "a", "new_string": "b"}, {"old_string": "c"}]},
            (Change(("a",), ("b",)),),
        ),
        ("search_replace", {"old_string": "a", "new_string": "b"}, (Change(("a",), ("b",)),)),
        ("write", {"contents": "a\nb\n"}, (Change((), ("a", "b")),)),
        ("edit_file", {"content": "# sketch"}, None),
        ("delete_file", {}, None),
    ],
)
def test_arguments_tell_the_change(
    name: str, raw: dict[str, Any], changes: tuple[Change, ...] | None
) -> None:
    found = edited(tool(name, raw), "/home/dev", lambda _: None)

    assert found is not None
    assert (found.path, found.changes) == ("/home/dev/a.py", changes)
    assert found.kind == ("delete" if name == "delete_file" else "update")


@pytest.mark.parametrize(
    "chunk",
    [{"oldStart": 1, "newStart": 1}, {"diffString": "-a", "oldStart": "1", "newStart": 1}],
)
def test_a_broken_chunk_leaves_the_arguments(chunk: dict[str, Any]) -> None:
    call = tool(
        "search_replace", {"old_string": "a", "new_string": "b"}, {"diff": {"chunks": [chunk]}}
    )
    found = edited(call, None, lambda _: None)

    assert found is not None
    assert found.changes == (Change(("a",), ("b",)),)


def test_a_call_without_a_file_is_nothing() -> None:
    assert edited({"name": "edit_file", "rawArgs": "{}"}, None, lambda _: None) is None


@pytest.mark.parametrize(
    ("call", "accepted"),
    [
        ({"userDecision": "accepted"}, True),
        ({"userDecision": "rejected"}, False),
        ({"additionalData": {"reviewData": {"selectedOption": "reject"}}}, False),
        ({"additionalData": "none"}, None),
        ({}, None),
    ],
)
def test_decisions(call: dict[str, Any], accepted: bool | None) -> None:
    assert decision_of(call) is accepted


def test_commands() -> None:
    assert commanded({"rawArgs": '{"command": "ls"}', "result": '{"output": "a"}'}) == ("ls", "a")
    assert commanded({"params": 7}) == ("", "")
