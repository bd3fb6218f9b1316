"""What one running server holds, and how a request gets at it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from starlette.requests import HTTPConnection

from landed import __version__
from landed.server.accounts.identities import Identities

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.server.accounts import Accounts
    from landed.server.ingest import Ingest
    from landed.server.meters import Meters
    from landed.server.scheduler.scheduler import Scheduler
    from landed.store.inbox import Inbox
    from landed.store.served import ServedStore


class Background(Protocol):
    """Work beside the answering of requests, such as the scheduler."""

    def start(self) -> None:
        """Begin, in threads of its own; returns at once."""

    def stop(self) -> None:
        """End after what is being done; returns once it has ended. Stopping twice does nothing."""


@dataclass
class Server:
    """One running server; requests get it with `of`.

    `loopback` says whether only this machine can reach it; then, as long as there is no account,
    whoever asks is its owner.
    """

    settings: Settings
    store: ServedStore
    inbox: Inbox
    ingest: Ingest
    accounts: Accounts
    meters: Meters
    loopback: bool = True
    made_up: bool = False
    """Whether the figures are those of the made-up company; every page says so."""
    version: str = __version__
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    identities: Identities = field(default_factory=Identities)
    background: list[Background] = field(default_factory=list)
    """What is started before the first request and stopped after the last one, beside `ingest`."""
    scheduler: Scheduler | None = None
    """What it does by itself; null where it does nothing, as in tests."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set once no new work is to be begun."""


def of(connection: HTTPConnection) -> Server:
    """The server that answers this request."""
    server: Server = connection.app.state.server
    return server
