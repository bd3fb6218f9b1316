"""`landed serve`: the dashboard, and the address to which telemetry and webhooks are sent."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context
from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.server.run import Started

MISSING_EXTRA = "a server needs further packages: pip install 'landed[server]'"
_EXTRA = frozenset(
    {"argon2", "fastapi", "google", "httptools", "multipart", "opentelemetry", "prometheus_client"}
    | {"python_multipart", "starlette", "typst", "uvicorn", "uvloop"}
)


def serve(
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="ADDRESS", help="Where to listen; this machine by default."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", metavar="PORT", min=0, max=65535, help="Port; 4321 by default, 0 = any."
        ),
    ] = None,
    open_browser: Annotated[
        bool | None, typer.Option("--open/--no-open", help="Open the dashboard in a browser.")
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Serve the dashboard, and take in telemetry, webhooks and what laptops push."""
    settings = context.settings(workspace, config)
    run = running()
    opening = someone_watches() if open_browser is None else open_browser

    def tell(started: Started) -> None:
        if as_json:
            print_started(started)
        else:
            say_started(started)
        if opening:
            open_dashboard(started.address)

    made_up = settings.notice is not None
    run(settings, host=host, port=port, made_up=made_up, on_wait=context.say, on_start=tell)
    if not as_json:
        typer.echo("stopped; what was taken in is kept")


def running() -> Callable[..., None]:
    """What runs servers; UsageError, saying what to install, where the extra is missing."""
    try:
        from landed.server.run import serve
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in _EXTRA:
            raise
        raise UsageError(MISSING_EXTRA) from None
    return serve


def print_started(started: Started) -> None:
    import orjson

    document = {
        "address": started.address,
        "workspace": str(started.server.settings.workspace),
        "accounts": started.server.accounts.people.any(),
        "loopback": started.server.loopback,
        "version": started.server.version,
    }
    typer.echo(orjson.dumps(document).decode())
    sys.stdout.flush()


def say_started(started: Started) -> None:
    from landed.reports.wording import printable

    server, address = started.server, started.address
    typer.echo(f"Landed is at {address}")
    typer.echo(f"  workspace   {printable(str(server.settings.workspace))}")
    if server.accounts.people.any():
        typer.echo("  people      sign in with an account; landed account list shows them")
    else:
        typer.echo("  people      only this machine can reach it, and nobody has to sign in")
    for line in _connected(started):
        typer.echo(line)
    typer.echo(f"  telemetry   OTEL_EXPORTER_OTLP_ENDPOINT={address}  (OTLP over HTTP)")
    typer.echo("Stop it with Ctrl-C; what was taken in is kept.")
    sys.stdout.flush()


def _connected(started: Started) -> list[str]:
    """What is read, or how to connect something."""
    from landed.delivery.connections import known_connections
    from landed.reports.wording import count, listed, printable

    with started.server.store.reading() as store:
        connections = known_connections(store, started.server.settings)
        (row,) = store.query("select count(*) as n from repository").to_pylist()
    forges = listed([printable(one.name) for one in connections])
    read = count(row["n"], "repository", "repositories")
    lines = [f"  read        {read}" if row["n"] else "  read        nothing yet: landed sync PATH"]
    lines.append(
        f"  forges      {forges}" if forges else "  forges      none: landed connect github"
    )
    return lines


def someone_watches() -> bool:
    """Whether a person sits at this machine: over ssh a browser would open in the terminal."""
    return sys.stdout.isatty() and sys.stdin.isatty() and "SSH_CONNECTION" not in os.environ


def open_dashboard(address: str) -> None:
    import webbrowser

    webbrowser.open(address)
