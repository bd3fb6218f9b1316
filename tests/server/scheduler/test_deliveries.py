"""Reports that are due: each period once, and again where it failed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.running import Running, running

from landed.config import DeliverySettings
from landed.server.scheduler.deliveries import Deliveries
from landed.server.scheduler.jobs import Begun
from landed.server.scheduler.orders import Order, Result
from landed.server.scheduler.records import RunRecord, write_runs
from landed.server.scheduler.tasks import jobs_of


class Sent(Begun):
    """Notes what would be sent, with an outcome."""

    def __init__(self, server: Running, outcome: Result) -> None:
        self._server = server
        self._outcome = outcome
        self.orders: list[Order] = []

    @property
    def run(self) -> RunRecord:
        return RunRecord.begun("deliveries")

    def apart(self, order: Order, limit_seconds: float) -> Result:
        assert limit_seconds > 0
        self.orders.append(order)
        return self._outcome

    def note(self, run: RunRecord, result: Result) -> None:
        with self._server.server.store.writing() as store:
            write_runs(store, [run.ended(result)])


@pytest.fixture
def due(tmp_path: Path, alone: Running) -> Running:
    """A server with a monthly and a weekly delivery."""
    wanted = tuple(
        DeliverySettings(name=name, every=every, folder=tmp_path)
        for name, every in (("board", "month"), ("team", "week"))
    )
    alone.server.settings = alone.server.settings.model_copy(update={"deliveries": wanted})
    return alone


def test_each_period_is_sent_once(due: Running) -> None:
    deliveries = Deliveries(due.server, lambda: True)
    assert [one.delivery.name for one in deliveries.due()] == ["board", "team"]

    sent = Sent(due, Result("ok"))
    result = deliveries.work(sent)

    assert (result.outcome, result.counts) == ("ok", {"sent": 2})
    assert [order.subject.split()[0] for order in sent.orders] == ["board", "team"]
    assert not deliveries.any()
    assert deliveries.work(sent).outcome == "skipped"


def test_what_failed_is_due_still_and_said(due: Running) -> None:
    deliveries = Deliveries(due.server, lambda: True)

    result = deliveries.work(Sent(due, Result("failed", "the folder is full")))

    assert (result.outcome, result.crashed) == ("failed", True)
    assert (result.message or "").count("the folder is full") == 2
    assert len(deliveries.due()) == 2


def test_nothing_is_sent_before_the_figures_are_fresh(due: Running) -> None:
    assert not Deliveries(due.server, lambda: False).any()


def test_one_that_was_sent_at_another_pace_before_is_due(due: Running) -> None:
    with due.server.store.writing() as store:
        write_runs(store, [RunRecord.begun("deliveries", subject="board 2099-W10").ended(
            Result("ok"))])  # fmt: skip

    assert [one.delivery.name for one in Deliveries(due.server, lambda: True).due()] == [
        "board",
        "team",
    ]


def test_a_server_without_deliveries_has_no_such_job(tmp_path: Path) -> None:
    with running(tmp_path / "workspace") as plain:
        assert {job.name for job in jobs_of(plain.server)} == {
            "rollup",
            "retention",
            "sync",
            "logs",
        }
        plain.server.made_up = True
        assert {job.name for job in jobs_of(plain.server)} == {"rollup", "retention"}
