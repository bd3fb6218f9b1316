"""Applying a commit with at most one parent to its parent's files."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from landed.ledger.context import Context
from landed.ledger.origins import Change, CommitChanges
from landed.ledger.reformat import layout_links
from landed.ledger.tree import NO_LINES, File, LineIds, Opaque, State, Tree, lines_of
from landed.ledger.tree import Change as FileChange
from landed.sources.git.patches import Hunk


class Step(NamedTuple):
    """What a commit did to its first parent's files: the files, and the lines in and out."""

    files: list[FileChange]
    entered: list[LineIds]
    left: list[LineIds]


class PlainCommit:
    """Applies one commit's changes; made anew for each commit."""

    def __init__(self, context: Context, commit: int, tree: Tree):
        """Apply to `tree`, which becomes the commit's own."""
        self._context = context
        self._recorder = context.recorder
        self._marks = context.marks
        self._commit = commit
        self._tree = tree
        self._step = Step([], [], [])
        self._carried: dict[bytes, LineIds] = {}
        self._consumers: set[bytes] = set()

    def apply(self, what: CommitChanges) -> Step:
        """Apply the changes and return the step they make."""
        before: dict[bytes, State | None] = {}
        for change in what.changes:
            before[change.path] = self._tree.get(change.path)
            if change.source is not None:
                before[change.source] = self._tree.get(change.source)
        for path in what.gone:
            before[path] = self._tree.get(path)
        gone = set(what.gone)
        self._consumers = {
            change.source
            for change in what.changes
            if change.source is not None and change.source in gone
        }
        after: dict[bytes, State | None] = dict.fromkeys(what.gone)
        for change in what.changes:
            after[change.path] = self._state(change, before)
        for path in what.gone:
            self._close(path, before[path])
        for path, state in after.items():
            if state is None:
                self._tree.remove(path)
        for path, state in after.items():
            if state is not None:
                self._tree.set(path, state)
            self._step.files.append((path, before[path], state))
        return self._step

    def _state(self, change: Change, before: dict[bytes, State | None]) -> State:
        source = before[change.source] if change.source is not None else None
        if change.binary:
            return self._opaque(change, source)
        if source is None or (source.blob != change.source_blob):
            return self._unconnected(change, source)
        if change.blob == source.blob:
            moved = self._moved(change, source)
            if moved is not None:
                return moved
        if isinstance(source, Opaque):
            return self._readable_again(change, source)
        if not change.hunks:
            lines = source.lines
            state = source if source.blob == change.blob else File(change.blob, lines)
        else:
            lines = self._splice(source.lines, change)
            state = File(change.blob, lines)
        if change.source not in self._consumers or change.source is None:
            return state
        distinct = self._distinct(change.source, lines)
        return state if distinct is lines else File(change.blob, distinct)

    def _unconnected(self, change: Change, source: State | None) -> State:
        """Return the state of a new file, or of one whose recorded past does not fit."""
        whole = all(hunk.old_count == 0 and hunk.old_start == 0 for hunk in change.hunks)
        if change.source is None and whole:
            lines = self._splice(NO_LINES, change)
            return File(change.blob, lines)
        self._recorder.problems.add(
            "lost-track",
            change.path.decode(errors="backslashreplace"),
            "The file's earlier content could not be read, so its lines begin anew.",
        )
        if source is not None and change.source == change.path:
            self._step.left.append(lines_of(source))
        file = self._context.born(self._commit, change.path, change.blob)
        if file is None:
            return Opaque(change.blob, self._commit, change.path, ())
        self._step.entered.append(file.lines)
        return file

    def _opaque(self, change: Change, source: State | None) -> State:
        """Return the state of a file whose change git shows as binary."""
        opaque = Opaque(
            change.blob, self._commit, change.path, (source,) if source is not None else ()
        )
        text = (
            source is not None
            and not self._context.attributes.excluded(change.path)
            and self._context.blobs.is_text(change.blob)
        )
        file = self._context.resolve(opaque) if text else None
        kept = lines_of(file)
        was = lines_of(source)
        if change.source in self._consumers and change.source is not None:
            kept = self._distinct(change.source, kept)
            file = File(change.blob, kept) if file is not None else None
        else:
            self._remove(change.path, was, ~self._marks.among(was, kept))
        self._step.entered.append(kept[~self._marks.among(kept, was)])
        return file if file is not None else opaque

    def _moved(self, change: Change, source: State) -> State | None:
        """Return the opaque state of a file that changed its name or mode; None if it has lines."""
        if change.source == change.path:
            return source if isinstance(source, Opaque) else None
        if self._context.attributes.excluded(change.path):
            return Opaque(change.blob, self._commit, change.path, (source,))
        if isinstance(source, Opaque) and not self._context.blobs.is_text(change.blob):
            return source
        return None

    def _readable_again(self, change: Change, source: Opaque) -> State:
        earlier = self._context.resolve(source)
        if earlier is None:
            return self._unconnected(change, source)
        if change.blob == source.blob:
            file: File | None = earlier
        else:
            file = self._context.merged(self._commit, change.path, change.blob, [earlier])
        if file is None:
            return Opaque(change.blob, self._commit, change.path, (source,))
        lines = file.lines
        if change.source is not None and change.source in self._consumers:
            lines = self._distinct(change.source, lines)
        self._step.entered.append(lines)
        return File(change.blob, lines)

    def _splice(self, old: LineIds, change: Change) -> LineIds:
        """Return the new file's line ids; record the births and removals of its hunks."""
        recorder = self._recorder
        path = recorder.path(change.path)
        source_path = path if change.source in (None, change.path) else None
        lines = change.lines
        pieces = []
        at = 0
        for hunk in change.hunks:
            start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
            if start > at:
                pieces.append(old[at:start])
            at = start + hunk.old_count
            removed = old[start:at]
            if hunk.old_count:
                if source_path is None:
                    source_path = recorder.path(change.source or change.path)
                if change.source not in self._consumers:
                    recorder.removed(self._commit, source_path, start + 1, removed)
                    self._step.left.append(removed)
            if hunk.new_count:
                added = lines[hunk.added_at : hunk.added_at + hunk.new_count]
                texts = [line[1:] for line in added]
                born = recorder.births.add(self._commit, path, hunk.new_start, texts)
                pieces.append(born)
                self._step.entered.append(born)
                if hunk.old_count:
                    self._link(hunk, lines, texts, removed, born)
        if at < len(old):
            pieces.append(old[at:])
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces) if pieces else NO_LINES

    def _link(
        self,
        hunk: Hunk,
        lines: list[bytes],
        added: list[bytes],
        old: LineIds,
        new: LineIds,
    ) -> None:
        removed = [line[1:] for line in lines[hunk.removed_at : hunk.removed_at + hunk.old_count]]
        for link in layout_links(removed, added):
            indent = not link.regrouped and removed[link.old].split() == added[link.new].split()
            self._recorder.linked(int(new[link.new]), int(old[link.old]), link.rank, indent=indent)

    def _distinct(self, source: bytes, lines: LineIds) -> LineIds:
        """Give new ids to lines that another file of this commit has carried on already."""
        taken = self._carried.get(source, NO_LINES)
        again = self._marks.among(lines, taken)
        self._carried[source] = np.concatenate([taken, lines[~again]])
        if not again.any():
            return lines
        copies = self._recorder.births.duplicate(lines[again])
        distinct = lines.copy()
        distinct[again] = copies
        self._step.entered.append(copies)
        return distinct

    def _close(self, path: bytes, state: State | None) -> None:
        """Record the removal of a gone file's lines, but for those that live on elsewhere."""
        if not isinstance(state, File) or not len(state.lines):
            return
        kept = self._carried.get(path, NO_LINES)
        self._remove(path, state.lines, ~self._marks.among(state.lines, kept))

    def _remove(self, path: bytes, lines: LineIds, gone: npt.NDArray[np.bool_]) -> None:
        """Record the removal of the lines of a file that `gone` marks."""
        positions = np.flatnonzero(gone)
        number = self._recorder.path(path)
        for run in np.split(positions, np.flatnonzero(np.diff(positions) > 1) + 1):
            if len(run):
                first, end = int(run[0]), int(run[-1]) + 1
                self._recorder.removed(self._commit, number, first + 1, lines[first:end])
                self._step.left.append(lines[first:end])
