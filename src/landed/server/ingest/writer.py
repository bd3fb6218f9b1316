"""One thread writes what all requests bring: many requests share one transaction.

A transaction's cost is that of reaching the disk; while one is under way the next requests gather,
so that more of them share the next one the more there are.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from landed.errors import StoreError
from landed.store.inbox import Inbox, Incoming

WAITING_REQUESTS = 512
"""So many requests may wait for the disk."""
LARGEST_WRITE = 8 * 1024 * 1024
"""Bytes of payloads, more or less, that one transaction writes."""
_LAST = None
"""Comes after all requests."""


class InboxFull(Exception):
    """So much waits that no more is taken; `seconds` from now it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"more is sent than can be read in: try again in {seconds} s")
        self.seconds = seconds


class WriterStopped(Exception):
    """The server is stopping, and takes nothing more."""


@dataclass(frozen=True, slots=True)
class _Request:
    rows: Sequence[Incoming]
    size: int
    answer: Future[None]


class InboxWriter:
    """Puts rows into the inbox, many requests at once.

    Once `largest_inbox` bytes wait there, or `WAITING_REQUESTS` requests for the disk, no more are
    taken. `on_written` is called after each transaction, by the writer's thread.
    """

    def __init__(
        self,
        inbox: Inbox,
        *,
        largest_inbox: int,
        on_written: Callable[[], None],
        waiting_requests: int = WAITING_REQUESTS,
    ) -> None:
        self._inbox = inbox
        self._largest_inbox = largest_inbox
        self._on_written = on_written
        self._requests: queue.Queue[_Request | None] = queue.Queue(waiting_requests)
        self._accepting = threading.Lock()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="inbox writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more, write what was taken, and end."""
        with self._accepting:
            self._stopping = True
        if self._thread.is_alive():
            self._requests.put(_LAST)
            self._thread.join()

    def check(self) -> None:
        """Make sure that rows would be taken now, before a body is read for nothing.

        Raises:
            InboxFull: too much waits.
            WriterStopped: the server is stopping.
        """
        if self._stopping:
            raise WriterStopped
        if self._requests.full():
            raise InboxFull(1)
        if self._inbox.last_size > self._largest_inbox:
            raise InboxFull(5)

    def submit(self, rows: Sequence[Incoming]) -> Future[None]:
        """Take rows; what is returned is done once they are on the disk.

        It raises StoreError where they could not be written. Raises as `check` does.
        """
        self.check()
        size = sum(len(row.payload) for row in rows)
        request = _Request(rows, size, Future())
        # Whoever stops waits for this lock, and so for what is put under it.
        with self._accepting:
            if self._stopping:
                raise WriterStopped
            try:
                self._requests.put_nowait(request)
            except queue.Full:
                raise InboxFull(1) from None
        return request.answer

    def _run(self) -> None:
        ended = False
        while not ended:
            gathered, ended = self._gathered()
            if gathered:
                self._write(gathered)

    def _gathered(self) -> tuple[list[_Request], bool]:
        """The next request and those that wait behind it, as far as one transaction goes.

        The second is whether nothing comes after them.
        """
        gathered: list[_Request] = []
        size = 0
        while size < LARGEST_WRITE:
            try:
                request = self._requests.get(block=not gathered)
            except queue.Empty:
                break
            if request is _LAST:
                return gathered, True
            # Nobody waits any more for the answer of a request that was broken off.
            if request.answer.set_running_or_notify_cancel():
                gathered.append(request)
                size += request.size
        return gathered, False

    def _write(self, requests: Sequence[_Request]) -> None:
        try:
            self._inbox.put([row for request in requests for row in request.rows])
        except StoreError as error:
            for request in requests:
                request.answer.set_exception(error)
            return
        except Exception as error:
            # One request's rows must not break the others'.
            if len(requests) == 1:
                requests[0].answer.set_exception(error)
            else:
                for request in requests:
                    self._write([request])
            return
        for request in requests:
            request.answer.set_result(None)
        self._on_written()
