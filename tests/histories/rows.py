"""All rows of a workspace, to compare two of them or to look for one."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from landed.records import TABLES
from landed.store import Store

Row = dict[str, Any]


class ProblemRow(NamedTuple):
    """What was reported: its kind and what it concerns."""

    kind: str
    subject: str


def tables(workspace: Path) -> dict[str, list[Row]]:
    """Every table but those about this machine, its rows in the order of their keys."""
    found: dict[str, list[Row]] = {}
    with Store.open(workspace, read_only=True) as store:
        for name, table in TABLES.items():
            if not table.local:
                rows: list[Row] = store.query(f'select * from "{name}"').to_pylist()
                found[name] = sorted(rows, key=itemgetter(*table.key))
    return found


def read_last(store: Store) -> str:
    """The repository that was read last into a workspace."""
    query = "select repository from source_state where source = 'git' order by read_at desc"
    repository: str = store.query(query)["repository"][0].as_py()
    return repository


def problems(workspace: Path) -> list[ProblemRow]:
    """What the runs of a workspace could not read."""
    return [ProblemRow(row["kind"], row["subject"]) for row in tables(workspace)["problem"]]
