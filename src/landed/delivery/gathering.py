"""Asking one forge about several projects at once: threads that ask, one consumer that stores.

Readers run in threads; what they tell waits in a short queue, so that memory stays bounded however
slow the store is. The store is only touched by whoever consumes.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

import orjson

from landed.delivery.states import source_of
from landed.delivery.writing import Told
from landed.errors import ForgeUnreachable, RateLimited
from landed.records import Change, Incident, Project
from landed.sources.forges.contract import NOUNS, Forge, Page

MOST_RECORDS = 20_000
"""So many records are written together at the most, a page more or less."""
PATIENCE_SECONDS = 2.0
"""So long told pages wait for others to be written together with them."""
_LAST_WORDS_SECONDS = 1.0
_LARGEST_NUMBER = 2**63 - 1
_MOST_UNREACHABLE = 3
"""After so many projects in a row without an answer a forge is not asked any more in this run."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A project to read, the states from which to go on by noun, and changes to ask for again."""

    project: Project
    states: Mapping[str, Any]
    stale: Collection[int]


@dataclass(frozen=True, slots=True)
class Ended:
    """The reading of a project is over.

    Attributes:
        project: the project.
        error: why it ended early; None where everything was read.
        missing: changes that were asked for again, and that the forge does not have.
    """

    project: Project
    error: Exception | None
    missing: Collection[int] = ()


class _Stopped(Exception):
    """Nobody wants to hear any more."""


class Gathering:
    """Reads projects of one forge in up to `threads` threads. Use as a context manager."""

    def __init__(self, forge: Forge, wanted: Sequence[Wanted], threads: int) -> None:
        self._forge = forge
        self._wanted = deque(wanted)
        self._told: queue.Queue[Told | Ended | None] = queue.Queue(maxsize=2 * threads)
        self._stop = threading.Event()
        self._no_more = threading.Event()
        self._unreachable = 0
        self._fatal: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._work, name=f"landed-forge-{number}", daemon=True)
            for number in range(min(threads, len(wanted)))
        ]

    def batches(self) -> Iterator[list[Told | Ended]]:
        """What is told, some pages at a time, in the order in which each project tells it."""
        working = len(self._threads)
        batch: list[Told | Ended] = []
        records, since = 0, time.monotonic()
        while working:
            try:
                told = self._told.get(timeout=PATIENCE_SECONDS)
            except queue.Empty:
                told_something = False
            else:
                told_something = True
                if self._fatal is not None:
                    raise self._fatal
                if told is None:
                    working -= 1
                else:
                    batch.append(told)
                    records += len(told.page.records) if isinstance(told, Told) else 0
            waited = time.monotonic() - since >= PATIENCE_SECONDS
            if batch and (records >= MOST_RECORDS or waited or not told_something or not working):
                yield batch
                batch, records, since = [], 0, time.monotonic()

    def __enter__(self) -> Gathering:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: object, *reason: object) -> None:
        self._stop.set()
        # somebody who interrupts is not kept waiting for a forge that asks for a pause
        until = None if kind is None else time.monotonic() + _LAST_WORDS_SECONDS
        for thread in self._threads:
            thread.join(None if until is None else max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        try:
            while not self._no_more.is_set():
                try:
                    wanted = self._wanted.popleft()
                except IndexError:
                    break
                self._put(self._read(wanted))
        except _Stopped:
            return
        except BaseException as error:
            # nobody would hear of it in this thread: whoever consumes raises it
            self._fatal = error
        with suppress(_Stopped):
            self._put(None)

    def _read(self, wanted: Wanted) -> Ended:
        project = wanted.project
        error: Exception | None = None
        missing: set[int] = set()
        try:
            missing = self._tell(wanted)
        except _Stopped:
            raise
        except Exception as raised:
            # a reader may raise anything; what it told before counts, and it is asked again
            error = raised
        self._learn(error)
        return Ended(project, error, missing)

    def _tell(self, wanted: Wanted) -> set[int]:
        """Tell all of a project; return the changes asked for again that are not there."""
        project = wanted.project
        whole: set[int] = set()
        for noun in NOUNS:
            source = source_of(project.project, noun)
            for page in self._forge.read(project, noun, wanted.states.get(noun)):
                whole |= page.whole
                self._put(self._page(project, page, source))
        again = sorted(set(wanted.stale) - whole)
        if again:
            for page in self._forge.read_again(project, again):
                whole |= page.whole
                self._put(self._page(project, page, None))
        return set(again) - whole

    def _page(self, project: Project, page: Page, source: str | None) -> Told:
        _check(page)
        return Told(page, self._forge.forge, self._forge.host, project.project, source)

    def _learn(self, error: Exception | None) -> None:
        """End the reading where the forge has said that it will not answer."""
        if isinstance(error, RateLimited):
            self._no_more.set()
        if not isinstance(error, ForgeUnreachable):
            self._unreachable = 0
            return
        self._unreachable += 1
        if self._unreachable >= _MOST_UNREACHABLE:
            self._no_more.set()

    def _put(self, told: Told | Ended | None) -> None:
        while not self._stop.is_set():
            try:
                self._told.put(told, timeout=0.1)
            except queue.Full:
                continue
            return
        raise _Stopped


def _check(page: Page) -> None:
    """Raise ValueError or TypeError for a page that cannot be written, in the reader's own thread:
    a reader that is wrong about one project must not stop the others."""
    orjson.dumps(page.state)
    changes = [record for record in page.records if isinstance(record, Change)]
    for number in chain(page.whole, page.stale, (change.number for change in changes)):
        if not 0 <= number <= _LARGEST_NUMBER:
            raise ValueError("the number of a change is out of range")
    for record in page.records:
        if isinstance(record, Change | Incident) and record.updated_at.tzinfo is None:
            raise ValueError("a time has no zone")
