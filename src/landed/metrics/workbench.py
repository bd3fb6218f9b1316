"""Where metrics are computed: an engine in memory that holds the facts of some repositories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from landed.metrics.bench import Bench
from landed.metrics.facts import Facts
from landed.metrics.registry import statements

RELATIONS = (
    "landed_step",
    "entangled_root",
    "entangled_carrier",
    "entangled_stay",
    "stay",
    "carrier",
    "observed_stay",
)
"""The relations that metrics share, each after those it is made from."""

_SCOPE = pa.schema(
    [
        ("repository", pa.int16()),
        ("name", pa.string()),
        ("branch", pa.string()),
        ("since_second", pa.int64()),
        ("until_second", pa.int64()),
        ("until_step", pa.int32()),
        ("rework_days", pa.int32()),
        ("live_tag", pa.string()),
        ("live_position", pa.int32()),
        ("live_step", pa.int32()),
    ]
)


class Workbench(Bench):
    """The facts of one or more repositories, and every metric over their ledgers."""

    def __init__(
        self,
        facts: Sequence[Facts],
        *,
        memory_limit: str = "256MB",
        threads: int = 2,
        spill: Path | None = None,
    ) -> None:
        """Derive the relations; what does not fit into memory goes to the directory `spill`."""
        super().__init__(memory_limit=memory_limit, threads=threads, spill=spill)
        self._ids = pa.array([repository.window.repository for repository in facts], pa.string())
        windows = [asdict(repository.window) for repository in facts]
        rows = [window | {"repository": place} for place, window in enumerate(windows)]
        self._load("scope", pa.Table.from_pylist(rows, _SCOPE))
        for name in facts[0].tables:
            self._load(
                name,
                pa.concat_tables(
                    _numbered(repository.tables[name], place)
                    for place, repository in enumerate(facts)
                ),
            )
        for name in RELATIONS:
            self._connection.execute(f"create table {name} as {statements('relations')[name].sql}")

    def run(self, name: str) -> pa.Table:
        """The rows of the metric `name`, over all repositories."""
        found = super().run(name)
        ids = self._ids.take(found["repository"].combine_chunks())
        return found.set_column(found.schema.get_field_index("repository"), "repository", ids)


def _numbered(table: pa.Table, place: int) -> pa.Table:
    """In the workbench a repository is its place among them: numbers join faster than names."""
    return table.append_column("repository", pa.repeat(pa.scalar(place, pa.int16()), len(table)))
