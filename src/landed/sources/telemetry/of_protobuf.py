"""OTLP as protobuf: the messages of opentelemetry-proto, which comes with `landed[server]`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from landed.sources.telemetry.contract import Signal, TelemetryError
from landed.sources.telemetry.of_json import LARGEST_NANOSECONDS
from landed.sources.telemetry.signals import Attributes, Decoded, Event, Point, Span

_DELTA = 1
_DEEPEST = 8


class _Bad(Exception):
    """A record that cannot be understood, and why."""


def decode(signal: Signal, body: bytes) -> Decoded:
    """Return the records of a body.

    Raises:
        TelemetryError: the body is no such message, or opentelemetry-proto is not installed.
    """
    message = _message(signal)
    from google.protobuf.message import DecodeError

    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise TelemetryError(f"the body is not protobuf of OTLP {signal}: {error}") from error
    found = Decoded([])
    for group in getattr(message, f"resource_{'spans' if signal == 'traces' else signal}"):
        resource = _attributes(group.resource.attributes)
        if signal == "logs":
            for scoped in group.scope_logs:
                _take(_events(scoped, resource), found)
        elif signal == "metrics":
            for scoped in group.scope_metrics:
                _take(_points(scoped, resource), found)
        else:
            for scoped in group.scope_spans:
                _take(_spans(scoped, resource), found)
    return found


def _message(signal: Signal) -> Any:
    try:
        if signal == "logs":
            from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
                ExportLogsServiceRequest,
            )

            return ExportLogsServiceRequest()
        if signal == "metrics":
            from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
                ExportMetricsServiceRequest,
            )

            return ExportMetricsServiceRequest()
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
            ExportTraceServiceRequest,
        )
    except ModuleNotFoundError as error:
        raise TelemetryError(
            "reading protobuf needs the server's packages: pip install 'landed[server]'"
        ) from error
    return ExportTraceServiceRequest()


def _take(records: Iterator[Event | Point | Span | _Bad], found: Decoded) -> None:
    for record in records:
        if isinstance(record, _Bad):
            found.reject(str(record))
        else:
            found.records.append(record)


def _events(scoped: Any, resource: Attributes) -> Iterator[Event | _Bad]:
    for record in scoped.log_records:
        told = _attributes(record.attributes)
        name = told.get("event.name") or record.event_name
        try:
            at = _time(record.time_unix_nano, "timeUnixNano") or _time(
                record.observed_time_unix_nano, "observedTimeUnixNano"
            )
        except _Bad as bad:
            yield bad
            continue
        yield Event(
            resource,
            scoped.scope.name,
            name if isinstance(name, str) else "",
            at,
            told,
            record.trace_id.hex(),
            record.span_id.hex(),
        )


def _points(scoped: Any, resource: Attributes) -> Iterator[Point | _Bad]:
    for metric in scoped.metrics:
        kind = metric.WhichOneof("data")
        if kind not in ("sum", "gauge", "histogram", "exponential_histogram"):
            continue
        data = getattr(metric, kind)
        delta = kind != "gauge" and data.aggregation_temporality == _DELTA
        monotonic = kind != "gauge" and (kind != "sum" or data.is_monotonic)
        for point in data.data_points:
            try:
                yield Point(
                    resource,
                    scoped.scope.name,
                    metric.name,
                    delta,
                    monotonic,
                    _time(point.start_time_unix_nano, "startTimeUnixNano"),
                    _time(point.time_unix_nano, "timeUnixNano"),
                    _value_of(point, histogram=kind not in ("sum", "gauge")),
                    _attributes(point.attributes),
                )
            except _Bad as bad:
                yield bad


def _spans(scoped: Any, resource: Attributes) -> Iterator[Span | _Bad]:
    for record in scoped.spans:
        try:
            yield Span(
                resource,
                scoped.scope.name,
                record.name,
                _time(record.start_time_unix_nano, "startTimeUnixNano"),
                _time(record.end_time_unix_nano, "endTimeUnixNano"),
                _attributes(record.attributes),
                record.trace_id.hex(),
                record.span_id.hex(),
            )
        except _Bad as bad:
            yield bad


def _time(nanoseconds: int, name: str) -> int:
    if nanoseconds >= LARGEST_NANOSECONDS:
        raise _Bad(f"{name} is no time")
    return nanoseconds // 1000


def _value_of(point: Any, *, histogram: bool) -> float:
    kind = "" if histogram else point.WhichOneof("value")
    value = point.sum if histogram else float(getattr(point, kind)) if kind else 0.0
    if not math.isfinite(value):
        raise _Bad("a point has no number")
    return float(value)


def _attributes(told: Any, depth: int = _DEEPEST) -> Attributes:
    return {entry.key: _any(entry.value, depth) for entry in told}


def _any(value: Any, depth: int) -> Any:
    kind = value.WhichOneof("value")
    if kind is None or not depth:
        return None
    if kind == "array_value":
        return [_any(one, depth - 1) for one in value.array_value.values]
    if kind == "kvlist_value":
        return dict(_attributes(value.kvlist_value.values, depth - 1))
    return None if kind == "bytes_value" else getattr(value, kind)
