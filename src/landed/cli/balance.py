"""`landed balance`: where every generated line and every dollar is."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from landed.cli import context


def balance(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Repositories; the current one by default."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All that was ever read, whatever the repository.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="DATE", help="As it stood at the end of a day."),
    ] = None,
    offline: context.Offline = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Tell where every generated line and every dollar is, and what is left over."""
    moment = _end_of_day(at)
    from landed.reports.balance import balance_document, make_balance
    from landed.reports.balance_terminal import print_balance

    settings = context.settings(workspace, config)
    with context.progress() as tell:
        made = make_balance(
            paths or [],
            settings,
            everything=everything,
            at=moment,
            ask=context.ask(offline),
            progress=tell,
        )
    if as_json:
        context.print_json(balance_document(made))
    else:
        print_balance(made)
    if not made.is_even:
        raise typer.Exit(1)


def _end_of_day(text: str | None) -> datetime | None:
    day = context.day("--at", text)
    return None if day is None else datetime.combine(day, time.max, UTC)
