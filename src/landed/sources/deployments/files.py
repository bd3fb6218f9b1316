"""Deployments of any pipeline from a file, as `sources/row_files.py` reads it.

| column | |
|---|---|
| `id` | the pipeline's own id; without one a row is known by what it says |
| `repository` | name such as acme/shop, or address of its remote; needed |
| `environment` | such as production; needed |
| `service` | which service of several |
| `commit` | full commit id, or at least 7 digits of it; needed |
| `started_at` | when it was begun |
| `finished_at` | when it succeeded or failed; needed unless it is pending |
| `state` | success (also where there is none), failure, pending or cancelled |
| `ref` | branch or tag |
| `creator` | who began it |

Times are ISO 8601, in UTC where they have no zone, or seconds since 1970. An abbreviated commit is
completed once the repository's history is read.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from landed.sources.row_files import (
    BadRow,
    FileRows,
    Row,
    needed_text,
    optional_text,
    past_moment,
    read_file,
)

COLUMNS = (
    "id",
    "repository",
    "environment",
    "service",
    "commit",
    "started_at",
    "finished_at",
    "state",
    "ref",
    "creator",
)
STATES = {
    "success": "success",
    "succeeded": "success",
    "successful": "success",
    "failure": "failure",
    "failed": "failure",
    "error": "failure",
    "pending": "pending",
    "running": "pending",
    "in_progress": "pending",
    "queued": "pending",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "aborted": "cancelled",
}
"""How pipelines call the states, and what they mean."""
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class FileDeployment:
    """One deployment as a file or a command tells it.

    Attributes:
        id: its own id; made of what it says where the file has none.
        has_id: the file has one.
        repository: name or remote.
    """

    id: str
    has_id: bool
    repository: str
    environment: str
    service: str | None
    commit: str
    started_at: datetime | None
    finished_at: datetime | None
    state: str
    ref: str | None
    creator: str | None


def read_deployments(path: Path, repository: str | None = None) -> FileRows[FileDeployment]:
    """Read a file of deployments; `repository` holds where a row names none.

    Raises:
        UsageError: the file cannot be read, or lacks a column that is needed.
    """
    needed = {"environment", "commit"} | (set() if repository else {"repository"})
    return read_file(path, lambda row: _deployment(row, repository), columns=COLUMNS, needed=needed)


def commit_of(text: str) -> str:
    """A commit id, or at least 7 digits of one, lower case; BadRow for anything else."""
    commit = text.strip().lower()
    if not _COMMIT.fullmatch(commit):
        raise BadRow(f"{text} is no commit id: write at least 7 of its digits")
    return commit


def state_of(text: str) -> str:
    """The state that a pipeline calls so; BadRow for none."""
    try:
        return STATES[text.lower().replace("-", "_").replace(" ", "_")]
    except KeyError:
        raise BadRow(f"{text} is no state: write success, failure, pending or cancelled") from None


def _deployment(row: Row, repository: str | None) -> FileDeployment:
    where = optional_text(row, "repository") or repository
    if where is None:
        raise BadRow("no repository")
    environment = needed_text(row, "environment")
    commit = commit_of(needed_text(row, "commit"))
    state = state_of(row.get("state") or "success")
    started, finished = past_moment(row, "started_at"), past_moment(row, "finished_at")
    if finished is None and (state in ("success", "failure") or started is None):
        raise BadRow("no finished_at")
    if started is not None and finished is not None and finished < started:
        raise BadRow("finished_at is before started_at")
    service = optional_text(row, "service")
    own = optional_text(row, "id")
    said = (where, environment, service or "", commit, str(finished or started))
    return FileDeployment(
        own or hashlib.sha256("\0".join(said).encode()).hexdigest()[:16],
        own is not None,
        where,
        environment,
        service,
        commit,
        started,
        finished,
        state,
        optional_text(row, "ref"),
        optional_text(row, "creator"),
    )
