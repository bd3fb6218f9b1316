"""What OpenCode's tools did to files: `write`, `edit`, `multiedit`, `apply_patch` and `patch`.

A `write` over a file tells only the new text: what it changed follows from what the session last
read or wrote there, where it did; else all its lines count as put in, without a place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landed.sources.agents.contract import Change, Status
from landed.sources.agents.differences import applied, difference
from landed.sources.agents.fields import inner, mapping, objects, text, whole
from landed.sources.agents.file_edits import FileEdit, Kind
from landed.sources.agents.patches import FilePatch, enveloped, replaced, unified, whole_text

EDITING = frozenset({"apply_patch", "edit", "multiedit", "patch", "write"})
_KINDS: dict[str, Kind] = {"add": "create", "delete": "delete", "move": "rename"}


class Contents:
    """The text of files as a session last saw or left them."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def read(self, state: dict[str, Any]) -> None:
        """Take in what the `read` tool showed, if it was the whole file."""
        shown = mapping(state, "metadata", "display")
        path, content = text(shown, "path"), inner(shown, "text")
        is_whole = shown.get("truncated") is False and whole(shown, "lineStart") == 1
        if path and isinstance(content, str) and is_whole:
            self._known[path] = content

    def edits(self, tool: str, state: dict[str, Any], status: Status) -> Iterator[FileEdit]:
        """Yield what a call of an editing tool did to each file."""
        done = status == "applied"
        given, told = mapping(state, "input"), mapping(state, "metadata")
        path = text(given, "filePath")
        if tool in ("apply_patch", "patch"):
            yield from self._patched(text(given, "patchText") or "", told, done)
        elif path and tool == "write":
            yield self._written(path, given.get("content"), told, done)
        elif path and tool == "edit":
            yield self._edited(path, [given], [mapping(told, "filediff")], told, done)
        elif path:
            results = [mapping(result, "filediff") for result in objects(told, "results")]
            yield self._edited(path, objects(given, "edits"), results, {}, done)

    def _written(self, path: str, content: object, told: dict[str, Any], done: bool) -> FileEdit:
        known = self._known.get(path)
        new = content if isinstance(content, str) else ""
        if done:
            self._known[path] = new
        if told.get("exists") is False:
            return FileEdit(path, "create", difference("", new), before="")
        changes = whole_text(new) if known is None else difference(known, new)
        return FileEdit(path, "update", changes)

    def _edited(
        self,
        path: str,
        given: list[dict[str, Any]],
        results: list[dict[str, Any]],
        told: dict[str, Any],
        done: bool,
    ) -> FileEdit:
        kind: Kind = "create" if given and given[0].get("oldString") == "" else "update"
        before = inner(results[0], "before") if results else None
        after = inner(results[-1], "after") if results else None
        if done and isinstance(before, str) and isinstance(after, str):
            self._known[path] = after
            return FileEdit(path, kind, difference(before, after), before=before)
        diff = (text(results[0], "patch") if len(results) == 1 else None) or text(told, "diff")
        patches = unified(diff) if done and diff else None
        if patches:
            self._change(path, patches[0].changes)
            return FileEdit(path, kind, patches[0].changes)
        if done:
            self._known.pop(path, None)
        changes = [
            change
            for edit in given
            for change in replaced(edit.get("oldString"), edit.get("newString"))
        ]
        return FileEdit(path, kind, tuple(changes))

    def _patched(self, patch: str, told: dict[str, Any], done: bool) -> Iterator[FileEdit]:
        files = objects(told, "files") if done else []
        for file in files:
            path = text(file, "filePath")
            if path:
                yield self._file(path, file)
        for proposal in [] if files else enveloped(patch):
            yield _of_patch(proposal)

    def _file(self, path: str, file: dict[str, Any]) -> FileEdit:
        kind = _KINDS.get(text(file, "type") or "", "update")
        moved_to = text(file, "movePath")
        before, after = file.get("before"), file.get("after")
        if isinstance(before, str) and isinstance(after, str):
            self._known[moved_to or path] = after
            return FileEdit(path, kind, difference(before, after), moved_to, before)
        patches = unified(text(file, "patch") or text(file, "diff") or "") or []
        changes = patches[0].changes if patches else ()
        if kind == "create":
            self._known[path] = ""
        self._change(path, changes, moved_to)
        return FileEdit(path, kind, changes, moved_to, "" if kind == "create" else None)

    def _change(self, path: str, changes: tuple[Change, ...], moved_to: str | None = None) -> None:
        """Follow a change; where it does not fit, somebody else wrote there: nothing is known."""
        known = self._known.pop(path, None)
        after = None if known is None else applied(known, changes)
        if after is not None:
            self._known[moved_to or path] = after


def _of_patch(patch: FilePatch) -> FileEdit:
    kind: Kind = "rename" if patch.moved_to else patch.kind
    return FileEdit(patch.path, kind, patch.changes, patch.moved_to)
