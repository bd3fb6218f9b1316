"""Making the demo: histories, repositories, logs, settings, and all of it read in as usual."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as hour
from pathlib import Path
from typing import Any

import orjson

from landed.config import FILE_NAME, Settings, prepare_directory
from landed.delivery.writing import Told, write_pages
from landed.demo import forge
from landed.demo.company import HOST, NOTICE, PRODUCTS, Product
from landed.demo.extras import loose_sessions
from landed.demo.historian import Historian
from landed.demo.log_claude import write_claude
from landed.demo.log_codex import write_codex
from landed.demo.log_gemini import write_gemini
from landed.demo.production import Producing
from landed.demo.repository import write_repository
from landed.demo.script import History, Session
from landed.demo.settings_file import write_settings
from landed.demo.spending import spent_by_month
from landed.errors import UsageError
from landed.progress import Progress, quiet
from landed.rollups import compute_rollups, write_rollups
from landed.store import Store
from landed.sync import sync_all

REQUESTS = 1150
"""Requests of all repositories together, at full size."""
_LOOSE = 420
"""Sessions that belong to no request, at full size."""
_FORM = 1
"""Another number makes every demo anew."""
_MARK = "demo.json"
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
    fresh: bool = False,
) -> DemoCompany:
    """Make the company below `directory`, or return the one that is there already.

    The same seed, day and size give the same histories, logs and records. `size` is the share of
    the full number of requests. A making that was interrupted is begun anew.

    Raises:
        UsageError: `directory` holds something else.
        GitError: git failed.
        StoreError: the store cannot be opened or written.
    """
    today = today or datetime.now(UTC).date()
    directory = directory.expanduser().absolute()
    recipe = {"form": _FORM, "seed": seed, "today": today.isoformat(), "size": size}
    known = _known(directory)
    workspace, config = directory / "workspace", directory / FILE_NAME
    paths = [directory / "repositories" / product.name for product in PRODUCTS]
    if known is not None and not fresh and known == recipe | {"notice": NOTICE, "complete": True}:
        return DemoCompany(directory, workspace, config, paths, True, {})
    _clear(directory)
    _mark(directory, recipe, complete=False)
    clock = _Clock(progress)
    clock.begin("making up what happened")
    end = datetime.combine(today, hour(0), UTC)
    histories = [_history(product, seed, end, size) for product in PRODUCTS]
    sessions = [session for history in histories for session in history.sessions]
    sessions += loose_sessions(seed, end, round(_LOOSE * size))
    clock.begin("writing repositories")
    for done, (history, path) in enumerate(zip(histories, paths, strict=True)):
        progress("writing repositories", done, len(paths))
        write_repository(history, path)
    clock.begin("writing agents' logs")
    for done, session in enumerate(sessions):
        if done % 50 == 0:
            progress("writing agents' logs", done, len(sessions))
        _write_log(session, directory, seed)
    write_settings(config, directory, end, seed, spent_by_month(sessions, end, seed))
    settings = Settings.load(config=config, workspace=workspace)
    clock.begin("writing what the forge tells")
    _tell_forge(settings, histories, seed, end)
    clock.begin("reading all of it")
    sync_all(paths, settings, ask="never", progress=progress)
    clock.begin("adding up")
    with Store.for_settings(settings) as store:
        write_rollups(store, compute_rollups(store, settings, progress=progress))
    clock.end()
    _mark(directory, recipe, complete=True)
    return DemoCompany(directory, workspace, config, paths, False, clock.seconds)


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


def _write_log(session: Session, directory: Path, seed: int) -> None:
    login = session.person.login
    folder = (
        f"/home/{login}/src/{session.product.name}" if session.product else f"/home/{login}/notes"
    )
    _WRITERS[session.person.tool](session, directory / "homes" / login, folder, seed)


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


def _known(directory: Path) -> dict[str, Any] | None:
    """What the mark of a demo says; None where there is none that can be read."""
    try:
        found = orjson.loads((directory / _MARK).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None


def _mark(directory: Path, recipe: dict[str, Any], *, complete: bool) -> None:
    text = orjson.dumps(
        recipe | {"notice": NOTICE, "complete": complete}, option=orjson.OPT_INDENT_2
    )
    (directory / _MARK).write_bytes(text)


def _clear(directory: Path) -> None:
    """Empty the directory of an earlier demo; one with anything else is left alone."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        if _known(directory) is None:
            raise UsageError(
                f"{directory} holds something that is no demo: choose another with --directory DIR"
            )
        for name in ("workspace", "repositories", "homes"):
            shutil.rmtree(directory / name, ignore_errors=True)
    prepare_directory(directory)
