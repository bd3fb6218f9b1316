"""The parts of taking in: the writer before the inbox, and the drain behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from landed.server.ingest.drain import Drain, Drainer
from landed.server.ingest.sources import drains
from landed.server.ingest.writer import InboxWriter

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.store.inbox import Inbox
    from landed.store.served import ServedStore

_MEGABYTE = 1024 * 1024


class Ingest:
    """Takes what is sent, and reads it into the store.

    `drains` says who reads rows of which source; without it those of this package.
    """

    def __init__(
        self,
        settings: Settings,
        inbox: Inbox,
        store: ServedStore,
        drains_by_source: Mapping[str, Drain] | None = None,
    ) -> None:
        self.settings = settings
        self.inbox = inbox
        self.largest_body = int(settings.server.body_megabytes * _MEGABYTE)
        chosen = drains() if drains_by_source is None else drains_by_source
        self.drainer = Drainer(settings, inbox, store, chosen)
        self.writer = InboxWriter(
            inbox,
            largest_inbox=int(settings.server.inbox_megabytes * _MEGABYTE),
            on_written=self.drainer.wake,
        )

    def start(self) -> None:
        """Begin to take and to read, in threads of its own; what waits since before is read too."""
        self.drainer.start()
        self.writer.start()

    def stop(self) -> None:
        """Refuse what comes, keep what was taken, and end; what still waits stays in the inbox."""
        self.writer.stop()
        self.drainer.stop()
