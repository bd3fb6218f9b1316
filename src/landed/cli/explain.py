"""`landed explain`: what a figure means, and what it is made of here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.metrics import Metric
    from landed.reports.explain import Explained


def explain(
    name: Annotated[
        str | None, typer.Argument(metavar="METRIC", help="A metric; all of them by default.")
    ] = None,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Repositories; the current one by default."),
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Tell what a figure means: definition, formula, inputs, and the rows behind it here."""
    from landed.metrics import metric, metrics

    if name is None:
        if as_json:
            from dataclasses import asdict

            context.print_json([asdict(found) for found in metrics().values()])
            return
        for found in metrics().values():
            typer.echo(f"{found.name:<20} {found.title} ({found.unit})")
        typer.echo("\nlanded explain METRIC tells more of one, and what it comes to here")
        return
    from landed.reports import explain as explaining

    asked = metric(name)
    here = _here(context.settings(workspace, config), asked, paths)
    if as_json:
        context.print_json(explaining.as_json(asked, here))
        return
    for line in explaining.explanation(asked, here):
        typer.echo(line)


def _here(settings: Settings, asked: Metric, paths: list[Path] | None) -> Explained | None:
    """The metric's figure in the named repositories; None where the current one was not read."""
    from landed.errors import RepositoryError, UsageError
    from landed.reports.explain import explained
    from landed.sources.git.location import locate
    from landed.store import DATABASE_NAME

    try:
        wanted = {str(locate(path).git_dir): path for path in paths or [Path()]}
    except RepositoryError:
        if paths:
            raise
        return None
    if not (settings.workspace / DATABASE_NAME).is_file():
        return None
    with context.open_store(settings, read_only=True) as store:
        rows = store.query("select repository, path, name from location").to_pylist()
        known = {row["path"]: (row["repository"], row["name"]) for row in rows}
        unread = [str(path) for directory, path in wanted.items() if directory not in known]
        if unread and paths:
            raise UsageError(f"{unread[0]} has not been read: run landed report {unread[0]}")
        names = dict(known[directory] for directory in wanted if directory in known)
        return explained(store, settings, asked, names) if names else None
