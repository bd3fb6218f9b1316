"""What works beside the answering of requests, started and stopped together."""

from __future__ import annotations

import threading

from landed.server.state import Background, Server

PATIENCE_SECONDS = 3.0
"""Work that ends has so long, before whoever holds it up in the store is sent away."""


class Work:
    """Ingest and the background of a server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._begun: list[Background] = []

    def start(self) -> None:
        """Start all parts; where one cannot start, those before it are stopped."""
        try:
            for part in (self._server.ingest, *self._server.background):
                part.start()
                self._begun.append(part)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all parts, the last one first; returns once they have ended."""
        ending = threading.Thread(target=self._end, name="stopping")
        ending.start()
        ending.join(PATIENCE_SECONDS)
        # a part may wait for its turn behind another process that takes long
        self._server.store.stop()
        ending.join()

    def _end(self) -> None:
        while self._begun:
            self._begun.pop().stop()
