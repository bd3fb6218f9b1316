"""What a job is, and when it is due."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from landed.errors import UsageError
from landed.server.scheduler.orders import Order, Result
from landed.server.scheduler.records import RunRecord

LONGEST_PAUSE = 6 * 3600.0
"""What fails again and again is tried so often at least; in seconds."""
_JITTER = 0.2
_DOUBLINGS = 16


class Begun(Protocol):
    """What a job that runs may ask of its scheduler."""

    @property
    def run(self) -> RunRecord:
        """The run that is under way."""

    def apart(self, order: Order, limit_seconds: float) -> Result:
        """Do an order in a process of its own."""

    def note(self, run: RunRecord, result: Result) -> None:
        """Keep how one part of the job ended."""


@dataclass(frozen=True)
class Job:
    """Something that is done again and again, never twice at once.

    Attributes:
        name: what people call it.
        told: one sentence for people.
        every: seconds between the begin of two runs; null = only when `due`.
        first: seconds after the server's start until the first run.
        work: does it.
        due: whether there is something to do; asked often, and answers at once. With `every` it
            is asked once the time has come.
        silent: a run that had nothing to do leaves no record.
    """

    name: str
    told: str
    work: Callable[[Begun], Result]
    every: float | None = None
    first: float = 0.0
    due: Callable[[], bool] = lambda: True
    silent: bool = False


@dataclass
class Pace:
    """When something may be done again: after failures later each time, never all at once."""

    usual: float
    failures: int = 0
    at: float = 0.0

    def ended(self, begun: float, now: float, crashed: bool) -> None:
        """It ran from `begun` to `now`, in seconds of a clock that never goes back."""
        self.failures = self.failures + 1 if crashed else 0
        pause = min(self.usual * 2 ** min(self.failures, _DOUBLINGS), LONGEST_PAUSE)
        if not self.failures:
            pause = self.usual
        else:
            pause *= 1 + random.uniform(-_JITTER, _JITTER)
        # what takes long leaves as much time to others
        self.at = max(begun + pause, now + min(now - begun, pause))


@dataclass(frozen=True)
class JobState:
    """How a job stands.

    Attributes:
        job: its name.
        told: what it does.
        every_seconds: how often; null = when there is something to do.
        running: it is under way.
        failures: how often in a row it failed.
        next_at: when it is due; null where it waits for something to do.
    """

    job: str
    told: str
    every_seconds: float | None
    running: bool
    failures: int
    next_at: datetime | None


class UnderWay(UsageError):
    """The job that was asked for runs already."""


@dataclass
class Planned:
    """A job with its pace."""

    job: Job
    pace: Pace
    running: bool = False
