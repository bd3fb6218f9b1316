"""`landed push` and `landed connect server`: what this machine sends to a company's server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landed.cli import context
from landed.cli.connect import asked_token, environment_place
from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.push.batch import Batch
    from landed.push.connection import Connection
    from landed.push.sending import Pushed
    from landed.sources.forges.credentials import PersonalToken

_SAMPLE = 3


def connect_server(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of your company's server.")],
    token_env: Annotated[
        str | None,
        typer.Option(
            "--token-env",
            metavar="NAME",
            help="The environment variable that holds a token with the scope ingest; without it "
            "the token is asked for and kept in the system's keyring.",
        ),
    ] = None,
    no_token: Annotated[
        bool, typer.Option("--no-token", help="For a server on this machine that asks for none.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="GLOB",
            help="Send only sessions in repositories of such an address, as 'github.com/acme/*' or "
            "'github.com:acme/*'; '*' for all.",
        ),
    ] = None,
    remove: Annotated[
        bool,
        typer.Option("--remove", help="Send nothing there any more, and forget token and key."),
    ] = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Connect the server that landed push sends to; nothing is sent yet."""
    from landed.push.connection import check_url

    settings = context.settings(workspace, config)
    if remove:
        _remove(settings, url, as_json)
        return
    if no_token and token_env:
        raise UsageError("give either --token-env or --no-token, not both")
    connection, key = _connected(settings, check_url(url), token_env, no_token, only)
    if as_json:
        context.print_json(
            {
                "url": connection.url,
                "token": connection.token or None,
                "only": list(connection.only),
                "new_key": key,
            }
        )
        return
    typer.echo(f"{connection.host} is connected; nothing was sent")
    typer.echo("landed push --dry-run shows what would leave, landed push sends it")


def push(
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="HOST", help="The server, where several are connected."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would leave; send nothing.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="With --dry-run: every row, one JSON object a line.")
    ] = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Send this machine's sessions to a server: counts, keyed hashes and identifiers, no text."""
    from landed.push.connection import connection_to

    settings = context.settings(workspace, config)
    connection = connection_to(settings, to)
    if full and not dry_run:
        raise UsageError("--full shows what would leave: give --dry-run with it")
    if dry_run:
        _preview(settings, connection, full or as_json)
        return
    from landed.push.client import ServerClient
    from landed.push.sending import push as send

    with context.progress() as tell, ServerClient(connection.url, connection.token_text()) as one:
        pushed = send(settings, connection, one, progress=tell)
    if pushed.new_key:
        context.say(f"{connection.host} hashes with another key than before: all is sent anew")
    if as_json:
        context.print_json(_summary(connection, pushed))
        return
    if pushed.batches:
        typer.echo(f"{connection.host} has taken {_counted(pushed.rows)}")
    else:
        typer.echo(f"{connection.host}: nothing new")
    _say_left_out(pushed)


def _connected(
    settings: Settings, url: str, token_env: str | None, no_token: bool, only: list[str] | None
) -> tuple[Connection, bool]:
    """The connection, kept once the server has told its key with the token, and whether the key
    is another than before."""
    from landed.delivery.tokens import keep
    from landed.push.client import ServerClient
    from landed.push.connection import keep_connection, new_connection

    place = "" if no_token else environment_place(token_env)
    connection = new_connection(settings, url, place or "", only)
    token: PersonalToken | None = None
    if place is None:
        token = asked_token(connection.host)
        connection = new_connection(settings, url, f"keyring:push/{connection.host}", only)
    text = token.text if token is not None else connection.token_text()
    with ServerClient(url, text) as client:
        key = client.organisation_key()
    if token is not None:
        keep(f"push/{connection.host}", token)
    keep_connection(connection)
    return connection, connection.keep_key(key)


def _remove(settings: Settings, url: str, as_json: bool) -> None:
    from landed.push.connection import connection_to, remove_connection

    connection = connection_to(settings, url)
    forgotten = remove_connection(connection)
    if as_json:
        context.print_json({"removed": connection.url, "token_removed": forgotten})
        return
    also = ", and its token is out of the keyring" if forgotten else ""
    typer.echo(f"nothing is sent to {connection.host} any more{also}; what it has, it keeps")


def _preview(settings: Settings, connection: Connection, full: bool) -> None:
    """Print what would leave: counts and a sample, or every row."""
    from landed.push.sending import Pushed, preview

    pushed = Pushed()
    sample: dict[str, list[dict[str, Any]]] = {}
    with context.progress() as tell:
        for batch in preview(settings, connection, pushed, progress=tell):
            if full:
                _print_rows(batch.rows())
            else:
                _sample(batch, sample)
    if full:
        return
    if not pushed.batches:
        typer.echo(f"nothing new would be sent to {connection.host}")
        return
    typer.echo(f"landed push would send to {connection.url}: {_counted(pushed.rows)}")
    for name, rows in sample.items():
        typer.echo(f"\n{name}: {pushed.rows[name]:,}, such as")
        _print_rows((name, row) for row in rows)
    typer.echo("\nNo line of code, prompt or command is among them; --full prints every row.")
    _say_left_out(pushed)


def _sample(batch: Batch, sample: dict[str, list[dict[str, Any]]]) -> None:
    if all(len(sample.get(name, ())) >= _SAMPLE for name in batch.counts):
        return
    for name, row in batch.rows():
        kept = sample.setdefault(name, [])
        if len(kept) < _SAMPLE:
            kept.append(row)


def _print_rows(rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    import orjson

    for name, row in rows:
        typer.echo(orjson.dumps({"table": name} | row).decode())


def _counted(rows: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in rows.items())


def _summary(connection: Connection, pushed: Pushed) -> dict[str, Any]:
    return {
        "server": connection.url,
        "batches": pushed.batches,
        "rows": pushed.rows,
        "left_out": pushed.left_out,
        "edits_without_lines": pushed.without_lines,
        "new_key": pushed.new_key,
    }


def _say_left_out(pushed: Pushed) -> None:
    if pushed.left_out:
        context.say(
            f"{_counted(pushed.left_out)} stay here: they hold what the list of docs/push.md has "
            "no words for"
        )
    if pushed.without_lines:
        context.say(f"{pushed.without_lines:,} edits are too large to be told with their lines")
