"""A thread reads what waits in the inbox into the store, in order, and only then forgets it.

What was written but not yet forgotten when the process died is written again: drains are told the
same rows twice and must count them once. A row that cannot be written keeps nobody waiting: it is
found by halving, tried alone, set aside, counted in the table `problem`, and tried again when the
server next starts.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from landed.config import Settings
from landed.records import AGENTS, TABLES
from landed.store import Store
from landed.store.inbox import Inbox, Waiting

if TYPE_CHECKING:
    from landed.store.served import ServedStore

Drain = Callable[[Store, Settings, Sequence[Waiting]], None]
"""Writes rows of one source into the store, within a transaction; rows told again change nothing.

Whatever it raises, nothing of these rows is kept.
"""
ROWS = 5000
"""So many rows are written in one transaction."""
PROBLEM, SET_ASIDE = "inbox", "set-aside"
"""Source and kind of the counts of rows that were set aside; their subject is the rows' source."""

_WHO = "the reading of what was sent"
_IDLE_SECONDS = 1.0
_GATHER_SECONDS, _REST, _LONGEST_REST = 0.2, 4.0, 3.0
"""After a turn rows gather so long, or so many times as long as it took, up to a bound; in s."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STOP_SECONDS = 10.0
_REASON = 500
_log = logging.getLogger(__name__)


class Drainer:
    """Reads the inbox into the store; `drains` says who writes the rows of which source."""

    def __init__(
        self,
        settings: Settings,
        inbox: Inbox,
        store: ServedStore,
        drains: Mapping[str, Drain],
    ) -> None:
        self._settings = settings
        self._inbox = inbox
        self._store = store
        self._drains = dict(drains)
        self._waking = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox drain", daemon=True)

    def start(self) -> None:
        """Begin to read, first what was set aside before."""
        self._thread.start()

    def stop(self) -> None:
        """End after the transaction that is under way; the rest waits in the inbox."""
        self._stopping.set()
        self._waking.set()
        if self._thread.is_alive():
            # It may wait for somebody who writes; the store sends it away when it stops.
            self._thread.join(_STOP_SECONDS)

    def wake(self) -> None:
        """Say that something waits."""
        self._waking.set()

    def turn(self) -> int:
        """Read the next rows that wait, and return how many these were.

        Raises:
            StoreError: nothing can be written now; what was not written waits still.
        """
        rows = self._inbox.waiting(ROWS)
        sources: dict[str, list[Waiting]] = {}
        for row in rows:
            sources.setdefault(row.source, []).append(row)
        for source, own in sources.items():
            drain = self._drains.get(source, _nobody)
            self._take(drain, own)
        return len(rows)

    def empty(self) -> None:
        """Read all that waits, and what was set aside; for use without the thread."""
        self._inbox.put_back()
        while self.turn():
            pass
        self._tell(Counter())

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        begun = False
        while not self._stopping.is_set():
            self._waking.clear()
            begun_at = time.monotonic()
            try:
                if not begun:
                    self._inbox.put_back()
                    begun = True
                    self._tell(Counter())
                found = self.turn()
            except Exception:
                # Whatever it was, everything waits still: the next turn tries it again.
                if self._stopping.is_set():
                    return
                _log.exception("the inbox cannot be read in now; trying again in %g s", pause)
                self._stopping.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            if not found:
                # Other processes put rows in without a word.
                self._waking.wait(_IDLE_SECONDS)
            elif found < ROWS:
                # A turn costs much the same whatever it reads: let more gather for the next.
                taken = time.monotonic() - begun_at
                self._stopping.wait(min(max(_GATHER_SECONDS, _REST * taken), _LONGEST_REST))

    def _take(self, drain: Drain, rows: Sequence[Waiting]) -> None:
        """Write rows, and forget them; halve them where that fails, down to the one at fault."""
        if self._stopping.is_set():
            return
        try:
            self._write(drain, rows)
        except _Failed as failure:
            if len(rows) == 1:
                self._set_aside(rows[0], failure.reason)
                return
            middle = len(rows) // 2
            self._take(drain, rows[:middle])
            self._take(drain, rows[middle:])
        else:
            self._inbox.done([row.position for row in rows])

    def _write(self, drain: Drain, rows: Sequence[Waiting]) -> None:
        with self._store.writing(who=_WHO) as store:
            try:
                with store.transaction():
                    drain(store, self._settings, rows)
            except Exception as error:
                raise _Failed(error) from error

    def _set_aside(self, row: Waiting, reason: str) -> None:
        """Take a row out of the way, if the fault is its own: that it is counted proves the store.

        Raises:
            StoreError: nothing can be written at all.
        """
        self._tell(Counter([row.source]))
        self._inbox.set_aside(row.position, reason)
        _log.warning("a row of %s cannot be read in and was set aside: %s", row.source, reason)

    def _tell(self, more: Counter[str]) -> None:
        """Write how many rows are set aside by source, with `more` that are about to be."""
        counts = Counter(one.row.source for one in self._inbox.aside()) + more
        rows = [
            {
                "source": PROBLEM,
                "kind": SET_ASIDE,
                "subject": source,
                "count": count,
                "detail": "Could not be read in; kept, and tried again when the server starts.",
            }
            for source, count in sorted(counts.items())
        ]
        schema = pa.schema([each for each in TABLES["problem"].schema if each.name != "repository"])
        with self._store.writing(who=_WHO) as store, store.transaction():
            own = pa.table({"source": [PROBLEM]})
            store.replace_within("problem", pa.Table.from_pylist(rows, schema), AGENTS, own)


class _Failed(Exception):
    """A drain could not write its rows."""

    def __init__(self, error: Exception) -> None:
        self.reason = f"{type(error).__name__}: {' '.join(str(error).split())}"[:_REASON]
        super().__init__(self.reason)


def _nobody(store: Store, settings: Settings, rows: Sequence[Waiting]) -> None:
    del store, settings
    raise LookupError(f"nobody reads rows of {rows[0].source}: was a newer Landed here before?")
