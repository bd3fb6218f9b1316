"""Single blobs by id, and whether our attributes leave a path out."""

from __future__ import annotations

from landed.errors import GitError
from landed.sources.git.process import GitProcess
from landed.sources.git.scratch import Scratch

_BINARY_PROBE = 8000


class Blobs:
    """Reads blobs one at a time, when they are asked for."""

    def __init__(self, scratch: Scratch):
        """Read from the repository that `scratch` borrows from."""
        self._scratch = scratch
        self._reader: GitProcess | None = None
        self._checker: GitProcess | None = None

    def exists(self, oid: bytes) -> bool:
        """Tell whether an object is there, without reading it."""
        if self._checker is None:
            self._checker = self._scratch.start("cat-file", "--batch-check=%(objecttype)")
        self._checker.write(oid + b"\n")
        return not self._checker.read_until(b"\n").rstrip(b"\n").endswith(b"missing")

    def read(self, oid: bytes) -> bytes | None:
        """Return a blob's content, or None where it is missing or damaged."""
        if self._reader is None:
            self._reader = self._scratch.start("cat-file", "--batch")
        try:
            self._reader.write(oid + b"\n")
            header = self._reader.read_until(b"\n").split()
            if header[1:] == [b"missing"]:
                return None
            return self._reader.read_exactly(int(header[2]) + 1)[:-1]
        except GitError:
            self._reader = None
            return None

    def is_text(self, oid: bytes) -> bool:
        """Tell whether git would show this blob as text: no NUL near its beginning."""
        content = self.read(oid)
        return content is not None and b"\0" not in content[:_BINARY_PROBE]

    def close(self) -> None:
        """End the processes."""
        for process in (self._reader, self._checker):
            if process is not None:
                process.kill()
        self._reader = self._checker = None


class Attributes:
    """Asks git which paths our own attributes leave out of diffs."""

    def __init__(self, scratch: Scratch):
        """Ask about the attributes of `scratch`."""
        self._scratch = scratch
        self._process: GitProcess | None = None
        self._known: dict[bytes, bool] = {}

    def excluded(self, path: bytes) -> bool:
        """Tell whether the path is left out (`-diff`)."""
        known = self._known.get(path)
        if known is None:
            if self._process is None:
                self._process = self._scratch.start("check-attr", "-z", "--stdin", "diff")
            self._process.write(path + b"\0")
            answer = b"".join(self._process.read_until(b"\0") for _ in range(3))
            known = self._known[path] = answer.split(b"\0")[-2] == b"unset"
        return known

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process = None
