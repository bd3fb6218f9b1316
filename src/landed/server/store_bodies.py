"""The body of a request, however large: small ones in memory, others in a file without a name."""

from __future__ import annotations

import contextlib
import mmap
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pyarrow as pa

LARGEST_IN_MEMORY = 16 * 1024 * 1024
"""In bytes; what is larger is read from a file's pages, which the system may take back."""


@asynccontextmanager
async def received_body(
    pieces: AsyncIterator[bytes], directory: Path
) -> AsyncIterator[pa.NativeFile]:
    """The whole of a body, to be read like a file; a large one lies in `directory` meanwhile."""
    kept = bytearray()
    with contextlib.ExitStack() as stack:
        file = None
        async for piece in pieces:
            kept += piece
            if len(kept) > LARGEST_IN_MEMORY:
                if file is None:
                    file = stack.enter_context(tempfile.TemporaryFile(dir=directory))
                file.write(kept)
                kept.clear()
        if file is None:
            yield pa.BufferReader(pa.py_buffer(kept))
            return
        file.write(kept)
        file.flush()
        pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        yield pa.BufferReader(pa.py_buffer(pages))
