"""One change of a forge, named by a person or a pipeline: read anew, and commented on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from landed.config import ConnectionSettings, Settings
from landed.delivery.addresses import addresses
from landed.delivery.connections import PUBLIC, Connection, known_connections, open_forge
from landed.delivery.writing import Told, write_pages
from landed.errors import ConfigurationError, ProjectGone, UsageError
from landed.records import FORGES, Project
from landed.sources.forges.contract import Forge, Page
from landed.store import Store

MARKER = "<!-- landed: who wrote this change -->"
"""By this a comment of ours is found again, so that it is changed instead of written twice."""

_NUMBER = re.compile(r"[#!]?(\d{1,18})")
_PATH = re.compile(r"/(?P<project>.+?)/(?:-/)?(?:pull|pulls|merge_requests)/(?P<number>\d{1,18})")
_PIPELINE = "pipeline"

OpenForge = Callable[[Connection, Settings], Forge]


@dataclass(frozen=True)
class ChangeName:
    """A change as it was named.

    Attributes:
        number: its number.
        addresses: where its project may be, such as github.com/acme/shop, lower case; none =
            untold.
    """

    number: int
    addresses: frozenset[str]

    def is_of(self, project: Project) -> bool:
        """Whether the project is the one that is meant."""
        told = addresses(project.address or "") | {f"{project.host}/{project.name}".lower()}
        return bool(self.addresses & told)


def name_change(text: str, remote: str | None) -> ChangeName:
    """Understand a number, or the web address of a pull or merge request.

    A number alone is one of the project that `remote`, a clone's origin, is.

    Raises:
        UsageError: it is neither.
    """
    number = _NUMBER.fullmatch(text)
    if number:
        return ChangeName(int(number[1]), frozenset(addresses(remote or "")))
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    path = _PATH.match(parts.path) if host else None
    if path is None:
        raise UsageError(
            f"{text} names no pull or merge request: give its number or its web address"
        )
    return ChangeName(int(path["number"]), frozenset({f"{host}/{path['project']}".lower()}))


def find_connection(
    connections: Sequence[Connection],
    wanted: str | None,
    change: ChangeName,
    environment: Mapping[str, str],
) -> Connection | None:
    """Return the connection through which the change is asked for; None where there is none.

    The one called `wanted`; else the first that names the change's project or its organisation;
    else the pipeline's own, by what GitHub Actions or GitLab CI tell in the environment.

    Raises:
        UsageError: none is called so.
    """
    if wanted is not None:
        for connection in connections:
            if connection.name == wanted:
                return connection
        known = ", ".join(connection.name for connection in connections)
        raise UsageError(
            f"there is no connection {wanted}: "
            + (f"known are {known}" if known else "make one with landed connect")
        )
    for connection in connections:
        if _covers(connection, change):
            return connection
    found = _of_pipeline(environment)
    return found if found is not None and _covers(found, change) else None


def read_change(
    settings: Settings,
    open_store: Callable[[], Store],
    connection: Connection,
    change: ChangeName,
    *,
    open_with: OpenForge = open_forge,
) -> Project:
    """Ask the forge for the change as it is now, write it into the store; return its project.

    Raises:
        ForgeError: the forge cannot be asked, or has no such project or change.
        ConfigurationError: there is no token.
    """
    with open_with(connection, settings) as forge:
        project = _project(forge, change)
        pages = list(forge.read_again(project, [change.number]))
    if not any(change.number in page.whole for page in pages):
        raise ProjectGone(f"{project.name} at {forge.host} has no change {change.number}")
    told = [Told(Page(records=[project]), forge.forge, forge.host)]
    told += [Told(page, forge.forge, forge.host, project.project) for page in pages]
    with open_store() as store:
        write_pages(store, told, datetime.now(UTC))
    return project


def post_comment(
    settings: Settings,
    connection: Connection,
    project: Project,
    number: int,
    body: str,
    *,
    open_with: OpenForge = open_forge,
) -> str:
    """Write `body` under a change, in the place of an earlier comment of ours; its web address.

    Raises:
        ForgeError: the forge does not take it.
    """
    if MARKER not in body:
        raise ConfigurationError("a comment without its marker would be written twice")
    with open_with(connection, settings) as forge:
        return forge.comment(project, number, MARKER, body)


def all_connections(store: Store, settings: Settings) -> list[Connection]:
    """The connections of the settings, then those that `landed connect` made."""
    return known_connections(store, settings)


def known_project(store: Store, repository: str, change: ChangeName) -> Project | None:
    """Return the project of the change as far as it was read; None where none is.

    Without an address it is the only project of a forge that the repository is.
    """
    every = [Project(**row) for row in store.read("project", FORGES).to_pylist()]
    projects = [project for project in every if project.forge != "named"]
    named = [project for project in projects if change.is_of(project)]
    if not named:
        named = [project for project in projects if project.belongs_to == repository]
    return named[0] if len(named) == 1 else None


def _project(forge: Forge, change: ChangeName) -> Project:
    for project in forge.projects():
        if change.is_of(project):
            return project
    wanted = " or ".join(sorted(change.addresses)) or "this repository"
    raise ProjectGone(f"{forge.host} tells of no project {wanted} through this connection")


def _covers(connection: Connection, change: ChangeName) -> bool:
    """Whether a connection reads the project of the change, as far as its names tell."""
    told = connection.settings
    exact = {f"{connection.host}/{name}".lower() for name in told.projects}
    within = tuple(f"{connection.host}/{name}/".lower() for name in told.organisations)
    return any(
        address in exact or (within and address.startswith(within)) for address in change.addresses
    )


def _of_pipeline(environment: Mapping[str, str]) -> Connection | None:
    """Return what GitHub Actions or GitLab CI tells its jobs of their project, with a token."""
    forge: Literal["github", "gitlab"]
    if environment.get("GITHUB_REPOSITORY"):
        forge, name = "github", environment["GITHUB_REPOSITORY"]
        url = environment.get("GITHUB_API_URL")
        token = "GITHUB_TOKEN"
    elif environment.get("CI_PROJECT_PATH"):
        forge, name = "gitlab", environment["CI_PROJECT_PATH"]
        url = environment.get("CI_SERVER_URL")
        # a job's own token may neither read merge requests nor write under them
        token = "GITLAB_TOKEN"
    else:
        return None
    if not environment.get(token):
        return None
    told = ConnectionSettings(
        forge=forge,
        url=None if url == PUBLIC[forge] else url,
        projects=(name,),
        token=f"environment:{token}",
    )
    return Connection(_PIPELINE, told, configured=False)
