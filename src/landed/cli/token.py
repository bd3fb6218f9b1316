"""`landed token`: with what programs ask the server, whether it runs or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landed.cli import context
from landed.cli.account import open_accounts
from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.server.accounts import Accounts
    from landed.server.accounts.tokens import Token

app = typer.Typer(
    help="Tokens with which programs send to the server or ask it: create, list, revoke.",
    no_args_is_help=True,
)


@app.callback()
def token() -> None:
    """Tokens with which programs send to the server or ask it."""


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="ingest, read or admin; may be repeated."),
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="ACCOUNT", help="Whose token it is.")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option("--days", metavar="DAYS", min=1, help="It holds so long; for good without."),
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Make a token and show it this once; without --scope it may send, and nothing else."""
    from landed.server.accounts.people import COMMAND_LINE

    with open_accounts(workspace, config) as accounts:
        made, secret = accounts.tokens.create(
            name,
            scope or ["ingest"],
            owner=_owner(accounts, owner),
            by=COMMAND_LINE,
            lifetime=None if days is None else timedelta(days=days),
        )
    if as_json:
        context.print_json(_document(made) | {"token": secret})
        return
    typer.echo(secret)
    context.say(f"this token ({made.id}) is shown this once: keep it where secrets are kept")


@app.command("list")
def list_tokens(
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Show all tokens, without their secrets."""
    from landed.reports.wording import printable

    with open_accounts(workspace, config) as accounts:
        found = accounts.tokens.all()
    if as_json:
        context.print_json({"tokens": [_document(one) for one in found]})
        return
    if not found:
        typer.echo("there is no token: landed token create NAME --scope ingest")
    for one in found:
        used = f"last used {_day(one.used_at)}" if one.used_at else "never used"
        until = f"until {_day(one.expires_at)}" if one.expires_at else "for good"
        state = f"revoked {_day(one.revoked_at)}" if one.revoked_at else f"{until}, {used}"
        may = ", ".join(sorted(one.scopes))
        typer.echo(printable(f"{one.id} {one.name}: {may}; of {one.owner}; {state}"))


@app.command("revoke")
def revoke(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="The token's id, as listed.")],
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Make a token useless at once."""
    from landed.reports.wording import printable
    from landed.server.accounts.people import COMMAND_LINE

    with open_accounts(workspace, config) as accounts:
        revoked = accounts.tokens.revoke(identifier, by=COMMAND_LINE)
    if as_json:
        context.print_json(_document(revoked))
    else:
        typer.echo(printable(f"{revoked.id} ({revoked.name}) is revoked"))


def _owner(accounts: Accounts, named: str | None) -> str:
    """The account that a token is to belong to: the one named, or the only one."""
    if named is not None:
        return accounts.people.named(named).name
    names = [account.name for account in accounts.people.all()]
    if not names:
        raise UsageError(
            "a token is an account's, and there is none: landed account add NAME; a server that "
            "only this machine can reach needs no token"
        )
    if len(names) > 1:
        raise UsageError(f"whose token is it? --owner {' or --owner '.join(names[:5])}")
    return names[0]


def _document(one: Token) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "owner": one.owner,
        "scopes": sorted(one.scopes),
        "created_at": one.created_at,
        "expires_at": one.expires_at,
        "used_at": one.used_at,
        "revoked_at": one.revoked_at,
    }


def _day(when: datetime | None) -> str:
    return "" if when is None else when.date().isoformat()
