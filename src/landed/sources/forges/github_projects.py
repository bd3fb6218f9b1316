"""The repositories of a connection: those of its organisations, and those it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from landed.errors import ProjectGone
from landed.records import FORGES, Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    number,
    optional_text,
    text,
    within,
)
from landed.sources.forges.github_client import GitHubClient
from landed.sources.forges.github_fields import (
    next_cursor,
    nodes,
)
from landed.sources.forges.github_naming import GITHUB
from landed.sources.forges.github_queries import NAMED, OWNED
from landed.sources.forges.github_reading import whole
from landed.sources.forges.keys import project_key
from landed.sources.forges.patience import answered_at


def owned_projects(client: GitHubClient, login: str) -> Iterator[Project]:
    """Yield the repositories of an organisation, or of a person, that the token may see.

    Raises ProjectGone where there is none of that name.
    """
    cursor: str | None = None
    size = 100
    while True:
        answer = client.graphql(
            f"repositories of {login}", OWNED, {"login": login, "cursor": cursor}, size
        )
        size = answer.size
        owner = answer.data.get("repositoryOwner")
        if not isinstance(owner, dict):
            raise ProjectGone(
                f"{client.host} has no organisation or user {login}, or does not let this token "
                "see it: look how the connection writes its name, or give the token access"
            )
        listed = whole(client.host, f"repositories of {login}", owner.get("repositories"))
        for node in nodes(listed, Page()):
            project = _project(client.host, node, answered_at(answer.headers))
            if project is not None:
                yield project
        cursor = next_cursor(listed)
        if cursor is None:
            return


def named_project(client: GitHubClient, name: str) -> Project | None:
    """The repository of this name, whatever it is called now; null where there is none."""
    owner, _, short = name.partition("/")
    variables: dict[str, Any] = {"owner": owner, "name": short}
    answer = client.graphql(f"repository {name}", NAMED, variables)
    node = answer.data.get("repository")
    if not isinstance(node, dict):
        return None
    return _project(client.host, node, answered_at(answer.headers))


def all_projects(
    client: GitHubClient, organisations: Sequence[str], names: Sequence[str]
) -> Iterator[Project]:
    """Yield each repository of the organisations, and each of these names, once."""
    seen: set[str] = set()
    for login in organisations:
        for project in owned_projects(client, login):
            if project.project not in seen:
                seen.add(project.project)
                yield project
    for name in names:
        named = named_project(client, name)
        if named is not None and named.project not in seen:
            seen.add(named.project)
            yield named


def _project(host: str, node: Node, seen_at: datetime) -> Project | None:
    try:
        private = node.get("isPrivate")
        return Project(
            repository=FORGES,
            project=project_key(GITHUB, host, number(node, "databaseId")),
            forge=GITHUB,
            host=host,
            name=text(node, "nameWithOwner"),
            default_branch=optional_text(within(node, "defaultBranchRef"), "name"),
            address=f"{text(node, 'url').removesuffix('.git')}.git",
            private=private if isinstance(private, bool) else None,
            archived=node.get("isArchived") is True,
            state="present",
            seen_at=seen_at,
            belongs_to=None,
            how="unmatched",
        )
    except Unreadable:
        return None
