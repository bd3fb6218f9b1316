"""Mirrors of the projects that connections name: kept up to date, and found for a repository.

A project is known by the forge's own number. Where it is renamed, its mirror moves to the place of
its new address, so that nothing is fetched twice and no two projects share one mirror.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from landed.config import Settings, prepare_directory
from landed.delivery.addresses import addresses, all_addresses
from landed.delivery.connections import Connection, known_connections
from landed.delivery.states import State, read_states, write_states
from landed.delivery.tokens import resolve
from landed.delivery.troubles import Trouble, kind_and_message, write_troubles
from landed.errors import ConfigurationError, LandedError, TokenRefused
from landed.progress import Progress, quiet
from landed.records import FORGES, Project
from landed.sources.forges.git_access import git_credentials
from landed.sources.git.addresses import checked_address
from landed.sources.git.fetching import Credentials
from landed.sources.git.mirror import MirrorFetched, fetch_mirror
from landed.sources.git.process import run_git
from landed.store import Store

SOURCE = "mirror"
"""The source of problems with mirrors, and how the sources of their states begin."""

_TRUST = {"configuration": 0, "remote": 1, "commits": 2}


@dataclass
class MirrorsUpdated:
    """What a run did: mirrors by the key of their project, how many were fresh, what failed."""

    fetched: dict[str, MirrorFetched] = field(default_factory=dict)
    fresh: int = 0
    troubles: list[Trouble] = field(default_factory=list)


def mirror_of(
    store: Store,
    settings: Settings,
    *,
    repository: str | None = None,
    remote: str | None = None,
    project: str | None = None,
) -> Path | None:
    """Where the mirror of a repository lies.

    It is asked for by the repository's id, by the address of a clone's remote, or by a project's
    key or full name. It is also the path by which a project without a clone on this machine is
    read. None where there is no mirror, or it holds no branch yet.
    """
    asked = _Asked(
        None if project is None else [project],
        repository,
        None if remote is None else addresses(remote),
    )
    states = read_states(store)
    found = [
        (_TRUST.get(known.how, len(_TRUST)), known.project, place)
        for known in _projects(store)
        if asked.is_about(known)
        and (place := _known_place(settings, states, known)) is not None
        and (place / "HEAD").is_file()
        and (place / "objects").is_dir()
        and run_git(["for-each-ref", "--count=1"], git_dir=place, accepted=(0, 128))
    ]
    return min(found)[2] if found else None


def update_mirrors(
    settings: Settings,
    open_store: Callable[[], Store],
    *,
    projects: Collection[str] | None = None,
    repository: str | None = None,
    remotes: Collection[str] | None = None,
    fresh_after: timedelta | None = None,
    progress: Progress = quiet,
) -> MirrorsUpdated:
    """Fetch mirrors of connections' projects; none that fails stops the others.

    Args:
        settings: `forges` and `connections` of these hold, beside what `landed connect` wrote.
        open_store: opens the store; it is not open while something is fetched.
        projects: these, by key or full name, with or without a clone.
        repository: those that are this repository.
        remotes: those that git fetches from one of these addresses, as clones' remotes name them.
        fresh_after: what was fetched less than this ago is not asked for; None = all is.
        progress: told what is being done.

    With none of `projects`, `repository` and `remotes`, all projects that some repository is.

    Raises:
        StoreError: the store cannot be opened or written.
    """
    result = MirrorsUpdated()
    if not settings.forges.mirrors:
        return result
    prepare_directory(settings.workspace)
    with open_store() as store:
        connections = known_connections(store, settings)
        states = read_states(store)
        known = _projects(store)
    asked = _Asked(projects, repository, None if remotes is None else all_addresses(remotes))
    works = []
    for project in known:
        connection = _connection_of(connections, project)
        if connection is None or not asked.is_about(project):
            continue
        state = states.get(_source_of(project))
        if state is not None and fresh_after and datetime.now(UTC) - state.read_at < fresh_after:
            result.fresh += 1
            continue
        works.append(_Work(project, connection, _known_place(settings, states, project)))
    if works:
        _fetch_all(settings, works, result, progress)
        _write(open_store, settings, result)
    return result


@dataclass(frozen=True)
class _Asked:
    projects: Collection[str] | None
    repository: str | None
    addresses: set[str] | None

    def is_about(self, project: Project) -> bool:
        if self.projects is None and self.repository is None and self.addresses is None:
            return project.belongs_to is not None
        names = {name.lower() for name in self.projects or ()}
        return (
            project.project.lower() in names
            or project.name.lower() in names
            or (self.repository is not None and project.belongs_to == self.repository)
            or bool((self.addresses or set()) & addresses(project.address or ""))
        )


@dataclass(frozen=True)
class _Work:
    """A project to fetch, through which connection, and where its mirror was so far."""

    project: Project
    connection: Connection
    former: Path | None


def _projects(store: Store) -> list[Project]:
    """The projects that are there and that git can fetch."""
    rows = store.read("project", FORGES).to_pylist()
    every = [Project(**row) for row in rows]
    return [one for one in every if one.state == "present" and one.address and one.forge != "named"]


def _source_of(project: Project) -> str:
    return f"{SOURCE}:{project.project}"


def _known_place(settings: Settings, states: dict[str, State], project: Project) -> Path | None:
    state = states.get(_source_of(project))
    value = state.value if state is not None else None
    directory = value.get("directory") if isinstance(value, dict) else None
    return settings.workspace / directory if isinstance(directory, str) else None


def _connection_of(connections: Sequence[Connection], project: Project) -> Connection | None:
    """The connection through which a project is known: the one that names it, else its owner."""
    same = [
        connection
        for connection in connections
        if connection.settings.forge == project.forge
        and connection.host.removeprefix("api.") == project.host
    ]
    name = project.name.lower()
    for connection in same:
        if name in {one.lower() for one in connection.settings.projects}:
            return connection
    for connection in same:
        if any(name.startswith(f"{one.lower()}/") for one in connection.settings.organisations):
            return connection
    return same[0] if same else None


def _fetch_all(
    settings: Settings, works: Sequence[_Work], result: MirrorsUpdated, progress: Progress
) -> None:
    access = _Access()
    _move_renamed(settings, works)

    def fetch(work: _Work) -> MirrorFetched | Exception:
        try:
            return _fetch(settings, work, access)
        except LandedError as error:
            return error
        except OSError as error:
            return LandedError(f"the mirror cannot be written ({error.strerror}): free some space")

    with ThreadPoolExecutor(settings.forges.concurrency) as pool:
        for done, (work, ended) in enumerate(zip(works, pool.map(fetch, works), strict=True)):
            progress("fetching mirrors", done, len(works))
            project = work.project
            if isinstance(ended, MirrorFetched):
                result.fetched[project.project] = ended
                continue
            kind, message = kind_and_message(ended)
            result.troubles.append(
                Trouble(SOURCE, work.connection.name, project.project, project.name, kind, message)
            )


class _Access:
    """With what each connection's projects are fetched, asked for once."""

    def __init__(self) -> None:
        self._known: dict[str, Credentials | LandedError] = {}

    def of(self, connection: Connection) -> Credentials:
        """Return a connection's credentials; raises what hinders it from having any."""
        name = connection.name
        if name not in self._known:
            told = connection.settings
            try:
                self._known[name] = git_credentials(told.forge, told.url, resolve(told.token))
            except LandedError as error:
                self._known[name] = error
        found = self._known[name]
        if isinstance(found, LandedError):
            raise found
        return found


def _fetch(settings: Settings, work: _Work, access: _Access) -> MirrorFetched:
    """Fetch one mirror; what is open to everybody needs no token that works."""
    project, connection = work.project, work.connection
    assert project.address is not None
    address = checked_address(project.address)
    place = address.mirror_in(settings.workspace)
    # a forge that names another host's address gets no token sent there
    own = urlsplit(address.url).hostname == project.host
    try:
        credentials = access.of(connection) if own else None
        return fetch_mirror(place, project.address, credentials=credentials)
    except (TokenRefused, ConfigurationError):
        if project.private is not False or not own:
            raise
    return fetch_mirror(place, project.address)


def _move_renamed(settings: Settings, works: Sequence[_Work]) -> None:
    """Move the mirrors of renamed projects; all are taken away first, for names may be swapped."""
    for left_over in (settings.workspace / "mirrors").glob("moving-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    moving = []
    for number, work in enumerate(works):
        if work.former is None or not work.former.is_dir():
            continue
        try:
            place = checked_address(work.project.address or "").mirror_in(settings.workspace)
        except LandedError:
            continue  # told when it is fetched
        if place != work.former:
            apart = settings.workspace / "mirrors" / f"moving-{number}"
            work.former.rename(apart)
            moving.append((apart, place))
    for apart, place in moving:
        if not place.exists():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            apart.rename(place)
        shutil.rmtree(apart, ignore_errors=True)


def _write(open_store: Callable[[], Store], settings: Settings, result: MirrorsUpdated) -> None:
    now = datetime.now(UTC)
    states: dict[str, Any] = {
        f"{SOURCE}:{key}": {
            "directory": made.directory.relative_to(settings.workspace).as_posix(),
            "head": made.head,
            "refs": made.refs,
        }
        for key, made in result.fetched.items()
    }
    with open_store() as store, store.transaction():
        write_states(store, states, now)
        write_troubles(store, result.troubles, [(SOURCE, key) for key in result.fetched])
