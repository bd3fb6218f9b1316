"""Generated lines of files that lie in no repository, or in one that has not been read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.attribution.generated.edits import read_edits
from landed.attribution.generated.replay import Replay
from landed.attribution.generated.rows import generated_rows
from landed.attribution.generated.state import digest_of_edits, read_state, write_state
from landed.attribution.generated.worktrees import Worktrees
from landed.records import OUTSIDE, TABLES, UNREAD
from landed.store import Store


def place_elsewhere(store: Store) -> None:
    """Bring `generated_line` up to date in the partitions `outside` and `unread`.

    Nothing there is looked for in commits: what became of a line is what the edits tell.
    """
    digest = digest_of_edits(store, None)
    if read_state(store, OUTSIDE)[0] == digest:
        return
    edits = read_edits(store, None)
    movements = pa.Table.from_pylist([], schema=TABLES["head_movement"].schema)
    replay = Replay(edits, Worktrees(movements, edits.edits))
    rows = generated_rows(replay, {}, {})
    inside = {edit.edit for edit in edits.edits if edit.inside}
    unread = np.array([edit in inside for edit in rows["edit"].to_pylist()], dtype=np.bool_)
    mask = pa.array(unread)
    with store.transaction():
        store.replace("generated_line", rows.filter(pc.invert(mask)), OUTSIDE)
        store.replace("generated_line", rows.filter(mask), UNREAD)
        write_state(store, OUTSIDE, digest, {})
