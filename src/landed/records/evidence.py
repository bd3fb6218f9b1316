"""Who wrote what, and how it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pyarrow as pa

from landed.records.history import CommitIndex, RepositoryId
from landed.records.lines import LineId
from landed.records.schema import table

Who = Annotated[str, pa.string(), "ai, mixed, human, automation or unknown"]
Agent = Annotated[str | None, pa.string(), "agent, such as claude-code; null where none"]
Model = Annotated[str | None, pa.string(), "model as the source names it; null where untold"]
Grade = Annotated[str, pa.string(), "recorded, matched, similar, declared, dated, inferred or none"]


@table(name="evidence", key=("repository", "evidence"))
@dataclass(frozen=True)
class Evidence:
    """One statement about who wrote a commit, or some lines of a file at a commit."""

    repository: RepositoryId
    evidence: Annotated[int, pa.int32(), "number of the statement in this repository"]
    commit_index: CommitIndex
    path_index: Annotated[int | None, pa.int32(), "path at that commit; null = the whole commit"]
    first_line: Annotated[int | None, pa.int32(), "first line covered, from 1; null = all"]
    last_line: Annotated[int | None, pa.int32(), "last line covered; null = all"]
    who: Who
    agent: Agent
    model: Model
    grade: Grade
    source: Annotated[
        str,
        pa.string(),
        "author, committer, trailer, subject, body, change (the pull or merge request), git-ai, "
        "agent-trace, session (an agent's log), capture, date or configuration",
    ]
    rule: Annotated[str, pa.string(), "the signal, note key or setting that said so"]
    session: Annotated[str | None, pa.string(), "agent session as the source names it"]


@table(name="commit_attribution", key=("repository", "commit_index"))
@dataclass(frozen=True)
class CommitAttribution:
    """What decides for a commit's lines that have no decision of their own."""

    repository: RepositoryId
    commit_index: CommitIndex
    who: Who
    agent: Agent
    model: Model
    grade: Grade
    evidence: Annotated[int | None, pa.int32(), "the statement that decided; null = none"]


@table(name="line_attribution", key=("repository", "line"))
@dataclass(frozen=True)
class LineAttribution:
    """The decision for one line where it differs from its commit's."""

    repository: RepositoryId
    line: LineId
    who: Who
    agent: Agent
    model: Model
    grade: Grade
    evidence: Annotated[int | None, pa.int32(), "the statement that decided; null = none"]
