"""What the tools of Copilot in VS Code do to files, from the arguments of their calls."""

from __future__ import annotations

from typing import Any

from landed.sources.agents.contract import Change
from landed.sources.agents.copilot_edits import absolute
from landed.sources.agents.differences import lines_of
from landed.sources.agents.fields import objects, parsed, text
from landed.sources.agents.patches import FilePatch, enveloped, replaced

INVOCATIONS = {
    "replace_string_in_file": "copilot_replaceString",
    "multi_replace_string_in_file": "copilot_multiReplaceString",
    "create_file": "copilot_createFile",
    "apply_patch": "copilot_applyPatch",
    "insert_edit_into_file": "copilot_insertEdit",
    "run_in_terminal": "run_in_terminal",
}
"""What the model calls a tool, and what the chat calls it."""

WRITERS = frozenset(INVOCATIONS) - {"run_in_terminal"}
SHELL = "run_in_terminal"


def files_of(tool: str, arguments: Any, cwd: str | None) -> list[FilePatch]:
    """Return what a call asks for, file by file; nothing where the arguments do not tell.

    `insert_edit_into_file` gives a sketch with "existing code" left out, so it tells nothing.
    """
    given = parsed(arguments)
    if tool == "apply_patch":
        return [
            FilePatch(absolute(file.path, cwd), file.kind, file.changes, file.moved_to)
            for file in enveloped(text(given, "input") or "")
        ]
    if tool == "multi_replace_string_in_file":
        found: dict[str, tuple[Change, ...]] = {}
        for part in objects(given, "replacements"):
            path = absolute(text(part, "filePath") or "", cwd)
            found[path] = found.get(path, ()) + replaced(
                part.get("oldString"), part.get("newString")
            )
        return [FilePatch(path, "update", changes) for path, changes in found.items() if path]
    named = text(given, "filePath")
    if named is None:
        return []
    path = absolute(named, cwd)
    if tool == "create_file":
        lines = tuple(lines_of(text(given, "content") or ""))
        return [FilePatch(path, "create", (Change((), lines, 1, 1),) if lines else ())]
    if tool == "replace_string_in_file":
        return [FilePatch(path, "update", replaced(given.get("oldString"), given.get("newString")))]
    return []
