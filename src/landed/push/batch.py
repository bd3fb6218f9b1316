"""What a laptop sends at once: rows of a few tables, checked value by value on both sides.

On the wire a batch is JSON, which may be gzip'ed: `{"landed_push": 1, "tables": {"session":
{"agent": [...], ...}, ...}}`, columns of equal length, times as microseconds since 1970 UTC. The
same check stands before a batch is sent and after it was received: see `landed.push.kinds`.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
import pyarrow as pa

from landed.errors import LandedError
from landed.push.kinds import KINDS, REFERENCES, Kind
from landed.records import TABLES, TIMESTAMP

VERSION = 1
"""The version of the format that is written, and the only one that is read."""
LARGEST_BODY = 32 << 20
"""Bytes of one batch before it is packed: more is no batch of ours."""
_GZIP = b"\x1f\x8b"


class BatchRefused(LandedError):
    """A batch that holds anything but what is on the list; the message names it, not the value."""


@dataclass(frozen=True)
class Batch:
    """Rows by table; the columns are those of the table but `repository`, in its order."""

    tables: Mapping[str, pa.Table]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each table there are; tables without any are left out."""
        return {name: rows.num_rows for name, rows in self.tables.items() if rows.num_rows}

    @cached_property
    def document(self) -> bytes:
        """The batch as JSON: exactly what leaves, before it is packed."""
        tables = {
            name: {column: _plain(rows[column]) for column in KINDS[name]}
            for name, rows in self.tables.items()
            if rows.num_rows
        }
        return orjson.dumps({"landed_push": VERSION, "tables": tables})

    @property
    def key(self) -> str:
        """The hash of its content: the same batch sent twice has one key."""
        return hashlib.sha256(self.document).hexdigest()

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every row, with its table, as it leaves."""
        for name, columns in orjson.loads(self.document)["tables"].items():
            for values in zip(*columns.values(), strict=True):
                yield name, dict(zip(columns, values, strict=True))


def schema_of(table: str) -> pa.Schema:
    """The Arrow schema of a table's rows in a batch."""
    own = TABLES[table].schema
    return pa.schema([own.field(column) for column in KINDS[table]])


def write_batch(batch: Batch) -> bytes:
    """The bytes to send: gzip'ed JSON, the same for the same rows.

    Raises:
        BatchRefused: a value is not of the kind that may leave; nothing should be sent.
    """
    read_batch(batch.document)
    return gzip.compress(batch.document, compresslevel=6, mtime=0)


def read_batch(body: bytes) -> Batch:
    """The batch in a body, packed or not, once every name and every value has been checked.

    Raises:
        BatchRefused: it is no batch of this version, is too large, has a table or column that is
            not on the list, or a value of another kind; the message never repeats a value.
    """
    content = _tables(_unpacked(body))
    tables = {name: _table(name, content[name]) for name in KINDS if name in content}
    _check_references(tables.get("session_reference"))
    _check_lines(tables)
    return Batch(tables)


def _plain(column: pa.ChunkedArray) -> list[Any]:
    values = column.cast(pa.int64()) if column.type == TIMESTAMP else column
    found: list[Any] = values.to_pylist()
    return found


def _unpacked(body: bytes) -> bytes:
    if len(body) > LARGEST_BODY:
        raise BatchRefused(f"the batch is larger than {LARGEST_BODY >> 20} MiB: send less at once")
    if not body.startswith(_GZIP):
        return body
    opened = zlib.decompressobj(wbits=31)
    try:
        content = opened.decompress(body, LARGEST_BODY)
    except zlib.error:
        raise BatchRefused("the batch is damaged: its gzip stream cannot be read") from None
    if opened.unconsumed_tail:
        raise BatchRefused(f"the batch is larger than {LARGEST_BODY >> 20} MiB: send less at once")
    if not opened.eof or opened.unused_data:
        raise BatchRefused("the batch is damaged: its gzip stream is cut off or goes on")
    return content


def _tables(content: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise BatchRefused("the batch is no JSON") from None
    if not isinstance(document, dict) or set(document) != {"landed_push", "tables"}:
        raise BatchRefused("the batch is not what landed push sends")
    version, tables = document["landed_push"], document["tables"]
    if version is True or version != VERSION:
        raise BatchRefused(
            f"the batch is not of version {VERSION}: bring Landed to the same version on both sides"
        )
    if not isinstance(tables, dict) or not set(tables) <= set(KINDS):
        raise BatchRefused(f"the batch has an unexpected table: it may have {', '.join(KINDS)}")
    return tables


def _table(name: str, columns: Any) -> pa.Table:
    kinds = KINDS[name]
    if not isinstance(columns, dict) or set(columns) != set(kinds):
        raise BatchRefused(f"the columns of {name} are not {', '.join(kinds)}")
    lengths = {len(values) if isinstance(values, list) else -1 for values in columns.values()}
    if len(lengths) > 1 or -1 in lengths:
        raise BatchRefused(f"the columns of {name} are not lists of one length")
    for column, kind in kinds.items():
        if not _is_of(kind, columns[column]):
            raise BatchRefused(f"{name}.{column} has a value that is not {kind.meaning}")
    schema = schema_of(name)
    return pa.table(
        [_array(columns[field.name], field.type) for field in schema],
        schema=schema,
    )


def _is_of(kind: Kind, values: list[Any]) -> bool:
    """Whether all values are of a kind, nulls only where there may be some."""
    types = set(map(type, values))
    if kind.nullable:
        types.discard(type(None))
    if kind.pattern is not None:
        if not types <= {str}:
            return False
        takes = re.compile(kind.pattern).fullmatch
        return all(takes(value) for value in set(values) if value is not None)
    if kind.largest is None:
        return types <= {bool}
    if not types <= {int}:
        return False
    numbers = [value for value in values if value is not None] if kind.nullable else values
    return not numbers or (min(numbers) >= 0 and max(numbers) <= kind.largest)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if kind == TIMESTAMP:
        return pa.array(values, pa.int64()).cast(TIMESTAMP)
    return pa.array(values, kind)


def _check_references(rows: pa.Table | None) -> None:
    """Refuse a value of another kind than its row says."""
    if rows is None:
        return
    told = zip(rows["kind"].to_pylist(), rows["value"].to_pylist(), strict=True)
    for kind, value in set(told):
        if not REFERENCES[kind].takes(value):
            raise BatchRefused(f"a session_reference of {kind} has a value that is none")


def _check_lines(tables: Mapping[str, pa.Table]) -> None:
    """Refuse lines without their edit: they come together, so that they are settled together."""
    edits = set(tables["edit"]["edit"].to_pylist()) if "edit" in tables else set()
    for name in ("edit_line", "edit_before"):
        if name in tables and not set(tables[name]["edit"].unique().to_pylist()) <= edits:
            raise BatchRefused(f"{name} has rows of an edit that is not in the batch")
