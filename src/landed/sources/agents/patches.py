"""Patches as agents write them: unified diffs, and the envelope of `apply_patch`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from landed.sources.agents.contract import Change
from landed.sources.agents.differences import (
    changes_of_hunk,
    difference_of_fragment,
    lines_of,
)

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ENVELOPE = re.compile(r"\*\*\* (Add|Update|Delete) File: (.+)")
_NOTHING = "/dev/null"
_KINDS: dict[str, Literal["create", "update", "delete"]] = {
    "Add": "create",
    "Update": "update",
    "Delete": "delete",
}


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a patch does to one file; `path` is as it stands there."""

    path: str
    kind: Literal["create", "update", "delete"]
    changes: tuple[Change, ...]
    moved_to: str | None = None


@dataclass(slots=True)
class _Draft:
    """A file of a unified diff that is being read."""

    old: str
    new: str
    created: bool
    changes: list[Change]

    def finished(self) -> FilePatch:
        kind: Literal["create", "update", "delete"] = "update"
        if self.created or self.old == _NOTHING:
            kind = "create"
        elif self.new == _NOTHING:
            kind = "delete"
        path = self.old if kind == "delete" else self.new
        bare = path[2:] if path.startswith(("a/", "b/")) else path
        return FilePatch(bare, kind, tuple(self.changes))


def unified(diff: str) -> list[FilePatch] | None:
    """Return the files of a unified diff, or None where it is cut off or is none.

    Paths stand without the `a/` and `b/` that git puts before them.
    """
    rows = diff.split("\n")
    drafts: list[_Draft] = []
    created = False
    at = 0
    while at < len(rows):
        row = rows[at]
        at += 1
        if row.startswith(("new file mode", "create file mode")):
            created = True
        elif row.startswith("--- ") and at < len(rows) and rows[at].startswith("+++ "):
            drafts.append(_Draft(_named(row), _named(rows[at]), created, []))
            created = False
            at += 1
        elif hunk := _HUNK.match(row):
            taken = _hunk_rows(rows, at, int(hunk[2] or 1), int(hunk[4] or 1))
            if taken is None or not drafts:
                return None
            drafts[-1].changes += changes_of_hunk(taken, int(hunk[1]), int(hunk[3]))
            at += len(taken)
    return [draft.finished() for draft in drafts] or None


def _named(row: str) -> str:
    name = row[4:].split("\t")[0].rstrip("\r")
    # One agent writes the prefix even here: a/dev/null.
    return _NOTHING if name in (_NOTHING, "a/dev/null", "b/dev/null") else name


def _hunk_rows(rows: list[str], at: int, old: int, new: int) -> list[str] | None:
    """Return the rows of a hunk that has so many old and new lines, None where some are missing."""
    taken: list[str] = []
    while old > 0 or new > 0:
        if at == len(rows):
            return None
        row = rows[at]
        mark = row[:1]
        if mark not in ("+", "-", " ", "", "\\"):
            return None
        old -= mark in ("-", " ", "")
        new -= mark in ("+", " ", "")
        taken.append(row)
        at += 1
    return taken if old == new == 0 else None


def enveloped(patch: str) -> list[FilePatch]:
    """Return the files of a patch between `*** Begin Patch` and `*** End Patch`.

    Its hunks name no line numbers: the changes have no place.
    """
    return [_file_patch(head, rows) for head, rows in _sections(patch)]


def _sections(patch: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    head: re.Match[str] | None = None
    rows: list[str] = []
    for row in patch.replace("\r\n", "\n").split("\n"):
        named = _ENVELOPE.match(row)
        if named or row.startswith("*** End Patch"):
            if head:
                yield head, rows
            head, rows = named, []
        elif head:
            rows.append(row)
    if head:
        yield head, rows


def _file_patch(head: re.Match[str], rows: list[str]) -> FilePatch:
    kind, path = _KINDS[head[1]], head[2].strip()
    if kind == "create":
        added = tuple(row[1:] for row in rows if row.startswith("+"))
        return FilePatch(path, kind, (Change((), added, 1, 1),) if added else ())
    moved_to = None
    changes: list[Change] = []
    hunk: list[str] = []
    for row in [*rows, "@@"]:
        if row.startswith("*** Move to: "):
            moved_to = row.removeprefix("*** Move to: ").strip()
        elif row.startswith("@@"):
            changes += _unplaced(hunk)
            hunk = []
        elif not row.startswith("*** "):
            hunk.append(row)
    return FilePatch(path, kind, tuple(changes), moved_to)


def _unplaced(rows: list[str]) -> tuple[Change, ...]:
    return tuple(
        Change(change.removed, change.added)
        for change in changes_of_hunk([row for row in rows if row], 1, 1)
    )


def whole_text(content: str) -> tuple[Change, ...]:
    """Return the change that writes a whole file whose earlier text, if any, is not known."""
    lines = tuple(lines_of(content))
    return (Change((), lines),) if lines else ()


def replaced(old: object, new: object) -> tuple[Change, ...]:
    """Return the change of a replacement of one text by another, somewhere in a file."""
    if not isinstance(old, str) or not isinstance(new, str):
        return ()
    return difference_of_fragment(old, new)
