"""The scheduler: each run kept, never two of a kind at once, failures told, runs by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from tests.server.running import Running, wait_until

from landed.errors import StoreError, UsageError
from landed.server.scheduler.jobs import Begun, Job, UnderWay
from landed.server.scheduler.orders import Result
from landed.server.scheduler.records import (
    RunRecord,
    forget_runs,
    last_runs,
    read_runs,
    write_runs,
)
from landed.server.scheduler.scheduler import Scheduler


@contextmanager
def scheduling(running: Running, *jobs: Job) -> Iterator[Scheduler]:
    """A scheduler of these jobs."""
    scheduler = Scheduler(running.server, jobs)
    running.server.scheduler = scheduler
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.stop()


def runs(running: Running) -> list[RunRecord]:
    with running.server.store.reading() as store:
        return read_runs(store)


def ended(running: Running) -> list[RunRecord]:
    return [run for run in runs(running) if run.finished_at is not None]


def job(name: str, work: Callable[[Begun], Result], **more: object) -> Job:
    return Job(name, "does it", work, **{"every": 3600.0, **more})  # type: ignore[arg-type]


def failing(error: Exception) -> Callable[[Begun], Result]:
    def work(_: Begun) -> Result:
        raise error

    return work


def test_each_run_is_kept_with_what_it_did(alone: Running) -> None:
    with scheduling(alone, job("sync", lambda _: Result("ok", None, {"repositories": 3}))):
        wait_until(lambda: bool(ended(alone)))

    (run,) = runs(alone)
    assert (run.job, run.outcome, run.started_by) == ("sync", "ok", "schedule")
    assert run.counts == {"repositories": 3}
    metrics = alone.program().get("/metrics").text
    assert 'landed_scheduler_runs_total{outcome="ok",task="sync"} 1.0' in metrics


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (StoreError("wait until it ends"), "wait until it ends"),
        (RuntimeError("secret"), "something unexpected happened; the server's log says more"),
    ],
)
def test_a_job_that_fails_hinders_no_other_and_waits(
    alone: Running, error: Exception, message: str
) -> None:
    broken, good = job("logs", failing(error)), job("sync", lambda _: Result("ok"))
    with scheduling(alone, broken, good) as scheduler:
        wait_until(lambda: len(ended(alone)) == 2)
        wait_until(lambda: not any(state.running for state in scheduler.states()))
        states = {state.job: state for state in scheduler.states()}

    found = {run.job: run for run in runs(alone)}
    assert (found["logs"].outcome, found["logs"].message) == ("failed", message)
    assert found["sync"].outcome == "ok"
    assert (states["logs"].failures, states["sync"].failures) == (1, 0)
    assert states["logs"].next_at > states["sync"].next_at  # type: ignore[operator]


def test_a_job_that_cannot_say_whether_it_is_due_hinders_no_other(alone: Running) -> None:
    def due() -> bool:
        raise RuntimeError("secret")

    torn = job("logs", lambda _: Result("ok"), due=due)
    with scheduling(alone, torn, job("sync", lambda _: Result("ok"))):
        wait_until(lambda: bool(ended(alone)))

    assert [run.job for run in runs(alone)] == ["sync"]


def test_a_job_whose_end_cannot_be_told_may_run_again(alone: Running) -> None:
    untold = Result("ok", None, {"folders": object()})  # type: ignore[dict-item]
    with scheduling(alone, job("sync", lambda _: untold, due=lambda: False)) as scheduler:
        scheduler.begin("sync", "ana")
        wait_until(lambda: not any(state.running for state in scheduler.states()))
        scheduler.begin("sync", "ana")
        wait_until(lambda: not any(state.running for state in scheduler.states()))

    assert ended(alone) == []


def test_never_two_of_a_kind_at_once(alone: Running) -> None:
    go_on, begun = threading.Event(), threading.Semaphore(0)

    def work(_: Begun) -> Result:
        begun.release()
        go_on.wait(30)
        return Result("ok")

    with scheduling(alone, job("sync", work, first=3600.0)) as scheduler:
        first = scheduler.begin("sync", "ana")
        begun.acquire()
        with pytest.raises(UnderWay, match="under way already"):
            scheduler.begin("sync", "ana")
        with pytest.raises(UsageError, match="there is no job tidy: sync"):
            scheduler.begin("tidy", "ana")
        wait_until(lambda: bool(runs(alone)))
        assert [(run.run, run.outcome) for run in runs(alone)] == [(first.run, "running")]
        go_on.set()
        wait_until(lambda: bool(ended(alone)))

    assert [(run.started_by, run.outcome) for run in runs(alone)] == [("ana", "ok")]


def test_what_has_nothing_to_do_is_not_begun(alone: Running) -> None:
    asked = threading.Event()

    def due() -> bool:
        asked.set()
        return False

    with scheduling(alone, job("deliveries", lambda _: Result("ok"), due=due)):
        assert asked.wait(30)

    assert runs(alone) == []


def test_runs_that_a_killed_server_had_begun_are_told_as_interrupted(alone: Running) -> None:
    left = RunRecord.begun("sync")
    with alone.server.store.writing() as store:
        write_runs(store, [left])

    with scheduling(alone):
        wait_until(lambda: runs(alone)[0].outcome == "interrupted")

    (run,) = runs(alone)
    assert (run.run, run.finished_at) == (left.run, None)
    assert "runs again by itself" in (run.message or "")


def test_the_newest_runs_come_first_and_old_ones_are_forgotten(alone: Running) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    told = [
        RunRecord(str(day), "sync", None, now - timedelta(days=day), now, "schedule", "ok", None)
        for day in range(5)
    ]
    with alone.server.store.writing() as store:
        write_runs(store, told)
        part = read_runs(store, limit=2)
        rest = read_runs(store, before=(part[-1].started_at, part[-1].run))
        assert [run.run for run in (*part, *rest)] == ["0", "1", "2", "3", "4"]
        assert [run.run for run in last_runs(store)] == ["0"]
        assert forget_runs(store, now - timedelta(days=3)) == 1
        assert len(read_runs(store, job="sync")) == 4
        assert read_runs(store, job="logs") == []


def test_what_is_written_into_the_store_is_noticed(alone: Running) -> None:
    before = alone.server.store.changes
    with alone.server.store.writing() as store:
        write_runs(store, [RunRecord.begun("sync")])
    assert alone.server.store.changes == before

    with alone.server.store.writing() as store:
        rows = store.query("select * exclude (repository) from person")
        store.merge("person", rows, "agents")
    assert alone.server.store.changes == before + 1
