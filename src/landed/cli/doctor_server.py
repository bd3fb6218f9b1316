"""What `landed doctor` tells of the server of a workspace, and of what it did last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from landed.server.scheduler.records import RunRecord


def address_of_server(workspace: Path) -> str | None:
    """Where people find the server that owns a workspace; None where none does."""
    from landed.server.owning import told_address
    from landed.store.finding import find_server

    if find_server(workspace) is None:
        return None
    return told_address(workspace) or "its socket alone"


def failures(runs: list[RunRecord]) -> list[str]:
    """What to put right: jobs whose last run failed."""
    return [f"{run.job}: {run.message}" for run in runs if run.outcome == "failed"]


def as_json(address: str | None, runs: list[RunRecord]) -> dict[str, Any]:
    """The part of `landed doctor --json`."""
    return {"address": address, "last_runs": runs}


def print_server(address: str | None, runs: list[RunRecord]) -> None:
    """The part of what is printed."""
    from landed.cli.runs import line

    if address is None and not runs:
        typer.echo("server          none: landed serve shows the dashboard and reads by itself")
        return
    owner = f"at {address}" if address is not None else "not running: landed serve"
    typer.echo(f"server          {owner}")
    for run in runs:
        typer.echo(f"  {line(run)}")
