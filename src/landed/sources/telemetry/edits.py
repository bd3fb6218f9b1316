"""How many lines an edit put in and took out, where telemetry holds the details of a tool.

Texts are looked at here, counted, and dropped: no line and no path goes further. What an agent cut
short before it was sent is not counted. Edits told here have no lines of their own to follow; the
agent's own log tells those.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from landed.sources.agents.contract import Change
from landed.sources.agents.fields import mapping, objects, parsed, text
from landed.sources.agents.patches import enveloped, replaced, whole_text

_CUT_AT = 500
"""Claude Code cuts longer values of a tool's input short."""

OF_CLAUDE_CODE = frozenset({"Edit", "MultiEdit", "NotebookEdit", "Write"})
OF_CODEX = frozenset({"apply_patch"})
OF_GEMINI = frozenset({"edit", "replace", "smart_edit", "write_file"})


class Counted(NamedTuple):
    """Lines put in and taken out; null where the telemetry does not hold them whole."""

    added: int | None
    removed: int | None


UNCOUNTED = Counted(None, None)


def of_claude_code(tool: str, given: object) -> Counted:
    """Count the lines of a call of Claude Code, `given` being its attribute `tool_input`."""
    told = parsed(given)
    steps = objects(told, "edits") if tool == "MultiEdit" else [told]
    values = [value for step in steps for value in step.values() if isinstance(value, str)]
    if not told or any(len(value) >= _CUT_AT for value in values):
        return UNCOUNTED
    if tool == "Write":
        content = told.get("content")
        # what a file held before it was written anew is not told
        return Counted(_lines(whole_text(content)).added, None) if content else UNCOUNTED
    changes = [
        change
        for step in steps
        for change in replaced(step.get("old_string"), step.get("new_string"))
    ]
    once = not any(step.get("replace_all") for step in steps)
    return _lines(changes) if changes and once else UNCOUNTED


def of_codex(given: object) -> Counted:
    """Count the lines of a patch of Codex, `given` being its attribute `arguments`."""
    patch = given if isinstance(given, str) else ""
    if "*** End Patch" not in patch:
        return UNCOUNTED
    patch = text(parsed(patch), "input") or patch
    files = enveloped(patch)
    if not files or any(file.kind == "delete" for file in files):
        return UNCOUNTED
    return _lines(change for file in files for change in file.changes)


def of_gemini(metadata: object) -> Counted:
    """Return the lines that Gemini CLI has counted itself, in its attribute `metadata`."""
    told = mapping(parsed(metadata))
    numbers = [told.get(f"model_{what}_lines") for what in ("added", "removed")]
    added, removed = (number if type(number) is int and number >= 0 else None for number in numbers)
    return Counted(added, removed)


def _lines(changes: Iterable[Change]) -> Counted:
    every = list(changes)
    added = sum(len(change.added) for change in every)
    return Counted(added, sum(len(change.removed) for change in every))
