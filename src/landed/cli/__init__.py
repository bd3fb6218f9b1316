"""The command line: one module a group of commands, none with logic of its own.

Modules that take long to import (duckdb, pyarrow, altair) are imported inside the
commands that need them, so that help and completion answer at once.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from landed import __version__
from landed.cli import (
    account,
    audit,
    balance,
    blame,
    changes,
    comment,
    connect,
    context,
    cost,
    data,
    deliver,
    demo,
    deployment,
    doctor,
    explain,
    hook,
    incident,
    invoice,
    people,
    push,
    report,
    rollup,
    runs,
    serve,
    sessions,
    sync,
    token,
    verify,
    why,
)
from landed.errors import LandedError

INTERRUPTED = 130
PIPE_CLOSED = 141
_ENGINE_INTERRUPTED = "Query interrupted"

app = typer.Typer(
    name="landed",
    help="Which AI-written lines reached production, what they cost, and what became of them.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
app.command("report")(report.report)
app.command("sync")(sync.sync)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("blame")(blame.blame)
app.command("why")(why.why)
app.command("sessions")(sessions.sessions)
app.command("cost")(cost.cost)
app.command("changes")(changes.changes)
app.command("comment")(comment.comment)
app.add_typer(connect.app, name="connect")
app.add_typer(deployment.app, name="deployment")
app.add_typer(incident.app, name="incident")
app.add_typer(invoice.app, name="invoice")
app.add_typer(hook.app, name="hook")
app.add_typer(people.app, name="people")
app.add_typer(account.app, name="account")
app.add_typer(token.app, name="token")
app.command("audit")(audit.audit)
app.command("push")(push.push)
connect.app.command("server")(push.connect_server)
app.command("rollup")(rollup.rollup)
app.command("deliver")(deliver.deliver)
app.command("runs")(runs.runs)
app.command("balance")(balance.balance)
app.command("explain")(explain.explain)
app.command("verify")(verify.verify)
app.command("export")(data.export_data)
app.command("import")(data.import_data)
app.command("doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"landed {__version__}")
        raise typer.Exit


@app.callback()
def shared_options(
    invocation: typer.Context,
    workspace: context.Workspace = None,
    config: context.Config = None,
    version: Annotated[  # noqa: ARG001
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Which AI-written lines reached production, what they cost, and what became of them."""
    context.choose(workspace, config)
    if invocation.invoked_subcommand is None:
        typer.echo(invocation.get_help())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process.

    What a person can put right is one line on standard error and exit code 2 (3 for the
    store, 4 for git); an interrupt is 130; a reader that went away is quiet.
    """
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _write_what_can_be_written()
    try:
        result = app(args=arguments, prog_name="landed", standalone_mode=False)
        sys.stdout.flush()
    except LandedError as error:
        return _complain(str(error), error.exit_code)
    except typer.TyperException as error:
        return _complain(error.format_message().replace("Value error, ", ""), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", INTERRUPTED)
    except RuntimeError as error:
        # the engine's own word for Ctrl-C inside a statement
        if str(error) != _ENGINE_INTERRUPTED:
            raise
        return _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # the interpreter would try to flush once more at its end, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return result if isinstance(result, int) else 0


def _write_what_can_be_written() -> None:
    """Let a terminal that knows no bars and dashes get question marks, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _complain(message: str, exit_code: int) -> int:
    plain = "".join(letter if letter.isprintable() else "?" for letter in " ".join(message.split()))
    typer.echo(f"landed: {plain}", err=True)
    return exit_code
