"""What a person should know of a connection to GitHub: rights that are missing, absent webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from landed.errors import ProjectGone, TokenRefused
from landed.records import Project
from landed.sources.forges.contract import Finding
from landed.sources.forges.github_client import GitHubClient
from landed.sources.forges.github_projects import named_project
from landed.sources.forges.github_queries import TEAMS

SCARCE = 0.1
"""Below this share of requests left it is said so."""
TELLING_EVENTS = {"pull_request", "*"}
READING_SCOPES = {"repo"}


def findings(
    client: GitHubClient,
    projects: Sequence[Project],
    organisations: Sequence[str],
    names: Sequence[str],
) -> list[Finding]:
    """Say what the token may not do, what is not there, and which of `projects` nobody tells of."""
    return [
        *_missing(client, projects, names),
        *_scopes(client, projects),
        *_teams(client, organisations),
        *_pipelines(client, projects),
        *_webhooks(client, projects, organisations),
        *_limits(client),
    ]


def _missing(
    client: GitHubClient, projects: Sequence[Project], names: Sequence[str]
) -> Iterator[Finding]:
    present = {project.name.lower() for project in projects if project.state == "present"}
    for name in names:
        if name.lower() not in present and named_project(client, name) is None:
            yield Finding(
                f"{client.host} shows no repository {name}",
                "look how the connection writes its name, or give the token access to it",
                serious=True,
            )


def _scopes(client: GitHubClient, projects: Sequence[Project]) -> Iterator[Finding]:
    """Classic tokens name their scopes on every answer; others have rights instead."""
    headers = client.rest("rate limits", "GET", "/rate_limit").headers
    told = headers.get("x-oauth-scopes")
    if told is None:
        return
    scopes = {scope.strip() for scope in told.split(",")}
    if not scopes & READING_SCOPES and any(project.private is not False for project in projects):
        yield Finding(
            "the token lacks the scope repo: of private repositories nothing can be read",
            "give it that scope, or take a fine-grained token with read access to pull requests, "
            "issues, checks, commit statuses, deployments and contents",
            serious=True,
        )


def _teams(client: GitHubClient, organisations: Sequence[str]) -> Iterator[Finding]:
    for login in organisations:
        try:
            answer = client.graphql(f"teams of {login}", TEAMS, {"login": login, "cursor": None}, 1)
        except TokenRefused:
            refused = True
        else:
            organisation = answer.data.get("organization")
            refused = isinstance(organisation, dict) and organisation.get("teams") is None
        if refused:
            yield Finding(
                f"the token may not see the teams of {login}: figures by team are missing",
                "give it the scope read:org, or the right to read the organisation's members",
                serious=False,
            )


def _pipelines(client: GitHubClient, projects: Sequence[Project]) -> Iterator[Finding]:
    """Rights may differ by noun: one project is tried for all."""
    project = next((project for project in projects if project.state == "present"), None)
    if project is None:
        return
    for noun, right in (("deployments", "deployments"), ("releases", "contents")):
        path = f"/repos/{project.name}/{noun}"
        try:
            client.rest(f"{noun} of {project.name}", "GET", path, params={"per_page": 1})
        except (TokenRefused, ProjectGone):
            yield Finding(
                f"the token may not see the {noun} of {project.name}",
                f"give it the right to read {right}",
                serious=True,
            )


def _webhooks(
    client: GitHubClient, projects: Sequence[Project], organisations: Sequence[str]
) -> Iterator[Finding]:
    covered = {
        login.lower()
        for login in organisations
        if _tells(_hooks(client, f"/orgs/{login}/hooks", f"webhooks of {login}"))
    }
    for project in projects:
        owner = project.name.partition("/")[0].lower()
        if project.state != "present" or project.archived or owner in covered:
            continue
        hooks = _hooks(client, f"/repos/{project.name}/hooks", f"webhooks of {project.name}")
        if hooks is None:
            yield Finding(
                f"the token may not see the webhooks of {project.name}",
                "nothing is lost, since it is read by asking; to know, give the token the right to "
                "read webhooks (scope read:repo_hook)",
                serious=False,
            )
            return
        if not _tells(hooks):
            yield Finding(
                f"{project.name} has no webhook that tells of pull requests",
                "nothing is lost, since it is read by asking; a webhook makes news arrive at once",
                serious=False,
            )


def _hooks(client: GitHubClient, path: str, what: str) -> list[Any] | None:
    """The webhooks there; null where the token may not see them."""
    try:
        told = client.rest(what, "GET", path, params={"per_page": 100}).data
    except (TokenRefused, ProjectGone):
        return None
    return told if isinstance(told, list) else []


def _tells(hooks: Iterable[Any] | None) -> bool:
    """Whether an active one of these tells of pull requests."""
    return any(
        isinstance(hook, dict)
        and hook.get("active") is True
        and bool(TELLING_EVENTS & set(hook.get("events") or []))
        for hook in hooks or ()
    )


def _limits(client: GitHubClient) -> Iterator[Finding]:
    for kind, (left, limit) in sorted(client.patience.remaining.items()):
        if limit and left / limit < SCARCE:
            yield Finding(
                f"{left:,} of {limit:,} requests of this hour are left ({kind})",
                "sync later, or use a GitHub App, whose limit is higher",
                serious=False,
            )
