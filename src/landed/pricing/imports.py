"""Taking what a file says was paid into the store, each line once however often it is read."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from landed.pricing.invoice_files import PaidFile
from landed.pricing.paid import FROM_SETTINGS
from landed.records import AGENTS, TABLES
from landed.store import Store


@dataclass(frozen=True)
class PaidImport:
    """How many rows of a file were new to the store, changed a row of it, or stood there already;
    how many rows that an earlier state of the file had were taken out."""

    new: int
    changed: int
    known: int
    removed: int


def import_paid(store: Store, file: PaidFile, source: str) -> PaidImport:
    """Put a file's rows in the place of those that `source` and the same invoices had.

    A file that is imported again, also under another name, therefore changes nothing; one that
    was corrected replaces what it said before.

    Raises:
        StoreError: the store cannot be written.
    """
    schema = pa.schema(
        [column for column in TABLES[file.table].schema if column.name != "repository"]
    )
    what = ("vendor", "holder", "since") if file.table == "seat" else ("vendor", "invoice")
    key = [name for name in TABLES[file.table].key if name != "repository"]
    stored = store.read(file.table, AGENTS).select(schema.names).to_pylist()
    # what the settings tell is put in anew whenever calls are priced
    before = [row for row in stored if row["source"] != FROM_SETTINGS]
    told = {tuple(row[name] for name in what) for row in file.rows}
    kept, replaced = [], {}
    for row in before:
        if row["source"] == source or tuple(row[name] for name in what) in told:
            replaced[tuple(row[name] for name in key)] = row
        else:
            kept.append(row)
    now = {tuple(row[name] for name in key): row for row in file.rows}
    same = sum(_alike(replaced.get(name), row) for name, row in now.items())
    changed = len(now.keys() & replaced.keys()) - same
    removed = len(replaced.keys() - now.keys())
    if same < len(now) or removed:
        rows = pa.Table.from_pylist([*kept, *file.rows], schema=schema)
        store.replace(file.table, rows, AGENTS)
    return PaidImport(len(now.keys() - replaced.keys()), changed, same, removed)


def _alike(one: dict[str, object] | None, other: dict[str, object]) -> bool:
    """Whether two rows say the same, whatever file they are from."""
    return one is not None and one | {"source": ""} == other | {"source": ""}
