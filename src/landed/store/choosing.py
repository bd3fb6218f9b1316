"""Who is asked for a store: the server that owns the workspace, or else its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from landed.store.base import Store
from landed.store.finding import find_server
from landed.store.local import LocalStore
from landed.store.opening import GaveUp


def open_store(
    workspace: Path,
    *,
    read_only: bool,
    wait_seconds: float,
    on_wait: Callable[[str], None],
    memory_limit: str,
    threads: int,
) -> Store:
    """The store of `workspace`, as `Store.open` tells."""
    while True:
        socket = find_server(workspace)
        try:
            if socket is None:
                return LocalStore.open_file(
                    workspace,
                    read_only=read_only,
                    wait_seconds=wait_seconds,
                    on_wait=on_wait,
                    # a server that was just being started has the file before it listens
                    give_up=lambda: find_server(workspace) is not None,
                    memory_limit=memory_limit,
                    threads=threads,
                )
            # it brings the HTTP client, which no other command has to load
            from landed.store.remote import RemoteStore

            return RemoteStore.connect(
                socket, workspace, read_only=read_only, wait_seconds=wait_seconds, on_wait=on_wait
            )
        except GaveUp:
            continue
