"""A server of a workspace's store, on its Unix socket, in a thread."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from landed.config import Settings
from landed.server.store_protocol import store_protocol
from landed.store.finding import listening_socket, remove_socket
from landed.store.served import ServedStore


@dataclass(frozen=True)
class Serving:
    """A server that answers: what it owns, and how it is made to stop."""

    store: ServedStore
    server: uvicorn.Server
    thread: threading.Thread

    def stop(self) -> None:
        """Stop as at a signal: tell those who use the store, answer no more."""
        self.store.stop()
        self.server.should_exit = True
        self.thread.join(30)
        assert not self.thread.is_alive()


@contextlib.contextmanager
def serving(workspace: Path) -> Iterator[Serving]:
    """Own and serve the store of `workspace` as long as the context lasts."""
    with ServedStore(Settings(workspace=workspace)) as store, answering(store) as running:
        yield running


@contextlib.contextmanager
def answering(store: ServedStore) -> Iterator[Serving]:
    """Answer on the socket of the store's workspace as long as the context lasts."""
    with listening_socket(store.workspace) as socket:
        config = uvicorn.Config(store_protocol(store), lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        running = Serving(store, server, thread)
        try:
            yield running
        finally:
            running.stop()
            remove_socket(store.workspace)
