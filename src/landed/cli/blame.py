"""`landed blame`: git blame with who wrote each line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.config import Settings

Repo = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="The repository; the one that FILE lies in by default."),
]
Revision = Annotated[
    str | None,
    typer.Option("--rev", metavar="REV", help="Branch, tag or commit; HEAD by default."),
]


def up_to_date(path: Path, settings: Settings) -> str:
    """Read what is new in the repository, telling who waits, and return its id."""
    from landed.sync import sync

    with context.progress() as tell:
        return sync(path, settings, ask="never", progress=tell).repository


def blame(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A file, from the current directory or from the repository's top."
        ),
    ],
    repo: Repo = None,
    revision: Revision = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Who wrote each line of a file, by which commit, on what evidence."""
    from landed.reports.blame import attributed_lines, blame_document
    from landed.reports.blame_terminal import print_blame
    from landed.reports.place import find_place, find_repository, open_scratch

    settings = context.settings(workspace, config)
    path = find_repository(file, repo)
    with open_scratch(path, settings) as scratch:
        place = find_place(scratch, file, revision, settings)
        repository = up_to_date(path, settings)
        with context.open_store(settings, read_only=True) as store:
            lines = attributed_lines(store, repository, scratch, place)
    if as_json:
        context.print_json(blame_document(lines))
    else:
        print_blame(lines)
