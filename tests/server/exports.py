"""Exports of OpenTelemetry, as Claude Code sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_DELTA

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}
SECRET_WORDS = "words of the person who asks"
MODEL = "claude-opus-4-8"
_SECOND = 1_000_000_000
_START = 1_780_000_000 * _SECOND


def calls_export(
    calls: Mapping[str, int], session: str = "session-1", turn: int = 0
) -> ExportLogsServiceRequest:
    """Calls of a model, by request id with their input tokens; a second after another."""
    export = ExportLogsServiceRequest()
    resource = export.resource_logs.add()
    _set(resource.resource.attributes, {"service.name": "claude-code", "service.version": "2.1"})
    scope = resource.scope_logs.add()
    scope.scope.name = "com.anthropic.claude_code.events"
    for place, (request, tokens) in enumerate(calls.items()):
        record = scope.log_records.add()
        record.time_unix_nano = _START + (turn * len(calls) + place) * _SECOND
        record.body.string_value = "claude_code.api_request"
        _set(record.attributes, {"event.name": "api_request", "session.id": session})
        _set(record.attributes, {"request_id": request, "model": MODEL, "prompt": SECRET_WORDS})
        _set(
            record.attributes, {"input_tokens": tokens, "output_tokens": 1, "cost_usd_micros": 500}
        )
    return export


def added_export(session: str, turn: int, value: int) -> ExportMetricsServiceRequest:
    """Lines that a session has added since its export before: a sum with delta temporality."""
    export = ExportMetricsServiceRequest()
    resource = export.resource_metrics.add()
    _set(resource.resource.attributes, {"service.name": "claude-code"})
    metric = resource.scope_metrics.add().metrics.add()
    metric.name = "claude_code.lines_of_code.count"
    metric.sum.aggregation_temporality = AGGREGATION_TEMPORALITY_DELTA
    metric.sum.is_monotonic = True
    point = metric.sum.data_points.add()
    point.start_time_unix_nano = _START + turn * _SECOND
    point.time_unix_nano = _START + (turn + 1) * _SECOND
    point.as_int = value
    _set(point.attributes, {"session.id": session, "type": "added"})
    return export


def calls_body(calls: Mapping[str, int], session: str = "session-1", turn: int = 0) -> bytes:
    """Calls of a model as they are sent."""
    return bytes(calls_export(calls, session, turn).SerializeToString())


def added_body(session: str, turn: int, value: int) -> bytes:
    """Lines that were added, as they are sent."""
    return bytes(added_export(session, turn, value).SerializeToString())


def _set(attributes: Any, told: Mapping[str, str | int]) -> None:
    for name, value in told.items():
        attribute = attributes.add()
        attribute.key = name
        if isinstance(value, int):
            attribute.value.int_value = value
        else:
            attribute.value.string_value = value
