"""Which projects a connection names now, and who is in the teams of its organisations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from landed.delivery.connections import Connection
from landed.delivery.states import State, connection_source
from landed.delivery.writing import Told
from landed.errors import ForgeError, ProjectGone
from landed.progress import Progress
from landed.records import Project
from landed.sources.forges.contract import Forge, Page

PROJECTS, TEAMS = "projects", "teams"


@dataclass
class Listing:
    """The projects of a connection, and what is to be written of them.

    Attributes:
        projects: those that are there, as far as is known.
        pages: projects, accounts and teams to write.
        states: of the connection, by source.
        errors: what could not be asked.
    """

    projects: list[Project] = field(default_factory=list)
    pages: list[Told] = field(default_factory=list)
    states: dict[str, Any] = field(default_factory=dict)
    errors: list[ForgeError] = field(default_factory=list)


def list_projects(
    connection: Connection,
    forge: Forge,
    states: Mapping[str, State],
    stored: Mapping[str, Project],
    is_fresh: Callable[[State | None], bool],
    progress: Progress,
) -> Listing:
    """Ask for a connection's projects and teams, unless what is known of them is fresh.

    One project of several that is gone does not hide the others: those known before are kept.

    Raises:
        ForgeError: the forge cannot be asked for its projects at all.
    """
    listing = Listing()
    source = connection_source(connection.name, PROJECTS)
    told = connection.settings
    which = {
        "address": connection.address,
        "organisations": list(told.organisations),
        "projects": list(told.projects),
    }
    known = states.get(source)
    before = known.value if known is not None and isinstance(known.value, dict) else {}
    keys = [key for key in before.get("keys", ()) if key in stored]
    there = [stored[key] for key in keys if stored[key].state == "present"]
    if before.get("which") == which and is_fresh(known):
        listing.projects = there
        return listing
    progress(f"asking {forge.host} for its projects")
    found: dict[str, Project] = {}
    complete = True
    try:
        for project in forge.projects():
            found[project.project] = project
    except ProjectGone as error:
        complete = False
        listing.errors.append(error)
    page = Page(records=[*found.values()])
    listing.pages.append(Told(page, forge.forge, forge.host))
    if before.get("which") == which:
        # those that are not listed any more are asked for, to learn whether they are gone
        found |= {project.project: project for project in there if project.project not in found}
    listing.projects = [project for project in found.values() if project.state == "present"]
    if complete:
        listing.states[source] = {"which": which, "keys": list(found)}
    _list_teams(connection, forge, listing, progress)
    return listing


def _list_teams(connection: Connection, forge: Forge, listing: Listing, progress: Progress) -> None:
    progress(f"asking {forge.host} for its teams")
    try:
        for page in forge.teams():
            listing.pages.append(Told(page, forge.forge, forge.host))
    except ForgeError as error:
        listing.errors.append(error)
    else:
        listing.states[connection_source(connection.name, TEAMS)] = {}
