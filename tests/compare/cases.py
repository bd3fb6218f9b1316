"""Exits made by hand or at random, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landed.compare import Exits


def exits(
    rows: Sequence[tuple[int, int, bool, int]], *, follow_up: int = 400, cell: int = 0
) -> Exits:
    """Exits from rows of change, exit_day, died and lines, all watched from their beginning."""
    change, exit_day, died, lines = (np.array(column) for column in zip(*rows, strict=True))
    return Exits(
        change=change,
        cell=np.full(len(change), cell),
        entry_day=np.zeros(len(change), np.int64),
        exit_day=exit_day,
        died=died.astype(bool),
        follow_up=np.full(len(change), follow_up),
        lines=lines,
    )


def random_exits(seed: int, changes: int = 60, truncated: bool = False) -> Exits:
    """Several rows for each of many changes; some cut off at the window's start."""
    random = np.random.default_rng(seed)
    rows = changes * 5
    exit_day = random.integers(0, 500, rows)
    entry_day = random.integers(0, 200, rows) if truncated else np.zeros(rows, np.int64)
    entry_day = np.where(random.random(rows) < 0.5, 0, np.minimum(entry_day, exit_day))
    died = random.random(rows) < 0.6
    return Exits(
        change=random.integers(0, changes, rows),
        cell=random.integers(0, 4, rows),
        entry_day=entry_day,
        exit_day=np.minimum(exit_day, 366),
        died=died & (exit_day <= 365),
        follow_up=np.full(rows, 500),
        lines=random.integers(1, 40, rows),
    ).where(entry_day <= 365)
