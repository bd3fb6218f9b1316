"""Rows of the table `generated_line`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from landed.attribution.generated.replay import PRESENT, REMOVED, RETRIED, STATES, Replay
from landed.attribution.generated.uncommitted import WORKING_TREE
from landed.records import TIMESTAMP


def generated_rows(
    replay: Replay,
    lines: Mapping[int, tuple[int, float]],
    uncommitted: Mapping[int, str],
) -> pa.Table:
    """Return one row for each generated line.

    Args:
        replay: what became of the lines by the edits.
        lines: of each line that a commit carries, the ledger's line and the similarity.
        uncommitted: of lines that no commit carries, where else they are.
    """
    generated = replay.generated
    chosen = np.flatnonzero(replay.state != RETRIED)
    ids = np.array([edit.edit for edit in replay.edits], dtype=np.uint64)
    pieces = chosen.tolist()
    codes = replay.state[chosen].copy()
    # what is in the working tree again is there, whatever an edit found before
    back = [uncommitted.get(piece) == WORKING_TREE for piece in pieces]
    codes[(codes == REMOVED) & np.array(back, dtype=np.bool_)] = PRESENT
    removals = [
        None if code == PRESENT else replay.removals.get(piece)
        for piece, code in zip(pieces, codes.tolist(), strict=True)
    ]
    carried = [lines.get(piece) for piece in pieces]
    return pa.table(
        {
            "edit": pa.array(ids[generated.edit[chosen]])
            if len(ids)
            else pa.array([], pa.uint64()),
            "ordinal": pa.array(generated.ordinal[chosen], pa.int32()),
            "state": pa.array([STATES[code] for code in codes.tolist()], pa.string()),
            "removed_at": pa.array(
                [None if removal is None else removal.at for removal in removals], pa.int64()
            ).cast(TIMESTAMP),
            "removed_by": pa.array(
                [
                    None if removal is None else "agent" if removal.by_agent else "other"
                    for removal in removals
                ],
                pa.string(),
            ),
            "removed_by_edit": pa.array(
                [
                    None if removal is None else replay.edits[removal.edit].edit
                    for removal in removals
                ],
                pa.uint64(),
            ),
            "line": pa.array([None if at is None else at[0] for at in carried], pa.int32()),
            "grade": pa.array(
                [
                    None if at is None else "matched" if at[1] == 1.0 else "similar"
                    for at in carried
                ],
                pa.string(),
            ),
            "similarity": pa.array([None if at is None else at[1] for at in carried], pa.float64()),
            "uncommitted_in": pa.array([uncommitted.get(piece) for piece in pieces], pa.string()),
        }
    )
