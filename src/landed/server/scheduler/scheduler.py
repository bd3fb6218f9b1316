"""The scheduler: begins what is due, each job in a thread, and keeps how it ended."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from landed.errors import LandedError, StoreError, UsageError
from landed.server.scheduler.jobs import Job, JobState, Pace, Planned, UnderWay
from landed.server.scheduler.orders import Order, Result
from landed.server.scheduler.process import Apart
from landed.server.scheduler.records import (
    SCHEDULE,
    RunRecord,
    note_interrupted,
    write_runs,
)
from landed.server.state import Server

LOOK_SECONDS = 1.0
"""So often it is looked whether something is due."""
WITHOUT_PERIOD = 60.0
"""What is done when there is something to do is begun no oftener; in seconds."""
_WHO = "the scheduler"
_JOIN_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Scheduler:
    """Does the jobs of one server while it runs."""

    def __init__(self, server: Server, jobs: Sequence[Job]) -> None:
        self._server = server
        self._planned = {job.name: _planned(job) for job in jobs}
        self._lock = threading.Lock()
        self._waking = threading.Event()
        self._stopping = threading.Event()
        self._apart: set[Apart] = set()
        self._threads: set[threading.Thread] = set()
        self._loop = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        now = time.monotonic()
        for one in self._planned.values():
            one.pace.at = now + one.job.first
        self._loop.start()

    def stop(self) -> None:
        """End what runs and begin nothing more; stopping twice does nothing."""
        self._stopping.set()
        self._waking.set()
        with self._lock:
            apart, threads = list(self._apart), list(self._threads)
        for process in apart:
            process.end()
        for thread in (*threads, self._loop):
            if thread.is_alive():
                # one may wait for its turn to write; the store sends it away when it stops
                thread.join(_JOIN_SECONDS)

    def begin(self, name: str, by: str) -> RunRecord:
        """Begin a job now, because somebody asks for it.

        Raises UsageError for a job that there is not, UnderWay where it runs already.
        """
        with self._lock:
            planned = self._planned.get(name)
            if planned is None:
                raise UsageError(f"there is no job {name}: {', '.join(self._planned)}")
            if planned.running or self._stopping.is_set():
                raise UnderWay(f"{name} is under way already: wait until it has ended")
            return self._start(planned, by)

    def states(self) -> list[JobState]:
        """How each job stands."""
        with self._lock:
            return [self._state(one) for one in self._planned.values()]

    def _state(self, planned: Planned) -> JobState:
        job, pace = planned.job, planned.pace
        next_at = None
        if not planned.running and (job.every is not None or pace.failures):
            left = max(0.0, pace.at - time.monotonic())
            next_at = datetime.now(UTC) + timedelta(seconds=left)
        return JobState(job.name, job.told, job.every, planned.running, pace.failures, next_at)

    def _run(self) -> None:
        try:
            with self._server.store.writing(who=_WHO) as store:
                note_interrupted(store)
        except StoreError as error:
            _log.warning("runs that were cut off cannot be told: %s", error)
        while not self._stopping.is_set():
            with self._lock:
                for planned in self._planned.values():
                    if self._is_due(planned):
                        self._start(planned, SCHEDULE)
            self._waking.wait(LOOK_SECONDS)
            self._waking.clear()

    def _is_due(self, planned: Planned) -> bool:
        if planned.running or self._stopping.is_set() or time.monotonic() < planned.pace.at:
            return False
        try:
            return planned.job.due()
        except LandedError as error:
            _log.warning("whether %s is due cannot be told: %s", planned.job.name, error)
            return False
        except Exception:
            # one job hinders no other
            _log.exception("whether %s is due cannot be told", planned.job.name)
            return False

    def _start(self, planned: Planned, by: str) -> RunRecord:
        """Begin in a thread; for who holds the lock."""
        planned.running = True
        run = RunRecord.begun(planned.job.name, by)
        thread = threading.Thread(
            target=self._do, args=(planned, run), name=f"job {planned.job.name}", daemon=True
        )
        self._threads.add(thread)
        thread.start()
        return run

    def _do(self, planned: Planned, run: RunRecord) -> None:
        job, begun = planned.job, time.monotonic()
        result = Result("interrupted", "the server was stopped before it began")
        try:
            if not job.silent:
                self._keep(run)
            result = job.work(_Running(self, run))
        except LandedError as error:
            result = Result("failed", str(error), crashed=True)
        except Exception:
            _log.exception("the job %s failed", job.name)
            message = "something unexpected happened; the server's log says more"
            result = Result("failed", message, crashed=True)
        finally:
            if not (job.silent and result.outcome == "skipped"):
                self._note_safely(run, result)
            with self._lock:
                planned.pace.ended(begun, time.monotonic(), result.crashed)
                planned.running = False
                self._threads.discard(threading.current_thread())

    def _note_safely(self, run: RunRecord, result: Result) -> None:
        """As `note`; a run that cannot be told of does not keep its job from running again."""
        try:
            self.note(run, result)
        except Exception:
            _log.exception("how %s ended cannot be told", run.job)

    def note(self, run: RunRecord, result: Result) -> None:
        """Keep how a run ended, and count it."""
        ended = run.ended(result)
        self._keep(ended)
        meters = self._server.meters
        meters.scheduler_runs.labels(run.job, result.outcome).inc()
        meters.scheduler_last.labels(run.job, result.outcome).set_to_current_time()
        if result.outcome == "failed":
            _log.warning("%s failed: %s", run.job, ended.message)

    def apart(self, order: Order, limit_seconds: float) -> Result:
        """Do an order in a process of its own, which ends with the server."""
        process = Apart(order)
        with self._lock:
            if self._stopping.is_set():
                return Result("interrupted", "the server was stopped before it began")
            self._apart.add(process)
        try:
            return process.run(limit_seconds)
        finally:
            with self._lock:
                self._apart.discard(process)

    def _keep(self, run: RunRecord) -> None:
        try:
            with self._server.store.writing(who=_WHO) as store:
                write_runs(store, [run])
        except StoreError as error:
            # the next start says that it was cut off
            _log.warning("a run of %s cannot be kept: %s", run.job, error)


@dataclass(frozen=True)
class _Running:
    """What a job that runs may ask of its scheduler."""

    scheduler: Scheduler
    run: RunRecord

    def apart(self, order: Order, limit_seconds: float) -> Result:
        return self.scheduler.apart(order, limit_seconds)

    def note(self, run: RunRecord, result: Result) -> None:
        self.scheduler.note(run, result)


def _planned(job: Job) -> Planned:
    return Planned(job, Pace(WITHOUT_PERIOD if job.every is None else job.every))
