"""What the server counts about itself, for Prometheus; in a registry of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from landed.server.state import Server

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """The counters; each part counts its own, `/metrics` shows them all.

    Names of users, teams and repositories are never labels: a time series is no place for people.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "landed_request_seconds",
            "Time to answer, by route, method and class of status.",
            ("route", "method", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.ingest_requests = Counter(
            "landed_ingest_requests",
            "Requests that brought something, by signal and outcome.",
            ("signal", "outcome"),
            registry=self.registry,
        )
        self.ingest_events = Counter(
            "landed_ingest_events",
            "Events taken in, by signal and outcome.",
            ("signal", "outcome"),
            registry=self.registry,
        )
        self.sign_ins = Counter(
            "landed_sign_ins",
            "Attempts to sign in, by outcome.",
            ("outcome",),
            registry=self.registry,
        )
        self.scheduler_runs = Counter(
            "landed_scheduler_runs",
            "Runs of the scheduler, by task and outcome.",
            ("task", "outcome"),
            registry=self.registry,
        )
        self.scheduler_last = Gauge(
            "landed_scheduler_last_run_timestamp_seconds",
            "When a task last ended, by task and outcome.",
            ("task", "outcome"),
            registry=self.registry,
        )
        self.rollups_made = Gauge(
            "landed_rollups_timestamp_seconds",
            "When the roll-ups were last brought up to date.",
            registry=self.registry,
        )
        self._inbox_waiting = Gauge(
            "landed_inbox_waiting", "Rows that wait to be read in.", registry=self.registry
        )
        self._inbox_aside = Gauge(
            "landed_inbox_aside", "Rows that could not be read in.", registry=self.registry
        )
        self._inbox_bytes = Gauge(
            "landed_inbox_bytes", "What waits to be read in, in bytes.", registry=self.registry
        )
        self._drain_lag = Gauge(
            "landed_drain_lag_seconds",
            "How long the oldest row has waited to be read in; 0 where none waits.",
            registry=self.registry,
        )
        self._started = Gauge(
            "landed_start_timestamp_seconds", "When the server started.", registry=self.registry
        )
        self._build = Gauge(
            "landed_build_info", "Which version this is.", ("version",), registry=self.registry
        )

    def text(self, server: Server) -> bytes:
        """Everything as Prometheus reads it, with the inbox as it is now."""
        inbox, oldest = server.inbox, server.inbox.oldest()
        self._inbox_waiting.set(inbox.count())
        self._inbox_aside.set(inbox.count_aside())
        self._inbox_bytes.set(inbox.size_bytes())
        lag = 0.0 if oldest is None else (datetime.now(UTC) - oldest).total_seconds()
        self._drain_lag.set(max(0.0, lag))
        self._started.set(server.started_at.timestamp())
        self._build.labels(server.version).set(1)
        return generate_latest(self.registry)
