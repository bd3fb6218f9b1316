"""Which forges are connected: what was read of each project, and what a token may not do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from landed.config import Settings
from landed.delivery.connections import Connection, known_connections, open_forge
from landed.delivery.reading import stored_projects
from landed.errors import LandedError
from landed.progress import Progress, quiet
from landed.records import FORGES, Project
from landed.sources.forges.contract import Finding
from landed.store import Store

LIVES_IN = {"environment": "the environment variable", "keyring": "the keyring as", "app": "app"}


@dataclass(frozen=True)
class ProjectConnection:
    """One project, and what was read of it.

    `repository` is the name of the repository that it is, null where no repository that was read
    is it. `problems` are sentences.
    """

    name: str
    state: str
    repository: str | None
    changes: int
    deployments: int
    incidents: int
    mirror: bool
    last_read_at: datetime | None
    problems: tuple[str, ...]


@dataclass(frozen=True)
class ForgeConnection:
    """One connection: its projects, where its token is, and what the forge says of that token.

    `findings` are null where the forge was not asked; `error` says why it did not answer.
    """

    connection: str
    forge: str
    address: str
    token: str
    configured: bool
    projects: tuple[ProjectConnection, ...]
    findings: tuple[Finding, ...] | None
    error: str | None

    @property
    def unmatched(self) -> list[ProjectConnection]:
        """Projects that no repository is."""
        return [one for one in self.projects if one.repository is None and one.state == "present"]


def find_forges(
    settings: Settings,
    open_store: Callable[[], Store],
    *,
    ask: bool = True,
    progress: Progress = quiet,
) -> list[ForgeConnection]:
    """Tell of every connection; with `ask` its forge is asked what its token may do.

    A forge that does not answer hinders nothing; its error is told.
    """
    with open_store() as store:
        connections = known_connections(store, settings)
        projects = list(stored_projects(store).values()) if connections else []
        told = store.query(_sql(), {"forges": FORGES}).to_pylist() if connections else []
    known = {row["project"]: row for row in told}
    found = []
    for connection in connections:
        own = [project for project in projects if _is_of(connection, project)]
        findings, error = None, None
        if ask:
            progress(f"asking {connection.name}")
            findings, error = _asked(connection, settings, own)
        found.append(
            ForgeConnection(
                connection.name,
                connection.settings.forge,
                connection.address,
                _token(connection.settings.token),
                connection.configured,
                tuple(_project(project, known[project.project]) for project in own),
                findings,
                error,
            )
        )
    return found


def _asked(
    connection: Connection, settings: Settings, projects: Sequence[Project]
) -> tuple[tuple[Finding, ...] | None, str | None]:
    present = [project for project in projects if project.state == "present"]
    try:
        with open_forge(connection, settings) as forge:
            return tuple(forge.findings(present)), None
    except LandedError as error:
        return None, str(error)


def _is_of(connection: Connection, project: Project) -> bool:
    """Whether a project is one that the connection names, by itself or by its organisation."""
    if (project.forge, project.host) != (connection.settings.forge, connection.host):
        return False
    name = project.name.lower()
    named = {one.lower() for one in connection.settings.projects}
    owners = [f"{one.lower()}/" for one in connection.settings.organisations]
    return name in named or any(name.startswith(owner) for owner in owners)


def _token(place: str) -> str:
    """Where a token is, in words; never the token."""
    kind, _, name = place.partition(":")
    return f"{LIVES_IN.get(kind, kind)} {name}"


def _project(project: Project, row: dict[str, Any]) -> ProjectConnection:
    return ProjectConnection(
        project.name,
        project.state,
        row["repository"],
        row["changes"],
        row["deployments"],
        row["incidents"],
        row["mirror"],
        row["last_read_at"],
        tuple(row["problems"] or ()),
    )


def _sql() -> str:
    return files("landed.reports").joinpath("forge_connections.sql").read_text("utf-8")
