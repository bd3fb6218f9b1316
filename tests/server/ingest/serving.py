"""The addresses of ingest on a real server on loopback."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from landed.config import Settings
from landed.server.accounts import Accounts
from landed.server.ingest import Ingest, router
from landed.server.ingest.drain import Drain
from landed.server.meters import Meters
from landed.server.state import Server
from landed.store import Store
from landed.store.inbox import Inbox, Waiting
from landed.store.served import ServedStore


@dataclass
class Drained:
    """A drain that notes what it is told; keys that are `poison` it cannot write."""

    poison: set[str] = field(default_factory=set)
    keys: list[str] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    def __call__(self, store: Store, settings: Settings, rows: Sequence[Waiting]) -> None:
        del store, settings
        self.batches.append(len(rows))
        wrong = self.poison & {row.key for row in rows}
        if wrong:
            raise ValueError(f"cannot write {min(wrong)}")
        self.keys += [row.key for row in rows]


@dataclass
class Serving:
    """A server that answers, and what is behind it."""

    client: httpx.Client
    server: Server
    ingest: Ingest

    @property
    def inbox(self) -> Inbox:
        """Where what was acknowledged is."""
        return self.server.inbox

    def post(self, path: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Send a body."""
        return self.client.post(path, content=content, headers=headers)


@contextlib.contextmanager
def serving(
    tmp_path: Path,
    drains: Mapping[str, Drain] | None = None,
    *,
    draining: bool = False,
    loopback: bool = True,
    **server_settings: Any,
) -> Iterator[Serving]:
    """Serve ingest alone; unless `draining`, all that is taken stays in the inbox until the test
    says otherwise. Further arguments are settings of the server."""
    settings = Settings(workspace=tmp_path / "workspace")
    settings = settings.model_copy(
        update={"server": settings.server.model_copy(update=server_settings)}
    )
    settings.workspace.mkdir(parents=True, exist_ok=True)
    store = ServedStore(settings)
    with contextlib.closing(store), Inbox(settings.workspace / "inbox.db") as inbox:
        ingest = Ingest(settings, inbox, store, drains or {})
        with Accounts.of_workspace(settings) as accounts:
            server = Server(
                settings=settings,
                store=store,
                inbox=inbox,
                ingest=ingest,
                accounts=accounts,
                meters=Meters(),
                loopback=loopback,
            )
            ingest.writer.start()
            if draining:
                ingest.drainer.start()
            try:
                with _answering(server) as address, httpx.Client(base_url=address) as client:
                    yield Serving(client, server, ingest)
            finally:
                ingest.stop()


@contextlib.contextmanager
def _answering(server: Server) -> Iterator[str]:
    app = FastAPI()
    app.state.server = server
    app.state.ingest = server.ingest
    app.include_router(router)
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        wait_until(lambda: running.started)
        port = running.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join()


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread does; a test that waits in vain fails."""
    pause = threading.Event()
    for _ in range(2000):
        if true():
            return
        pause.wait(0.01)
    raise AssertionError("waited in vain")
