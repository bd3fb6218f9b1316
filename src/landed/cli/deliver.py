"""`landed deliver`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from landed.cli import context


def deliver(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The delivery, as landed.toml names it.")
    ],
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            metavar="PERIOD",
            help="The day, week or month: 2026-11-21, 2026-W47, 2026-11; the last whole one by "
            "default.",
        ),
    ] = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Make a scheduled report now, and bring it where it is to go; the server does so by itself."""
    from landed.reports.board.periods import last_whole_period, period_named
    from landed.reports.board.sending import deliver as bring
    from landed.reports.board.sending import delivery_named
    from landed.reports.wording import count
    from landed.rollups import update_rollups

    settings = context.settings(workspace, config)
    delivery = delivery_named(settings, name)
    chosen = (
        last_whole_period(delivery.every, delivery.hour, datetime.now(UTC))
        if period is None
        else period_named(delivery.every, period)
    )
    with context.progress() as tell:
        update_rollups(settings, progress=tell)
        tell("making the report")
        with context.open_store(settings, read_only=True) as store:
            done = bring(store, settings, delivery, chosen)
    if as_json:
        context.print_json(asdict(done) | {"files": [str(file) for file in done.files]})
        return
    for file in done.files:
        typer.echo(file)
    told = ", the webhook was told" if done.told else ""
    typer.echo(f"{done.name} of {done.period.name}: {count(len(done.files), 'file')}{told}")
