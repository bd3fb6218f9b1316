"""`landed incident`: tell of incidents and bugs of any tracker, and list them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from landed.cli import context, imported

app = typer.Typer(
    help="What went wrong for customers: record it, import a tracker's export, list it.",
    no_args_is_help=True,
)

Tracker = Annotated[
    str,
    typer.Option("--tracker", metavar="NAME", help="Tells ids of several trackers apart."),
]
Repository = Annotated[
    str | None,
    typer.Option(
        "--repository", metavar="NAME", help="Name such as acme/shop, or address of the remote."
    ),
]


@app.callback()
def incident() -> None:
    """What went wrong for customers."""


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A CSV, JSON or JSON Lines file; - is standard input."),
    ],
    repository: Repository = None,
    tracker: Tracker = "file",
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Take in a file of incidents and bugs; the same file again changes nothing.

    Ends with exit code 1 where a row could not be understood.
    """
    from landed.delivery.imports import count_bad_rows, import_incidents
    from landed.delivery.projects import place_projects
    from landed.sources.incidents.files import read_incidents

    settings = context.settings(workspace, config)
    found = read_incidents(file, repository)
    with context.open_store(settings) as store, store.transaction():
        rows = [row for _, row in found.rows]
        done = import_incidents(store, rows, file.name, datetime.now(UTC), tracker)
        count_bad_rows(store, "incidents", file.name, len(found.faults))
        place_projects(store)
    imported.tell(file, "incident", found.faults, found.ignored, done, as_json)


@app.command("record")
def record(
    own_id: Annotated[
        str,
        typer.Option(
            "--id",
            metavar="ID",
            help="The tracker's own id: the same id again tells further of the same incident.",
        ),
    ],
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="What happened.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="incident or bug.")
    ] = None,
    severity: Annotated[
        str | None, typer.Option("--severity", metavar="NAME", help="As you call it.")
    ] = None,
    service: Annotated[
        str | None, typer.Option("--service", metavar="NAME", help="Service concerned.")
    ] = None,
    environment: Annotated[
        str | None, typer.Option("--environment", metavar="NAME", help="Environment concerned.")
    ] = None,
    started_at: Annotated[
        str | None,
        typer.Option("--started-at", metavar="TIME", help="When it began; now for a new one."),
    ] = None,
    resolved_at: Annotated[
        str | None,
        typer.Option("--resolved-at", metavar="TIME", help="When it was over; `now` for now."),
    ] = None,
    caused_by: Annotated[
        list[str] | None,
        typer.Option(
            "--caused-by", metavar="WHAT", help="A commit, #N for a change, or a deployment's id."
        ),
    ] = None,
    fixed_by: Annotated[
        list[str] | None,
        typer.Option("--fixed-by", metavar="WHAT", help="A commit, or #N for a change."),
    ] = None,
    repository: Repository = None,
    tracker: Tracker = "file",
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Record an incident or a bug, or tell further of one.

    In a clone it is one of that repository unless --repository names another.
    """
    from landed.delivery.imports import import_incidents
    from landed.delivery.projects import place_projects
    from landed.delivery.recording import repository_of_incident, told_incident

    settings = context.settings(workspace, config)
    now = datetime.now(UTC)
    row = {
        "title": title,
        "kind": kind,
        "severity": severity,
        "service": service,
        "environment": environment,
        "started_at": started_at,
        "resolved_at": resolved_at,
        "caused_by": " ".join(caused_by or ()),
        "fixed_by": " ".join(fixed_by or ()),
    }
    with context.open_store(settings) as store, store.transaction():
        whose = repository_of_incident(store, Path(), own_id, repository, tracker)
        told = told_incident(store, own_id, whose, tracker, row, now)
        done = import_incidents(store, [told], "command", now, tracker)
        place_projects(store)
    if as_json:
        context.print_json({"id": own_id, "new": bool(done.new), "changed": bool(done.changed)})
        return
    from landed.reports.wording import printable

    what = "recorded" if done.new else "told further" if done.changed else "known before"
    typer.echo(printable(f"{told.kind} {own_id}, {told.title}: {what}"))


@app.command("list")
def list_incidents(
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="Only incident or bug.")
    ] = None,
    most: Annotated[
        int, typer.Option("--most", metavar="N", min=1, help="So many, the latest first.")
    ] = 20,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """List the latest incidents and bugs."""
    from landed.reports.delivered_lists import incident_lines, incidents_shown

    settings = context.settings(workspace, config)
    with context.open_store(settings, read_only=True) as store:
        shown = incidents_shown(store, kind, most)
    if as_json:
        context.print_json({"incidents": shown})
        return
    for line in incident_lines(shown):
        typer.echo(line)
