"""Git notes: which commits have one under a ref, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from landed.sources.git.objects import read_objects
from landed.sources.git.scratch import Scratch

LARGEST_NOTE = 64 << 20
"""Notes of more bytes than this are not read: nobody writes such a note by hand or by tool."""

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")


class Note(NamedTuple):
    """A note on a commit; `text` is None where its blob is missing or too large."""

    commit: str
    text: bytes | None


def list_notes(scratch: Scratch, target: str) -> dict[str, str]:
    """Return commit id → blob id of the notes in the tree of `target`, a notes ref's commit.

    Names that are no commit id are left out: git's own note commands ignore them too.

    Raises:
        GitError: the notes tree cannot be read.
    """
    found = {}
    for row in scratch.run("ls-tree", "-r", "-z", "--full-tree", target).split(b"\0")[:-1]:
        meta, _, path = row.partition(b"\t")
        _, kind, blob = meta.split(b" ")
        commit = path.replace(b"/", b"").decode("ascii", "replace")
        if kind == b"blob" and _COMMIT.match(commit):
            found[commit] = blob.decode()
    return found


def read_notes(
    scratch: Scratch, notes: Mapping[str, str], commits: Iterable[str]
) -> Iterator[Note]:
    """Yield the notes of `commits`, which all have one in `notes`.

    Raises:
        GitError: git ended early.
    """
    wanted = list(commits)
    blobs = read_objects(scratch, [notes[commit] for commit in wanted], limit=LARGEST_NOTE)
    for commit, blob in zip(wanted, blobs, strict=True):
        yield Note(commit, blob.body)
