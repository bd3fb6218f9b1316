"""Who made a commit and what its message says, as recorded, for many commits at once.

Commits are read as raw objects with their length, so no message can imitate a separator, and
bytes that no encoding explains survive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from landed.sources.git.objects import read_objects
from landed.sources.git.scratch import Scratch

_PEOPLE = re.compile(
    rb"^author ([^\n]*?) ?<([^\n]*?)>[^\n]*\ncommitter ([^\n]*?) ?<([^\n]*?)>[^\n]*$",
    re.MULTILINE,
)
_ENCODING = re.compile(rb"^encoding ([^\n]+)$", re.MULTILINE)


class Message(NamedTuple):
    """A commit's people and its message; `message` has no header and is not decoded."""

    commit: str
    author_name: str
    author_email: str
    committer_name: str
    committer_email: str
    message: bytes
    encoding: str

    @property
    def text(self) -> str:
        """The message as text; bytes that its encoding cannot tell are replaced."""
        return decode(self.message, self.encoding)


def read_messages(scratch: Scratch, commits: Iterable[str]) -> Iterator[Message]:
    """Yield the message of every given commit, in order; commits that are missing are left out.

    Raises:
        GitError: git ended early.
    """
    for found in read_objects(scratch, commits):
        if found.body is not None:
            yield parse_commit(found.name, found.body)


def parse_commit(commit: str, body: bytes) -> Message:
    """Take a raw commit object apart; people that are malformed there come out empty."""
    head, _, message = body.partition(b"\n\n")
    encoding = "utf-8"
    if b"\nencoding " in head:
        named = _ENCODING.search(head)
        encoding = named.group(1).decode("ascii", "replace") if named else encoding
    people = _PEOPLE.search(head)
    fields = people.groups() if people else (b"", b"", b"", b"")
    author, author_email, committer, committer_email = (
        decode(field.strip(), encoding) for field in fields
    )
    return Message(commit, author, author_email, committer, committer_email, message, encoding)


def decode(raw: bytes, encoding: str) -> str:
    """Decode by the commit's own encoding; what it cannot tell is replaced, never an error."""
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError, ValueError):
        return raw.decode("utf-8", "replace")
