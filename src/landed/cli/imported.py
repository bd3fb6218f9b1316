"""How commands tell what they took in from a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.delivery.imports import Imported

_MOST_FAULTS = 10


def tell(
    file: Path,
    noun: str,
    faults: Sequence[tuple[int, str]],
    ignored: Sequence[str],
    done: Imported,
    as_json: bool,
) -> None:
    """Print what a file brought; ends with exit code 1 where a row could not be understood."""
    if as_json:
        context.print_json(
            {
                "file": file.name,
                "new": done.new,
                "changed": done.changed,
                "unchanged": done.unchanged,
                "removed": done.removed,
                "bad_rows": [{"row": number, "reason": reason} for number, reason in faults],
                "ignored_columns": list(ignored),
            }
        )
    else:
        _print(file, noun, faults, ignored, done)
    if faults:
        raise typer.Exit(1)


def _print(
    file: Path,
    noun: str,
    faults: Sequence[tuple[int, str]],
    ignored: Sequence[str],
    done: Imported,
) -> None:
    from landed.reports.wording import count, listed, printable

    told = [count(done.new, f"new {noun}")]
    told += [f"{count(done.changed)} changed"] if done.changed else []
    told += [f"{count(done.unchanged)} known before"] if done.unchanged else []
    told += [f"{count(done.removed)} removed"] if done.removed else []
    typer.echo(f"{printable(file.name)}: {', '.join(told)}")
    for number, reason in faults[:_MOST_FAULTS]:
        typer.echo(f"  row {number} left out: {printable(reason)}")
    if len(faults) > _MOST_FAULTS:
        rest = count(len(faults) - _MOST_FAULTS, "more row")
        typer.echo(f"  {rest} left out: --json tells all")
    if ignored:
        typer.echo(f"  columns that mean nothing here: {printable(listed(ignored))}")
