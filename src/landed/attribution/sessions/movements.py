"""What HEAD of every working tree pointed at, kept longer than git's reflog keeps it."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from landed.records import TABLES
from landed.sources.git.reflog import HeadMovement, head_movements, movements_since
from landed.sources.git.scratch import Scratch
from landed.store import Store

_HEAD = "HEAD"
_KNOWN = """
    select worktree, previous, "commit", happened_at, action from head_movement
    where repository = ? order by worktree, ordinal
"""


def note_movements(store: Store, repository: str, scratch: Scratch) -> None:
    """Add what the HEAD logs of a repository's working trees have gained to `head_movement`."""
    known: dict[str, list[HeadMovement]] = {}
    for row in store.query(_KNOWN, [repository]).to_pylist():
        second = int(row["happened_at"].timestamp())
        known.setdefault(row["worktree"], []).append(
            HeadMovement(
                row["worktree"], _HEAD, row["previous"], row["commit"], second, row["action"]
            )
        )
    read: dict[str, list[HeadMovement]] = {}
    for movement in head_movements(scratch):
        read.setdefault(movement.worktree, []).append(movement)
    rows = []
    for worktree, movements in read.items():
        before = known.get(worktree, [])
        for place, movement in enumerate(movements_since(before, movements), start=len(before)):
            rows.append(
                {
                    "repository": repository,
                    "worktree": worktree,
                    "ordinal": place,
                    "happened_at": datetime.fromtimestamp(movement.at, UTC),
                    "previous": movement.old,
                    "commit": movement.new,
                    "action": movement.action,
                }
            )
    if rows:
        schema = TABLES["head_movement"].schema
        store.append("head_movement", pa.Table.from_pylist(rows, schema=schema), repository)
