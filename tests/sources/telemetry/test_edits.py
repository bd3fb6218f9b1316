"""Lines of edits are counted where telemetry holds them whole, and nowhere else."""

from __future__ import annotations

import orjson
import pytest

from landed.sources.telemetry.edits import UNCOUNTED, Counted, of_claude_code, of_codex, of_gemini


@pytest.mark.parametrize(
    ("tool", "given", "expected"),
    [
        ("Write", {"content": "a\nb\n"}, Counted(2, None)),
        ("Write", {"content": "a" * 500}, UNCOUNTED),
        ("Write", {}, UNCOUNTED),
        ("Edit", {"old_string": "a\nb\n", "new_string": "a\nc\nd\n"}, Counted(2, 1)),
        ("Edit", {"old_string": "a", "new_string": "b", "replace_all": True}, UNCOUNTED),
        ("Edit", {"old_string": "a" * 600, "new_string": "b"}, UNCOUNTED),
        (
            "MultiEdit",
            {
                "edits": [
                    {"old_string": "a\n", "new_string": "b\n"},
                    {"old_string": "", "new_string": "c\n"},
                ]
            },
            Counted(2, 1),
        ),
        ("NotebookEdit", {"new_source": "a\n"}, UNCOUNTED),
    ],
)
def test_of_claude_code(tool: str, given: dict[str, object], expected: Counted) -> None:
    assert of_claude_code(tool, orjson.dumps(given).decode()) == expected


@pytest.mark.parametrize("given", [None, 7, "", "{", '{"content": "a'])
def test_input_that_is_cut_off_is_not_counted(given: object) -> None:
    assert of_claude_code("Write", given) == UNCOUNTED
    assert of_codex(given) == UNCOUNTED
    assert of_gemini(given) == UNCOUNTED


PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n a\n-b\n+c\n+d\n*** End Patch"


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (PATCH, Counted(2, 1)),
        (orjson.dumps({"input": PATCH}).decode(), Counted(2, 1)),
        (PATCH.removesuffix("*** End Patch"), UNCOUNTED),
        ("*** Begin Patch\n*** Delete File: a.py\n*** End Patch", UNCOUNTED),
    ],
)
def test_of_codex(patch: str, expected: Counted) -> None:
    assert of_codex(patch) == expected


def test_of_gemini() -> None:
    assert of_gemini('{"model_added_lines": 3, "model_removed_lines": 0}') == Counted(3, 0)
    assert of_gemini('{"model_added_lines": -1}') == UNCOUNTED
