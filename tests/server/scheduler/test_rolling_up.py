"""When the server adds up: at the first start, after each change, and never for nothing."""

from __future__ import annotations

import pytest
from tests.server.running import Running

from landed.rollups import compute_rollups, write_rollups
from landed.rollups import reading as rollup_reading
from landed.server.scheduler import rolling_up
from landed.server.scheduler.jobs import Begun
from landed.server.scheduler.orders import Order, Result
from landed.server.scheduler.records import RunRecord
from landed.server.scheduler.rolling_up import RollingUp


class Here(Begun):
    """Adds up in this process, as no socket is listened on."""

    def __init__(self, running: Running, outcome: Result | None = None) -> None:
        self._server = running.server
        self._outcome = outcome

    @property
    def run(self) -> RunRecord:
        return RunRecord.begun("rollup")

    def apart(self, order: Order, limit_seconds: float) -> Result:
        assert (order.what, limit_seconds > 0) == ("rollup", True)
        if self._outcome is None:
            with self._server.store.writing() as store:
                write_rollups(store, compute_rollups(store, self._server.settings))
        return self._outcome or Result("ok")

    def note(self, run: RunRecord, result: Result) -> None:
        raise AssertionError(f"{run.job} has no parts: {result}")


def merge_people(running: Running) -> None:
    """A writing of what figures are made of."""
    with running.server.store.writing() as store:
        store.merge("person", store.query("select * exclude (repository) from person"), "agents")


def test_an_empty_store_is_added_up_at_once_and_again_after_each_change(alone: Running) -> None:
    rolling = RollingUp(alone.server)
    assert rolling.due()
    assert not rolling.fresh()

    assert rolling.work(Here(alone)).outcome == "ok"
    assert rolling.fresh()
    assert not rolling.due()

    merge_people(alone)
    assert rolling.due()
    rolling.work(Here(alone))
    assert not rolling.due()


def test_what_fails_is_due_still(alone: Running) -> None:
    rolling = RollingUp(alone.server)

    rolling.work(Here(alone, Result("failed", "no memory", crashed=True)))

    assert rolling.due()
    assert not rolling.fresh()


def test_a_new_server_adds_up_once_though_nothing_was_written(
    alone: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    RollingUp(alone.server).work(Here(alone))
    assert not RollingUp(alone.server).due()

    monkeypatch.setattr(rolling_up, "FIRST_SECONDS", 0.0)
    assert RollingUp(alone.server).due()


def test_roll_ups_of_another_version_are_made_anew_at_once(
    alone: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    RollingUp(alone.server).work(Here(alone))
    assert not RollingUp(alone.server).due()

    monkeypatch.setattr(rollup_reading, "VERSION", rollup_reading.VERSION + 1)
    assert RollingUp(alone.server).due()
