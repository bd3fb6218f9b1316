"""`landed sync`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context
from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.delivery.troubles import Trouble
    from landed.sync import Ask


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
    connected: Annotated[
        bool,
        typer.Option("--connected", help="Also every project of the forges that are connected."),
    ] = False,
    offline: context.Offline = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Read what is new in repositories, several at a time, and of the forges they are on."""
    from landed.reports.wording import printable
    from landed.sync import connected_places, sync_all

    settings = context.settings(workspace, config)
    ask: Ask = "never" if offline else "always"
    wanted = paths or []
    troubles: list[Trouble] = []
    with context.progress() as tell:
        if connected:
            places, troubles = connected_places(settings, ask=ask, progress=tell)
            wanted, ask = [*wanted, *places], "never"
            if not wanted and not troubles:
                raise UsageError(
                    "no forge is connected, or it has no project: landed connect github "
                    "--organisation NAME"
                )
        elif not wanted:
            wanted = [Path()]
        results = sync_all(wanted, settings, ref=ref, jobs=jobs, ask=ask, progress=tell)
    troubles += [trouble for result in results for trouble in result.troubles]
    for trouble in troubles:
        context.say(printable(f"{trouble.name}: {trouble.message}"))
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
                    "troubles": [
                        {"name": trouble.name, "kind": trouble.kind, "message": trouble.message}
                        for trouble in result.troubles
                    ],
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
