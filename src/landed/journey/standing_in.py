"""What stands for deployments where none are known: final release tags, or the default branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from landed.config import Settings
from landed.journey.columns import microseconds, time_column
from landed.journey.deployed import (
    DEPLOYMENT_SCHEMA,
    FIRST,
    FORWARD,
    Deployments,
    read_deployments,
)
from landed.journey.history import History
from landed.journey.production import in_order, looks_final
from landed.journey.statements import statement
from landed.store import Store

RELEASES = "releases"
DEFAULT_BRANCH = "default branch"


def read_all_deployments(store: Store, settings: Settings, history: History) -> Deployments:
    """Read the production deployments of a repository, or what stands for them.

    Where none tells what is in production, and the configuration does not say that the default
    branch is, each final release tag is a deployment, in the order of the main line; else each
    step of the main line is one. The environment is then called `releases` or `default branch`.
    """
    deployments = read_deployments(store, settings, history)
    if deployments.tell:
        return deployments
    rows = _steps(history) if settings.production == "default-branch" else _tags(store, history)
    if not rows:
        return deployments
    return replace(deployments, rows=_table([*deployments.rows.to_pylist(), *rows]))


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    order = [(name, "ascending") for name in ("stream", "at")]
    return pa.Table.from_pylist(rows, DEPLOYMENT_SCHEMA).sort_by(order)


def _tags(store: Store, history: History) -> list[dict[str, Any]]:
    rows = store.query(statement("releases"), {"repository": history.repository}).to_pylist()
    made = [
        row
        for row in rows
        if looks_final(row["tag"]) and microseconds(row["released_at"]) <= history.until
    ]
    chosen = in_order(made, history.last_step)
    ids = _ids(history, [row["commit_index"] for row in chosen])
    told: list[dict[str, Any]] = []
    for row, name in zip(chosen, ids, strict=True):
        before = told[-1] if told else None
        told.append(
            _row(
                history,
                RELEASES,
                deployment=row["tag"],
                commit=name,
                commit_index=row["commit_index"],
                base_step=row["base_index"],
                on_mainline=row["on_mainline"],
                at=max(row["released_at"], before["at"]) if before else row["released_at"],
                created_at=row["released_at"],
                kind=FIRST if before is None else FORWARD,
                previous=before["deployment"] if before else None,
            )
        )
    return told


def _steps(history: History) -> list[dict[str, Any]]:
    taken = history.last_step + 1
    moments = time_column(history.step_at[:taken]).to_pylist()
    ids = _ids(history, history.step_commit[:taken].tolist())
    return [
        _row(
            history,
            DEFAULT_BRANCH,
            deployment=name,
            commit=name,
            commit_index=int(history.step_commit[step]),
            base_step=step,
            on_mainline=True,
            at=moment,
            created_at=moment,
            kind=FORWARD if step else FIRST,
            previous=ids[step - 1] if step else None,
        )
        for step, (name, moment) in enumerate(zip(ids, moments, strict=True))
    ]


def _ids(history: History, commits: Sequence[int]) -> list[str]:
    found: list[str] = history.ids.take(pa.array(commits, pa.int32())).to_pylist()
    return found


def _row(history: History, environment: str, **told: Any) -> dict[str, Any]:
    """A row of a deployment that is only inferred from git: it cannot have failed."""
    return {
        "project": history.repository,
        "environment": environment,
        "service": None,
        "stream": environment,
        "state": "success",
        "succeeded": True,
        "reach_step": told["base_step"],
        "known": True,
        **told,
    }
