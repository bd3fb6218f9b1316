"""`landed account`: who may sign in to the server, whether it runs or not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landed.cli import context
from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.server.accounts import Accounts
    from landed.server.accounts.people import Account

app = typer.Typer(help="Who may sign in to the server: add, change, remove.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The account.")]
Emails = Annotated[
    list[str] | None,
    typer.Option(
        "--email", metavar="EMAIL", help="An address that is this person's; may be repeated."
    ),
]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.callback()
def account() -> None:
    """Who may sign in to the server."""


@app.command("add")
def add(
    name: Name,
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="viewer or admin.")
    ] = "viewer",
    email: Emails = None,
    may_read_code: Annotated[
        bool,
        typer.Option("--may-read-code", help="May read the text of lines, if server.read_code."),
    ] = False,
    password_stdin: FromStdin = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Make an account; its password is asked for."""
    with open_accounts(workspace, config) as accounts:
        made = accounts.people.add(
            name,
            _password(name, password_stdin),
            by=_by(),
            role=role,  # type: ignore[arg-type]
            emails=email or [],
            may_read_code=may_read_code,
        )
    if as_json:
        context.print_json(_document(made))
        return
    typer.echo(f"{made.name} ({made.role}) may sign in")
    if not made.emails:
        typer.echo(f"whose figures are theirs: landed account role {made.name} --email EMAIL")


@app.command("list")
def list_accounts(
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Show all accounts."""
    with open_accounts(workspace, config) as accounts:
        found = accounts.people.all()
    if as_json:
        context.print_json({"accounts": [_document(one) for one in found]})
        return
    if not found:
        typer.echo("there is no account: landed account add NAME --role admin")
    for one in found:
        also = [word for word, holds in _words(one) if holds]
        told = f"{one.role}, {', '.join(one.emails) or 'no address'}"
        typer.echo(f"{one.name}: {'; '.join([told, *also])}")


@app.command("remove")
def remove(
    name: Name,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Remove an account: it is signed out everywhere, and its tokens are revoked."""
    with open_accounts(workspace, config) as accounts:
        accounts.people.remove(name, by=_by())
    if as_json:
        context.print_json({"removed": name.lower()})
    else:
        typer.echo(f"{name.lower()} may not sign in any more; its tokens are revoked")


@app.command("password")
def password(
    name: Name,
    password_stdin: FromStdin = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Set a new password; it has to be changed at the next sign-in."""
    with open_accounts(workspace, config) as accounts:
        known = accounts.people.named(name)
        accounts.people.set_password(known.name, _password(known.name, password_stdin), by=_by())
    if as_json:
        context.print_json({"changed": known.name})
    else:
        typer.echo(f"{known.name} is signed out, and chooses a new password at the next sign-in")


@app.command("role")
def role(
    name: Name,
    role: Annotated[
        str | None, typer.Argument(metavar="ROLE", help="viewer or admin; without it it stays.")
    ] = None,
    email: Emails = None,
    may_read_code: Annotated[
        bool | None,
        typer.Option("--may-read-code/--no-read-code", help="May read the text of lines."),
    ] = None,
    disabled: Annotated[
        bool | None, typer.Option("--disable/--enable", help="May not sign in for now.")
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Change what an account may do, and which addresses are its person's."""
    if role is None and email is None and may_read_code is None and disabled is None:
        raise UsageError("nothing to change: give a role, --email, --may-read-code or --disable")
    with open_accounts(workspace, config) as accounts:
        changed = accounts.people.change(
            name,
            by=_by(),
            role=role,  # type: ignore[arg-type]
            emails=email,
            may_read_code=may_read_code,
            disabled=disabled,
        )
    if as_json:
        context.print_json(_document(changed))
        return
    also = [word for word, holds in _words(changed) if holds]
    told = f"{changed.role}, {', '.join(changed.emails) or 'no address'}"
    typer.echo(f"{changed.name}: {'; '.join([told, *also])}")


@contextmanager
def open_accounts(workspace: Path | None, config: Path | None) -> Iterator[Accounts]:
    """The accounts of the chosen workspace."""
    from landed.server.accounts import Accounts

    with Accounts.of_workspace(context.settings(workspace, config)) as accounts:
        yield accounts


def _by() -> str:
    from landed.server.accounts.people import COMMAND_LINE

    return COMMAND_LINE


def _password(name: str, from_stdin: bool) -> str:
    """A password that is typed twice without echo, or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise UsageError("a password is asked for on a terminal: without one, --password-stdin")
    typed: str = typer.prompt(
        f"Password of {name}", hide_input=True, confirmation_prompt=True, err=True
    )
    return typed


def _words(one: Account) -> list[tuple[str, bool]]:
    return [
        ("may read code", one.may_read_code),
        ("has to change the password", one.must_change),
        ("disabled", one.disabled),
    ]


def _document(one: Account) -> dict[str, Any]:
    return {
        "name": one.name,
        "role": one.role,
        "emails": list(one.emails),
        "may_read_code": one.may_read_code,
        "must_change": one.must_change,
        "disabled": one.disabled,
        "created_at": one.created_at,
    }
