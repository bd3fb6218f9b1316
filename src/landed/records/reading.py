"""What was read, when, and what went wrong: facts about this machine and its sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import pyarrow as pa

from landed.records.history import RepositoryId
from landed.records.schema import TIMESTAMP, table
from landed.records.sessions import Partition


@table(name="location", key=("repository", "path"), local=True)
@dataclass(frozen=True)
class Location:
    """Where a repository lies on this machine."""

    repository: RepositoryId
    path: Annotated[str, pa.string(), "absolute path of the git directory"]
    name: Annotated[str, pa.string(), "name to show"]
    remote: Annotated[str | None, pa.string(), "normalised origin address, without credentials"]


@table(name="source_state", key=("repository", "source"), local=True)
@dataclass(frozen=True)
class SourceState:
    """How far a source was read, so that the next run reads only what is new."""

    repository: RepositoryId
    source: Annotated[str, pa.string(), "git, signals, git-ai, agent-trace, lineage"]
    state: Annotated[str, pa.string(), "JSON, owned by that source's reader"]
    read_at: Annotated[datetime, TIMESTAMP, "when it was last read"]


@table(name="run", key=("run",), local=True)
@dataclass(frozen=True)
class Run:
    """One run over one repository: what it read and how long it took."""

    run: Annotated[str, pa.string(), "random id"]
    repository: RepositoryId
    started_at: Annotated[datetime, TIMESTAMP, "start"]
    finished_at: Annotated[datetime, TIMESTAMP, "end"]
    commits: Annotated[int, pa.int32(), "commits read in this run"]
    lines: Annotated[int, pa.int64(), "line births written in this run"]
    mode: Annotated[str, pa.string(), "full, incremental, rebuilt or unchanged"]
    detail: Annotated[str, pa.string(), "JSON: counts by kind"]


@table(name="job_run", key=("run",), local=True)
@dataclass(frozen=True)
class JobRun:
    """One run of a job of the server's scheduler."""

    repository: Partition
    run: Annotated[str, pa.string(), "random id"]
    job: Annotated[str, pa.string(), "sync, logs, rollup, retention or deliveries"]
    subject: Annotated[str | None, pa.string(), "what of the job it concerns; null = the whole"]
    started_at: Annotated[datetime, TIMESTAMP, "start"]
    finished_at: Annotated[datetime | None, TIMESTAMP, "end; null = under way, or cut off"]
    started_by: Annotated[str, pa.string(), "schedule, or the account that asked for it"]
    outcome: Annotated[str, pa.string(), "running, ok, failed, skipped or interrupted"]
    message: Annotated[str | None, pa.string(), "what happened and what to do; null = all is well"]
    counts: Annotated[str, pa.string(), "JSON: counts by kind"]


@table(name="problem", key=("repository", "source", "kind", "subject"))
@dataclass(frozen=True)
class Problem:
    """Something that could not be read or understood, counted instead of dropped."""

    repository: RepositoryId
    source: Annotated[str, pa.string(), "git, git-ai, agent-trace, signals"]
    kind: Annotated[str, pa.string(), "such as missing-object, shallow-boundary, broken-ref"]
    subject: Annotated[str, pa.string(), "the path, commit, ref or note it concerns"]
    count: Annotated[int, pa.int64(), "how often"]
    detail: Annotated[str, pa.string(), "one sentence for people"]
