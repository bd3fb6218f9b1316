"""The state of a head: every file of a commit with the line ids it holds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

LineIds = npt.NDArray[np.int32]


class File:
    """A text file at some commit: its blob id, and the id of each of its lines in order.

    Never changed once made: heads share it.
    """

    __slots__ = ("blob", "lines")

    def __init__(self, blob: bytes, lines: LineIds):
        self.blob = blob
        self.lines = lines


class Opaque:
    """A file whose lines are not followed: binary, excluded, or not readable.

    It remembers what it came from, so that its lines can still be told when it turns out to be
    text: `commit` and `path` are where this content began, `sources` the states it replaced.
    """

    __slots__ = ("blob", "commit", "path", "sources")

    def __init__(self, blob: bytes, commit: int, path: bytes, sources: tuple[State, ...]):
        self.blob = blob
        self.commit = commit
        self.path = path
        self.sources = sources


State = File | Opaque


class Tree:
    """The files of one head by path.

    Two levels, folder then file, and folders are copied only when written to: forking a head of
    ten thousand files copies a few hundred references.
    """

    __slots__ = ("_folders", "_owned")

    def __init__(self) -> None:
        self._folders: dict[bytes, dict[bytes, State]] = {}
        self._owned: set[bytes] = set()

    def fork(self) -> Tree:
        """Return an independent copy."""
        copy = Tree()
        copy._folders = dict(self._folders)
        self._owned.clear()
        return copy

    def get(self, path: bytes) -> State | None:
        """Return the file at `path`, or None."""
        folder = self._folders.get(path[: path.rfind(b"/") + 1])
        return None if folder is None else folder.get(path)

    def set(self, path: bytes, state: State) -> None:
        """Put a file at `path`."""
        self._writable(path[: path.rfind(b"/") + 1])[path] = state

    def remove(self, path: bytes) -> None:
        """Take the file at `path` away; nothing happens where there is none."""
        name = path[: path.rfind(b"/") + 1]
        if path in self._folders.get(name, ()):
            folder = self._writable(name)
            del folder[path]
            if not folder:
                del self._folders[name]
                self._owned.discard(name)

    def items(self) -> Iterator[tuple[bytes, State]]:
        """Yield every path and its file."""
        for folder in self._folders.values():
            yield from folder.items()

    def _writable(self, name: bytes) -> dict[bytes, State]:
        folder = self._folders.get(name)
        if folder is None:
            folder = self._folders[name] = {}
            self._owned.add(name)
        elif name not in self._owned:
            folder = self._folders[name] = dict(folder)
            self._owned.add(name)
        return folder


Change = tuple[bytes, State | None, State | None]
"""A path, its file before (None: there was none) and after (None: there is none)."""

NO_LINES: LineIds = np.empty(0, dtype=np.int32)


def lines_of(state: State | None) -> LineIds:
    """Return a file's line ids; none for what has no lines."""
    return state.lines if isinstance(state, File) else NO_LINES
