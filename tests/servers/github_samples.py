"""Small things to fill a GitHub with, and a reader of what is served."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers.github_forge import GitHubServer
from tests.servers.github_model import (
    Check,
    Comment,
    Commit,
    Deployment,
    GitHub,
    PullRequest,
    Repository,
    Review,
)
from tests.servers.signals import no_signals

from landed.records import Project
from landed.sources.forges.credentials import Credentials, PersonalToken
from landed.sources.forges.github import GitHubForge, open_github
from landed.sources.forges.signals import MatchSignals

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHOP = 1_296_269


def oid(*parts: int) -> str:
    """A commit id made of numbers."""
    return "".join(f"{part:08x}" for part in parts).rjust(40, "a")


def change(number: int, **given: Any) -> PullRequest:
    """A merged pull request of two commits with a review, a comment and a check.

    It was opened `number` hours after `MORNING`, and last changed half an hour later.
    """
    opened = MORNING + number * HOUR
    merged = opened + HOUR / 2
    commits = [
        Commit(oid(number, place), "ana@acme.example", opened, author="Ana") for place in range(2)
    ]
    commits[-1].checks = [Check(40_000_000_000 + number, "test", "SUCCESS", opened, merged)]
    told: dict[str, Any] = {
        "title": f"Change {number}",
        "author": "Ana",
        "head_ref": f"feature/{number}",
        "created_at": opened,
        "updated_at": merged,
        "state": "MERGED",
        "merged_at": merged,
        "closed_at": merged,
        "merged_by": "ben",
        "merge_commit": Commit(oid(number, 99), "ana@acme.example", merged, author="Ana"),
        "additions": 10 * number,
        "deletions": number,
        "changed_files": 1,
        "commits": commits,
        "reviews": [
            Review(
                7_000_000_000 + number,
                "ben",
                "APPROVED",
                merged,
                commits[-1].oid,
                [Comment(8_000_000_000 + number, "ben", merged, "not to be kept")],
            )
        ],
        "comments": [Comment(9_000_000_000 + number, "Ana", merged, "not to be kept")],
    }
    return PullRequest(number=number, **(told | given))


def deployment(number: int, *states: str, **given: Any) -> Deployment:
    """A deployment begun `number` hours after `MORNING`, with a status each minute after."""
    begun = MORNING + number * HOUR
    statuses = [
        (state, begun + minute * timedelta(minutes=1)) for minute, state in enumerate(states, 1)
    ]
    told: dict[str, Any] = {
        "environment": "production",
        "commit": oid(number),
        "created_at": begun,
        "production": True,
        "statuses": statuses,
    }
    return Deployment(number=number, **(told | given))


def shop(*changes: PullRequest, **given: Any) -> GitHub:
    """A GitHub with the one repository acme/shop."""
    return GitHub([Repository(SHOP, "acme/shop", pull_requests=list(changes), **given)])


def reader(
    server: GitHubServer,
    *,
    url: str | None = None,
    credentials: Credentials | None = None,
    organisations: Sequence[str] = (),
    projects: Sequence[str] = ("acme/shop",),
    match_signals: MatchSignals = no_signals,
    pauses: list[float] | None = None,
    **given: Any,
) -> GitHubForge:
    """A reader of what is served; `pauses` takes down how long it would have waited."""
    return open_github(
        url or server.url,
        credentials or PersonalToken(server.token),
        organisations,
        projects,
        match_signals=match_signals,
        sleep=(pauses if pauses is not None else []).append,
        **(
            {
                "incident_labels": ("incident",),
                "bug_labels": ("bug", "kind/bug"),
                "bots": ("acme-robot",),
            }
            | given
        ),
    )


def only(forge: GitHubForge) -> Project:
    """The one project of a connection."""
    (project,) = forge.projects()
    return project
