"""`git blame` with who wrote each line, and how that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from landed.reports.place import Place
from landed.sources.git.blame import BlameLine, blame
from landed.sources.git.names import path_to_text
from landed.sources.git.scratch import Scratch
from landed.store import Store

_BORN = """
    with asked as (
        select
            unnest($2::varchar[]) as "commit",
            unnest($3::varchar[]) as path,
            unnest($4::integer[]) as line_number
    )
    select asked."commit", asked.path, asked.line_number, min(line.line) as line
    from asked
    join "commit" on "commit".repository = $1 and "commit"."commit" = asked."commit"
    join path on path.repository = $1 and path.path = asked.path
    join line
        on line.repository = $1
        and line.commit_index = "commit".commit_index
        and line.path_index = path.path_index
        and line.line_number = asked.line_number
    group by all
"""
_AUTHORS = """
    select line, who, agent, model, grade from line_author
    where repository = $1 and line in (select unnest($2::integer[]))
"""

Birth = tuple[str, str, int]
"""Commit id, path as text, line number: what identifies a line everywhere."""


@dataclass(frozen=True)
class Authorship:
    """Who wrote a line, by which evidence grade."""

    who: str = "unknown"
    agent: str | None = None
    model: str | None = None
    grade: str = "none"


@dataclass(frozen=True)
class AttributedLine:
    """A line of a file, its birth as git blame tells it, and who wrote it.

    `known` is false where the ledger does not have the line: on a commit that no branch or tag
    reaches, or cut off from history.
    """

    line: int
    text: str
    commit: str
    path: str
    author: str
    authored_at: datetime
    authorship: Authorship
    known: bool


def attributed_lines(
    store: Store, repository: str, scratch: Scratch, place: Place
) -> list[AttributedLine]:
    """Return every line of a file with who wrote it.

    Raises:
        GitError: objects that blame needs are missing.
    """
    blamed = blame(scratch, place.commit, place.path)
    births = [birth_of(line) for line in blamed]
    ids = line_ids(store, repository, births)
    authors = authorships(store, repository, list(ids.values()))
    return [
        AttributedLine(
            line=line.line,
            text=line.text.decode("utf-8", "replace").rstrip("\r"),
            commit=line.commit,
            path=birth[1],
            author=line.author,
            authored_at=line.authored_at,
            authorship=authors.get(ids.get(birth, -1), Authorship()),
            known=birth in ids,
        )
        for line, birth in zip(blamed, births, strict=True)
    ]


def birth_of(line: BlameLine) -> Birth:
    """Return what identifies the line that git blame reports."""
    return line.commit, path_to_text(line.path), line.born_line


def line_ids(store: Store, repository: str, births: Sequence[Birth]) -> dict[Birth, int]:
    """Return the ledger's line ids for births; those it does not have are left out."""
    distinct = list(dict.fromkeys(births))
    found = store.query(
        _BORN,
        [
            repository,
            [commit for commit, _, _ in distinct],
            [path for _, path, _ in distinct],
            [number for _, _, number in distinct],
        ],
    )
    return {
        (row["commit"], row["path"], row["line_number"]): row["line"] for row in found.to_pylist()
    }


def authorships(store: Store, repository: str, lines: Sequence[int]) -> dict[int, Authorship]:
    """Return who wrote the lines with the given ids."""
    rows = store.query(_AUTHORS, [repository, sorted(set(lines))]).to_pylist()
    return {
        row["line"]: Authorship(row["who"], row["agent"], row["model"], row["grade"])
        for row in rows
    }


def blame_document(lines: Sequence[AttributedLine]) -> dict[str, Any]:
    """Return the lines as the JSON document of `landed blame --json`."""
    return {
        "lines": [
            {
                "line": line.line,
                "commit": line.commit,
                "path": line.path,
                "who": line.authorship.who,
                "agent": line.authorship.agent,
                "model": line.authorship.model,
                "grade": line.authorship.grade,
            }
            for line in lines
        ]
    }
