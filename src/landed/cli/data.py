"""`landed export` and `landed import`: the store as Parquet, out and in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.store import Exported


def export_data(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new, empty, or earlier export directory.")
    ],
    portable: Annotated[
        bool, typer.Option("--portable", help="Leave out what describes this machine only.")
    ] = False,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Write every table as partitioned Parquet: for backup, upgrades and other engines."""
    from landed.store import export_store

    settings = context.settings(workspace, config)
    with context.open_store(settings, read_only=True) as store:
        exported = export_store(store, directory, portable=portable)
    _print_outcome("exported to", directory, exported, as_json)


def import_data(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="An export of Landed.")],
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Read an export; the repositories it holds replace those of the same id."""
    from landed.store import import_store

    settings = context.settings(workspace, config)
    with context.open_store(settings) as store:
        imported = import_store(store, directory)
    _print_outcome("imported from", directory, imported, as_json)


def _print_outcome(done: str, directory: Path, outcome: Exported, as_json: bool) -> None:
    if as_json:
        context.print_json(
            {
                "directory": str(directory),
                "schema": outcome.schema_version,
                "portable": outcome.portable,
                "repositories": outcome.repositories,
                "rows": outcome.rows,
            }
        )
        return
    from landed.records import AGENTS, FORGES, OUTSIDE

    # these hold what belongs to no repository
    repositories = len(set(outcome.repositories) - {AGENTS, FORGES, OUTSIDE})
    typer.echo(
        f"{sum(outcome.rows.values()):,} rows in {len(outcome.rows)} tables of {repositories:,} "
        f"{'repository' if repositories == 1 else 'repositories'} {done} {directory}"
    )
