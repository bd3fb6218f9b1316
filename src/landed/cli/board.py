"""What `landed report --pdf` and `--board` do: the report to the board as a file."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from landed.cli import context
from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.progress import Progress
    from landed.reports.board.board_pdf import Paper
    from landed.sync import Ask


def write_board_file(
    file: Path,
    option: str,
    paths: list[Path],
    settings: Settings,
    *,
    since: date | None,
    until: date | None,
    paper: str | None,
    ask: Ask,
) -> None:
    """Make the report of everything in the workspace, or of the repositories at `paths`.

    What is new in these is read first; without any path nothing is read, unless nothing ever was:
    then the repository here is. Its form is told by the ending of the file, or is PDF where
    `option` says so.
    """
    check_writable(file, option)
    from landed.reports.board import form_of, make_board, write_board
    from landed.reports.board.board_pdf import pdf, typesetter

    form = "pdf" if option == "--pdf" else form_of(file)
    chosen = _paper(paper, form)
    if form == "pdf":
        typesetter()
    with context.progress() as tell:
        repositories = _fresh(paths, settings, ask, tell)
        tell("making the report")
        with context.open_store(settings, read_only=True) as store:
            board = make_board(
                store, settings, since=since, until=until, repositories=repositories, alone=True
            )
        content = pdf(board, chosen) if form == "pdf" else write_board(board, form)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{option} {file}: {error.strerror or error}") from error
    if board.asked != (board.since, board.until):
        context.say(f"the report is of {board.since} to {board.until}: see why in it")
    typer.echo(f"{file}: {len(content) / 1e3:,.0f} kB")


def check_writable(file: Path, option: str) -> None:
    """Refuse before the work begins, not after it."""
    if file.is_dir():
        raise UsageError(f"{option} {file} is a directory: name a file in it")
    if not file.parent.is_dir():
        raise UsageError(f"{option} {file}: there is no directory {file.parent}")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise UsageError(f"{option} {file}: no permission to write there")


def _paper(paper: str | None, form: str) -> Paper:
    if paper is not None and form != "pdf":
        raise UsageError("--paper is for a PDF")
    if paper in (None, "a4"):
        return "a4"
    if paper == "letter":
        return "us-letter"
    raise UsageError(f"--paper {paper} is not known: a4 or letter")


def _fresh(paths: list[Path], settings: Settings, ask: Ask, tell: Progress) -> tuple[str, ...]:
    """Bring the roll-ups up to date; returns the ids of the repositories at `paths`."""
    from landed.rollups import update_rollups
    from landed.sync import sync_all

    results = sync_all(paths, settings, ask=ask, progress=tell) if paths else []
    try:
        update_rollups(settings, progress=tell)
    except UsageError:
        # nothing was ever read into the workspace
        sync_all([Path()], settings, ask=ask, progress=tell)
        update_rollups(settings, progress=tell)
    return tuple(dict.fromkeys(result.repository for result in results))
