"""The history of a repository as git tells it: commits, paths, releases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import pyarrow as pa

from landed.records.schema import TIMESTAMP, table

RepositoryId = Annotated[
    str, pa.string(), "repository: the first 16 digits of the SHA-256 of its root commit ids"
]
CommitIndex = Annotated[
    int, pa.int32(), "position of the commit in this ledger, parents before children"
]


@table(name="repository", key=("repository",))
@dataclass(frozen=True)
class Repository:
    """A repository whose history was read."""

    repository: RepositoryId
    object_format: Annotated[str, pa.string(), "sha1 or sha256"]
    default_branch: Annotated[str, pa.string(), "short name of the branch that counts as main line"]
    head: Annotated[str, pa.string(), "commit id of the main line's tip when last read"]
    commits: Annotated[int, pa.int32(), "commits read"]
    mainline_length: Annotated[int, pa.int32(), "commits on the first-parent chain of the tip"]
    shallow: Annotated[bool, pa.bool_(), "true where history is cut off and boundaries own lines"]
    first_commit_at: Annotated[datetime, TIMESTAMP, "earliest committer date on the main line"]
    last_commit_at: Annotated[datetime, TIMESTAMP, "time at which the tip entered the main line"]


@table(name="commit", key=("repository", "commit_index"))
@dataclass(frozen=True)
class Commit:
    """A commit reachable from the default branch, a release tag or another branch."""

    repository: RepositoryId
    commit_index: CommitIndex
    commit: Annotated[str, pa.string(), "full commit id"]
    author_name: Annotated[str, pa.string(), "as recorded, before .mailmap"]
    author_email: Annotated[str, pa.string(), "as recorded, before .mailmap"]
    committer_name: Annotated[str, pa.string(), "as recorded, before .mailmap"]
    committer_email: Annotated[str, pa.string(), "as recorded, before .mailmap"]
    authored_at: Annotated[datetime, TIMESTAMP, "author date"]
    committed_at: Annotated[datetime, TIMESTAMP, "committer date"]
    subject: Annotated[str, pa.string(), "first line of the message"]
    mainline_index: Annotated[
        int | None, pa.int32(), "position on the first-parent chain (0 = root), null beside it"
    ]
    change_index: Annotated[
        int | None, pa.int32(), "mainline_index of the commit that brought it in; null = not landed"
    ]
    landed_at: Annotated[
        datetime | None,
        TIMESTAMP,
        "when it entered the main line: running maximum of committer dates; null = not landed",
    ]
    lines_added: Annotated[int, pa.int32(), "lines born in this commit"]
    lines_removed: Annotated[int, pa.int32(), "lines this commit removed from its parents' text"]


@table(name="commit_parent", key=("repository", "commit_index", "ordinal"))
@dataclass(frozen=True)
class CommitParent:
    """An edge of the commit graph."""

    repository: RepositoryId
    commit_index: CommitIndex
    ordinal: Annotated[int, pa.int16(), "0 for the first parent"]
    parent_index: Annotated[int, pa.int32(), "commit_index of the parent"]


@table(name="commit_reference", key=("repository", "commit_index", "kind", "target"))
@dataclass(frozen=True)
class CommitReference:
    """A commit's message names another commit that it reverts or was picked from."""

    repository: RepositoryId
    commit_index: CommitIndex
    kind: Annotated[str, pa.string(), "reverts or picked-from"]
    target: Annotated[str, pa.string(), "commit id as written in the message"]


@table(name="path", key=("repository", "path_index"))
@dataclass(frozen=True)
class Path:
    """A path that held lines at some time.

    Names that are not UTF-8, or that begin with a double quote, are written in git's quoted
    form (`"caf\\351.txt"`), which no plain name can take: every name is unambiguous.
    """

    repository: RepositoryId
    path_index: Annotated[int, pa.int32(), "position in this ledger"]
    path: Annotated[str, pa.string(), "path from the top of the repository"]


@table(name="renamed_path", key=("repository", "path_index"))
@dataclass(frozen=True)
class RenamedPath:
    """A path that is gone at the tip, and what the file with most of its lines is called there."""

    repository: RepositoryId
    path_index: Annotated[int, pa.int32(), "the path that is gone"]
    renamed_to: Annotated[int, pa.int32(), "path_index of the present name"]


@table(name="excluded_path", key=("repository", "path"))
@dataclass(frozen=True)
class ExcludedPath:
    """A path at the tip whose lines the rules leave out, and why."""

    repository: RepositoryId
    path: Annotated[str, pa.string(), "path from the top of the repository"]
    reason: Annotated[str, pa.string(), "lock, vendored, generated, minified or configured"]
    pattern: Annotated[str, pa.string(), "the pattern that matched"]


@table(name="release", key=("repository", "tag"))
@dataclass(frozen=True)
class Release:
    """A tag that points at a commit."""

    repository: RepositoryId
    tag: Annotated[str, pa.string(), "tag name without refs/tags/"]
    commit_index: CommitIndex
    released_at: Annotated[datetime, TIMESTAMP, "tagger date, else committer date"]
    base_index: Annotated[
        int | None,
        pa.int32(),
        "mainline_index of the newest main-line commit on its first-parent chain",
    ]
    on_mainline: Annotated[bool, pa.bool_(), "the tagged commit itself is on the main line"]


@table(name="contact", key=("repository", "name", "email"))
@dataclass(frozen=True)
class Contact:
    """A name and e-mail address as recorded in commits, and who it is by .mailmap."""

    repository: RepositoryId
    name: Annotated[str, pa.string(), "as recorded"]
    email: Annotated[str, pa.string(), "as recorded"]
    canonical_name: Annotated[str, pa.string(), "by the tip's .mailmap"]
    canonical_email: Annotated[str, pa.string(), "by the tip's .mailmap, lower case"]


@table(name="code_owner", key=("repository", "ordinal"))
@dataclass(frozen=True)
class CodeOwner:
    """A line of the CODEOWNERS file at the main line's tip: who owns which paths."""

    repository: RepositoryId
    ordinal: Annotated[int, pa.int32(), "position among the rules of the file, from 0"]
    place: Annotated[str, pa.string(), "path of the CODEOWNERS file"]
    dialect: Annotated[str, pa.string(), "github or gitlab: whose rules the file follows"]
    section: Annotated[str | None, pa.string(), "name of the section; null = in none"]
    optional: Annotated[bool, pa.bool_(), "owners of the section need not approve"]
    pattern: Annotated[str, pa.string(), "glob over paths, as written"]
    excluded: Annotated[bool, pa.bool_(), "takes what it matches out of the section"]
    owners: Annotated[
        str,
        pa.string(),
        "JSON list: @organisation/team, @login or address, as written; empty = none",
    ]
    team: Annotated[
        str | None, pa.string(), "the first owner that is a team, as forges name it; null = none"
    ]


@table(name="branch_tip", key=("repository", "place", "ref", "commit"), local=True)
@dataclass(frozen=True)
class BranchTip:
    """A commit that a branch of a clone on this machine ended in, as far as it was seen."""

    repository: RepositoryId
    place: Annotated[str, pa.string(), "absolute path of the git directory"]
    ref: Annotated[str, pa.string(), "full name of the ref; HEAD where it is detached"]
    commit: Annotated[str, pa.string(), "full commit id"]
    gone_at: Annotated[
        datetime | None,
        TIMESTAMP,
        "when the ref was first seen without it; null = it was there when last read",
    ]
