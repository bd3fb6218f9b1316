"""Protobuf and JSON of one message become the same items."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from tests.sources.telemetry.exports import NOON
from tests.telemetry_captures import CAPTURES

from landed.sources.telemetry import Received, Signal, read_otlp

PROTOBUF = "application/x-protobuf"
MESSAGES: dict[Signal, Any] = {
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "traces": ExportTraceServiceRequest,
}
HEXADECIMAL = ("traceId", "spanId", "parentSpanId")


def as_json(message: Any, *, names: bool) -> bytes:
    """A message as OTLP/JSON: ids are hexadecimal, enums are numbers or names."""
    told = MessageToDict(message, use_integers_for_enums=not names)
    return orjson.dumps(with_hexadecimal_ids(told))


def with_hexadecimal_ids(told: Any) -> Any:
    import base64

    if isinstance(told, list):
        return [with_hexadecimal_ids(one) for one in told]
    if isinstance(told, dict):
        return {
            key: base64.b64decode(value).hex()
            if key in HEXADECIMAL
            else with_hexadecimal_ids(value)
            for key, value in told.items()
        }
    return told


def items(received: Received) -> list[bytes]:
    return sorted(item.payload() for item in received.items)


def same_in_all_encodings(signal: Signal, message: Any) -> Received:
    found = read_otlp(signal, message.SerializeToString(), PROTOBUF)
    for names in (True, False):
        again = read_otlp(signal, as_json(message, names=names), "application/json; charset=utf-8")
        assert items(again) == items(found)
        assert (again.rejected, again.unknown) == (found.rejected, found.unknown)
    return found


@pytest.mark.parametrize("signal", ["logs", "metrics"])
def test_a_real_export_as_protobuf_says_the_same_as_json(signal: Signal) -> None:
    message = MESSAGES[signal]()
    message.ParseFromString(
        (CAPTURES / "claude-code-protobuf" / f"otlp_v1_{signal}.pb").read_bytes()
    )

    found = same_in_all_encodings(signal, message)

    kinds = [item.kind for item in found.items]
    assert kinds.count("call") == (4 if signal == "logs" else 0)
    assert kinds.count("point") == (0 if signal == "logs" else 9)


def plain_values() -> st.SearchStrategy[AnyValue]:
    return st.one_of(
        st.text(max_size=8).map(lambda value: AnyValue(string_value=value)),
        st.integers(-(2**63), 2**63 - 1).map(lambda value: AnyValue(int_value=value)),
        st.floats(allow_nan=False, allow_infinity=False).map(
            lambda value: AnyValue(double_value=value)
        ),
        st.booleans().map(lambda value: AnyValue(bool_value=value)),
        st.just(AnyValue()),
    )


def with_lists(value: AnyValue) -> AnyValue:
    found = AnyValue()
    found.array_value.values.append(value)
    pair = found.array_value.values.add().kvlist_value.values.add()
    pair.key = "inner"
    pair.value.CopyFrom(value)
    return found


VALUES = st.one_of(plain_values(), plain_values().map(with_lists))
NAMES = st.sampled_from(
    [
        "event.name",
        "session.id",
        "prompt.id",
        "request_id",
        "model",
        "input_tokens",
        "output_tokens",
        "cost_usd",
        "type",
        "team.id",
        "service.name",
        "gen_ai.operation.name",
        "gen_ai.usage.input_tokens",
        "gen_ai.conversation.id",
        "anything",
    ]
)
EVENTS = st.sampled_from(["api_request", "user_prompt", "tool_decision", "codex.user_prompt", ""])
SERVICES = st.sampled_from(["claude-code", "codex_cli_rs", "gemini-cli", "copilot-chat", "other"])
TIMES = st.sampled_from([0, NOON * 1000, NOON * 1000 + 999, 2**64 - 1])
ATTRIBUTES = st.dictionaries(NAMES, VALUES, max_size=6)


def fill(attributes: Any, told: dict[str, AnyValue]) -> None:
    attributes.extend(KeyValue(key=key, value=value) for key, value in told.items())


def named(told: dict[str, AnyValue], **words: str) -> dict[str, AnyValue]:
    return told | {key: AnyValue(string_value=value) for key, value in words.items()}


@settings(max_examples=60, deadline=None)
@given(SERVICES, ATTRIBUTES, st.lists(st.tuples(EVENTS, TIMES, TIMES, ATTRIBUTES), max_size=4))
def test_logs(
    service: str,
    resource: dict[str, AnyValue],
    records: list[tuple[str, int, int, dict[str, AnyValue]]],
) -> None:
    message = ExportLogsServiceRequest()
    group = message.resource_logs.add()
    fill(group.resource.attributes, named(resource, **{"service.name": service}))
    scope = group.scope_logs.add()
    scope.scope.name = "scope"
    for name, at, observed, told in records:
        record = scope.log_records.add(time_unix_nano=at, observed_time_unix_nano=observed)
        record.trace_id, record.span_id, record.event_name = b"\1" * 16, b"\2" * 8, "fallback"
        record.body.string_value = "a text that is nobody's business"
        fill(record.attributes, named(told, **{"event.name": name}))

    same_in_all_encodings("logs", message)


@settings(max_examples=60, deadline=None)
@given(
    SERVICES,
    st.sampled_from(["claude_code.token.usage", "gen_ai.client.token.usage", "something.else"]),
    st.integers(0, 2),
    st.booleans(),
    st.lists(
        st.tuples(
            TIMES,
            TIMES,
            st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats()),
            ATTRIBUTES,
        ),
        max_size=4,
    ),
)
def test_sums_and_histograms(
    service: str,
    name: str,
    temporality: int,
    monotonic: bool,
    points: list[tuple[int, int, float, dict[str, AnyValue]]],
) -> None:
    message = ExportMetricsServiceRequest()
    group = message.resource_metrics.add()
    fill(group.resource.attributes, named({}, **{"service.name": service}))
    metrics = group.scope_metrics.add().metrics
    summed, spread, gauge = (metrics.add(name=name) for _ in range(3))
    summed.sum.aggregation_temporality = spread.histogram.aggregation_temporality = temporality
    summed.sum.is_monotonic = monotonic
    for started, at, value, told in points:
        times = {"start_time_unix_nano": started, "time_unix_nano": at}
        one = {"as_int": value} if isinstance(value, int) else {"as_double": value}
        for point in (
            summed.sum.data_points.add(**times, **one),
            gauge.gauge.data_points.add(**times, **one),
            spread.histogram.data_points.add(**times, sum=float(value), count=1),
        ):
            fill(point.attributes, told)

    same_in_all_encodings("metrics", message)


@settings(max_examples=40, deadline=None)
@given(SERVICES, st.lists(st.tuples(TIMES, TIMES, ATTRIBUTES), max_size=4))
def test_spans(service: str, spans: list[tuple[int, int, dict[str, AnyValue]]]) -> None:
    message = ExportTraceServiceRequest()
    group = message.resource_spans.add()
    fill(group.resource.attributes, named({}, **{"service.name": service}))
    scope = group.scope_spans.add()
    for number, (started, at, told) in enumerate(spans):
        span = scope.spans.add(start_time_unix_nano=started, end_time_unix_nano=at, name="chat x")
        span.trace_id, span.span_id = b"\7" * 16, number.to_bytes(8, "big")
        fill(span.attributes, told)

    same_in_all_encodings("traces", message)
