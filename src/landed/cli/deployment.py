"""`landed deployment`: tell of deployments from a pipeline or a file, and list them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from landed.cli import context, imported

app = typer.Typer(
    help="What was deployed where: record it in a pipeline, import a file, list it.",
    no_args_is_help=True,
)

Repository = Annotated[
    str | None,
    typer.Option(
        "--repository",
        metavar="NAME",
        help="Name such as acme/shop, or address of the remote; else that of the clone.",
    ),
]


@app.callback()
def deployment() -> None:
    """What was deployed where."""


@app.command("record")
def record(
    environment: Annotated[
        str, typer.Option("--environment", metavar="NAME", help="Such as production.")
    ],
    path: Annotated[
        Path, typer.Argument(metavar="[PATH]", help="A clone of the repository.")
    ] = Path(),
    commit: Annotated[
        str, typer.Option("--commit", metavar="SHA", help="What was deployed.")
    ] = "HEAD",
    service: Annotated[
        str | None, typer.Option("--service", metavar="NAME", help="Which service of several.")
    ] = None,
    repository: Repository = None,
    state: Annotated[
        str,
        typer.Option("--state", metavar="STATE", help="success, failure, pending or cancelled."),
    ] = "success",
    ref: Annotated[str | None, typer.Option("--ref", metavar="REF", help="Branch or tag.")] = None,
    own_id: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="ID",
            help="The pipeline's own id of it: the same id again tells further of the same one.",
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="When; now where it is not given.")
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Record a deployment, for the last step of a pipeline."""
    from landed.delivery.imports import record_deployment
    from landed.delivery.projects import place_projects
    from landed.delivery.recording import told_deployment

    settings = context.settings(workspace, config)
    now = datetime.now(UTC)
    told = told_deployment(
        path,
        environment=environment,
        commit=commit,
        service=service,
        repository=repository,
        state=state,
        ref=ref,
        own_id=own_id,
        at=at,
        now=now,
    )
    with context.open_store(settings) as store:
        done = record_deployment(store, told, now, timed=at is not None)
        place_projects(store)
    if as_json:
        context.print_json(
            {
                "id": told.id,
                "repository": told.repository,
                "environment": told.environment,
                "service": told.service,
                "commit": told.commit,
                "state": told.state,
                "new": bool(done.new),
                "changed": bool(done.changed),
            }
        )
        return
    from landed.reports.wording import printable

    what = "recorded" if done.new else "told further" if done.changed else "known before"
    typer.echo(
        printable(
            f"{told.repository} {told.commit[:12]} in {told.environment}, {told.state}: {what}"
        )
    )


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A CSV, JSON or JSON Lines file; - is standard input."),
    ],
    repository: Annotated[
        str | None,
        typer.Option("--repository", metavar="NAME", help="Where rows name no repository."),
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Take in a file of deployments; the same file again changes nothing.

    Ends with exit code 1 where a row could not be understood.
    """
    from landed.delivery.imports import count_bad_rows, import_deployments
    from landed.delivery.projects import place_projects
    from landed.sources.deployments.files import read_deployments

    settings = context.settings(workspace, config)
    found = read_deployments(file, repository)
    with context.open_store(settings) as store, store.transaction():
        now = datetime.now(UTC)
        done = import_deployments(store, [row for _, row in found.rows], file.name, now)
        count_bad_rows(store, "deployments", file.name, len(found.faults))
        place_projects(store)
    imported.tell(file, "deployment", found.faults, found.ignored, done, as_json)


@app.command("list")
def list_deployments(
    environment: Annotated[
        str | None, typer.Option("--environment", metavar="NAME", help="Only of this one.")
    ] = None,
    most: Annotated[
        int, typer.Option("--most", metavar="N", min=1, help="So many, the latest first.")
    ] = 20,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """List the latest deployments."""
    from landed.reports.delivered_lists import deployment_lines, deployments_shown

    settings = context.settings(workspace, config)
    with context.open_store(settings, read_only=True) as store:
        shown = deployments_shown(store, environment, most)
    if as_json:
        context.print_json({"deployments": shown})
        return
    for line in deployment_lines(shown):
        typer.echo(line)
