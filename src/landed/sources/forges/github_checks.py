"""Checks that were not over yet when their change was read.

Pull requests are read together with the checks of their tip and of their merge commit, but a check
that ends does not count as a change of its pull request. So this asks again for the commits whose
checks were pending, or that had none a moment after they came, until they are over. Where all were
over, it yields no record.

The state: `done`, the last change that was seen as the last finished pass began, and `pending`, the
commits to ask for again by GitHub's id of them, with the time when they were first met.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    moment,
    optional_text,
    within,
)
from landed.sources.forges.github_check_records import checks_of
from landed.sources.forges.github_fields import (
    next_cursor,
    nodes,
)
from landed.sources.forges.github_queries import CHECKS_OF, RECENT_CHECKS
from landed.sources.forges.github_reading import Place, count_errors, whole
from landed.sources.forges.keys import time_of
from landed.sources.forges.patience import answered_at

UNFINISHED = ("PENDING", "EXPECTED")
PATIENCE = timedelta(days=7)
"""Checks that hang longer are taken to hang for ever."""
START = timedelta(hours=1)
"""A commit without checks may still get some for so long after its change last changed."""
WHAT = "checks"
LOOKED_AT, ASKED = 50, 20
"""Changes looked at, and commits asked for, at a time."""


def read_checks(place: Place, state: dict[str, Any] | None) -> Iterator[Page]:
    """Yield what became of checks that were pending."""
    known = state or {}
    pending: dict[str, str] = dict(known.get("pending") or {})
    page = Page()
    newest = _gather(place, known.get("done"), pending, page)
    waiting = sorted(pending)
    for start in range(0, len(waiting), ASKED):
        some = waiting[start : start + ASKED]
        answer = place.client.graphql(f"{WHAT} of {place.name}", CHECKS_OF, {"ids": some})
        count_errors(answer, page)
        now = answered_at(answer.headers)
        told_of = whole(place.client.host, WHAT, answer.data, paged=False)
        told = {optional_text(node, "id"): node for node in nodes(told_of, page)}
        for name in some:
            commit = told.get(name, {})
            checks_of(place, commit, page)
            young = now - time_of(pending[name]) < PATIENCE
            if not (young and _may_change(commit, time_of(pending[name]), now)):
                del pending[name]
        page.state = {"done": known.get("done"), "pending": pending.copy()}
        yield page
        page = Page()
    page.state = {"done": newest or known.get("done"), "pending": pending}
    yield page


def _gather(place: Place, done: str | None, pending: dict[str, str], page: Page) -> str | None:
    """Add commits of changes since `done` whose checks are not over; return the last change."""
    cursor: str | None = None
    newest: str | None = None
    size = LOOKED_AT
    while True:
        repository, answer = place.repository(WHAT, RECENT_CHECKS, {"cursor": cursor}, size)
        size = answer.size
        count_errors(answer, page)
        now = answered_at(answer.headers)
        listed = whole(place.client.host, WHAT, repository.get("pullRequests"))
        for node in nodes(listed, page):
            try:
                updated = moment(node, "updatedAt")
            except Unreadable as fault:
                page.fault(fault.kind)
                continue
            newest = newest or str(node["updatedAt"])
            if now - updated > PATIENCE or (done and updated < time_of(done)):
                return newest
            for commit in _commits(node, page):
                name = optional_text(commit, "id")
                if name and _may_change(commit, updated, now):
                    pending.setdefault(name, str(node["updatedAt"]))
        cursor = next_cursor(listed)
        if cursor is None:
            return newest


def _commits(node: Node, page: Page) -> list[Node]:
    tips = [within(tip, "commit") for tip in nodes(within(node, "tip"), page)]
    return [*tips, within(node, "mergeCommit")]


def _may_change(commit: Node, met: datetime, now: datetime) -> bool:
    rollup = commit.get("statusCheckRollup")
    if isinstance(rollup, dict):
        return rollup.get("state") in UNFINISHED
    return bool(commit) and now - met < START
