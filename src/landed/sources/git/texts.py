"""Which files of a commit have lines: regular ones that are text and not left out by the rules."""

from __future__ import annotations

from collections.abc import Container, Sequence

from landed.sources.git.objects import read_objects
from landed.sources.git.scratch import Scratch

_BINARY_PROBE = 8000


def text_files(scratch: Scratch, commit: str, among: Container[bytes] | None = None) -> list[bytes]:
    """Return the regular text files of a commit that the rules do not leave out.

    Only paths `among` the given ones are looked at, or all where None. The rules are the
    attributes that `scratch` was opened with. Files whose content is missing are among them.

    Raises:
        GitError: the commit's trees cannot be read.
    """
    return list(text_blobs(scratch, commit, among))


def text_blobs(
    scratch: Scratch, commit: str, among: Container[bytes] | None = None
) -> dict[bytes, str]:
    """Return the same files, each with the id of its content."""
    listing = scratch.run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")[:-1]
    files = {}
    for row in listing:
        about, _, path = row.partition(b"\t")
        mode, _, blob = about.split(b" ")
        if mode.startswith(b"100") and (among is None or path in among):
            files[path] = blob
    names = b"".join(path + b"\0" for path in files)
    answer = scratch.run("check-attr", "-z", "--stdin", "diff", stdin=names).split(b"\0")
    left_out = {
        path for path, value in zip(answer[0::3], answer[2::3], strict=False) if value == b"unset"
    }
    chosen = [path for path in files if path not in left_out]
    binary = _binary(scratch, [files[path] for path in chosen])
    return {path: files[path].decode() for path in chosen if files[path] not in binary}


def _binary(scratch: Scratch, blobs: Sequence[bytes]) -> set[bytes]:
    """Return the blobs that git does not show as text."""
    names = [blob.decode() for blob in blobs]
    return {
        found.name.encode()
        for found in read_objects(scratch, names)
        if b"\0" in (found.body or b"")[:_BINARY_PROBE]
    }
