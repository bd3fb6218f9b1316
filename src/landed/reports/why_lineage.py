"""The lines of one lineage, and when it first came to the default branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

from landed.journey.carriers import Carriers
from landed.store import Store


@dataclass(frozen=True)
class Lineage:
    """The lineage of a line.

    Attributes:
        root: its first line.
        carriers: all its lines, as carriers of one owner.
        commits: the full ids of the commits in which they were born.
        step: the step of the main line with which the lineage landed first; null = it has not.
        own_step: that with which the line itself did.
    """

    root: int
    carriers: Carriers
    commits: Sequence[str]
    step: int | None
    own_step: int | None


def read_lineage(store: Store, repository: str, line: int) -> Lineage:
    """Read the lineage of one line of the ledger."""
    sql = resources.files("landed.reports").joinpath("why_carriers.sql").read_text("utf-8")
    rows = store.query(sql, {"repository": repository, "line": line})
    lines = np.asarray(rows["line"]).astype(np.int32)
    born = np.asarray(rows["commit_index"]).astype(np.int32)
    told = rows.to_pylist()
    entered = [row["entered"] for row in told if row["entered"] is not None]
    return Lineage(
        root=next((row["line"] for row in told if row["is_root"]), line),
        carriers=Carriers(np.zeros(len(lines), dtype=np.int64), lines, born),
        commits=list(dict.fromkeys(row["commit"] for row in told)),
        step=min(entered, default=None),
        own_step=next((row["entered"] for row in told if row["line"] == line), None),
    )
