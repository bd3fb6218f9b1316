"""Commits in order, without their messages' bodies: who, when, and the graph's edges."""

from __future__ import annotations

import re
import sys
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


class History(NamedTuple):
    """Commits as read, parents before children, and where reading had to stop.

    `cut` are commits whose parents cannot be read; `unreadable` are tips left out because commits
    behind them cannot be read.
    """

    headers: list[CommitHeader]
    cut: list[str]
    unreadable: list[str]


def read_history(scratch: Scratch, tips: Iterable[bytes], known: Iterable[bytes] = ()) -> History:
    """Read the commits reachable from `tips` and not from `known`.

    Tips are sorted, so that the order depends on nothing but the history.

    Raises:
        GitError: git fails for another reason than a missing commit.
    """
    wanted = [tip.decode() for tip in sorted(set(tips))]
    hidden = [f"^{commit.decode()}" for commit in sorted(set(known))]
    cut: list[str] = []
    unreadable: list[str] = []
    while True:
        try:
            return History(list(_stream(scratch, [*wanted, *hidden])), cut, unreadable)
        except GitError as error:
            found = _UNREADABLE_PARENTS.search(error.stderr)
            if found is not None and found[1] not in cut and len(cut) < _MAXIMUM_CUTS:
                scratch.cut_history_at(found[1])
                cut.append(found[1])
                continue
            readable = _readable(scratch, wanted)
            if len(readable) == len(wanted):
                raise
            unreadable += sorted(set(wanted) - set(readable))
            wanted = readable


def _readable(scratch: Scratch, tips: list[str]) -> list[str]:
    """Return the tips whose whole history can be read."""
    readable: list[str] = []
    for tip in tips:
        hidden = [f"^{other}" for other in readable]
        revisions = "".join(f"{revision}\n" for revision in [tip, *hidden])
        try:
            scratch.run("rev-list", "--quiet", "--stdin", stdin=revisions.encode())
        except GitError:
            continue
        readable.append(tip)
    return readable


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
    # The same few people make most commits: keeping each name once saves a third of the memory.
    author, author_email, committer, committer_email = (
        sys.intern(field.decode(errors="replace")) for field in fields[3:7]
    )
    subject = fields[7].decode(errors="replace")
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
