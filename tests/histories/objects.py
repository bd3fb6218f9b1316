"""Objects written straight into a repository, without a process, and git run without a user."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

Person = tuple[str, str]

FILE = "100644"
EXECUTABLE = "100755"
SYMLINK = "120000"
SUBMODULE = "160000"

NEUTRAL_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "TZ": "UTC",
}


class Entry(NamedTuple):
    """What stands at a path: its git mode and object id."""

    mode: str
    object_id: str


def run_git(
    directory: Path,
    *arguments: str | bytes | Path,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[bytes]:
    """Runs git in a directory, free of the user's own configuration."""
    finished = subprocess.run(
        [b"git", *(os.fsencode(argument) for argument in arguments)],
        cwd=directory,
        input=stdin,
        capture_output=True,
        env=NEUTRAL_ENVIRONMENT | dict(environment or {}),
        check=False,
    )
    if check and finished.returncode != 0:
        told = finished.stderr.decode(errors="replace")
        raise AssertionError(f"git {arguments} ended with {finished.returncode}: {told}")
    return finished


class LooseObjects:
    """The loose objects of one repository."""

    def __init__(self, directory: Path, object_format: str) -> None:
        self._directory = directory
        self.object_format = object_format

    def file(self, object_id: str) -> Path:
        """File of a loose object."""
        return self._directory / object_id[:2] / object_id[2:]

    def digest(self, data: bytes) -> str:
        """Hash of some bytes in the repository's object format."""
        return hashlib.new(self.object_format, data).hexdigest()

    def write(self, kind: str, body: bytes) -> str:
        """Writes an object unless it is there, and returns its id."""
        data = b"%b %d\0%b" % (kind.encode(), len(body), body)
        object_id = self.digest(data)
        file = self.file(object_id)
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(zlib.compress(data, 1))
        return object_id

    def write_tree(self, tree: Mapping[bytes, Entry]) -> str:
        """Writes the tree objects of paths from the top of the repository."""
        below: dict[bytes, dict[bytes, Entry]] = {}
        rows: list[tuple[bytes, bytes]] = []
        for path, entry in tree.items():
            name, slash, rest = path.partition(b"/")
            if slash:
                below.setdefault(name, {})[rest] = entry
            else:
                rows.append((name, _tree_row(entry.mode, name, entry.object_id)))
        for name, inner in below.items():
            rows.append((name + b"/", _tree_row("40000", name, self.write_tree(inner))))
        return self.write("tree", b"".join(row for _, row in sorted(rows)))

    def write_commit(
        self,
        message: str,
        tree: str,
        parents: Sequence[str],
        *,
        author: tuple[Person, int],
        committer: tuple[Person, int],
    ) -> str:
        """Writes a commit; authors come with their time in seconds since 1970."""
        head = [
            f"tree {tree}",
            *(f"parent {parent}" for parent in parents),
            f"author {signature(*author)}",
            f"committer {signature(*committer)}",
        ]
        return self.write("commit", ("\n".join(head) + f"\n\n{message}\n").encode())


def signature(person: Person, when: int) -> str:
    """A person at a time, as git writes it."""
    return f"{person[0]} <{person[1]}> {when} +0000"


def _tree_row(mode: str, name: bytes, object_id: str) -> bytes:
    return b"%b %b\0%b" % (mode.encode(), name, bytes.fromhex(object_id))
