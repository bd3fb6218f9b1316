"""`landed connect`: which forges are read, and where their tokens are kept."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landed.cli import context
from landed.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.delivery.connections import Connection
    from landed.sources.forges.credentials import Credentials, PersonalToken

app = typer.Typer(
    help="Which forges are read: connect GitHub or GitLab, list connections, remove one.",
    no_args_is_help=True,
)

Url = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="Address of a server of your own."),
]
Organisations = Annotated[
    list[str] | None,
    typer.Option(
        "--organisation", metavar="ORG", help="Read all projects of this organisation or group."
    ),
]
Projects = Annotated[
    list[str] | None,
    typer.Option("--project", metavar="OWNER/NAME", help="Read this project."),
]
TokenVariable = Annotated[
    str | None,
    typer.Option(
        "--token-env",
        metavar="NAME",
        help="The environment variable that holds the token; without it the token is asked for "
        "and kept in the system's keyring.",
    ),
]
Name = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="What to call the connection.")
]
Check = Annotated[
    bool, typer.Option("--check/--no-check", help="Ask the forge for its projects first.")
]


@app.callback()
def connect() -> None:
    """Which forges are read."""


@app.command("github")
def github(
    url: Url = None,
    organisation: Organisations = None,
    project: Projects = None,
    token_env: TokenVariable = None,
    app_id: Annotated[
        str | None,
        typer.Option(
            "--app", metavar="ID/INSTALLATION", help="Ask as this GitHub App, as installed there."
        ),
    ] = None,
    app_key_env: Annotated[
        str | None,
        typer.Option(
            "--app-key-env", metavar="NAME", help="Environment variable with the App's private key."
        ),
    ] = None,
    app_key_file: Annotated[
        Path | None,
        typer.Option("--app-key-file", metavar="PATH", help="File with the App's private key."),
    ] = None,
    name: Name = None,
    check: Check = True,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Connect GitHub: github.com, or an Enterprise Server with --url."""
    place = _app_place(app_id, app_key_env, app_key_file)
    if place and token_env:
        raise UsageError("give either --token-env or --app, not both")
    settings = context.settings(workspace, config)
    which = ("github", url, organisation or [], project or [])
    _connect(settings, which, place or environment_place(token_env), name, check, as_json)


@app.command("gitlab")
def gitlab(
    url: Url = None,
    organisation: Organisations = None,
    project: Projects = None,
    token_env: TokenVariable = None,
    name: Name = None,
    check: Check = True,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Connect GitLab: gitlab.com, or a server of your own with --url."""
    settings = context.settings(workspace, config)
    which = ("gitlab", url, organisation or [], project or [])
    _connect(settings, which, environment_place(token_env), name, check, as_json)


@app.command("list")
def list_connections(
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Show which forges are read, and where their tokens are kept."""
    from landed.delivery.connections import known_connections
    from landed.reports.wording import listed, printable
    from landed.store import DATABASE_NAME

    settings = context.settings(workspace, config)
    if (settings.workspace / DATABASE_NAME).is_file():
        with context.open_store(settings, read_only=True) as store:
            found = known_connections(store, settings)
    else:
        found = known_connections(None, settings)
    if as_json:
        context.print_json({"connections": [_document(connection) for connection in found]})
        return
    if not found:
        typer.echo("no forge is connected: landed connect github --organisation ORG")
    for connection in found:
        told = connection.settings
        reads = listed([f"all of {one}" for one in told.organisations] + list(told.projects))
        where = "landed.toml" if connection.configured else "landed connect"
        typer.echo(
            printable(
                f"{connection.name}: {told.forge} at {connection.address}, {reads or 'nothing'}; "
                f"token {told.token} ({where})"
            )
        )


@app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The connection to remove.")],
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Remove a connection, and its token from the keyring; what was read stays."""
    from landed.delivery.connections import known_connections, remove_connection
    from landed.delivery.tokens import forget

    settings = context.settings(workspace, config)
    with context.open_store(settings) as store:
        removed = remove_connection(store, settings, name)
        left = known_connections(store, settings)
    token, forgotten = removed.settings.token, False
    if token not in {one.settings.token for one in left}:
        try:
            forgotten = forget(token)
        except ConfigurationError:
            context.say(
                "the system's keyring cannot be used here: if it holds the token of this "
                "connection, take that out of it by other means"
            )
    if as_json:
        context.print_json({"removed": name, "token_removed": forgotten})
        return
    also = ", and its token is out of the keyring" if forgotten else ""
    typer.echo(f"{name} is not read any more{also}; what was read stays")


def _connect(
    settings: Settings,
    which: tuple[str, str | None, list[str], list[str]],
    place: str | None,
    name: str | None,
    check: bool,
    as_json: bool,
) -> None:
    from landed.delivery.connections import (
        add_connection,
        check_address,
        check_name,
        check_wanted,
    )
    from landed.delivery.tokens import keep
    from landed.reports.wording import count, printable

    forge, url, organisations, projects = which
    check_address(url)
    check_wanted(organisations, projects)
    if not organisations and not projects:
        projects = _project_here(forge, url)
    called = check_name(name or [*organisations, *projects][0])
    token = None if place else asked_token(forge)
    connection = _connection(
        called, (forge, url, organisations, projects), place or f"keyring:{forge}/{called}"
    )
    found = _listed(connection, settings, token) if check else None
    if token is not None:
        keep(f"{forge}/{called}", token)
    with context.open_store(settings) as store:
        new = add_connection(store, connection)
    if as_json:
        context.print_json(_document(connection) | {"new": new, "found": found})
        return
    seen = "" if found is None else f", {count(len(found), 'project')} found"
    typer.echo(printable(f"{called} is {'connected' if new else 'connected anew'}{seen}"))
    typer.echo("landed sync reads what is new there")


def _connection(
    name: str, which: tuple[str, str | None, list[str], list[str]], token: str
) -> Connection:
    from pydantic import ValidationError

    from landed.config import ConnectionSettings
    from landed.delivery.connections import Connection

    forge, url, organisations, projects = which
    try:
        told = ConnectionSettings.model_validate(
            {
                "forge": forge,
                "url": url,
                "organisations": organisations,
                "projects": projects,
                "token": token,
            }
        )
    except ValidationError:
        raise UsageError(
            "no token can be kept there: name an environment variable, or a file for an App's key"
        ) from None
    return Connection(name, told, configured=False, created_at=datetime.now(UTC))


def _listed(
    connection: Connection, settings: Settings, credentials: Credentials | None
) -> list[str]:
    """The names of the projects that the forge tells of; errors say what is wrong."""
    from landed.delivery.connections import open_forge

    with context.progress() as tell, open_forge(connection, settings, credentials) as forge:
        tell(f"asking {forge.host} for its projects")
        found = [project.name for project in forge.projects()]
    if not found:
        raise UsageError(
            "the token is good, but no project is seen with it: check the names of organisations "
            "and projects, and what the token may read; --no-check keeps the connection"
        )
    return found


def asked_token(forge: str) -> PersonalToken:
    """The token that a person types without echo, or that comes on standard input."""
    from landed.delivery.tokens import checked
    from landed.sources.forges.credentials import PersonalToken

    if sys.stdin.isatty():
        text = typer.prompt(f"Token of {forge}", hide_input=True, err=True)
        return PersonalToken(checked(text, "what was typed"))
    return PersonalToken(checked(sys.stdin.readline(), "standard input"))


def environment_place(name: str | None) -> str | None:
    from landed.delivery.tokens import check_environment_name

    return None if name is None else f"environment:{check_environment_name(name)}"


def _app_place(app_id: str | None, key_env: str | None, key_file: Path | None) -> str | None:
    from landed.delivery.tokens import check_environment_name

    if app_id is None:
        if key_env or key_file:
            raise UsageError("an App's key needs the App: --app ID/INSTALLATION")
        return None
    if (key_env is None) == (key_file is None):
        raise UsageError("an App needs one of --app-key-env NAME and --app-key-file PATH")
    parts = app_id.split("/")
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):
        raise UsageError(f"--app {app_id}: write the two numbers as ID/INSTALLATION")
    if key_env is not None:
        return f"app:{app_id}:environment:{check_environment_name(key_env)}"
    assert key_file is not None
    return f"app:{app_id}:file:{key_file.expanduser().absolute()}"


def _project_here(forge: str, url: str | None) -> list[str]:
    """The project of the clone that this is called in, where it is one of that forge."""
    from landed.delivery.addresses import addresses
    from landed.delivery.connections import PUBLIC, host_of
    from landed.errors import RepositoryError
    from landed.sources.git.location import locate

    host = host_of(url or PUBLIC[forge])
    try:
        remote = locate(Path.cwd()).remote
    except RepositoryError:
        remote = None
    # behind a host's port stands the name, which is the shorter way of reading the address
    for plain in sorted(addresses(remote or ""), key=len):
        name = plain.removeprefix(f"{host}/")
        if name != plain and "/" in name:
            return [name]
    raise UsageError(
        "say what to read: --organisation ORG or --project OWNER/NAME, or call this in a clone"
    )


def _document(connection: Connection) -> dict[str, Any]:
    told = connection.settings
    return {
        "name": connection.name,
        "forge": told.forge,
        "url": connection.address,
        "organisations": list(told.organisations),
        "projects": list(told.projects),
        "token": told.token,
        "in_settings": connection.configured,
        "created_at": connection.created_at,
    }
