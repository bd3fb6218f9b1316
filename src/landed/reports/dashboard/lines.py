"""The lines of one file and who wrote each, read from git when they are looked at.

The text of lines is read only for those who may read code, and stored nowhere; where every line was
born git tells without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from landed.config import Settings
from landed.delivery.mirrors import mirror_of
from landed.errors import RepositoryError, UsageError
from landed.ledger.exclusion import attribute_rows, exclusions
from landed.reports.blame import Authorship, Birth, authorships, line_ids
from landed.reports.place import place_of
from landed.reports.why import CommitShown, Story, with_ledger
from landed.sources.git.births import BornLine, births
from landed.sources.git.names import path_to_text, text_to_path
from landed.sources.git.scratch import Scratch
from landed.store import Store

PAGE = 500
"""Lines that are shown at once."""
LONGEST_LINE = 2_000
"""Characters of a line that are shown."""
LARGEST = 20_000_000
"""Bytes of a file whose text is shown."""

_COMMITS = """
    select "commit", coalesce(landed_at, committed_at) as since, committed_at, author_name, subject
    from "commit"
    where repository = $repository and list_contains($commits, "commit")
"""


@dataclass(frozen=True)
class Sources:
    """Where a repository can be read on this machine: its mirror, its clone, or both."""

    mirror: Path | None
    clone: Path | None


@dataclass(frozen=True)
class FileRead:
    """What git tells of a part of a file: births of its lines, and their text where it was asked.

    `cut` says why there is no text although it was asked for.
    """

    head: str
    path: str
    born: list[BornLine]
    texts: list[str] | None
    cut: str | None = None


@dataclass(frozen=True)
class Line:
    """One line: who wrote it, on what evidence, and since when it is on the branch.

    `known` is false where the ledger does not have it. `text` is null where it was not read.
    """

    number: int
    who: str
    agent: str | None
    model: str | None
    grade: str
    since: datetime | None
    commit: str
    text: str | None
    known: bool


def sources_of(store: Store, settings: Settings, repository: str) -> Sources:
    """Where a repository can be read; paths that are not there any more are left out."""
    rows = store.query(
        "select path from location where repository = ? order by path", [repository]
    ).to_pylist()
    mirror = mirror_of(store, settings, repository=repository)
    clones = [Path(row["path"]) for row in rows if Path(row["path"]).is_dir()]
    others = [clone for clone in clones if clone != mirror]
    return Sources(mirror, others[0] if others else None)


@contextmanager
def opened(sources: Sources, settings: Settings) -> Iterator[Scratch]:
    """The repository, to be read.

    Raises:
        RepositoryError: it is not on this machine, or cannot be read.
    """
    place = sources.clone or sources.mirror
    if place is None:
        raise RepositoryError(
            "neither a mirror nor a clone of this repository is on the server's machine: "
            "landed connect github or gitlab, then landed sync --connected, fetches a mirror"
        )
    rules = attribute_rows(exclusions(settings.ledger.exclude, settings.ledger.include))
    beside = sources.mirror if sources.clone is not None else None
    with Scratch.open(place, settings.workspace, rules, beside) as scratch:
        yield scratch


def read_lines(
    scratch: Scratch, head: str, path: str, first: int, last: int, *, with_text: bool
) -> FileRead:
    """Read the lines `first` to `last` of a text file at a commit; no text without `with_text`.

    Raises:
        GitError: there is no such file or line at the commit, or objects are missing.
    """
    name = text_to_path(path)
    born = births(scratch, head, name, first, last)
    if not with_text:
        return FileRead(head, path, born, None)
    at = f"{head}:{name.decode('utf-8', 'surrogateescape')}"
    if int(scratch.run("cat-file", "-s", at)) > LARGEST:
        return FileRead(head, path, born, None, "the file is too large to show its text")
    rows = scratch.run("cat-file", "blob", at).split(b"\n")
    return FileRead(head, path, born, [_text(row) for row in rows[first - 1 : last]])


def why_no_lines(scratch: Scratch, head: str, path: str, settings: Settings) -> str:
    """Why a file has no lines in the ledger, in words for people."""
    try:
        place_of(scratch, head, text_to_path(path), settings)
    except UsageError as told:
        return str(told)
    return f"{path} is empty, or came after the last reading: landed sync reads what is new"


def lines_of(store: Store, repository: str, read: FileRead) -> list[Line]:
    """Those lines with who wrote each; lines with only inferred evidence are unknown."""
    keys = [_birth(one) for one in read.born]
    ids = line_ids(store, repository, keys)
    authors = authorships(store, repository, list(ids.values()))
    commits = _commits(store, repository, [one.commit for one in read.born])
    found = []
    for place, (one, key) in enumerate(zip(read.born, keys, strict=True)):
        author = authors.get(ids.get(key, -1), Authorship())
        if author.grade == "inferred":
            author = Authorship(grade="inferred")
        commit = commits.get(one.commit)
        text = read.texts[place] if read.texts is not None and place < len(read.texts) else None
        found.append(
            Line(
                number=one.line,
                who=author.who,
                agent=author.agent,
                model=author.model,
                grade=author.grade,
                since=commit["since"] if commit else None,
                commit=one.commit,
                text=text,
                known=key in ids,
            )
        )
    return found


def story_of(
    store: Store, settings: Settings, repository: str, read: FileRead, number: int
) -> Story | None:
    """The whole story of one of the lines read; None where it is not among them."""
    born = next((one for one in read.born if one.line == number), None)
    if born is None:
        return None
    key = _birth(born)
    commit = _commits(store, repository, [born.commit]).get(born.commit)
    place = read.born.index(born)
    shown = None
    if commit is not None:
        shown = CommitShown(
            born.commit, commit["subject"], commit["author_name"], commit["committed_at"]
        )
    story = Story(
        file=read.path,
        line=number,
        text=read.texts[place] if read.texts is not None and place < len(read.texts) else "",
        revision=read.head,
        commit=shown,
        path=key[1],
        born_line=born.born_line,
        authorship=Authorship(),
        known=False,
    )
    ids = line_ids(store, repository, [key])
    return with_ledger(store, settings, repository, story, ids[key]) if key in ids else story


def _birth(one: BornLine) -> Birth:
    return one.commit, path_to_text(one.path), one.born_line


def _commits(store: Store, repository: str, commits: list[str]) -> dict[str, dict[str, Any]]:
    asked = {"repository": repository, "commits": list(dict.fromkeys(commits))}
    return {row["commit"]: row for row in store.query(_COMMITS, asked).to_pylist()}


def _text(row: bytes) -> str:
    text = row.decode("utf-8", "replace").rstrip("\r")
    return text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
