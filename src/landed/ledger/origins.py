"""Choosing a renamed file's origin as `git blame` does: each file alone, deleted files only.

A tree diff gives every deleted file to one new file. Blame asks for one path at a time, so two
new files may descend from the same deleted one, and a file takes its best origin even where a
tree diff has given that to another. Most commits leave no doubt; where one does, git is asked
again about that file alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from landed.errors import GitError
from landed.sources.git.pairs import PairDiff
from landed.sources.git.patches import Entry, Hunk, Patch

_SURE_SIMILARITY = 75
"""Above this, git takes a deleted file of the same, unrepeated base name without comparing others
(`diffcore-rename`: half way between the minimum of 50 and 100)."""

_MAXIMUM_COMPARISONS = 100_000
_BINARY_COST = 50
"""Binary files are large and their lines matter only if they ever turn into text."""


class Deleted(NamedTuple):
    """A regular file that a commit removed from its parent's tree."""

    path: bytes
    mode: bytes
    blob: bytes


class Change(NamedTuple):
    """One regular file that a commit adds or alters.

    `source` is the path of its origin in the parent: its own path, a deleted file's, or None
    where all its lines are new. `hunks` point into `lines`.
    """

    path: bytes
    blob: bytes
    source: bytes | None
    source_blob: bytes
    hunks: list[Hunk]
    lines: list[bytes]
    binary: bool


class CommitChanges(NamedTuple):
    """What a commit did to regular files.

    `gone` lists every path that has no regular file any more (deleted, renamed away, or turned
    into something else); `unsure` counts files whose origin could not be examined, for its cost
    or because a blob is missing.
    """

    changes: list[Change]
    gone: list[bytes]
    unsure: int


def is_regular(mode: bytes) -> bool:
    """Tell whether a mode is that of a regular file."""
    return mode.startswith(b"100")


def changes_of(entries: Sequence[Entry], patch: Patch, pairs: PairDiff) -> CommitChanges:
    """Turn a commit's raw entries and patch into changes with the origins that blame would take."""
    changes: list[Change] = []
    gone: list[bytes] = []
    deleted: list[Deleted] = []
    renamed = False
    for entry, section in zip(entries, patch.sections, strict=True):
        status = entry.status
        if is_regular(entry.old_mode) and status in (b"D", b"R"):
            deleted.append(Deleted(entry.old_path, entry.old_mode, entry.old))
        if status in (b"D", b"R", b"T"):
            gone.append(entry.old_path)
        if not is_regular(entry.new_mode):
            continue
        source = None
        if status in (b"M", b"R"):
            source = entry.old_path
            renamed = renamed or status == b"R"
        changes.append(
            Change(
                entry.path,
                entry.new,
                source,
                entry.old,
                section.hunks,
                patch.lines,
                section.binary,
            )
        )
    added = {entry.path: entry for entry in entries if entry.status in (b"A", b"R")}
    return with_origins(changes, gone, deleted, added, pairs, renamed=renamed)


def with_origins(
    changes: list[Change],
    gone: list[bytes],
    deleted: list[Deleted],
    added: Mapping[bytes, Entry],
    pairs: PairDiff,
    *,
    renamed: bool,
) -> CommitChanges:
    """Return the changes with each new path's origin among the deleted files put right.

    `added` are the raw entries of the new paths. `renamed` says that a deleted file was already
    taken as an origin, or that nobody has looked yet: files without one may still have one.
    """
    if not deleted:
        return CommitChanges(changes, gone, 0)
    deleted.sort()
    chooser = _Chooser(deleted, pairs, renamed)
    chosen = [
        chooser.choose(change, added[change.path]) if change.path in added else change
        for change in changes
    ]
    return CommitChanges(chosen, gone, chooser.unsure)


class _Chooser:
    """Chooses the origins of one commit's new paths among its deleted files."""

    def __init__(self, deleted: list[Deleted], pairs: PairDiff, renamed: bool):
        self._deleted = deleted
        self._pairs = pairs
        self._renamed = renamed
        self._by_blob: dict[bytes, list[Deleted]] = {}
        self._by_name: dict[bytes, list[Deleted]] = {}
        for file in deleted:
            self._by_blob.setdefault(file.blob, []).append(file)
            self._by_name.setdefault(base_name(file.path), []).append(file)
        self._comparisons = 0
        self.unsure = 0

    def choose(self, change: Change, entry: Entry) -> Change:
        same = self._by_blob.get(change.blob)
        if same:
            source = identical(same, change.path)
            return change._replace(
                source=source.path, source_blob=source.blob, hunks=[], binary=False
            )
        empty = not (change.hunks or change.source or change.binary)
        if empty or not self._doubtful(entry):
            return change
        self._comparisons += len(self._deleted) * (_BINARY_COST if change.binary else 1)
        if self._comparisons > _MAXIMUM_COMPARISONS:
            self.unsure += 1
            return change
        try:
            found = self._pairs.origin(
                [(file.mode, file.blob, base_name(file.path)) for file in self._deleted],
                (entry.new_mode, entry.new, base_name(entry.path)),
            )
            if found is None:
                return change if change.source is None else self._born(change)
        except GitError:
            self.unsure += 1
            return change
        source = self._deleted[found[0]]
        if source.path == change.source:
            return change
        if change.binary:
            return change._replace(source=source.path, source_blob=source.blob)
        patch = found[1]
        return change._replace(
            source=source.path,
            source_blob=source.blob,
            hunks=patch.sections[0].hunks,
            lines=patch.lines,
        )

    def _doubtful(self, entry: Entry) -> bool:
        if entry.status == b"A":
            # No deleted file that is still free was similar; only a taken one can be the origin.
            return self._renamed
        if len(self._deleted) == 1:
            return False
        namesakes = self._by_name.get(base_name(entry.path), [])
        if len(namesakes) == 1 and namesakes[0].path == entry.old_path:
            return entry.score < _SURE_SIMILARITY
        return True

    def _born(self, change: Change) -> Change:
        if change.binary:
            return change._replace(source=None)
        whole = self._pairs.between(None, change.blob)
        return change._replace(
            source=None, hunks=whole.sections[0].hunks if whole.sections else [], lines=whole.lines
        )


def identical(same: Sequence[Deleted], path: bytes) -> Deleted:
    """Choose among deleted files of one content: the first with the path's base name, or the first.

    This is the order of `find_identical_files` in git's diffcore-rename for a single new file.
    """
    name = base_name(path)
    return next((file for file in same if base_name(file.path) == name), same[0])


def base_name(path: bytes) -> bytes:
    """Return the last part of a path."""
    return path[path.rfind(b"/") + 1 :]
