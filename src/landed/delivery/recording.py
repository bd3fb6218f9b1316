"""What a command tells of one deployment or incident, completed by the clone and the store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from landed.delivery.imports import shown_name, stored_incident
from landed.errors import GitError, RepositoryError, UsageError
from landed.sources.deployments.files import FileDeployment, commit_of, state_of
from landed.sources.git.location import GitLocation, locate
from landed.sources.git.process import run_git
from landed.sources.incidents.files import FileIncident, incident_of
from landed.sources.row_files import BadRow, past_moment
from landed.store import Store


def told_deployment(
    path: Path,
    *,
    environment: str,
    commit: str,
    service: str | None,
    repository: str | None,
    state: str,
    ref: str | None,
    own_id: str | None,
    at: str | None,
    now: datetime,
) -> FileDeployment:
    """The deployment that a command tells of in the clone at `path`.

    Where there is no clone, `repository` and a commit id must be told. Without `own_id` each call
    tells of a deployment of its own.

    Raises:
        UsageError: something needed is not told, or is not what it should be.
    """
    location = _clone(path)
    where = shown_name(repository or "")
    if not where and location is not None:
        where = location.remote or location.name
    if not where:
        raise UsageError(
            f"{path} is in no git repository: name it with --repository, or call this in a clone"
        )
    if not environment.strip():
        raise UsageError("--environment is empty: write such as production")
    try:
        full = _resolved(location, commit) or commit_of(commit)
        happened = past_moment({"--at": at or ""}, "--at") or now
        what = state_of(state)
    except BadRow as fault:
        raise UsageError(str(fault)) from None
    over = what in ("success", "failure")
    said = "\0".join((where, environment, service or "", full, happened.isoformat()))
    return FileDeployment(
        id=own_id or hashlib.sha256(said.encode(errors="replace")).hexdigest()[:16],
        has_id=own_id is not None,
        repository=where,
        environment=environment.strip(),
        service=(service or "").strip() or None,
        commit=full,
        started_at=happened,
        finished_at=happened if over else None,
        state=what,
        ref=(ref or "").strip() or None,
        creator=None,
    )


def repository_of_incident(
    store: Store, path: Path, own_id: str, repository: str | None, tracker: str
) -> str | None:
    """The repository of an incident: as told, else as told before, else the clone at `path`.

    None where it was recorded before without one, and where there is no clone.
    """
    if repository is not None or stored_incident(store, own_id, None, tracker) is not None:
        return repository
    location = _clone(path)
    return None if location is None else location.remote or location.name


def told_incident(
    store: Store,
    own_id: str,
    repository: str | None,
    tracker: str,
    told: Mapping[str, str | None],
    now: datetime,
) -> FileIncident:
    """The incident that a command tells of; what it does not tell stays as it was told before.

    Raises:
        UsageError: something is not what it should be.
    """
    before = stored_incident(store, own_id, repository, tracker)
    row = {"id": own_id, "repository": repository or "", "started_at": now.isoformat()}
    if before is not None:
        row |= {
            "title": before.title,
            "kind": before.kind,
            "severity": before.severity or "",
            "service": before.service or "",
            "environment": before.environment or "",
            "started_at": before.started_at.isoformat(),
            "resolved_at": before.resolved_at.isoformat() if before.resolved_at else "",
        }
    row |= {name: value for name, value in told.items() if value}
    if row.get("resolved_at") == "now":
        row["resolved_at"] = now.isoformat()
    try:
        found = incident_of(row, repository)
    except BadRow as fault:
        raise UsageError(str(fault)) from None
    links = (*(before.links if before else ()), *found.links)
    return replace(found, links=tuple(dict.fromkeys(links)))


def _clone(path: Path) -> GitLocation | None:
    try:
        return locate(path)
    except RepositoryError:
        return None


def _resolved(location: GitLocation | None, commit: str) -> str | None:
    """The full id of what a clone calls `commit`; None where it does not know it."""
    if location is None:
        return None
    try:
        found = run_git(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}"],
            git_dir=location.git_dir,
        )
    except GitError:
        return None
    return found.decode().strip()
