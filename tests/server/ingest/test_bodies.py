"""Bodies are bounded before and after they are decompressed."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Sequence

import pytest
from starlette.requests import Request
from starlette.types import Message

from landed.server.ingest import bodies
from landed.server.ingest.bodies import BodyRefused, read_body

LARGEST = 100_000


def read(
    chunks: Sequence[bytes], *, encoding: str | None = None, length: int | None = None
) -> bytes:
    """Read a body that comes in these parts."""
    headers = [(b"content-encoding", encoding.encode())] if encoding is not None else []
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    coming: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks
    ]
    coming.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return coming.pop(0)

    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    return asyncio.run(read_body(request, LARGEST))


def refused(
    chunks: Sequence[bytes], *, encoding: str | None = None, length: int | None = None
) -> BodyRefused:
    """The refusal of a body that comes in these parts."""
    with pytest.raises(BodyRefused) as raised:
        read(chunks, encoding=encoding, length=length)
    return raised.value


def in_parts(body: bytes, size: int = 7) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


def test_a_plain_body_is_what_came() -> None:
    assert read([b"ab", b"", b"c"]) == b"abc"
    assert read([b"abc"], encoding="identity") == b"abc"
    assert read([]) == b""


@pytest.mark.parametrize("encoding", ["gzip", "GZIP ", "deflate"])
def test_a_compressed_body_is_what_was_meant(encoding: str) -> None:
    meant = b"something that is said " * 500
    packed = zlib.compress(meant) if encoding == "deflate" else gzip.compress(meant)

    assert read([packed], encoding=encoding) == meant
    assert read(in_parts(packed), encoding=encoding) == meant


def test_an_empty_body_needs_no_compression() -> None:
    assert read([], encoding="gzip") == b""


def test_exactly_the_bound_is_taken() -> None:
    largest = b"x" * LARGEST
    assert read([largest]) == largest
    assert read([gzip.compress(largest)], encoding="gzip") == largest


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    assert refused([], length=LARGEST + 1).status == 413


def test_a_body_that_does_not_say_so_is_cut_off() -> None:
    assert refused([b"x" * LARGEST, b"y"]).status == 413


@pytest.mark.parametrize("size", [7, 1_000_000])
def test_a_bomb_is_cut_off_while_it_is_decompressed(size: int) -> None:
    bomb = gzip.compress(b"\0" * (LARGEST + 1))
    assert len(bomb) < LARGEST / 100
    assert refused(in_parts(bomb, size), encoding="gzip").status == 413


def test_a_compressed_body_is_bounded_as_it_comes_too() -> None:
    assert refused([b"x" * (LARGEST + 1)], encoding="gzip").status == 413


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x"])
def test_other_compression_is_refused_and_says_which_is_understood(encoding: str) -> None:
    refusal = refused([b"abc"], encoding=encoding)
    assert refusal.status == 415
    assert refusal.headers == {"accept-encoding": "gzip, deflate"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"no gzip at all", id="plain"),
        pytest.param(gzip.compress(b"x" * 1000)[:-4], id="cut off"),
        pytest.param(gzip.compress(b"x" * 1000)[:12] + b"\xff" * 20, id="damaged"),
        pytest.param(gzip.compress(b"x") + b"more", id="goes on"),
        pytest.param(gzip.compress(b"x") + gzip.compress(b"y"), id="two at once"),
    ],
)
def test_a_damaged_body_is_refused(body: bytes) -> None:
    assert refused([body], encoding="gzip").status == 400
    assert refused(in_parts(body, 1), encoding="gzip").status == 400


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS", 0.01)

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(BodyRefused) as raised:
        asyncio.run(read_body(request, LARGEST))
    assert raised.value.status == 408


def test_a_body_that_is_broken_off_is_refused() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(BodyRefused) as raised:
        asyncio.run(read_body(request, LARGEST))
    assert raised.value.status == 400
