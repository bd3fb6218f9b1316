"""`landed invoice import`: what was paid, from a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.pricing.imports import PaidImport
    from landed.pricing.invoice_files import PaidFile

_MOST_FAULTS = 10

app = typer.Typer(help="What was paid: take in invoices and seats.", no_args_is_help=True)


@app.callback()
def invoice() -> None:
    """What was paid: take in invoices and seats."""


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file of invoice lines or of seats.")
    ],
    vendor: Annotated[
        str | None,
        typer.Option(metavar="VENDOR", help="Who is paid, where the file does not tell."),
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Take in a CSV file of invoice lines or seats; the same file again changes nothing.

    Ends with exit code 1 where a row could not be understood.
    """
    from landed.pricing import price_calls
    from landed.pricing.imports import import_paid
    from landed.pricing.invoice_files import read_paid_file

    settings = context.settings(workspace, config)
    found = read_paid_file(file, settings, vendor)
    with context.open_store(settings) as store, store.transaction():
        done = import_paid(store, found, file.name)
        summary = price_calls(store, settings)
    if as_json:
        context.print_json(_document(found, done, summary.told_twice))
    else:
        _print(file, found, done, summary.told_twice)
    if found.faults:
        raise typer.Exit(1)


def _document(found: PaidFile, done: PaidImport, twice: tuple[str, ...]) -> dict[str, object]:
    return {
        "table": found.table,
        "new": done.new,
        "changed": done.changed,
        "unchanged": done.known,
        "removed": done.removed,
        "bad_rows": [{"line": line, "reason": reason} for line, reason in found.faults],
        "told_twice": list(twice),
    }


def _print(file: Path, found: PaidFile, done: PaidImport, twice: tuple[str, ...]) -> None:
    from landed.reports.wording import count, printable

    noun = "seat" if found.table == "seat" else "invoice line"
    told = [f"{count(done.new, f'new {noun}')}"]
    told += [f"{count(done.changed)} changed"] if done.changed else []
    told += [f"{count(done.known)} known before"] if done.known else []
    told += [f"{count(done.removed)} removed"] if done.removed else []
    typer.echo(f"{printable(file.name)}: {', '.join(told)}")
    for line, reason in found.faults[:_MOST_FAULTS]:
        typer.echo(f"  line {line} left out: {printable(reason)}")
    if len(found.faults) > _MOST_FAULTS:
        rest = count(len(found.faults) - _MOST_FAULTS, "more line")
        typer.echo(f"  {rest} left out: --json tells all")
    for name in twice:
        typer.echo(f"  {printable(name)} is in the settings too: the file counts")
