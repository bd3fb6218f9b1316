"""Bringing everything known of a repository up to date.

Agents' logs first (they concern all repositories), then the ledger, where sessions belong, what
calls cost, who wrote what, and which lines of the ledger agents' edits became.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

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
from landed.journey import note_branches
from landed.ledger.exclusion import attribute_rows, exclusions
from landed.ledger.planning import LedgerRequest
from landed.ledger.update import LedgerUpdate, update_ledger
from landed.pricing.update import price_calls
from landed.progress import Progress, quiet
from landed.sources.git.location import locate
from landed.sources.git.scratch import Scratch
from landed.store import Store


@dataclass(frozen=True)
class SyncResult:
    """What a run found: the repository, a name to show, and what the ledger's update did."""

    repository: str
    name: str
    ledger: LedgerUpdate


def sync(
    path: Path,
    settings: Settings,
    *,
    ref: str | None = None,
    progress: Progress = quiet,
) -> SyncResult:
    """Read what is new in the repository that `path` lies in, and in agents' logs.

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

    read_sessions(settings, open_store, folders=[locate(path).top], progress=progress)
    request = LedgerRequest(
        settings.workspace,
        organisation_key(settings),
        rules,
        ref,
        settings.refs,
        settings.ledger.unreachable,
    )
    with Scratch.open(path, settings.workspace, attribute_rows(rules)) as scratch:
        progress("looking for new commits")
        ledger = update_ledger(scratch, request, open_store, progress=count)
        with open_store() as store:
            progress("reading who wrote what")
            attribute(
                store,
                ledger.repository,
                scratch,
                settings,
                rebuilt=ledger.mode in ("full", "rebuilt"),
            )
            progress("following lines that were moved or laid out anew")
            link(store, ledger.repository)
            note_branches(store, ledger.repository, scratch, settings.refs)
            note_movements(store, ledger.repository, scratch)
            progress("finding the lines that agents generated")
            place_sessions(store, settings)
            price_calls(store, settings)
            match_generated(store, ledger.repository, scratch, settings)
            place_elsewhere(store)
            assign_features(store, settings)
            prune(store, settings)
        name = scratch.location.name
    return SyncResult(ledger.repository, name, ledger)


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
    progress: Progress = quiet,
) -> list[SyncResult]:
    """Read several repositories, up to `jobs` at a time, each in a process of its own.

    Raises:
        LandedError: of the first repository that cannot be read; the others are read all the same.
    """
    if len(paths) == 1:
        return [sync(paths[0], settings, ref=ref, progress=progress)]
    # here once, so that the processes find nothing new in the logs
    prepare_directory(settings.workspace)
    read_sessions(
        settings,
        lambda: Store.for_settings(settings, on_wait=progress),
        folders=[locate(path).top for path in paths],
    )
    workers = min(len(paths), jobs or os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting = {pool.submit(sync, path, settings, ref=ref): path for path in paths}
        for done, future in enumerate(as_completed(waiting), start=1):
            progress(f"reading repositories, {waiting[future]} is done", done, len(paths))
    return [future.result() for future in waiting]
