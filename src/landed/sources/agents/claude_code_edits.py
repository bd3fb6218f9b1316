"""What Claude Code's tools did to files: the edits behind its tool calls and their results.

A tool call (`tool_use`) says what the model proposed; the user line that answers it says whether
it was done. The answer's `toolUseResult` holds the file before the edit; the patch beside it is
made for display (leading tabs are written as two spaces each, and it is empty where making it took
too long), so differences are computed from the texts and the patch is only a check. Sub-agents'
answers have no `toolUseResult`: their edits are placed in the text that their own reads and writes
have shown, else they stay fragments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from landed.sources.agents.contract import Change
from landed.sources.agents.differences import (
    applied,
    changes_of_hunk,
    difference,
    difference_of_fragment,
    replacement,
)

_REMEMBERED_CHARACTERS = 64 << 20
_NUMBERED_LINE = re.compile(r"\s*\d+[\t→]")


class FileEdit(NamedTuple):
    """The part of an edit that concerns its file; see `landed.sources.agents.contract.Edit`."""

    path: str
    creates: bool
    changes: tuple[Change, ...]
    before: str | None


@dataclass
class Files:
    """The files of one log as its edits left them.

    `earlier` gives, once, the files as an earlier reading of the same log knew them; it is asked
    only when an edit has to be placed in a text that this reading has not seen.
    """

    earlier: Callable[[], Files | None] = lambda: None
    digests: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)
    _characters: int = 0
    _asked: bool = False

    def applied(
        self, tool: str, given: dict[str, Any], result: Any, answer: str, cwd: str
    ) -> FileEdit | None:
        """Return what an edit did that was carried out, None where the log does not tell.

        `given` is the input of the tool call, `result` its `toolUseResult`, `answer` the text
        that the model was told.
        """
        told = result if isinstance(result, dict) else {}
        path = _path(told) or _path(given)
        if path is None:
            return None
        path = _absolute(path, cwd)
        before = _text(told, "originalFile", "original_file")
        if told.get("type") == "create" or (not told and "created successfully" in answer):
            content = _text(told, "content") or _text(given, "content") or ""
            return self._changed(path, True, difference("", content), "", content)
        if before is not None:
            changes, after = _difference(tool, told, before)
            return self._changed(path, False, changes, self._news(path, before), after)
        hunks = _hunks(told)
        if hunks is not None:
            self.forget(path)
            return FileEdit(path, False, hunks, None)
        known = self.text(path)
        changes, after = _proposed(tool, given, known)
        return self._changed(path, False, changes, known if path in self._read else None, after)

    def proposed(self, tool: str, given: dict[str, Any], cwd: str) -> FileEdit | None:
        """Return what an edit that was not carried out would have done."""
        path = _path(given)
        if path is None:
            return None
        path = _absolute(path, cwd)
        known = self.text(path)
        changes, _ = _proposed(tool, given, known)
        return FileEdit(path, tool == "Write" and known is None, changes, None)

    def shown(self, given: dict[str, Any], answer: str, cwd: str) -> None:
        """Remember the whole file that a read has shown, with its numbered lines."""
        path = _path(given)
        if path is None or "offset" in given or "limit" in given:
            return
        path = _absolute(path, cwd)
        if _NUMBERED_LINE.match(answer):
            text = "\n".join(_NUMBERED_LINE.sub("", row, 1) for row in answer.split("\n"))
            if self._news(path, text) is not None:
                self.keep(path, text)
                self._read.add(path)

    def text(self, path: str) -> str | None:
        """Return the file as it was last known, None where it is not."""
        if path not in self.texts and not self._asked:
            self._asked = True
            earlier = self.earlier()
            if earlier is not None:
                self._take_over(earlier)
        return self.texts.get(path)

    def _take_over(self, earlier: Files) -> None:
        for path, text in earlier.texts.items():
            if self.digests.get(path) == digest(text):
                self.keep(path, text)
                self._read |= earlier._read & {path}

    def keep(self, path: str, text: str) -> None:
        """Remember the text of a file; the files changed longest ago give way."""
        self.forget(path)
        self.texts[path] = text
        self._characters += len(text)
        while self._characters > _REMEMBERED_CHARACTERS:
            oldest = next(iter(self.texts))
            self.digests[oldest] = digest(self.texts[oldest])
            self._characters -= len(self.texts.pop(oldest))

    def forget(self, path: str) -> None:
        """Know nothing more of a file."""
        self._characters -= len(self.texts.pop(path, ""))
        self.digests.pop(path, None)
        self._read.discard(path)

    def left(self) -> dict[str, str]:
        """Return a digest of each file as its last edit left it."""
        return self.digests | {path: digest(text) for path, text in self.texts.items()}

    def _changed(
        self,
        path: str,
        creates: bool,
        changes: tuple[Change, ...],
        before: str | None,
        after: str | None,
    ) -> FileEdit:
        if after is None:
            self.forget(path)
        else:
            self.keep(path, after)
        return FileEdit(path, creates, changes, before)

    def _news(self, path: str, before: str) -> str | None:
        """Return `before` unless it is what the previous edit left."""
        if path in self.texts:
            return None if self.texts[path] == before else before
        left = self.digests.get(path)
        return None if left is not None and left == digest(before) else before


def digest(text: str) -> str:
    """Return a short digest of a text, to recognise it by."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _path(given: dict[str, Any]) -> str | None:
    for name in ("filePath", "file_path", "notebook_path"):
        path = given.get(name)
        if isinstance(path, str) and path:
            return path
    return None


def _absolute(path: str, cwd: str) -> str:
    if path.startswith(("/", "\\")) or path[1:2] == ":" or not cwd:
        return path
    return f"{cwd.rstrip('/')}/{path}"


def _text(told: dict[str, Any], *names: str) -> str | None:
    for name in names:
        value = told.get(name)
        if isinstance(value, str):
            return value
    return None


def _difference(
    tool: str, told: dict[str, Any], before: str
) -> tuple[tuple[Change, ...], str | None]:
    """Return the changes of an edit that was carried out, and the text that it left."""
    whole = _text(told, "content", "updated_file")
    if whole is not None:
        return difference(before, whole), whole
    changed = _replaced(tool, told, before)
    if changed is not None and _growth(changed[0]) == _growth_of_patch(told, changed[0]):
        return changed
    hunks = _hunks(told)
    return (hunks, applied(before, hunks)) if hunks else ((), None)


def _replaced(tool: str, given: dict[str, Any], text: str) -> tuple[tuple[Change, ...], str] | None:
    """Return the changes and the text after the replacements that an edit names."""
    steps = given.get("edits") if tool == "MultiEdit" else [given]
    if not isinstance(steps, list):
        return None
    after, found = text, None
    for step in steps:
        replaced = _strings(step)
        found = replaced and replacement(after, *replaced)
        if not found:
            return None
        after = found[1]
    if not found:
        return None
    return (found[0] if len(steps) == 1 else difference(text, after)), after


def _strings(step: Any) -> tuple[str, str, bool] | None:
    if not isinstance(step, dict):
        return None
    old = _text(step, "oldString", "old_string")
    new = _text(step, "newString", "new_string")
    everywhere = step.get("replaceAll") is True or step.get("replace_all") is True
    return None if old is None or new is None else (old, new, everywhere)


def _proposed(
    tool: str, given: dict[str, Any], known: str | None
) -> tuple[tuple[Change, ...], str | None]:
    """Return the changes that a tool call asks for, in the text known or as fragments."""
    content = _text(given, "content")
    if content is not None:
        if known is not None:
            return difference(known, content), content
        return difference_of_fragment("", content), content
    if known is not None:
        changed = _replaced(tool, given, known)
        if changed is not None:
            return changed
    source = _text(given, "new_source")
    if source is not None:
        return difference_of_fragment("", source), None
    steps = given.get("edits") if tool == "MultiEdit" else [given]
    pairs = [_strings(step) for step in steps] if isinstance(steps, list) else []
    return tuple(
        change for pair in pairs if pair for change in difference_of_fragment(pair[0], pair[1])
    ), None


def _hunks(told: dict[str, Any]) -> tuple[Change, ...] | None:
    """Return the changes of the patch beside a result, None where there is none."""
    hunks = told.get("structuredPatch")
    if not isinstance(hunks, list):
        return None
    found: list[Change] = []
    for hunk in hunks:
        rows = hunk.get("lines") if isinstance(hunk, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
            return None
        old, new = hunk.get("oldStart"), hunk.get("newStart")
        if not (isinstance(old, int) and 0 < old < 1 << 31):
            return None
        if not (isinstance(new, int) and 0 < new < 1 << 31):
            return None
        # the program names the line itself where a unified diff would name the one before it
        empty_before = all(row.startswith("+") for row in rows)
        empty_after = all(row.startswith("-") for row in rows)
        found += changes_of_hunk(rows, old - empty_before, new - empty_after)
    return tuple(found)


def _growth(changes: tuple[Change, ...]) -> int:
    return sum(len(change.added) - len(change.removed) for change in changes)


def _growth_of_patch(told: dict[str, Any], changes: tuple[Change, ...]) -> int:
    """Return by how many lines the patch beside a result says that the file grew.

    Where it says nothing, it is taken to agree with the changes.
    """
    hunks = told.get("structuredPatch")
    if not hunks or not isinstance(hunks, list):
        return _growth(changes)
    grown = 0
    for hunk in hunks:
        if not isinstance(hunk, dict):
            return _growth(changes)
        old, new = hunk.get("oldLines"), hunk.get("newLines")
        if not isinstance(old, int) or not isinstance(new, int):
            return _growth(changes)
        grown += new - old
    return grown
