"""The server's side: batches that laptops pushed become rows like those of local logs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from landed.attribution.sessions.standing import logs_first
from landed.attribution.sessions.writing import PREFERENCE
from landed.config import Settings
from landed.push.batch import Batch, read_batch
from landed.push.kinds import KINDS
from landed.records import AGENTS
from landed.store import Store


class Received(Protocol):
    """A row of the inbox: `payload` is the body of a push."""

    @property
    def payload(self) -> bytes:
        """The bytes that were sent."""


def receive_pushed(store: Store, settings: Settings, rows: Sequence[Received]) -> None:  # noqa: ARG001
    """Write what was pushed, each thing once, whoever told it first and however often.

    Rows are settled with those that logs on this machine told, and take the place of what only
    telemetry told. The lines of an edit are written once.

    Raises:
        BatchRefused: a payload is no batch; nothing of `rows` was written.
        StoreError: the store refused; nothing of `rows` was written.
    """
    batches = [read_batch(row.payload) for row in rows]
    told = {
        name: pa.concat_tables([batch.tables[name] for batch in batches if name in batch.tables])
        for name in KINDS
        if name in PREFERENCE and any(name in batch.tables for batch in batches)
    }
    with store.transaction(), logs_first(store, told):
        for name, table in told.items():
            store.settle(name, table, AGENTS, prefer=PREFERENCE[name])
        for batch in batches:
            _write_lines(store, batch)


def _write_lines(store: Store, batch: Batch) -> None:
    """Write lines of the edits that have none yet: what an edit did never changes."""
    for name in ("edit_line", "edit_before"):
        rows = batch.tables.get(name)
        if rows is None or not rows.num_rows:
            continue
        there = store.query(
            f"select distinct edit from {name} where repository = ? and edit in"
            " (select edit from told)",
            [AGENTS],
            beside={"told": pa.table({"edit": rows["edit"].unique()})},
        )["edit"]
        fresh = rows.filter(pc.invert(pc.is_in(rows["edit"], value_set=there.combine_chunks())))
        if fresh.num_rows:
            store.append(name, fresh, AGENTS)
