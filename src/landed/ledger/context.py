"""What every step of mining needs at hand: git's single objects, and where facts are recorded."""

from __future__ import annotations

import numpy as np

from landed.errors import GitError
from landed.ledger.recorder import Recorder
from landed.ledger.tree import File, LineIds, Opaque, State
from landed.sources.git.blobs import Attributes, Blobs
from landed.sources.git.pairs import PairDiff
from landed.sources.git.patches import Hunk
from landed.sources.git.scratch import Scratch


class Context:
    """Shared by the steps of one mining run."""

    def __init__(self, scratch: Scratch, recorder: Recorder):
        """Read from `scratch`, record into `recorder`."""
        self.recorder = recorder
        self.blobs = Blobs(scratch)
        self.attributes = Attributes(scratch)
        self.pairs = PairDiff(scratch)
        self.marks = recorder.marks
        self._resolved: dict[bytes, dict[int, File | None]] = {}

    def close(self) -> None:
        """End the git processes."""
        self.blobs.close()
        self.attributes.close()
        self.pairs.close()

    def born(self, commit: int, path: bytes, blob: bytes) -> File | None:
        """Return a file all of whose lines were born in `commit`, or None where it is missing."""
        content = self.blobs.read(blob)
        if content is None:
            self.recorder.problems.add(
                "missing-object", blob.decode(), "A file's content is missing or damaged."
            )
            return None
        texts = split_lines(content)
        number = self.recorder.path(path)
        return File(blob, self.recorder.births.add(commit, number, 1, texts))

    def merged(self, commit: int, path: bytes, blob: bytes, sources: list[State]) -> File | None:
        """Return a file whose lines come from the first source that has them, as in git blame.

        Lines that no source has are born in `commit`. None where an object is missing.
        """
        content = self.blobs.read(blob)
        if content is None:
            return self.born(commit, path, blob)
        texts = split_lines(content)
        lines = np.full(len(texts), -1, dtype=np.int32)
        for source in sources:
            file = source if isinstance(source, File) else self.resolve(source)
            if file is None or not (lines < 0).any():
                continue
            try:
                patch = self.pairs.between(file.blob, blob)
            except GitError:
                self.recorder.problems.add(
                    "missing-object", file.blob.decode(), "A file's earlier content is missing."
                )
                continue
            hunks = patch.sections[0].hunks if patch.sections else []
            kept = carried(file.lines, hunks, len(texts))
            lines = np.where(lines < 0, kept, lines)
        return File(blob, self.fill(lines, commit, path, texts))

    def fill(
        self, lines: LineIds, commit: int, path: bytes, texts: list[bytes], start: int = 1
    ) -> LineIds:
        """Give births to the lines that are -1; the first of them all is line `start`."""
        number = self.recorder.path(path)
        missing = np.flatnonzero(lines < 0)
        for run in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1):
            if len(run):
                first, last = int(run[0]), int(run[-1])
                lines[first : last + 1] = self.recorder.births.add(
                    commit, number, start + first, texts[first : last + 1]
                )
        return lines

    def resolve(self, state: Opaque) -> File | None:
        """Return the lines of an opaque file, following it through its unreadable time.

        None where its content is missing.
        """
        order: list[Opaque] = []
        waiting: list[Opaque] = [state]
        while waiting:
            node = waiting.pop()
            if self._known(node):
                continue
            order.append(node)
            waiting.extend(source for source in node.sources if isinstance(source, Opaque))
        for node in reversed(order):
            if not self._known(node):
                self._resolved.setdefault(node.blob, {})[id(node)] = self.merged(
                    node.commit, node.path, node.blob, list(node.sources)
                )
        return self._resolved[state.blob][id(state)]

    def _known(self, node: Opaque) -> bool:
        return id(node) in self._resolved.get(node.blob, {})


def carried(old: LineIds, hunks: list[Hunk], length: int) -> LineIds:
    """Return the new file's line ids, -1 for those that its hunks add."""
    lines = np.full(length, -1, dtype=np.int32)
    old_at = new_at = 0
    for hunk in hunks:
        old_start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        size = old_start - old_at
        lines[new_at : new_at + size] = old[old_at:old_start]
        new_at += size + hunk.new_count
        old_at = old_start + hunk.old_count
    lines[new_at:] = old[old_at:]
    return lines


def split_lines(content: bytes) -> list[bytes]:
    """Split a file as git counts lines: a last line without a newline is a line."""
    if not content:
        return []
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines
