"""Where sessions and edits belong, and what became of the lines that agents generated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import pyarrow as pa

from landed.records.history import RepositoryId
from landed.records.schema import TIMESTAMP, table
from landed.records.sessions import AgentName, EditId, Partition, SessionId

OUTSIDE = "outside"
"""The partition of lines that went to a file of no repository."""

UNREAD = "unread"
"""The partition of lines that went to a repository that has not been read."""

BelongsTo = Annotated[str | None, pa.string(), "repository id; null = none that has been read"]
Worktree = Annotated[
    str | None, pa.string(), "top directory of the working tree, as in the log; null = none"
]
How = Annotated[
    str,
    pa.string(),
    "how it was found: worktree, remote, commit, mapping, inside (none read) or none",
]


@table(name="session_place", key=("repository", "agent", "session"))
@dataclass(frozen=True)
class SessionPlace:
    """Which repository a session worked in, who ran it, and for which feature."""

    repository: Partition
    agent: AgentName
    session: SessionId
    belongs_to: BelongsTo
    worktree: Worktree
    name: Annotated[str, pa.string(), "name of the repository or folder, to show"]
    how: How
    person: Annotated[str | None, pa.string(), "canonical e-mail address; null = not known"]
    feature: Annotated[str | None, pa.string(), "feature; null = none found"]
    feature_rule: Annotated[
        str | None, pa.string(), "configuration, issue-key, scope or folder; null = none found"
    ]


@table(name="edit_place", key=("repository", "edit"))
@dataclass(frozen=True)
class EditPlace:
    """Which file of which repository an edit changed."""

    repository: Partition
    edit: EditId
    belongs_to: BelongsTo
    worktree: Worktree
    path: Annotated[
        str | None,
        pa.string(),
        "path from the top of the repository, empty for the top itself; null = in no repository",
    ]
    excluded: Annotated[bool, pa.bool_(), "the rules leave the path out of the ledger"]


@table(name="generated_line", key=("repository", "edit", "ordinal"))
@dataclass(frozen=True)
class GeneratedLine:
    """A + line of an agent's edit, and the line of the ledger that carries it.

    Lines of no repository stand in the partition `outside`, those of repositories that have not
    been read in `unread`. Lines of edits that failed and were retried in the same turn have no
    row: they are no generation.
    """

    repository: RepositoryId
    edit: EditId
    ordinal: Annotated[int, pa.int32(), "position among the edit's + lines, from 0"]
    state: Annotated[
        str,
        pa.string(),
        "refused, failed, superseded (its own turn replaced it), present (at the last known state "
        "of the file) or removed (gone from it)",
    ]
    removed_at: Annotated[datetime | None, TIMESTAMP, "when it was seen gone; null = not"]
    removed_by: Annotated[
        str | None, pa.string(), "agent (a later edit) or other (between edits); null = not"
    ]
    removed_by_edit: Annotated[
        int | None, pa.uint64(), "the edit that took it out, or showed that it was gone"
    ]
    line: Annotated[int | None, pa.int32(), "the ledger's line that first carries it; null = none"]
    grade: Annotated[str | None, pa.string(), "matched or similar; null where no line carries it"]
    similarity: Annotated[
        float | None, pa.float64(), "of the committed text to the generated one, 1 = equal"
    ]
    uncommitted_in: Annotated[
        str | None, pa.string(), "working-tree or stash, where it was last seen there; else null"
    ]


@table(name="similar_line", key=("repository", "edit", "ordinal", "commit", "path", "line_number"))
@dataclass(frozen=True)
class SimilarLine:
    """How alike a generated line and a committed one are: scored while both texts were at hand."""

    repository: RepositoryId
    edit: EditId
    ordinal: Annotated[int, pa.int32(), "position among the edit's + lines, from 0"]
    commit: Annotated[str, pa.string(), "full commit id"]
    path: Annotated[str, pa.string(), "path at that commit"]
    line_number: Annotated[int, pa.int32(), "line number at that commit, from 1"]
    similarity: Annotated[float, pa.float64(), "of their tokens, 0 to 1"]


@table(name="head_movement", key=("repository", "worktree", "ordinal"), local=True)
@dataclass(frozen=True)
class HeadMovement:
    """What HEAD of a working tree pointed at from when on; kept when the reflog expires."""

    repository: RepositoryId
    worktree: Annotated[str, pa.string(), "absolute path of the working tree"]
    ordinal: Annotated[int, pa.int32(), "position in the log of that HEAD, counted over time"]
    happened_at: Annotated[datetime, TIMESTAMP, "when it moved"]
    previous: Annotated[str, pa.string(), "commit before"]
    commit: Annotated[str, pa.string(), "commit after"]
    action: Annotated[str, pa.string(), "what git says it did, up to the first colon"]
