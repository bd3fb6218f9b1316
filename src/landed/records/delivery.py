"""Deployments and incidents, and how they and changes touch a repository's history.

What forges, pipelines and trackers tell stands in the partition `forges`; what follows from it for
the commits and lines of a repository stands with that repository.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import pyarrow as pa

from landed.records.forges import Login, Number, Partition, ProjectKey
from landed.records.history import RepositoryId
from landed.records.lines import LineId
from landed.records.schema import TIMESTAMP, table

DeploymentId = Annotated[str, pa.string(), "deployment: its source and that source's own id"]
IncidentId = Annotated[str, pa.string(), "incident: its source and that source's own id"]
CommitId = Annotated[str, pa.string(), "full commit id"]


@table(name="deployment", key=("repository", "project", "deployment"))
@dataclass(frozen=True)
class Deployment:
    """One attempt to put a commit into an environment."""

    repository: Partition
    project: ProjectKey
    deployment: DeploymentId
    environment: Annotated[str, pa.string(), "environment as the source names it"]
    production: Annotated[
        bool | None, pa.bool_(), "the source marks the environment as production; null = untold"
    ]
    service: Annotated[str | None, pa.string(), "service that was deployed; null = untold"]
    commit: CommitId
    ref: Annotated[str | None, pa.string(), "branch or tag; null = untold"]
    state: Annotated[str, pa.string(), "success, failure, pending or cancelled"]
    created_at: Annotated[datetime, TIMESTAMP, "when it was begun"]
    finished_at: Annotated[
        datetime | None, TIMESTAMP, "when it first succeeded, else failed; null = neither yet"
    ]
    updated_at: Annotated[datetime, TIMESTAMP, "when this was so"]
    creator: Login
    source: Annotated[str, pa.string(), "github, gitlab, file or command"]


@table(name="deployment_change", key=("repository", "project", "deployment", "number"))
@dataclass(frozen=True)
class DeploymentChange:
    """A change that the forge itself says was in a deployment."""

    repository: Partition
    project: ProjectKey
    deployment: DeploymentId
    number: Number


@table(name="incident", key=("repository", "project", "incident"))
@dataclass(frozen=True)
class Incident:
    """Something went wrong for customers (incident), or a defect was reported (bug)."""

    repository: Partition
    project: ProjectKey
    incident: IncidentId
    number: Annotated[int | None, pa.int64(), "number of the issue at the forge; null = none"]
    kind: Annotated[str, pa.string(), "incident or bug; none = its labels say neither any more"]
    title: Annotated[str, pa.string(), "title"]
    severity: Annotated[str | None, pa.string(), "as the source names it; null = untold"]
    service: Annotated[str | None, pa.string(), "service concerned; null = untold"]
    environment: Annotated[str | None, pa.string(), "environment concerned; null = untold"]
    started_at: Annotated[datetime, TIMESTAMP, "when it began; else when it was reported"]
    resolved_at: Annotated[datetime | None, TIMESTAMP, "when it was over; null = it is not"]
    updated_at: Annotated[datetime, TIMESTAMP, "when this was so"]
    source: Annotated[str, pa.string(), "github, gitlab or the name of the imported file"]


@table(name="incident_link", key=("repository", "project", "incident", "kind", "target"))
@dataclass(frozen=True)
class IncidentLink:
    """What an incident, or a change about it, says of its cause or its repair."""

    repository: Partition
    project: ProjectKey
    incident: IncidentId
    kind: Annotated[
        str,
        pa.string(),
        "caused-by-commit, caused-by-change, caused-by-deployment, fixed-by-commit or "
        "fixed-by-change",
    ]
    target: Annotated[str, pa.string(), "commit id (or a beginning of it), number, or deployment"]
    rule: Annotated[str, pa.string(), "field (of the tracker), root-cause, mention or closes"]


@table(name="change_landing", key=("repository", "project", "number", "commit"))
@dataclass(frozen=True)
class ChangeLanding:
    """A commit of the main line by which a change landed."""

    repository: RepositoryId
    project: ProjectKey
    number: Number
    commit: CommitId
    commit_index: Annotated[int, pa.int32(), "position of the commit in this ledger"]
    step: Annotated[int, pa.int32(), "mainline_index of the commit"]
    rule: Annotated[
        str, pa.string(), "merge, squash, rebase, fast-forward, or subject (git alone tells)"
    ]
    merged_at: Annotated[datetime, TIMESTAMP, "the forge's merge time, else the commit's landing"]


@table(name="deployed_commit", key=("repository", "commit"))
@dataclass(frozen=True)
class DeployedCommit:
    """A commit that was deployed, and how its tree is known."""

    repository: RepositoryId
    commit: CommitId
    commit_index: Annotated[int | None, pa.int32(), "position in this ledger; null = not read"]
    base_index: Annotated[
        int | None,
        pa.int32(),
        "mainline_index of the newest main-line commit on its first-parent chain; null = none",
    ]
    on_mainline: Annotated[bool, pa.bool_(), "the commit itself is on the main line"]
    known: Annotated[
        bool, pa.bool_(), "its lines are known: on the main line, or told by deployed_line"
    ]


@table(name="deployed_line", key=("repository", "commit", "line"))
@dataclass(frozen=True)
class DeployedLine:
    """Where a deployed commit beside the main line differs from the main line at its base."""

    repository: RepositoryId
    commit: CommitId
    line: LineId
    present: Annotated[bool, pa.bool_(), "true: in the commit only; false: at the base only"]
