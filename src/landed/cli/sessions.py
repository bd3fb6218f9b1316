"""`landed sessions`: what each session cost, and where its lines ended."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from landed.cli import context


class Sort(StrEnum):
    """What sessions can be ordered by, the largest first."""

    time = "time"
    cost = "cost"
    lines = "lines"
    waste = "waste"


def sessions(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Only sessions in these repositories; all else."),
    ] = None,
    waste: Annotated[
        bool, typer.Option("--waste", help="Only sessions that cost something and left no line.")
    ] = False,
    sort: Annotated[Sort, typer.Option("--sort", help="What comes first.")] = Sort.time,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="At most so many; 0 shows all.")
    ] = 25,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day, such as 2026-01-31.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day.")] = None,
    offline: context.Offline = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """List agents' sessions: turns, list price and cash, lines generated, standing and wasted."""
    from landed.metrics import Window
    from landed.reports.sessions import read_session_list, session_lines
    from landed.sync import read_logs, sync_all

    settings = context.settings(workspace, config)
    window = Window(
        since=context.day("--since", since),
        until=context.day("--until", until),
        rework_days=settings.rework_window_days,
    )
    with context.progress() as tell:
        repositories = None
        if paths:
            synced = sync_all(paths, settings, ask=context.ask(offline), progress=tell)
            repositories = [result.repository for result in synced]
        else:
            read_logs(settings, progress=tell)
    with context.open_store(settings, read_only=True) as store:
        shown = read_session_list(
            store,
            settings,
            repositories,
            window,
            sort=sort.value,
            waste=waste,
            limit=limit or None,
        )
    if as_json:
        context.print_json(shown.as_json())
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for line in session_lines(shown, max(console.width if console.is_terminal else 100, 80)):
        console.print(line)
