"""Reports that the server sends by itself: each period of each delivery once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from landed.errors import UsageError
from landed.reports.board.periods import period_named
from landed.reports.board.sending import DueDelivery, due_deliveries
from landed.server.scheduler.jobs import Begun
from landed.server.scheduler.orders import Order, Result
from landed.server.scheduler.records import RunRecord, delivered
from landed.server.state import Server

JOB = "deliveries"
LIMIT_SECONDS = 1800.0


class Deliveries:
    """What is to be sent; `fresh` says whether the figures are as of this start of the server."""

    def __init__(self, server: Server, fresh: Callable[[], bool]) -> None:
        self._server = server
        self._fresh = fresh

    def any(self) -> bool:
        """Whether there is something to send."""
        return self._fresh() and bool(self.due())

    def due(self) -> list[DueDelivery]:
        """What is to be sent now: what was sent is known by the runs."""
        settings = self._server.settings
        with self._server.store.reading() as store:
            subjects = delivered(store, JOB)
        every = {delivery.name: delivery.every for delivery in settings.deliveries}
        done: dict[str, date] = {}
        for subject in subjects:
            name, _, period = subject.rpartition(" ")
            if name not in every:
                continue
            try:
                last = period_named(every[name], period).last
            except UsageError:
                # it was sent by the week before, say, and is by the month now
                continue
            done[name] = max(last, done.get(name, last))
        return due_deliveries(settings, done, datetime.now(UTC))

    def work(self, begun: Begun) -> Result:
        """Send all that is due, each in a process of its own."""
        failed, sent = [], 0
        for due in self.due():
            subject = f"{due.delivery.name} {due.period.name}"
            run = RunRecord.begun(JOB, begun.run.started_by, subject)
            result = begun.apart(Order("delivery", self._server.settings, subject), LIMIT_SECONDS)
            begun.note(run, result)
            if result.outcome == "interrupted":
                return result
            if result.outcome == "failed":
                failed.append(f"{subject}: {result.message}")
            else:
                sent += 1
        if failed:
            return Result("failed", "; ".join(failed), {"sent": sent}, crashed=True)
        if not sent:
            return Result("skipped", "nothing is due")
        return Result("ok", None, {"sent": sent})
