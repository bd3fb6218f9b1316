"""Bringing everything known of a repository up to date.

Agents' logs and forges first (they concern all repositories), then the ledger of the clone and its
mirror, who wrote what, by which changes it landed and what was deployed, where sessions belong,
what calls cost, and which lines of the ledger agents' edits became.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from landed.attribution.generated.elsewhere import place_elsewhere
from landed.attribution.generated.update import match_generated
from landed.attribution.lineage import link
from landed.attribution.sessions.features import assign_features
from landed.attribution.sessions.ingest import read_sessions
from landed.attribution.sessions.movements import note_movements
from landed.attribution.sessions.places import place_sessions
from landed.attribution.sessions.spool import prune
from landed.attribution.update import attribute
from landed.config import Settings, organisation_key, prepare_directory
from landed.delivery.code_owners import note_code_owners
from landed.delivery.connections import known_connections
from landed.delivery.evidence import note_change_evidence
from landed.delivery.identities import match_logins
from landed.delivery.landings import note_landings
from landed.delivery.mirrors import mirror_of, update_mirrors
from landed.delivery.projects import place_projects
from landed.delivery.reading import read_forges, stored_projects
from landed.delivery.trees import note_deployed
from landed.delivery.troubles import Trouble
from landed.journey import note_branches
from landed.ledger.exclusion import attribute_rows, exclusions
from landed.ledger.planning import LedgerRequest
from landed.ledger.update import LedgerUpdate, update_ledger
from landed.pricing.update import price_calls
from landed.progress import Progress, quiet
from landed.sources.git.location import locate
from landed.sources.git.mirror import CHANGE_REFS
from landed.sources.git.scratch import Scratch
from landed.store import Store

Ask = Literal["always", "stale", "never"]
"""Whether forges are asked: each time, once what is known of them is older than the setting
`forges.refresh_minutes`, or not at all."""


@dataclass(frozen=True)
class SyncResult:
    """What a run found: the repository, a name to show, and what the ledger's update did.

    `troubles` say what could not be read of forges, and what to do.
    """

    repository: str
    name: str
    ledger: LedgerUpdate
    troubles: list[Trouble] = field(default_factory=list)


def sync(
    path: Path,
    settings: Settings,
    *,
    ref: str | None = None,
    ask: Ask = "stale",
    progress: Progress = quiet,
) -> SyncResult:
    """Read what is new in the repository that `path` lies in, in agents' logs, and of its forge.

    `ref` names the branch that counts as the main line; None lets the repository tell.

    Raises:
        RepositoryError: there is no repository, or nothing in it to read.
        StoreError: the store cannot be opened.
        GitError: git failed for a reason that is not a damaged object.
    """
    prepare_directory(settings.workspace)
    rules = exclusions(settings.ledger.exclude, settings.ledger.include)

    def open_store() -> Store:
        return Store.for_settings(settings, on_wait=progress)

    def count(done: int, total: int) -> None:
        progress("reading commits", done, total)

    location = locate(path)
    read_sessions(settings, open_store, folders=[location.top], progress=progress)
    troubles: list[Trouble] = []
    mirror = None
    if (remotes := location.remotes) and _connected(settings, open_store):
        if ask != "never":
            troubles = _ask_forges(settings, ask, remotes, progress)
        with open_store() as store:
            mirror = _mirror(store, settings, remotes)
    request = LedgerRequest(
        settings.workspace,
        organisation_key(settings),
        rules,
        ref,
        (*settings.refs, *(CHANGE_REFS if mirror is not None else ())),
        settings.ledger.unreachable,
    )
    with Scratch.open(path, settings.workspace, attribute_rows(rules), mirror) as scratch:
        progress("looking for new commits")
        ledger = update_ledger(scratch, request, open_store, progress=count)
        with open_store() as store:
            _follow(store, scratch, settings, ledger, progress)
        name = scratch.location.name
    return SyncResult(ledger.repository, name, ledger, troubles)


def _follow(
    store: Store, scratch: Scratch, settings: Settings, ledger: LedgerUpdate, progress: Progress
) -> None:
    """Bring up to date what rests on a ledger: who wrote what, how it landed, what became of it."""
    repository = ledger.repository
    progress("reading who wrote what")
    attribute(store, repository, scratch, settings, rebuilt=ledger.mode in ("full", "rebuilt"))
    progress("following lines that were moved or laid out anew")
    link(store, repository)
    note_branches(store, repository, scratch, settings.refs)
    note_movements(store, repository, scratch)
    place_sessions(store, settings)
    progress("following changes and deployments")
    place_projects(store)
    match_logins(store, settings)
    note_code_owners(store, repository, scratch)
    note_landings(store, repository)
    note_change_evidence(store, repository, settings)
    note_deployed(store, repository, scratch, settings, progress=progress)
    progress("finding the lines that agents generated")
    price_calls(store, settings)
    match_generated(store, repository, scratch, settings)
    place_elsewhere(store)
    assign_features(store, settings)
    prune(store, settings)


def _mirror(store: Store, settings: Settings, remotes: Sequence[str]) -> Path | None:
    """The mirror of what a clone is of: its origin, else another remote, as a fork has it."""
    found = (mirror_of(store, settings, remote=remote) for remote in remotes)
    return next((mirror for mirror in found if mirror is not None), None)


def _connected(settings: Settings, open_store: Callable[[], Store]) -> bool:
    """Whether any forge is to be read."""
    with open_store() as store:
        return bool(known_connections(store, settings))


def _ask_forges(
    settings: Settings, ask: Ask, remotes: Sequence[str] | None, progress: Progress
) -> list[Trouble]:
    """Read what is new of the projects that are these remotes (None = all), and mirror them.

    Whatever hinders that is told, and hinders nothing else.
    """

    def open_store() -> Store:
        return Store.for_settings(settings, on_wait=progress)

    fresh_after = timedelta(minutes=settings.forges.refresh_minutes) if ask == "stale" else None
    read = read_forges(
        settings, open_store, remotes=remotes, fresh_after=fresh_after, progress=progress
    )
    with open_store() as store:
        place_projects(store)
        known = None if remotes is not None else list(stored_projects(store))
    mirrored = update_mirrors(
        settings,
        open_store,
        projects=known,
        remotes=remotes,
        fresh_after=fresh_after,
        progress=progress,
    )
    return [*read.troubles, *mirrored.troubles]


def connected_places(
    settings: Settings, *, ask: Ask = "always", progress: Progress = quiet
) -> tuple[list[Path], list[Trouble]]:
    """Where every project of the connections can be read, once forges and mirrors are up to date.

    A project is read from a clone on this machine that was read before, else from its mirror; one
    with neither is left out, and a mirror that could not be fetched is among the troubles.

    Raises:
        StoreError: the store cannot be opened.
    """

    def open_store() -> Store:
        return Store.for_settings(settings, on_wait=progress)

    prepare_directory(settings.workspace)
    troubles = []
    if ask != "never":
        troubles = _ask_forges(settings, ask, None, progress)
    places = []
    with open_store() as store:
        clones = _clones(store)
        for project in stored_projects(store).values():
            if project.forge == "named" or project.state != "present":
                continue
            here = clones.get(project.belongs_to or "") or mirror_of(
                store, settings, remote=project.address
            )
            if here is not None:
                places.append(here)
    return places, troubles


def _clones(store: Store) -> dict[str, Path]:
    """A clone of each repository that is still where it was read."""
    rows = store.query("select repository, path from location order by path desc").to_pylist()
    return {row["repository"]: Path(row["path"]) for row in rows if Path(row["path"]).is_dir()}


def read_logs(settings: Settings, *, progress: Progress = quiet) -> None:
    """Read what is new in agents' logs, find where it belongs, and price it; no repository is read.

    Lines are followed only in repositories that were read before.

    Raises:
        StoreError: the store cannot be opened.
    """

    def open_store() -> Store:
        return Store.for_settings(settings, on_wait=progress)

    prepare_directory(settings.workspace)
    read_sessions(settings, open_store, progress=progress)
    with open_store() as store:
        progress("pricing calls")
        place_sessions(store, settings)
        price_calls(store, settings)
        place_elsewhere(store)
        prune(store, settings)


def sync_all(
    paths: Sequence[Path],
    settings: Settings,
    *,
    ref: str | None = None,
    jobs: int | None = None,
    ask: Ask = "stale",
    progress: Progress = quiet,
) -> list[SyncResult]:
    """Read several repositories, up to `jobs` at a time, each in a process of its own.

    Raises:
        LandedError: of the first repository that cannot be read; the others are read all the same.
    """
    if not paths:
        return []
    if len(paths) == 1:
        return [sync(paths[0], settings, ref=ref, ask=ask, progress=progress)]
    # here once, so that the processes find nothing new in the logs and ask no forge
    prepare_directory(settings.workspace)
    troubles = _ask_all(paths, settings, ask, progress)
    read_sessions(
        settings,
        lambda: Store.for_settings(settings, on_wait=progress),
        folders=[locate(path).top for path in paths],
    )
    workers = min(len(paths), jobs or os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting = {pool.submit(sync, path, settings, ref=ref, ask="never"): path for path in paths}
        for done, future in enumerate(as_completed(waiting), start=1):
            progress(f"reading repositories, {waiting[future]} is done", done, len(paths))
    results = [future.result() for future in waiting]
    results[0].troubles.extend(troubles)
    return results


def _ask_all(
    paths: Sequence[Path], settings: Settings, ask: Ask, progress: Progress
) -> list[Trouble]:
    """Ask the forges for the projects of all these repositories, once."""
    remotes = list(dict.fromkeys(remote for path in paths for remote in locate(path).remotes))
    if ask == "never" or not remotes:
        return []
    if not _connected(settings, lambda: Store.for_settings(settings)):
        return []
    return _ask_forges(settings, ask, remotes, progress)
