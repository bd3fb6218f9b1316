"""`landed people`: who is who, who is not matched, and whose agents are seen."""

from __future__ import annotations

from typing import Annotated

import typer

from landed.cli import context

app = typer.Typer(
    help="Show who is who: git authors, agent accounts, logins; confirm what is suggested.",
    invoke_without_command=True,
    no_args_is_help=False,
)


@app.callback()
def people(
    invocation: typer.Context,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Show who is who, who is unmatched, and whose use of which agent is seen since when."""
    if invocation.invoked_subcommand is not None:
        return
    from landed.reports.people import people_shown, print_people

    settings = context.settings(workspace, config)
    with context.open_store(settings, read_only=True) as store:
        shown = people_shown(store)
    if as_json:
        context.print_json(shown.as_json())
    else:
        print_people(shown)


@app.command("confirm")
def confirm(
    identity: Annotated[str, typer.Argument(help="The account, login or address.")],
    person: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Say that an identity belongs to a person; the next report counts with it."""
    from landed.attribution.sessions.people import confirm_identity, find_identity
    from landed.attribution.sessions.places import place_sessions

    settings = context.settings(workspace, config)
    with context.open_store(settings) as store:
        kind, identity = find_identity(store, identity)
        confirm_identity(store, kind, identity, person)
        place_sessions(store, settings)
    if as_json:
        context.print_json({"kind": kind, "identity": identity, "person": person.lower()})
    else:
        typer.echo(f"{identity} ({kind}) is {person.lower()}")
