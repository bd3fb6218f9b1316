"""`landed sync`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landed.cli import context


def sync(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Repositories; the current one by default."),
    ] = None,
    ref: Annotated[
        str | None, typer.Option(metavar="REF", help="The branch that counts as the main line.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Repositories read at once; one a processor."),
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Read what is new in repositories, several at a time."""
    from landed.reports.wording import printable
    from landed.sync import sync_all

    settings = context.settings(workspace, config)
    with context.progress() as tell:
        results = sync_all(paths or [Path()], settings, ref=ref, jobs=jobs, progress=tell)
    if as_json:
        context.print_json(
            [
                {
                    "repository": result.repository,
                    "name": result.name,
                    "mode": result.ledger.mode,
                    "commits": result.ledger.commits,
                    "lines": result.ledger.lines,
                    "seconds": round(result.ledger.seconds, 3),
                }
                for result in results
            ]
        )
        return
    for result in results:
        name = printable(result.name)
        if result.ledger.mode == "unchanged":
            typer.echo(f"{name}: nothing new")
        else:
            typer.echo(
                f"{name}: {result.ledger.commits:,} commits, {result.ledger.lines:,} lines "
                f"read in {result.ledger.seconds:.1f} s ({result.ledger.mode})"
            )
