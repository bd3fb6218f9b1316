"""Bodies of requests, bounded before and after they are decompressed."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request

SECONDS = 60.0
"""A body that has not come after so long is given up."""
ENCODINGS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
"""Ways of compression that are understood, and how zlib calls them."""

_MEGABYTE = 1024 * 1024


class BodyRefused(Exception):
    """A body that is not taken; `status` is HTTP's, and the text says why in plain words."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


async def read_body(request: Request, largest: int) -> bytes:
    """Read the body of a request, at most `largest` bytes as it came and as it is meant.

    Decompression stops at the bound, however much more there would be.

    Raises:
        BodyRefused: 413 too large, 415 compressed in another way than `ENCODINGS`, 400 damaged or
            broken off, 408 too slow.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ENCODINGS and encoding not in ("", "identity"):
        raise BodyRefused(
            415,
            "the body is compressed in a way that is not understood: use gzip, or none",
            {"accept-encoding": ", ".join(ENCODINGS)},
        )
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > largest:
        raise _too_large(largest)
    try:
        async with asyncio.timeout(SECONDS):
            return await _read(request, ENCODINGS.get(encoding), largest)
    except TimeoutError:
        raise BodyRefused(408, f"the body did not come within {SECONDS:g} s") from None
    except ClientDisconnect:
        raise BodyRefused(400, "the body was broken off") from None


async def _read(request: Request, window: int | None, largest: int) -> bytes:
    taken = _Plain(largest) if window is None else _Compressed(largest, window)
    came = 0
    async for chunk in request.stream():
        came += len(chunk)
        if came > largest:
            raise _too_large(largest)
        taken.take(chunk)
    return taken.whole()


class _Plain:
    """A body as it came."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._parts: list[bytes] = []
        self._size = 0

    def take(self, chunk: bytes) -> None:
        """Add the next part of the body."""
        self._size += len(chunk)
        if self._size > self._largest:
            raise _too_large(self._largest)
        self._parts.append(chunk)

    def whole(self) -> bytes:
        """The body, once all of it was taken."""
        return b"".join(self._parts)


class _Compressed(_Plain):
    """A body that is decompressed as it comes, and never beyond the bound."""

    def __init__(self, largest: int, window: int) -> None:
        super().__init__(largest)
        self._stream = zlib.decompressobj(window)
        self._begun = False

    def take(self, chunk: bytes) -> None:
        if not chunk:
            return
        self._begun = True
        if self._stream.eof:
            raise _damaged()
        room = self._largest - self._size + 1
        try:
            super().take(self._stream.decompress(chunk, room))
        except zlib.error:
            raise _damaged() from None
        # What one call leaves over lies beyond the bound: the room is one byte larger than that.
        if self._stream.unused_data:
            raise _damaged()

    def whole(self) -> bytes:
        if self._begun and not self._stream.eof:
            raise _damaged()
        return super().whole()


def _too_large(largest: int) -> BodyRefused:
    return BodyRefused(
        413,
        f"the body is larger than {largest / _MEGABYTE:g} MB: send less at once, or raise "
        "server.body_megabytes",
    )


def _damaged() -> BodyRefused:
    return BodyRefused(400, "the body is damaged: it is not compressed as its header says")
