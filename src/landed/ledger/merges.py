"""Applying a merge, passing blame as `git blame` does.

A file that equals a parent's file at the same path is that parent's. For the others each line
goes to the first parent that has it, and is born in the merge if none has. A parent without the
path may have the file under another name, which the merge deleted; blame looks for it only after
all parents were asked for the same path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from landed.errors import GitError
from landed.ledger.context import Context
from landed.ledger.origins import Deleted, base_name, identical, is_regular
from landed.ledger.plain import Step
from landed.ledger.tree import NO_LINES, Change, File, Opaque, State, Tree
from landed.sources.git.combined import CombinedSection
from landed.sources.git.patches import Entry

Combined = dict[bytes, CombinedSection]
"""The files that differ from every parent, by path."""


class MergeCommit:
    """Applies one merge; made anew for each."""

    def __init__(
        self,
        context: Context,
        commit: int,
        parents: Sequence[Tree],
        raw_entries: Callable[[int], Sequence[Entry]],
    ):
        """Merge `parents`; `raw_entries(i)` are the raw entries from parent i to the merge."""
        self._context = context
        self._recorder = context.recorder
        self._commit = commit
        self._parents = parents
        self._raw_entries = raw_entries
        self._deleted: dict[int, list[Deleted]] = {}

    def apply(self, tree: Tree, combined: Combined) -> Step:
        """Turn `tree`, the first parent's files, into the merge's, and return what changed."""
        files: list[Change] = []
        for entry in self._raw_entries(0):
            before = tree.get(entry.path)
            after = self._state(entry, combined) if is_regular(entry.new_mode) else None
            if before is None and after is None:
                continue
            files.append((entry.path, before, after))
            if entry.path in combined or after is None:
                self._record_removals(entry.path, after)
        for path, _, after in files:
            if after is None:
                tree.remove(path)
        for path, _, after in files:
            if after is not None:
                tree.set(path, after)
        return Step(files, [], [])

    def _state(self, entry: Entry, combined: Combined) -> State:
        states = [parent.get(entry.path) for parent in self._parents]
        for state in states:
            if state is not None and state.blob == entry.new:
                return state
        section = combined.get(entry.path)
        present = [state for state in states if state is not None]
        if section is not None and section.binary:
            return self._opaque(entry, self._origins(entry, states))
        if section is not None and len(present) == len(states):
            file = self._from_section(entry, present, section)
            if file is not None:
                return file
        origins = self._origins(entry, states)
        if self._context.attributes.excluded(entry.path):
            return Opaque(entry.new, self._commit, entry.path, tuple(origins))
        if len(origins) == 1 and origins[0].blob == entry.new:
            return origins[0]
        file = self._context.merged(self._commit, entry.path, entry.new, origins)
        return file or Opaque(entry.new, self._commit, entry.path, tuple(origins))

    def _opaque(self, entry: Entry, sources: Sequence[State]) -> State:
        opaque = Opaque(entry.new, self._commit, entry.path, tuple(sources))
        readable = not self._context.attributes.excluded(
            entry.path
        ) and self._context.blobs.is_text(entry.new)
        file = self._context.resolve(opaque) if readable else None
        return file if file is not None else opaque

    def _from_section(
        self, entry: Entry, states: Sequence[State], section: CombinedSection
    ) -> File | None:
        """Return the file that the combined diff describes; None where it does not fit."""
        files = [
            state if isinstance(state, File) else self._context.resolve(state) for state in states
        ]
        if any(file is None for file in files):
            return None
        parents = [file.lines for file in files if file is not None]
        first = parents[0]
        pieces = []
        at = parent_at = 1
        for hunk in section.hunks:
            gap = hunk.start - at
            if hunk.parent_starts[0] - parent_at != gap:
                return None
            pieces.append(first[parent_at - 1 : parent_at - 1 + gap])
            ids = np.full(len(hunk.texts), -1, dtype=np.int32)
            for lines, numbers in zip(parents, hunk.numbers, strict=True):
                wanted = (numbers > 0) & (ids < 0)
                if numbers.max(initial=0) > len(lines):
                    return None
                ids[wanted] = lines[numbers[wanted] - 1]
            pieces.append(self._context.fill(ids, self._commit, entry.path, hunk.texts, hunk.start))
            at = hunk.start + len(hunk.texts)
            parent_at = hunk.parent_ends[0]
        pieces.append(first[parent_at - 1 :])
        return File(entry.new, np.concatenate(pieces))

    def _origins(self, entry: Entry, states: Sequence[State | None]) -> list[State]:
        """Return the files that blame would ask, in its order; one alone where it is identical."""
        origins: list[State | None] = list(states)
        for index, state in enumerate(states):
            if state is not None:
                continue
            source = self._renamed_from(index, entry)
            if source is not None and source.blob == entry.new:
                return [source]
            origins[index] = source
        return [origin for origin in origins if origin is not None]

    def _renamed_from(self, index: int, entry: Entry) -> State | None:
        """Return the file of a parent that lacks this path from which git takes it as renamed."""
        if index not in self._deleted:
            self._deleted[index] = sorted(
                Deleted(row.path, row.old_mode, row.old)
                for row in self._raw_entries(index)
                if row.status == b"D" and is_regular(row.old_mode)
            )
        deleted = self._deleted[index]
        added = any(
            row.path == entry.path and row.status == b"A" for row in self._raw_entries(index)
        )
        if not deleted or not added:
            return None
        same = [file for file in deleted if file.blob == entry.new]
        if same:
            return self._parents[index].get(identical(same, entry.path).path)
        try:
            found = self._context.pairs.origin(
                [(file.mode, file.blob, base_name(file.path)) for file in deleted],
                (entry.new_mode, entry.new, base_name(entry.path)),
            )
        except GitError:
            self._recorder.problems.add(
                "missing-object", entry.new.decode(), "A renamed file's origin cannot be read."
            )
            return None
        return None if found is None else self._parents[index].get(deleted[found[0]].path)

    def _record_removals(self, path: bytes, after: State | None) -> None:
        """Record the lines that every parent has at this path and the merge itself drops."""
        held = [parent.get(path) for parent in self._parents]
        files = [state for state in held if isinstance(state, File)]
        if len(files) < len(self._parents):
            return
        first = files[0].lines
        kept = after.lines if isinstance(after, File) else NO_LINES
        gone = ~self._context.marks.among(first, kept)
        for file in files[1:]:
            gone &= self._context.marks.among(first, file.lines)
        number = self._recorder.path(path)
        for position in np.flatnonzero(gone).tolist():
            self._recorder.removed(
                self._commit, number, position + 1, first[position : position + 1]
            )
