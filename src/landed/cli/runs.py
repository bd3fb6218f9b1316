"""`landed runs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context
from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.server.scheduler.records import RunRecord

USUAL = 20


def runs(
    job: Annotated[
        str | None, typer.Option("--job", metavar="JOB", help="Runs of this job alone.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="So many at most; 20 by default.")
    ] = USUAL,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """List what the server did by itself: reading, adding up, forgetting, sending reports."""
    from landed.store import DATABASE_NAME

    settings = context.settings(workspace, config)
    if not (settings.workspace / DATABASE_NAME).is_file():
        raise UsageError(f"nothing was done in {settings.workspace} yet: start landed serve")
    from landed.server.scheduler.records import read_runs

    with context.open_store(settings, read_only=True) as store:
        found = read_runs(store, job=job, limit=limit)
    if as_json:
        context.print_json(found)
        return
    if not found:
        typer.echo("no runs yet: landed serve does them while it runs")
    for run in found:
        typer.echo(line(run))


def line(run: RunRecord) -> str:
    """One run in a line, as commands print it."""
    from landed.reports.wording import printable

    what = run.job if run.subject is None else f"{run.job} {run.subject}"
    parts = [f"{run.started_at:%Y-%m-%d %H:%M:%S}", f"{what:<24}", f"{run.outcome:<11}"]
    if run.finished_at is not None:
        parts.append(f"{(run.finished_at - run.started_at).total_seconds():,.1f} s")
    done = ", ".join(f"{number:,} {kind}" for kind, number in run.counts.items() if number)
    told = [one for one in (done, run.message) if one]
    return printable("  ".join([*parts, *told])).rstrip()
