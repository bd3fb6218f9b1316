"""What a store in another process is asked, and what it answers: as streams of Arrow.

A request is one stream with a single row, the statement's parameters, so that each keeps its type;
its schema's metadata says what is asked. The tables that go along follow it, a stream each. An
answer is one stream; where the store fails half way, its last batch is empty and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
import pyarrow as pa

from landed.errors import LandedError, StoreError, UsageError
from landed.store.base import Parameters

PROTOCOL = 1
"""Raised whenever an older client or server could not go on with a newer one."""
STREAM_TYPE = "application/vnd.apache.arrow.stream"
BATCH_ROWS = 122_880
_ASKED = b"landed.asked"
_ERROR = b"landed.error"
_WHOLE = {b"landed.type": b"int"}
_ERRORS: dict[str, type[LandedError]] = {
    kind.__name__: kind for kind in (StoreError, UsageError, LandedError)
}


@dataclass(frozen=True)
class Request:
    """One thing that a store is asked.

    Attributes:
        operation: the name of the method of `Store`.
        options: its arguments that JSON can tell.
        parameters: those of a statement.
        tables: its arguments that are tables.
    """

    operation: str
    options: Mapping[str, Any] = field(default_factory=dict)
    parameters: Parameters = ()
    tables: Mapping[str, pa.Table] = field(default_factory=dict)


class Readable(Protocol):
    """Where bytes come from: `read(n)` gives n of them, fewer only at the end."""

    closed: bool

    def read(self, size: int = -1) -> bytes: ...


class _Pieces:
    """A file that keeps what is written to it until it is taken."""

    closed = False

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: Any) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        written, self._written = self._written, []
        return b"".join(written)


def write_request(request: Request) -> Iterator[bytes]:
    """The bytes of `request`, piece by piece; raises StoreError for a parameter of unknown type."""
    named = isinstance(request.parameters, dict)
    values = (
        request.parameters.items()
        if isinstance(request.parameters, dict)
        else ((str(place), value) for place, value in enumerate(request.parameters))
    )
    fields, arrays = [], []
    for name, value in values:
        array, metadata = _one_value(name, value)
        fields.append(pa.field(name, array.type, metadata=metadata))
        arrays.append(array)
    asked = {
        "operation": request.operation,
        "options": request.options,
        "named": named,
        "tables": list(request.tables),
    }
    schema = pa.schema(fields, metadata={_ASKED: orjson.dumps(asked)})
    # a batch without columns has no rows, and stands for no parameters
    yield from write_stream(schema, [pa.RecordBatch.from_arrays(arrays, schema=schema)])
    for table in request.tables.values():
        yield from write_stream(table.schema, table.to_batches(max_chunksize=BATCH_ROWS))


def read_request(body: pa.NativeFile) -> Request:
    """The request that `write_request` wrote; raises StoreError for anything else."""
    try:
        with pa.ipc.open_stream(body) as reader:
            head = reader.read_all()
        asked = orjson.loads(head.schema.metadata[_ASKED])
        tables = {name: _read_table(body) for name in asked["tables"]}
        values = [_value_of(column, head.schema.field(i)) for i, column in enumerate(head.columns)]
        parameters: Parameters = values
        if asked["named"]:
            parameters = dict(zip(head.schema.names, values, strict=True))
        return Request(asked["operation"], asked["options"], parameters, tables)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"the store was asked for something unreadable: {error}") from error


def write_stream(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """The bytes of a stream of `batches`, each as soon as it is there.

    An error of the LandedError family that comes instead of a batch is told to the reader.
    """
    pieces = _Pieces()
    with pa.ipc.new_stream(pa.PythonFile(pieces, "w"), schema) as writer:
        yield pieces.take()
        try:
            for batch in batches:
                writer.write_batch(batch)
                yield pieces.take()
        except LandedError as error:
            writer.write_batch(_no_rows(schema), custom_metadata={_ERROR: describe(error)})
    yield pieces.take()


def read_stream(source: Readable) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """The schema of a stream and its batches, each when it is asked for.

    The iterator raises the error of which the stream tells.
    """
    reader = pa.ipc.open_stream(pa.PythonFile(source, "r"))
    return reader.schema, _batches_of(reader)


def describe(error: LandedError) -> bytes:
    """`error`, so that `described` can make it again."""
    kind = next(name for name, kind in _ERRORS.items() if isinstance(error, kind))
    return orjson.dumps({"kind": kind, "message": str(error)})


def described(content: bytes) -> LandedError:
    """The error that `describe` told; a StoreError for anything else."""
    try:
        told = orjson.loads(content)
        return _ERRORS[told["kind"]](told["message"])
    except (ValueError, KeyError, TypeError):
        return StoreError(
            "the server of this workspace failed; its log says why, and the command can be run "
            "again"
        )


def _batches_of(reader: pa.RecordBatchStreamReader) -> Iterator[pa.RecordBatch]:
    while True:
        try:
            batch, metadata = reader.read_next_batch_with_custom_metadata()
        except StopIteration:
            return
        if metadata and _ERROR in metadata:
            raise described(metadata[_ERROR])
        yield batch


def _read_table(body: pa.NativeFile) -> pa.Table:
    with pa.ipc.open_stream(body) as reader:
        return reader.read_all()


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], kind) for kind in schema.types], schema=schema)


def _one_value(name: str, value: Any) -> tuple[pa.Array, dict[bytes, bytes] | None]:
    try:
        if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 63:
            # wider than any integer of Arrow that Python numbers become by themselves
            return pa.array([str(value)]), _WHOLE
        return pa.array([value]), None
    except (pa.ArrowException, TypeError, OverflowError) as error:
        raise StoreError(f"the parameter {name} cannot be handed to the store: {error}") from error


def _value_of(column: pa.ChunkedArray, told: pa.Field) -> Any:
    value = column[0].as_py()
    return int(value) if told.metadata == _WHOLE else value
