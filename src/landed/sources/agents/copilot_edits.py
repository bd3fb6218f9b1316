"""What the writing tools of Copilot's command line do to files: what was asked, what was done."""

from __future__ import annotations

import posixpath
from typing import Any

from landed.sources.agents.contract import Change
from landed.sources.agents.differences import lines_of
from landed.sources.agents.fields import parsed, text
from landed.sources.agents.patches import FilePatch, enveloped, replaced, unified

WRITERS = frozenset(
    {"create", "edit", "str_replace", "insert", "str_replace_editor", "apply_patch"}
)
SHELLS = frozenset({"bash", "powershell", "shell", "local_shell"})


def proposed(tool: str, arguments: Any, cwd: str | None) -> list[FilePatch]:
    """Return what a call's arguments ask for, file by file; nothing where that cannot be told."""
    if tool == "apply_patch":
        patch = arguments if isinstance(arguments, str) else None
        patch = patch or text(arguments, "input") or text(arguments, "patch") or ""
        return [
            FilePatch(
                absolute(file.path, cwd),
                file.kind,
                file.changes,
                absolute(file.moved_to, cwd) if file.moved_to else None,
            )
            for file in enveloped(patch)
        ]
    given = parsed(arguments)
    path = text(given, "path")
    what = text(given, "command") if tool == "str_replace_editor" else tool
    if path is None or what in (None, "view"):
        return []
    path = absolute(path, cwd)
    if what == "create":
        lines = tuple(lines_of(text(given, "file_text") or ""))
        return [FilePatch(path, "create", (Change((), lines, 1, 1),) if lines else ())]
    if what == "insert":
        return [FilePatch(path, "update", _inserted(given))]
    return [FilePatch(path, "update", replaced(given.get("old_str"), given.get("new_str", "")))]


def _inserted(given: dict[str, Any]) -> tuple[Change, ...]:
    lines = tuple(lines_of(text(given, "new_str") or ""))
    after = given.get("insert_line")
    place = after + 1 if type(after) is int and after >= 0 else None
    return (Change((), lines, place, place),) if lines else ()


def shown(files: list[FilePatch], diff: str | None) -> list[FilePatch]:
    """Return the files with the changes that the result's diff shows, where it shows them.

    What a new file holds is told exactly by the arguments.
    """
    results = (unified(diff) if diff else None) or []
    return [file if file.kind == "create" else _as_shown(file, results) for file in files]


def _as_shown(file: FilePatch, results: list[FilePatch]) -> FilePatch:
    wanted = file.path.replace("\\", "/").strip("/")
    for result in results:
        named = result.path.replace("\\", "/").strip("/")
        if named and (wanted == named or wanted.endswith("/" + named)):
            return FilePatch(file.path, file.kind, result.changes, file.moved_to)
    return file


def absolute(path: str, cwd: str | None) -> str:
    """Return a path as it is where it is absolute, else within the working directory."""
    if cwd is None or path.startswith(("/", "\\")) or path[1:2] == ":":
        return path
    return posixpath.normpath(f"{cwd.rstrip('/')}/{path}")
