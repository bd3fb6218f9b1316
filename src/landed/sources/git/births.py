"""Where the lines of a file were born, as `git blame` tells it without the text of any."""

from __future__ import annotations

from typing import NamedTuple

from landed.sources.git.names import text_to_path
from landed.sources.git.scratch import Scratch


class BornLine(NamedTuple):
    """A line of a file, counted from 1, and its birth: commit, path and number there."""

    line: int
    commit: str
    path: bytes
    born_line: int


def births(scratch: Scratch, commit: str, path: bytes, first: int, last: int) -> list[BornLine]:
    """Return where the lines `first` to `last` of a file at a commit were born, in order.

    Raises:
        GitError: there is no such file or line, or objects are missing.
    """
    name = path.decode("utf-8", "surrogateescape")
    told = scratch.run("blame", "--incremental", f"-L{first},{last}", commit, "--", name)
    found: list[BornLine] = []
    group: list[bytes] = []
    for row in told.split(b"\n"):
        field, _, value = row.partition(b" ")
        if not group:
            group = row.split(b" ")
        elif field == b"filename":
            found += _lines(group, value)
            group = []
    return sorted(found)


def _lines(group: list[bytes], name: bytes) -> list[BornLine]:
    """The lines of one group: commit, first line there, first line here, how many."""
    path = text_to_path(name.decode("utf-8", "surrogateescape"))
    commit = group[0].decode()
    born, final, lines = (int(number) for number in group[1:4])
    return [BornLine(final + place, commit, path, born + place) for place in range(lines)]
