"""What goes over the socket comes out as it went in; what is unreadable is an error of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from landed.errors import LandedError, StoreError, UsageError
from landed.store.messages import (
    Request,
    describe,
    described,
    read_request,
    read_stream,
    write_request,
    write_stream,
)


def test_a_request_comes_out_as_it_went_in() -> None:
    tables = {
        "rows": pa.table({"n": range(300_000)}),
        "within": pa.table({"name": pa.array(["a", "b", "a"]).dictionary_encode()}),
        "none": pa.table({"n": pa.array([], pa.int8())}),
    }
    request = Request("replace_within", {"table": "path"}, [1, None, "x"], tables)

    read = read_request(pa.BufferReader(b"".join(write_request(request))))

    assert (read.operation, read.options, read.parameters) == (
        "replace_within",
        {"table": "path"},
        [1, None, "x"],
    )
    assert {name: table.to_pydict() for name, table in read.tables.items()} == {
        name: table.to_pydict() for name, table in tables.items()
    }
    assert [table.schema for table in read.tables.values()] == [
        table.schema for table in tables.values()
    ]


@pytest.mark.parametrize("parameters", [[], {}, {"a": 1, "b": [2**70 - 1]}, {"wide": 2**70}])
def test_parameters_stay_by_place_or_by_name(parameters: list[int] | dict[str, object]) -> None:
    wide = isinstance(parameters, dict) and "b" in parameters
    if wide:
        with pytest.raises(StoreError, match="the parameter b"):
            list(write_request(Request("query", {}, parameters)))
        return

    read = read_request(pa.BufferReader(b"".join(write_request(Request("query", {}, parameters)))))

    assert read.parameters == parameters


@pytest.mark.parametrize("body", [b"", b"nothing of that kind", b"\xff" * 64])
def test_a_body_that_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(StoreError, match="unreadable"):
        read_request(pa.BufferReader(body))


def test_a_request_that_was_cut_off_is_refused() -> None:
    whole = b"".join(write_request(Request("append", {}, [], {"rows": pa.table({"n": [1, 2]})})))

    for size in range(0, len(whole) - 8, 97):
        with pytest.raises(StoreError, match="unreadable"):
            read_request(pa.BufferReader(whole[:size]))


class Bytes:
    closed = False

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        taken, self._content = self._content[:size], self._content[size:]
        return taken


def test_an_error_on_the_way_comes_after_the_batches_before_it() -> None:
    table = pa.table({"name": ["a"], "moment": pa.array([0], pa.timestamp("us", tz="UTC"))})

    def failing() -> Iterator[pa.RecordBatch]:
        yield from table.to_batches()
        raise UsageError("no more of them")

    schema, batches = read_stream(Bytes(b"".join(write_stream(table.schema, failing()))))

    assert schema == table.schema
    assert next(batches).to_pydict() == table.to_pydict()
    with pytest.raises(UsageError, match="no more of them"):
        next(batches)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(StoreError("a"), StoreError), (UsageError("b"), UsageError), (LandedError("c"), LandedError)],
)
def test_an_error_keeps_its_kind_and_its_words(error: LandedError, kind: type[LandedError]) -> None:
    told = described(describe(error))

    assert type(told) is kind
    assert str(told) == str(error)


@pytest.mark.parametrize("content", [b"", b"Internal Server Error", b"{}", b'{"kind": "KeyError"}'])
def test_an_answer_that_nobody_understands_is_an_error_of_the_store(content: bytes) -> None:
    assert isinstance(described(content), StoreError)
