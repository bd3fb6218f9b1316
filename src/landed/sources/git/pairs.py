"""Diffs of files that no commit pairs, made by writing two small trees and comparing them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from landed.errors import GitError
from landed.sources.git.patches import (
    PLAIN_OPTIONS,
    Entry,
    Patch,
    PatchStream,
    parse_entries,
    parse_patch,
)
from landed.sources.git.process import GitProcess
from landed.sources.git.scratch import Scratch

_REMEMBERED_TREES = 50_000


class PairDiff:
    """Compares files alone, as `git blame` does with a file and the candidates for its origin.

    The trees are written into the scratch repository.
    """

    def __init__(self, scratch: Scratch):
        """Write trees into `scratch`."""
        self._scratch = scratch
        self._writer: GitProcess | None = None
        self._processes: dict[bool, GitProcess] = {}
        self._trees: dict[bytes, bytes] = {}
        self._mark = b"end-%b\n" % os.urandom(16).hex().encode()

    def between(self, old: bytes | None, new: bytes) -> Patch:
        """Return the line diff of two blobs, both taken as text; without `old` all is added.

        Raises:
            GitError: a blob is missing.
        """
        if old == new:
            return Patch([], [])
        old_tree = self._tree([(b"100644", b"blob", old, b"f")] if old is not None else [])
        new_tree = self._tree([(b"100644", b"blob", new, b"f")])
        return self._compare(old_tree, new_tree, renames=False)[1]

    def origin(
        self, sources: Sequence[tuple[bytes, bytes, bytes]], target: tuple[bytes, bytes, bytes]
    ) -> tuple[int, Patch] | None:
        """Return which of the deleted `sources` git takes as the origin of `target`, and the diff.

        Both are (mode, blob id, base name). None where no source is similar enough.

        Raises:
            GitError: a blob is missing.
        """
        rows = []
        for index, (mode, oid, name) in enumerate(sources):
            folder = self._tree([(mode, b"blob", oid, name)])
            rows.append((b"040000", b"tree", folder, b"%08d" % index))
        old_tree = self._tree(rows)
        mode, oid, name = target
        folder = self._tree([(mode, b"blob", oid, name)])
        new_tree = self._tree([(b"040000", b"tree", folder, b"target")])
        entries, patch = self._compare(old_tree, new_tree, renames=True)
        for entry, section in zip(entries, patch.sections, strict=True):
            if entry.status == b"R":
                return int(entry.old_path[:8]), Patch(patch.lines, [section])
        return None

    def _tree(self, rows: Sequence[tuple[bytes, bytes, bytes, bytes]]) -> bytes:
        if self._writer is None:
            self._writer = self._scratch.start("mktree", "-z", "--missing", "--batch")
        listing = b"".join(b"%b %b %b\t%b\0" % row for row in rows)
        tree = self._trees.get(listing)
        if tree is None:
            self._writer.write(listing + b"\0")
            tree = self._writer.read_until(b"\n").rstrip(b"\n")
            if len(self._trees) < _REMEMBERED_TREES:
                self._trees[listing] = tree
        return tree

    def _compare(self, old: bytes, new: bytes, *, renames: bool) -> tuple[list[Entry], Patch]:
        process = self._processes.get(renames)
        if process is None:
            options = [option for option in PLAIN_OPTIONS if option not in ("--always", "-M")]
            options.append("-M" if renames else "--no-renames")
            process = self._scratch.start("diff-tree", "--stdin", "--text", *options)
            self._processes[renames] = process
        header = old + b" " + new
        # A line that names no object is echoed at once: it flushes the answer and marks its end.
        process.write(header + b"\n" + self._mark)
        try:
            answer = process.read_until(b"\n" + self._mark)
        except GitError:
            del self._processes[renames]
            raise
        stream = PatchStream(_Answer(process, answer[: -len(self._mark)]), b"\n")
        rows, text = stream.next(header, None)
        entries = parse_entries(rows)
        return entries, parse_patch(entries, text)

    def close(self) -> None:
        """End the processes."""
        for process in self._processes.values():
            process.kill()
        self._processes.clear()
        if self._writer is not None:
            self._writer.kill()
            self._writer = None


class _Answer:
    """One answer of a process, already read, as a source for a stream."""

    def __init__(self, process: GitProcess, data: bytes):
        self.arguments = process.arguments
        self._data = data

    def read(self) -> bytes:
        data, self._data = self._data, b""
        return data

    def failure(self) -> GitError:
        return GitError(self.arguments, 0, "the answer is incomplete")
