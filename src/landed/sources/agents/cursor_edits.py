"""What the editing tools of Cursor do to files, from the arguments and results of their calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from landed.sources.agents.contract import Change
from landed.sources.agents.copilot_edits import absolute
from landed.sources.agents.differences import changes_of_hunk, difference
from landed.sources.agents.fields import mapping, objects, parsed, text
from landed.sources.agents.patches import enveloped, replaced, unified, whole_text

WRITERS = frozenset(
    {
        "edit_file",
        "edit_file_v2",
        "search_replace",
        "write",
        "MultiEdit",
        "apply_patch",
        "reapply",
        "delete_file",
    }
)
SHELLS = frozenset({"run_terminal_cmd", "run_terminal_command", "run_terminal_command_v2"})

Contents = Callable[[str], str | None]
"""Returns the text of a file that the database keeps under a name."""


class Edited(NamedTuple):
    """What a call did to one file; `changes` is None where the log does not tell."""

    path: str
    kind: Literal["create", "update", "delete"]
    changes: tuple[Change, ...] | None
    before: str | None = None


def edited(tool: dict[str, Any], cwd: str | None, contents: Contents) -> Edited | None:
    """Return what an editing tool's call did, None where not even the file is told."""
    given, raw = parsed(tool.get("params")), parsed(tool.get("rawArgs"))
    result = parsed(tool.get("result"))
    path = (
        text(given, "relativeWorkspacePath")
        or text(given, "targetFile")
        or text(raw, "target_file")
        or text(raw, "file_path")
        or text(raw, "path")
    )
    if path is None:
        return None
    path = absolute(path, cwd)
    name = text(tool, "name")
    if name == "delete_file":
        return Edited(path, "delete", None)
    return (
        _from_chunks(path, objects(result, "diff", "chunks"))
        or _from_contents(path, result, contents)
        or Edited(path, "update", _from_arguments(name, given, raw))
    )


def _from_chunks(path: str, chunks: list[dict[str, Any]]) -> Edited | None:
    changes: list[Change] = []
    for chunk in chunks:
        diff, old, new = text(chunk, "diffString"), chunk.get("oldStart"), chunk.get("newStart")
        if diff is None or type(old) is not int or type(new) is not int:
            return None
        rows = [row for row in diff.split("\n") if not row.startswith("@@")]
        changes += changes_of_hunk(rows[:-1] if not rows[-1] else rows, old, new)
    return Edited(path, "update", tuple(changes)) if chunks else None


def _from_contents(path: str, result: dict[str, Any], contents: Contents) -> Edited | None:
    named = text(result, "afterContentId")
    after = contents(named) if named else None
    if after is None:
        return None
    earlier = text(result, "beforeContentId")
    before = contents(earlier) if earlier else ""
    if before is None:
        return None
    kind: Literal["create", "update"] = "update" if earlier else "create"
    return Edited(path, kind, difference(before, after), before)


def _from_arguments(
    name: str | None, given: dict[str, Any], raw: dict[str, Any]
) -> tuple[Change, ...] | None:
    if name == "apply_patch":
        patch = text(raw, "patch") or text(raw, "input") or ""
        files = enveloped(patch) or unified(patch) or []
        return tuple(change for file in files for change in file.changes) or None
    if name == "MultiEdit":
        parts = objects(raw, "edits") or objects(given, "edits")
        return tuple(
            change
            for part in parts
            for change in replaced(part.get("old_string"), part.get("new_string"))
        )
    if "old_string" in raw:
        return replaced(raw.get("old_string"), raw.get("new_string"))
    content = text(given, "streamingContent") or text(raw, "contents") or text(raw, "content")
    return whole_text(content) if content and name != "edit_file" else None


def commanded(tool: dict[str, Any]) -> tuple[str, str]:
    """Return the command that a shell tool ran, and what it printed."""
    given, raw = parsed(tool.get("params")), parsed(tool.get("rawArgs"))
    command = text(given, "command") or text(raw, "command") or ""
    return command, text(parsed(tool.get("result")), "output") or ""


def decision_of(tool: dict[str, Any]) -> bool | None:
    """Return whether a person accepted the call, None where none decided."""
    review = mapping(tool, "additionalData", "reviewData")
    word = text(tool, "userDecision") or text(review, "selectedOption")
    if word in ("accepted", "accept"):
        return True
    return False if word in ("rejected", "reject") else None
