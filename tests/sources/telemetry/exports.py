"""Exports of telemetry written out, as a test needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from landed.sources.telemetry import Received, Told, read_otlp

NOON = 1_795_262_400_000_000
"""2026-11-21 12:00 UTC in microseconds."""
JSON = "application/json"


def attributes(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Attributes as OTLP/JSON writes them."""
    return [{"key": key, "value": value_of(value)} for key, value in told.items()]


def value_of(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [value_of(one) for one in value]}}
    return {"stringValue": value}


def event(name: str, told: Mapping[str, Any], at: int = NOON, **more: Any) -> dict[str, Any]:
    """A log record."""
    given = {"event.name": name, **told}
    return {"timeUnixNano": str(at * 1000), "attributes": attributes(given), **more}


def logs(records: list[Any], service: str, **resource: Any) -> bytes:
    """A body of logs."""
    return orjson.dumps(
        {
            "resourceLogs": [
                {
                    "resource": {"attributes": attributes({"service.name": service, **resource})},
                    "scopeLogs": [{"scope": {"name": "test"}, "logRecords": records}],
                }
            ]
        }
    )


def spans(records: list[dict[str, Any]], service: str, **resource: Any) -> bytes:
    """A body of traces."""
    return orjson.dumps(
        {
            "resourceSpans": [
                {
                    "resource": {"attributes": attributes({"service.name": service, **resource})},
                    "scopeSpans": [{"scope": {"name": "test"}, "spans": records}],
                }
            ]
        }
    )


def span(told: Mapping[str, Any], number: int = 1, at: int = NOON) -> dict[str, Any]:
    """A span that lasts a second."""
    return {
        "traceId": f"{7:032x}",
        "spanId": f"{number:016x}",
        "name": "span",
        "startTimeUnixNano": str((at - 1_000_000) * 1000),
        "endTimeUnixNano": str(at * 1000),
        "attributes": attributes(told),
    }


def hear(records: list[dict[str, Any]], service: str, **resource: Any) -> list[Told]:
    """The items that log records become, but for their counts."""
    found = read_otlp("logs", logs(records, service, **resource), JSON)
    assert found.rejected == 0
    return [item for item in found.items if item.kind != "count"]


def of_kind(items: list[Told], kind: str) -> list[dict[str, Any]]:
    """The fields of the items of a kind."""
    return [dict(item.fields) for item in items if item.kind == kind]


def traced(records: list[dict[str, Any]], service: str, **resource: Any) -> Received:
    """What spans become."""
    return read_otlp("traces", spans(records, service, **resource), JSON)
