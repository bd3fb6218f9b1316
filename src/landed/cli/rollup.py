"""`landed rollup`."""

from __future__ import annotations

from dataclasses import asdict

import typer

from landed.cli import context


def rollup(
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Add up what was read, so that the dashboard answers at once; the server does so by itself."""
    from landed.rollups import update_rollups

    settings = context.settings(workspace, config)
    with context.progress() as tell:
        done = update_rollups(settings, progress=tell)
    if as_json:
        context.print_json(asdict(done))
    else:
        typer.echo(f"{done.rollups} roll-ups, {done.rows:,} rows")
