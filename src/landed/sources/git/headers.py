"""Commits in order, without their messages' bodies: who, when, and the graph's edges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from landed.errors import GitError
from landed.sources.git.process import GitProcess
from landed.sources.git.scratch import Scratch

_FORMAT = "%H%n%P%n%at %ct%n%an%n%ae%n%cn%n%ce%n%s"
_UNREADABLE_PARENTS = re.compile(r"parents of commit ([0-9a-f]{40,64})")
_LATEST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())
_MAXIMUM_CUTS = 1000


class CommitHeader(NamedTuple):
    """A commit's identity: ids in hex, times in seconds since 1970 UTC."""

    commit: bytes
    parents: list[bytes]
    authored: int
    committed: int
    author_name: str
    author_email: str
    committer_name: str
    committer_email: str
    subject: str


def read_headers(
    scratch: Scratch, tips: Iterable[bytes], known: Iterable[bytes] = ()
) -> tuple[list[CommitHeader], list[str]]:
    """Read the commits reachable from `tips` and not from `known`, parents before children.

    Returns the headers, and the commits at which history had to be cut off because their parents
    cannot be read. Tips are sorted, so that the order depends on nothing but the history.

    Raises:
        GitError: git fails for another reason.
    """
    wanted = [tip.decode() for tip in sorted(set(tips))]
    wanted += [f"^{commit.decode()}" for commit in sorted(set(known))]
    cut: list[str] = []
    while True:
        try:
            return list(_stream(scratch, wanted)), cut
        except GitError as error:
            found = _UNREADABLE_PARENTS.search(error.stderr)
            if found is None or found[1] in cut or len(cut) >= _MAXIMUM_CUTS:
                raise
            scratch.cut_history_at(found[1])
            cut.append(found[1])


def _stream(scratch: Scratch, revisions: list[str]) -> Iterator[CommitHeader]:
    process = scratch.start(
        "log",
        "-z",
        "--topo-order",
        "--reverse",
        "--no-show-signature",
        "--no-notes",
        f"--format={_FORMAT}",
        "--stdin",
        stdin="".join(f"{revision}\n" for revision in revisions).encode(),
    )
    try:
        yield from _records(process)
        process.finish()
    finally:
        process.kill()


def _records(process: GitProcess) -> Iterator[CommitHeader]:
    rest = b""
    while chunk := process.read():
        *records, rest = (rest + chunk).split(b"\0")
        for record in records:
            yield _parse(record)
    if rest:
        yield _parse(rest)


def _parse(record: bytes) -> CommitHeader:
    # A name cannot hold a newline; the subject is last and is joined to one line by git.
    fields = record.split(b"\n", 7)
    authored, committed = fields[2].split(b" ")
    author, author_email, committer, committer_email, subject = (
        field.decode(errors="replace") for field in fields[3:8]
    )
    return CommitHeader(
        fields[0],
        fields[1].split(),
        _seconds(authored),
        _seconds(committed),
        author,
        author_email,
        committer,
        committer_email,
        subject,
    )


def _seconds(text: bytes) -> int:
    """Return a time git could not parse as 1970, and one beyond all calendars as year 9999."""
    return min(int(text), _LATEST) if text else 0
