"""Reading many objects at once through one git process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from landed.sources.git.process import GitProcess
from landed.sources.git.scratch import Scratch


class GitObject(NamedTuple):
    """An object that was asked for; `body` is None where it is missing or over the limit."""

    name: str
    body: bytes | None
    missing: bool


class _Reader:
    """Bytes of a process, in lines and exact lengths, without copying the rest each time."""

    def __init__(self, process: GitProcess) -> None:
        self._process = process
        self._data = b""
        self._at = 0

    def line(self) -> bytes:
        while (end := self._data.find(b"\n", self._at)) < 0:
            self._more()
        found = self._data[self._at : end]
        self._at = end + 1
        return found

    def take(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        self._at += len(found)
        if len(found) == size:
            return found
        parts = [found]
        size -= len(found)
        while size:
            chunk = self._process.read()
            if not chunk:
                raise self._process.failure()
            parts.append(chunk[:size])
            self._data, self._at = chunk, len(parts[-1])
            size -= len(parts[-1])
        return b"".join(parts)

    def skip(self, size: int) -> None:
        while size:
            size -= len(self.take(min(size, 1 << 20)))

    def _more(self) -> None:
        chunk = self._process.read()
        if not chunk:
            raise self._process.failure()
        self._data = self._data[self._at :] + chunk
        self._at = 0


def read_objects(
    scratch: Scratch, names: Iterable[str], *, limit: int | None = None
) -> Iterator[GitObject]:
    """Yield the objects with the given ids in their order; bodies over `limit` bytes are left out.

    Raises:
        GitError: git ended early, or an object is damaged.
    """
    asked = "".join(f"{name}\n" for name in names).encode()
    if not asked:
        return
    process = scratch.start("cat-file", "--batch", "--buffer", stdin=asked)
    try:
        reader = _Reader(process)
        for name in asked.decode().split("\n")[:-1]:
            head = reader.line().split(b" ")
            if len(head) != 3:
                yield GitObject(name, None, missing=True)
                continue
            size = int(head[2])
            if limit is not None and size > limit:
                reader.skip(size + 1)
                yield GitObject(name, None, missing=False)
                continue
            yield GitObject(name, reader.take(size + 1)[:-1], missing=False)
        process.finish()
    except BaseException:
        process.kill()
        raise
