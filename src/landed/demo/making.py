"""Making the demo: histories, repositories, logs, settings, and all of it read in as usual."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as hour
from pathlib import Path

from landed.config import FILE_NAME, Settings, prepare_directory
from landed.delivery.writing import Told, write_pages
from landed.demo import forge
from landed.demo.company import HOST, PRODUCTS, Product
from landed.demo.extras import loose_sessions
from landed.demo.historian import Historian
from landed.demo.log_claude import write_claude
from landed.demo.log_codex import write_codex
from landed.demo.log_gemini import write_gemini
from landed.demo.production import Producing
from landed.demo.recipe import HOMES, REPOSITORIES, WORKSPACE, Recipe, clear
from landed.demo.repository import write_repository
from landed.demo.script import History, Session
from landed.demo.settings_file import write_settings
from landed.demo.spending import spent_by_month
from landed.progress import Progress, quiet
from landed.rollups import compute_rollups, write_rollups
from landed.store import Store
from landed.sync import sync_all

REQUESTS = 1100
"""Requests of all repositories together, at full size."""
_LOOSE = 420
"""Sessions that belong to no request, at full size."""
_WRITERS = {"claude-code": write_claude, "codex": write_codex, "gemini-cli": write_gemini}


@dataclass(frozen=True)
class DemoCompany:
    """A made-up company on this machine.

    Attributes:
        directory: everything of it lies below.
        workspace: where Landed keeps what it knows of it.
        config_path: its `landed.toml`, which names that workspace.
        repositories: its clones.
        reused: it was there already.
        seconds: what each phase of the making took, in order.
    """

    directory: Path
    workspace: Path
    config_path: Path
    repositories: list[Path]
    reused: bool
    seconds: dict[str, float]

    def settings(self) -> Settings:
        """The settings as a command reads them with its `landed.toml`."""
        return Settings.load(config=self.config_path, workspace=self.workspace)


def make_demo(
    directory: Path,
    seed: int = 1,
    today: date | None = None,
    progress: Progress = quiet,
    *,
    size: float = 1.0,
    products: Sequence[Product] | None = None,
    fresh: bool = False,
) -> DemoCompany:
    """Make the company below `directory`, or return the one that is there already.

    The same seed, day, size and products give the same histories, logs and records. Where `today`
    is not named, one that was made up to a week ago will do. `size` is the share of the full
    number of requests, `products` are the repositories to make (None = all). A making that was
    interrupted is begun anew; `fresh` begins anew in any case.

    Raises:
        UsageError: `directory` holds something else, or a server is serving it.
        GitError: git failed.
        StoreError: the store cannot be opened or written.
    """
    directory = directory.expanduser().absolute()
    wanted = Recipe(
        seed,
        today or datetime.now(UTC).date(),
        size,
        tuple(PRODUCTS if products is None else products),
    )
    if not fresh:
        there = wanted.stands_in(directory, exactly=today is not None)
        if there is not None:
            return _company(directory, there, {})
    clear(directory)
    wanted.mark(directory, complete=False)
    clock = _Clock(progress)
    _make(directory, wanted, clock, progress)
    wanted.mark(directory, complete=True)
    return _company(directory, wanted, clock.seconds)


def _company(directory: Path, recipe: Recipe, seconds: dict[str, float]) -> DemoCompany:
    return DemoCompany(
        directory,
        directory / WORKSPACE,
        directory / FILE_NAME,
        _clones(directory, recipe),
        not seconds,
        seconds,
    )


def _clones(directory: Path, recipe: Recipe) -> list[Path]:
    return [directory / REPOSITORIES / product.name for product in recipe.products]


def _make(directory: Path, recipe: Recipe, clock: _Clock, progress: Progress) -> None:
    """Make everything, one phase after the other."""
    seed, end = recipe.seed, datetime.combine(recipe.today, hour(0), UTC)
    clock.begin("making up what happened")
    histories = [_history(product, seed, end, recipe.size) for product in recipe.products]
    sessions = [session for history in histories for session in history.sessions]
    sessions += loose_sessions(seed, end, round(_LOOSE * recipe.size), recipe.products)
    clock.begin("writing repositories")
    paths = _clones(directory, recipe)
    for done, (history, path) in enumerate(zip(histories, paths, strict=True)):
        progress("writing repositories", done, len(paths))
        write_repository(history, path)
    clock.begin("writing agents' logs")
    for done, session in enumerate(sessions):
        if done % 50 == 0:
            progress("writing agents' logs", done, len(sessions))
        _write_log(session, directory / HOMES, seed)
    spent = spent_by_month(sessions, end, seed)
    write_settings(directory / FILE_NAME, directory, end, seed, spent)
    settings = Settings.load(config=directory / FILE_NAME, workspace=directory / WORKSPACE)
    clock.begin("writing what the forge tells")
    _tell_forge(settings, histories, seed, end)
    clock.begin("reading all of it")
    sync_all(paths, settings, ask="never", progress=progress)
    clock.begin("adding up")
    with Store.for_settings(settings) as store:
        write_rollups(store, compute_rollups(store, settings, progress=progress))
    clock.end()


class _Clock:
    """What each phase takes."""

    def __init__(self, progress: Progress) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._phase: str | None = None
        self._since = 0.0

    def begin(self, phase: str) -> None:
        self.end()
        self._progress(phase)
        self._phase, self._since = phase, time.monotonic()

    def end(self) -> None:
        if self._phase is not None:
            self.seconds[self._phase] = round(time.monotonic() - self._since, 2)


def _history(product: Product, seed: int, end: datetime, size: float) -> History:
    number = max(8, round(REQUESTS * product.weight * size))
    history = Historian(product, seed, end, number).tell()
    Producing(history, seed, end).produce()
    return history


def _write_log(session: Session, homes: Path, seed: int) -> None:
    login = session.person.login
    folder = (
        f"/home/{login}/src/{session.product.name}" if session.product else f"/home/{login}/notes"
    )
    _WRITERS[session.person.tool](session, homes / login, folder, seed)


def _tell_forge(settings: Settings, histories: list[History], seed: int, end: datetime) -> None:
    told = [Told(forge.people_page(), forge.FORGE, HOST)]
    for number, history in enumerate(histories, start=1):
        key = forge.key_of(number)
        told += [
            Told(page, forge.FORGE, HOST, key) for page in forge.pages(history, number, seed, end)
        ]
    prepare_directory(settings.workspace)
    with Store.for_settings(settings) as store:
        write_pages(store, told, end)
