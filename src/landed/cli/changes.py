"""`landed changes`: pull and merge requests, AI's part of them, and what became of each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from landed.cli import context
from landed.errors import UsageError


class State(StrEnum):
    """Which changes are listed."""

    open = "open"
    merged = "merged"
    closed = "closed"
    all = "all"


class Sort(StrEnum):
    """What changes can be ordered by, the newest or largest first."""

    time = "time"
    ai = "ai"
    cost = "cost"
    size = "size"


def changes(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Repositories; the current one by default."),
    ] = None,
    state: Annotated[State, typer.Option("--state", help="Only changes in this state.")] = (
        State.all
    ),
    sort: Annotated[Sort, typer.Option("--sort", help="What comes first.")] = Sort.time,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="At most so many; 0 shows all.")
    ] = 25,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Open on this day or later, such as 2026-01-31."),
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day.")] = None,
    offline: context.Offline = False,
    as_json: context.AsJson = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """List pull and merge requests: AI share, cost, checks, review, deployment and fate."""
    if as_json and as_markdown:
        raise UsageError("choose one of --json and --markdown")
    from landed.metrics import Window
    from landed.reports.changes import change_lines, changes_markdown, read_change_list
    from landed.sync import sync_all

    settings = context.settings(workspace, config)
    window = Window(
        since=context.day("--since", since),
        until=context.day("--until", until),
        rework_days=settings.rework_window_days,
    )
    with context.progress() as tell:
        synced = sync_all(paths or [Path()], settings, ask=context.ask(offline), progress=tell)
    with context.open_store(settings, read_only=True) as store:
        shown = read_change_list(
            store,
            settings,
            {result.repository: result.name for result in synced},
            window,
            state=state.value,
            sort=sort.value,
            limit=limit or None,
        )
    if as_json:
        context.print_json(shown.as_json())
        return
    if as_markdown:
        for row in changes_markdown(shown):
            typer.echo(row)
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for line in change_lines(shown, console.width if console.is_terminal else 80):
        console.print(line)
