"""What a person should know about a connection to a GitLab: scopes, roles, webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from landed.errors import TokenRefused
from landed.records import Project
from landed.sources.forges.contract import Finding
from landed.sources.forges.fields import (
    Node,
    optional_text,
    within,
)
from landed.sources.forges.gitlab_client import GitLabClient, NotAllowed, NotThere
from landed.sources.forges.gitlab_reading import number_of

REPORTER = 20
"""GitLab's number of the least role that may read everything."""
SOON = timedelta(days=14)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAMED = 5


def findings_of(client: GitLabClient, projects: Sequence[Project]) -> list[Finding]:
    """Say what the token may not do, and which of `projects` have no webhook."""
    return [
        *_of_the_address(client),
        *_of_the_token(client, any(project.private is not False for project in projects)),
        *_of_projects(client, projects),
    ]


def _of_the_address(client: GitLabClient) -> Iterator[Finding]:
    if client.address.startswith("http://") and client.host not in _LOOPBACK:
        yield Finding(
            f"The token travels to {client.host} in clear",
            f"Connect with https://{urlsplit(client.address).netloc}",
            serious=True,
        )


def _of_the_token(client: GitLabClient, private: bool) -> Iterator[Finding]:
    """Of the token; `private` tells whether some project's code is not open to everybody."""
    try:
        token = client.one("token", "/personal_access_tokens/self")
    except (NotThere, NotAllowed):
        return
    except TokenRefused as error:
        # Tokens of CI jobs may not ask about themselves; others are really refused.
        if not client.has_job_token:
            yield Finding(str(error), "Make a new token with the scope read_api", serious=True)
        return
    scopes = token.get("scopes")
    if isinstance(scopes, list):
        if not {"api", "read_api"} & set(map(str, scopes)):
            yield Finding(
                f"The token for {client.host} may not read the API",
                "Make one with the scope read_api (api, to post comments), and connect again",
                serious=True,
            )
        elif "api" not in scopes:
            yield Finding(
                f"The token for {client.host} may read and not write: no comments can be posted",
                "Nothing, unless you want landed comment: then make one with the scope api",
                serious=False,
            )
        if private and not {"api", "read_repository"} & set(map(str, scopes)):
            yield Finding(
                f"The token for {client.host} may not fetch the code of private projects, so they "
                "have no mirror",
                "Make one with the scopes read_api and read_repository, unless clones are enough",
                serious=False,
            )
    expires = _day(token)
    if expires and expires - datetime.now(UTC).date() < SOON:
        yield Finding(
            f"The token for {client.host} expires on {expires:%Y-%m-%d}",
            "Make a new one, and connect again",
            serious=False,
        )


def _day(token: Node) -> date | None:
    try:
        return date.fromisoformat(optional_text(token, "expires_at") or "")
    except ValueError:
        return None


def _of_projects(client: GitLabClient, projects: Sequence[Project]) -> Iterator[Finding]:
    gone, low, without, unseen = [], [], [], []
    for project in projects:
        path = f"/projects/{number_of(project)}"
        try:
            role = _role(client.one(f"project {project.name}", path))
        except (NotThere, NotAllowed):
            gone.append(project.name)
            continue
        if role is not None and role < REPORTER:
            low.append(project.name)
        try:
            if not client.page(f"webhooks of {project.name}", f"{path}/hooks", {}):
                without.append(project.name)
        except (NotThere, NotAllowed):
            unseen.append(project.name)
    if gone:
        yield Finding(
            f"{client.host} does not show {_names(gone)}",
            "Look whether they were deleted or moved, or give the token access",
            serious=True,
        )
    if low:
        yield Finding(
            f"The token's role in {_names(low)} is too low to see all reviews and deployments",
            "Give it the role Reporter or higher",
            serious=True,
        )
    if without:
        yield Finding(
            f"No webhook in {_names(without)}",
            "Nothing: what changes there is seen when it is asked for",
            serious=False,
        )
    if unseen:
        yield Finding(
            f"The token may not see whether there are webhooks in {_names(unseen)}",
            "Nothing, unless you want to know: that takes the role Maintainer",
            serious=False,
        )


def _role(project: Node) -> int | None:
    """The token's role; null where GitLab does not tell, such as to job tokens."""
    if not isinstance(project.get("permissions"), dict):
        return None
    levels = [
        within(project, "permissions", access).get("access_level")
        for access in ("project_access", "group_access")
    ]
    return max((level for level in levels if isinstance(level, int)), default=0)


def _names(projects: Sequence[str]) -> str:
    named = ", ".join(projects[:_NAMED])
    more = len(projects) - _NAMED
    return f"{named} and {more} more" if more > 0 else named
