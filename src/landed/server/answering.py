"""Answering on two sockets in one loop: people and programs, and processes of this user."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
import uvloop
from starlette.types import ASGIApp

from landed.server.app import create_app
from landed.server.state import Server
from landed.server.store_protocol import store_protocol
from landed.server.work import Work

GRACE_SECONDS = 10
"""Requests that are being answered have so long to end."""
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies and exporters of telemetry keep a connection, so that they close it first."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def answer(
    server: Server, listening: socket.socket, inside: socket.socket, on_start: Callable[[], None]
) -> None:
    """Answer people on `listening` and processes of this user on `inside`, until a signal.

    The work beside it starts before people are answered, and ends after the last one was. A second
    signal does not wait for answers that do not end.
    """
    people = _Answering(create_app(server), on_start)
    processes = _Answering(store_protocol(server.store))

    def stop() -> None:
        people.force_exit = processes.force_exit = server.stopping.is_set()
        server.stopping.set()
        people.should_exit = True

    async def until_signalled() -> None:
        with _called_on_signals(stop):
            inner = asyncio.create_task(processes.serve([inside]))
            try:
                await _people(server, people, listening)
            finally:
                server.store.stop()
                processes.should_exit = True
                await inner

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(until_signalled())


async def _people(server: Server, people: _Answering, listening: socket.socket) -> None:
    work = Work(server)
    work.start()
    try:
        await people.serve([listening])
    finally:
        server.stopping.set()
        await asyncio.to_thread(work.stop)


@contextlib.contextmanager
def _called_on_signals(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


class _Answering(uvicorn.Server):
    """One of the two; leaves signals to who runs both."""

    def __init__(self, app: ASGIApp, on_start: Callable[[], None] = lambda: None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
