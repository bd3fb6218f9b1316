"""Files of a commit: what stands at a path, and which commit a user's words name."""

from __future__ import annotations

import re
from typing import NamedTuple

from landed.errors import GitError
from landed.sources.git.scratch import Scratch

_STEPS = re.compile(r"(?P<base>.+?)(?P<steps>(?:~\d*|\^\d*)+)\Z")
_BINARY_LOOK = 8000


class TreeEntry(NamedTuple):
    """What stands at a path of a commit: git's mode, `blob`, `tree` or `commit`, and its id."""

    mode: str
    kind: str
    object_id: str


def find_entry(scratch: Scratch, commit: str, path: bytes) -> TreeEntry | None:
    """Return what stands at exactly this path of a commit; None where nothing does."""
    tree, _, name = path.rpartition(b"/")
    folder = f"{commit}:" + tree.decode("utf-8", "surrogateescape")
    try:
        # The folder is named as an object, not by a pathspec: names may hold wildcards.
        listed = scratch.run("ls-tree", "-z", "--full-tree", folder)
    except GitError:
        return None
    for row in listed.split(b"\0")[:-1]:
        meta, _, entry = row.partition(b"\t")
        if entry == name:
            mode, kind, object_id = meta.decode().split(" ")
            return TreeEntry(mode, kind, object_id)
    return None


def is_binary(scratch: Scratch, blob: str) -> bool:
    """Whether git takes a blob for binary: there is a NUL byte near its beginning."""
    return b"\0" in scratch.run("cat-file", "blob", blob)[:_BINARY_LOOK]


def resolve_revision(scratch: Scratch, revision: str) -> str | None:
    """Return the commit id that a branch, tag, commit id or HEAD names, with steps such as `~2`."""
    found = scratch.resolve(revision)
    stepped = _STEPS.match(revision)
    if found is not None or stepped is None:
        return found
    base = scratch.resolve(stepped["base"])
    return None if base is None else scratch.resolve(base + stepped["steps"])
