"""`landed audit`: what was done to accounts and tokens, and who looked at which figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from landed.cli import context
from landed.cli.account import open_accounts

if TYPE_CHECKING:
    from landed.server.accounts.access import Look
    from landed.server.accounts.audit import Act


def audit(
    looks: Annotated[
        bool, typer.Option("--looks", help="Who looked at figures, instead of what was done.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="At most so many, the newest.")
    ] = 100,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Show what was done to accounts and tokens, the newest first."""
    from landed.reports.wording import printable

    with open_accounts(workspace, config) as accounts:
        found = accounts.access.all(limit) if looks else accounts.audit.acts(limit)
    if as_json:
        name = "looks" if looks else "acts"
        context.print_json({name: [_document(one) for one in found]})
        return
    if not found:
        typer.echo("nobody has looked yet" if looks else "nothing was done yet")
    for one in found:
        typer.echo(printable(_line(one)))


def _document(one: Act | Look) -> dict[str, Any]:
    import dataclasses

    return dataclasses.asdict(one)


def _line(one: Act | Look) -> str:
    from landed.server.accounts.audit import Act

    when = f"{one.at:%Y-%m-%d %H:%M:%S} {one.who}"
    if isinstance(one, Act):
        return f"{when}: {one.what} {one.about}{f' ({one.told})' if one.told else ''}"
    filters = "; ".join(f"{name} {', '.join(values)}" for name, values in one.filters.items())
    from landed.reports.wording import count

    about = "everybody" if one.people is None else count(one.people, "person", "people")
    figure = f" {one.figure}" if one.figure else ""
    return f"{when}: {one.page}{figure}, {about}{f' ({filters})' if filters else ''}"
