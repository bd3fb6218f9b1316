"""OTLP/JSON: walked as plain objects, since the canonical mapping of protobuf does not fit it.

Ids of traces and spans are hexadecimal, 64-bit numbers may stand as text or as numbers, enums as
numbers or names; fields that nobody knows are passed over.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import orjson

from landed.sources.agents.fields import mapping, objects, text
from landed.sources.telemetry.contract import Signal, TelemetryError
from landed.sources.telemetry.signals import Attributes, Decoded, Event, Point, Span

LARGEST_NANOSECONDS = 4_102_444_800_000_000_000
"""2100-01-01: no telemetry is younger, and what claims to be has no time."""
_DEEPEST = 8
_DELTA = (1, "1", "AGGREGATION_TEMPORALITY_DELTA")
_ROOTS = {"logs": "resourceLogs", "metrics": "resourceMetrics", "traces": "resourceSpans"}
_SCOPES = {"logs": "scopeLogs", "metrics": "scopeMetrics", "traces": "scopeSpans"}
_RECORDS = {"logs": "logRecords", "metrics": "metrics", "traces": "spans"}


class _Bad(Exception):
    """A record that cannot be understood, and why."""


def decode(signal: Signal, body: bytes) -> Decoded:
    """Return the records of a body.

    Raises:
        TelemetryError: the body is not JSON, or not of this signal.
    """
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise TelemetryError(f"the body is not JSON: {error}") from error
    root = _ROOTS[signal]
    if not isinstance(told, dict) or not isinstance(told.get(root, []), list):
        raise TelemetryError(f"the body is not OTLP/JSON of {signal}: it has no list {root}")
    if root not in told and told.keys() & set(_ROOTS.values()):
        raise TelemetryError(f"the body holds another signal than {signal}")
    found = Decoded([])
    for group in told.get(root, []):
        if isinstance(group, dict):
            _take_group(signal, group, found)
        else:
            found.reject(f"an entry of {root} is not an object")
    return found


def _take_group(signal: Signal, group: dict[str, Any], found: Decoded) -> None:
    resource = attributes(mapping(group, "resource").get("attributes"))
    for within in objects(group, _SCOPES[signal]):
        scope = text(within, "scope", "name") or ""
        records = within.get(_RECORDS[signal])
        for record in records if isinstance(records, list) else []:
            try:
                if not isinstance(record, dict):
                    raise _Bad("a record is not an object")
                found.records += _READ[signal](record, resource, scope, found)
            except _Bad as bad:
                found.reject(str(bad))


def _event(record: dict[str, Any], resource: Attributes, scope: str, _: Decoded) -> Iterator[Event]:
    told = attributes(record.get("attributes"))
    at = _time(record, "timeUnixNano") or _time(record, "observedTimeUnixNano")
    name = told.get("event.name") or record.get("eventName")
    yield Event(
        resource,
        scope,
        name if isinstance(name, str) else "",
        at,
        told,
        text(record, "traceId") or "",
        text(record, "spanId") or "",
    )


def _points(
    metric: dict[str, Any], resource: Attributes, scope: str, found: Decoded
) -> Iterator[Point]:
    name = text(metric, "name") or ""
    for kind in ("sum", "gauge", "histogram", "exponentialHistogram"):
        data = mapping(metric, kind)
        delta = data.get("aggregationTemporality") in _DELTA
        monotonic = kind != "gauge" and (kind != "sum" or data.get("isMonotonic") is True)
        for point in objects(data, "dataPoints"):
            try:
                value = _value_of(point, histogram=kind not in ("sum", "gauge"))
                at, started = _time(point, "timeUnixNano"), _time(point, "startTimeUnixNano")
                told = attributes(point.get("attributes"))
            except _Bad as bad:
                found.reject(str(bad))
                continue
            yield Point(resource, scope, name, delta, monotonic, started, at, value, told)


def _span(record: dict[str, Any], resource: Attributes, scope: str, _: Decoded) -> Iterator[Span]:
    yield Span(
        resource,
        scope,
        text(record, "name") or "",
        _time(record, "startTimeUnixNano"),
        _time(record, "endTimeUnixNano"),
        attributes(record.get("attributes")),
        text(record, "traceId") or "",
        text(record, "spanId") or "",
    )


_READ: dict[str, Any] = {"logs": _event, "metrics": _points, "traces": _span}


def _time(record: dict[str, Any], name: str) -> int:
    """Return a time in microseconds, 0 where none is told."""
    nanoseconds = whole_number(record.get(name, 0))
    if nanoseconds is None or not 0 <= nanoseconds < LARGEST_NANOSECONDS:
        raise _Bad(f"{name} is no time")
    return nanoseconds // 1000


def _value_of(point: dict[str, Any], *, histogram: bool) -> float:
    if histogram:
        value: Any = point.get("sum", 0)
    elif "asInt" in point:
        value = whole_number(point["asInt"])
    else:
        value = point.get("asDouble", 0)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Bad("a point has no number")
    return float(value)


def whole_number(value: object) -> int | None:
    """Return a 64-bit number that stands as a number or as text, None where it is neither."""
    if isinstance(value, str):
        digits = value.removeprefix("-")
        return int(value) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None
    return value if type(value) is int else None


def attributes(told: object) -> Attributes:
    """Return a list of keys and values as a mapping; what is neither is passed over."""
    if not isinstance(told, list):
        return {}
    return {
        entry["key"]: _any(entry.get("value"), _DEEPEST)
        for entry in told
        if isinstance(entry, dict) and isinstance(entry.get("key"), str)
    }


def _any(value: object, depth: int) -> Any:
    """Return what an `AnyValue` holds, None where it holds nothing that can be understood."""
    if not isinstance(value, dict) or not depth:
        return None
    for kind, held in value.items():
        if kind in ("stringValue", "boolValue"):
            return held if isinstance(held, str | bool) else None
        if kind == "intValue":
            return whole_number(held)
        if kind == "doubleValue":
            return float(held) if isinstance(held, int | float) else None
        if kind == "arrayValue":
            return [_any(one, depth - 1) for one in objects(held, "values")]
        if kind == "kvlistValue":
            return {
                one["key"]: _any(one.get("value"), depth - 1)
                for one in objects(held, "values")
                if isinstance(one.get("key"), str)
            }
    return None
