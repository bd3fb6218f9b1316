"""OpenTelemetry of coding agents: bodies of OTLP become items without text.

Agents name the same things in their telemetry as in their own logs (sessions, prompts, requests),
so that both can be told apart and together.
"""

from __future__ import annotations

from landed.sources.telemetry.contract import Received, Signal, TelemetryError, Told

__all__ = ["Received", "Signal", "TelemetryError", "Told", "read_otlp"]


def read_otlp(signal: Signal, body: bytes, content_type: str) -> Received:
    """Turn a body of OTLP/HTTP into items.

    `content_type` is the header of the request: `application/x-protobuf` or `application/json`.

    Raises:
        TelemetryError: the body is not what the header says, or not of this signal.
    """
    from landed.sources.telemetry.reading import read_body

    return read_body(signal, body, content_type)
