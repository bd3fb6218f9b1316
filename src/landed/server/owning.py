"""One server a workspace: a lock that ends with its process, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from landed.errors import StoreError, UsageError

LOCK_NAME = "server.lock"
_LONGEST = 500


@contextmanager
def owned(workspace: Path) -> Iterator[Callable[[str], None]]:
    """Be the only server of `workspace`; yields what takes the address to tell others.

    Raises UsageError, naming the other one's address, where there is one already.
    """
    path = workspace / LOCK_NAME
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"cannot open {path}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(_taken(handle, workspace)) from None

        def tell(address: str) -> None:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()} {address}\n".encode(), 0)

        tell("")
        yield tell
        os.ftruncate(handle, 0)
    finally:
        # the file stays: to remove it would let two others lock two files of one name
        os.close(handle)


def told_address(workspace: Path) -> str | None:
    """The address that the server of `workspace` has told; None where it has told none."""
    try:
        said = (workspace / LOCK_NAME).read_text("utf-8", "replace")[:_LONGEST]
    except OSError:
        return None
    return said.strip().partition(" ")[2] or None


def _taken(handle: int, workspace: Path) -> str:
    said = os.pread(handle, _LONGEST, 0).decode("utf-8", "replace").strip()
    process, _, address = said.partition(" ")
    who = f" (process {process})" if process.isdecimal() else ""
    where = f" at {address}" if address else ""
    return (
        f"a server has the workspace {workspace} already{where}{who}: use that one, stop it, or "
        "choose another --workspace"
    )
