"""Who reads the rows of which source of the inbox into the store."""

from __future__ import annotations

from landed.attribution.sessions.telemetry import settle_telemetry
from landed.delivery.deliveries import take_waiting
from landed.push.receiving import receive_pushed
from landed.server.ingest import otlp, push, webhooks
from landed.server.ingest.drain import Drain


def drains() -> dict[str, Drain]:
    """Every source of the inbox, and who reads its rows."""
    return {
        otlp.SOURCE: settle_telemetry,
        webhooks.SOURCE: take_waiting,
        push.SOURCE: receive_pushed,
    }
