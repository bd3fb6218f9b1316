"""Check runs and statuses of a commit, as GitHub's rollup of them tells."""

from __future__ import annotations

import re
from datetime import datetime

from landed.records import FORGES, CheckRun
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    MISSING_FIELD,
    UNKNOWN_STATE,
    Node,
    Unreadable,
    moment,
    optional_moment,
    optional_text,
    state,
    text,
    within,
)
from landed.sources.forges.github_naming import (
    CHECK_CONCLUSIONS,
    STATUS_STATES,
    check_run_id,
    status_id,
)
from landed.sources.forges.github_reading import Place, all_of

_NUMBERED = re.compile(r".*/(?:runs|job)/(\d+)(?:[?#].*)?", re.DOTALL)


def checks_of(place: Place, commit: Node, page: Page) -> None:
    """Put everything that was checked of `commit` on the page; nothing where nothing was."""
    rollup = commit.get("statusCheckRollup")
    if not isinstance(rollup, dict):
        return
    contexts = within(rollup, "contexts")
    for node in all_of(place.client, place.name, "contexts", rollup, contexts, page):
        try:
            page.records.append(_check(place.project.project, commit, node))
        except Unreadable as fault:
            page.fault(fault.kind)


def _check(project: str, commit: Node, node: Node) -> CheckRun:
    oid = text(commit, "oid")
    if node.get("__typename") == "StatusContext":
        context, at = text(node, "context"), moment(node, "createdAt")
        outcome = state(node, "state", STATUS_STATES)
        over = None if outcome == "pending" else at
        return CheckRun(
            FORGES,
            project,
            status_id(context, oid),
            oid,
            context,
            "status",
            outcome,
            None,
            over,
            at,
        )
    started, finished = optional_moment(node, "startedAt"), optional_moment(node, "completedAt")
    return CheckRun(
        FORGES,
        project,
        check_run_id(_number(node)),
        oid,
        text(node, "name"),
        "check",
        _outcome(node),
        started,
        finished,
        _as_of(commit, started, finished),
    )


def _outcome(node: Node) -> str:
    if text(node, "status").upper() != "COMPLETED":
        return "pending"
    if node.get("conclusion") is None:
        raise Unreadable(UNKNOWN_STATE)
    return state(node, "conclusion", CHECK_CONCLUSIONS)


def _as_of(commit: Node, started: datetime | None, finished: datetime | None) -> datetime:
    """When a check was so: GitHub does not say when it queued one."""
    return finished or started or moment(commit, "committedDate")


def _number(node: Node) -> int:
    """GitHub's own number of a check run, which may be too large for the field made for it."""
    number = node.get("databaseId")
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    found = _NUMBERED.fullmatch(optional_text(node, "permalink") or "")
    if found is None:
        raise Unreadable(MISSING_FIELD)
    return int(found[1])
