"""Bringing the roll-ups up to date: read without hindering anybody, then put in place at once."""

from __future__ import annotations

from dataclasses import dataclass

from landed.config import Settings
from landed.progress import Progress, quiet
from landed.rollups.build import compute_rollups, write_rollups
from landed.store import Store


@dataclass(frozen=True)
class RollupUpdate:
    """How many roll-ups were written, and how many rows they have."""

    rollups: int
    rows: int


def update_rollups(settings: Settings, *, progress: Progress = quiet) -> RollupUpdate:
    """Make all roll-ups anew from what the store holds now.

    Raises:
        UsageError: nothing has been read into the store yet.
        StoreError: the store cannot be opened.
    """
    with Store.for_settings(settings, read_only=True, on_wait=progress) as store:
        tables = compute_rollups(store, settings, progress=progress)
    progress("putting roll-ups in place")
    with Store.for_settings(settings, on_wait=progress) as store:
        write_rollups(store, tables)
    return RollupUpdate(len(tables), sum(rows.num_rows for rows in tables.values()))
