"""Reading what is new at the forges into the store, outside of the store's lock.

Each connection's projects are listed, then each is read noun by noun from where its last reading
stopped. Whatever was told is written in batches with the states from which to go on: whoever stops
this at any moment loses seconds, and doubles nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from landed.config import Settings, prepare_directory
from landed.delivery.addresses import addresses_of, all_addresses
from landed.delivery.connections import Connection, known_connections, open_forge
from landed.delivery.gathering import Ended, Gathering, Wanted
from landed.delivery.listing import Listing, list_projects
from landed.delivery.states import FINISHED, STALE, State, read_states, source_of, write_states
from landed.delivery.troubles import Trouble, kind_and_message, write_troubles
from landed.delivery.versions import Versions, parse_stale
from landed.delivery.writing import Told, write_pages
from landed.errors import LandedError, ProjectGone
from landed.progress import Progress, quiet
from landed.records import FORGES, Project
from landed.sources.forges.contract import NOUNS, Forge, ForgeRecord, Page
from landed.store import Store

OpenForge = Callable[[Connection, Settings], Forge]


@dataclass
class ForgesRead:
    """What a run read of forges.

    Attributes:
        connections: how many connections were asked.
        projects: keys of the projects that were read to their end.
        fresh: how many projects were known well enough.
        rows: how many rows were told, by table.
        troubles: what could not be read, and what to do.
    """

    connections: int = 0
    projects: list[str] = field(default_factory=list)
    fresh: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)


def read_forges(
    settings: Settings,
    open_store: Callable[[], Store],
    *,
    projects: Collection[str] | None = None,
    remotes: Collection[str] | None = None,
    fresh_after: timedelta | None = None,
    progress: Progress = quiet,
    open_with: OpenForge = open_forge,
) -> ForgesRead:
    """Read what is new of all connections' projects; none of them stops the others.

    Args:
        settings: `connections` and `forges` of these hold, beside what `landed connect` wrote.
        open_store: opens the store; it is only open while something is read from or written to it.
        projects: only these, by key or full name; None = all.
        remotes: only projects that git fetches from one of these addresses, as clones' remotes name
            them.
        fresh_after: what was read to its end less than this ago is not asked for; None = all is.
        progress: told what is being done.
        open_with: opens the forge of a connection.

    Raises:
        StoreError: the store cannot be opened or written.
    """
    prepare_directory(settings.workspace)
    with open_store() as store:
        connections = known_connections(store, settings)
        states = read_states(store) if connections else {}
        stored = stored_projects(store) if connections else {}
    asked = _Asked(projects, None if remotes is None else all_addresses(remotes), fresh_after)
    result = ForgesRead()
    if asked.addresses is not None and not asked.addresses:
        return result
    run = _Run(settings, open_store, asked, states, stored, progress, result)
    for connection in connections:
        run.read(connection, open_with)
    return result


def stored_projects(store: Store) -> dict[str, Project]:
    """Every known project by its key."""
    rows = store.read("project", FORGES).to_pylist()
    return {row["project"]: Project(**row) for row in rows}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of the forges a run is about."""

    projects: Collection[str] | None
    addresses: set[str] | None
    fresh_after: timedelta | None

    def is_about(self, project: Project) -> bool:
        """Whether the project is one of those asked for."""
        if self.addresses is not None and not self.addresses & addresses_of(project):
            return False
        if self.projects is None:
            return True
        names = {name.lower() for name in self.projects}
        return project.project in self.projects or project.name.lower() in names

    def is_fresh(self, state: State | None) -> bool:
        """Whether something was read so lately that it need not be asked for."""
        if self.fresh_after is None or state is None:
            return False
        return datetime.now(UTC) - state.read_at < self.fresh_after


class _Run:
    """One run over all connections."""

    def __init__(
        self,
        settings: Settings,
        open_store: Callable[[], Store],
        asked: _Asked,
        states: dict[str, State],
        stored: dict[str, Project],
        progress: Progress,
        result: ForgesRead,
    ) -> None:
        self._settings = settings
        self._open_store = open_store
        self._asked = asked
        self._states = states
        self._stored = stored
        self._progress = progress
        self._result = result
        self._seen: set[str] = set()

    def read(self, connection: Connection, open_with: OpenForge) -> None:
        """Read one connection."""
        self._result.connections += 1
        troubles: list[Trouble] = []
        over: list[tuple[str, str]] = []
        try:
            forge = open_with(connection, self._settings)
        except LandedError as error:
            troubles.append(_trouble(connection, None, error))
        else:
            with forge:
                self._read(connection, forge, troubles, over)
        if troubles or over:
            with self._open_store() as store, store.transaction():
                write_troubles(store, troubles, over)
        self._result.troubles += troubles

    def _read(
        self,
        connection: Connection,
        forge: Forge,
        troubles: list[Trouble],
        over: list[tuple[str, str]],
    ) -> None:
        try:
            listing = list_projects(
                connection, forge, self._states, self._stored, self._asked.is_fresh, self._progress
            )
        except Exception as error:
            # a reader may raise anything; the other connections are read all the same
            troubles.append(_trouble(connection, None, error))
            return
        if listing.pages or listing.states:
            now = datetime.now(UTC)
            with self._open_store() as store, store.transaction():
                self._result.rows += write_pages(store, listing.pages, now)
                write_states(store, listing.states, now)
        if listing.errors:
            troubles += [_trouble(connection, None, error) for error in listing.errors]
        else:
            over.append((connection.settings.forge, connection.name))
        self._gather(connection, forge, list(self._wanted(listing)), troubles, over)

    def _wanted(self, listing: Listing) -> Iterator[Wanted]:
        """The projects to read, those that were not read for the longest time first."""
        found = []
        for project in listing.projects:
            if project.project in self._seen or not self._asked.is_about(project):
                continue
            self._seen.add(project.project)
            finished = self._states.get(source_of(project.project, FINISHED))
            if self._asked.is_fresh(finished):
                self._result.fresh += 1
                continue
            found.append((finished.read_at if finished else None, project))
        found.sort(key=lambda one: (one[0] is not None, one[0] or datetime.min))
        for _, project in found:
            known = {noun: self._states.get(source_of(project.project, noun)) for noun in NOUNS}
            stale = self._states.get(source_of(project.project, STALE))
            yield Wanted(
                project,
                {noun: state.value for noun, state in known.items() if state is not None},
                parse_stale(stale.value) if stale else {},
            )

    def _gather(
        self,
        connection: Connection,
        forge: Forge,
        wanted: list[Wanted],
        troubles: list[Trouble],
        over: list[tuple[str, str]],
    ) -> None:
        done, total = 0, len(wanted)
        with Gathering(forge, wanted, self._settings.forges.concurrency) as gathering:
            self._tell(done, total)
            for batch in gathering.batches():
                self._write(batch)
                for ended in batch:
                    if isinstance(ended, Told):
                        continue
                    done += 1
                    project = ended.project
                    if ended.error is None:
                        over.append((connection.settings.forge, project.project))
                        self._result.projects.append(project.project)
                    else:
                        troubles.append(_trouble(connection, project, ended.error))
                self._tell(done, total)

    def _tell(self, done: int, total: int) -> None:
        changes = self._result.rows["change"]
        self._progress(f"reading forges, {changes:,} changes so far", done, total)

    def _write(self, batch: list[Told | Ended]) -> None:
        """Write what was told, and what is known of the projects that were read to their end."""
        pages = [told for told in batch if isinstance(told, Told)]
        ends = [told for told in batch if isinstance(told, Ended)]
        now = datetime.now(UTC)
        with self._open_store() as store, store.transaction():
            self._result.rows += write_pages(store, pages, now)
            mark_gone(
                store, [end.project for end in ends if isinstance(end.error, ProjectGone)], now
            )
            states: dict[str, Any] = {}
            for end in ends:
                if end.missing:
                    versions = Versions(store, end.project.project, ())
                    versions.forget(end.missing)
                    states |= versions.states()
                if end.error is None:
                    states[source_of(end.project.project, FINISHED)] = {}
            write_states(store, states, now)


def mark_gone(store: Store, projects: Collection[Project], now: datetime) -> None:
    """Keep that these projects are not there any more; what was read of them stays."""
    records: list[ForgeRecord] = [replace(one, state="gone", seen_at=now) for one in projects]
    if records:
        write_pages(store, [Told(Page(records=records), "", "")], now)


def _trouble(connection: Connection, project: Project | None, error: Exception) -> Trouble:
    kind, message = kind_and_message(error)
    return Trouble(
        connection.settings.forge,
        connection.name,
        None if project is None else project.project,
        connection.name if project is None else project.name,
        kind,
        message,
    )
