"""Bodies that are not what they should be, and telemetry of nobody Landed knows."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import pytest
from tests.sources.telemetry.exports import JSON, NOON, event, logs
from tests.telemetry_captures import CAPTURES, told

from landed.errors import LandedError
from landed.sources.telemetry import Signal, TelemetryError, Told, read_otlp

REQUEST = {"session.id": "s1", "request_id": "r1", "input_tokens": "3", "output_tokens": "4"}


@pytest.mark.parametrize(
    ("body", "content_type", "why"),
    [
        (b"{", JSON, "not JSON"),
        (b"[]", JSON, "no list resourceLogs"),
        (b'{"resourceLogs": 5}', JSON, "no list resourceLogs"),
        (b'{"resourceMetrics": []}', JSON, "another signal"),
        (b"\xff\xff\xff", "application/x-protobuf", "not protobuf"),
        (b"{}", "text/plain", "send application/x-protobuf or application/json"),
        (b"{}", "", "no content type"),
    ],
)
def test_a_body_that_is_none_says_why(body: bytes, content_type: str, why: str) -> None:
    with pytest.raises(TelemetryError, match=why) as refused:
        read_otlp("logs", body, content_type)
    assert isinstance(refused.value, LandedError)


@pytest.mark.parametrize("body", [b"{}", b'{"resourceLogs": []}'])
def test_an_empty_export_is_one(body: bytes) -> None:
    assert read_otlp("logs", body, JSON).items == []
    assert read_otlp("logs", b"", "application/x-protobuf").items == []


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("a text", "a record is not an object"),
        (event("api_request", REQUEST, at=-5), "timeUnixNano is no time"),
        (event("api_request", REQUEST, at=NOON * 1000), "timeUnixNano is no time"),
        ({**event("api_request", REQUEST), "timeUnixNano": "noon"}, "timeUnixNano is no time"),
        (event("api_request", REQUEST, at=0), "a record has no time"),
    ],
)
def test_a_bad_record_is_rejected_and_the_rest_is_taken(bad: object, why: str) -> None:
    good = event("api_request", REQUEST)

    found = read_otlp("logs", logs([bad, good], "claude-code"), JSON)

    assert (found.rejected, found.message) == (1, why)
    assert [item.key for item in found.items if item.kind == "call"] == ["call:claude-code:r1"]


def test_a_resource_that_is_no_object_is_rejected() -> None:
    body = orjson.dumps({"resourceLogs": [7, *orjson.loads(logs([], "x"))["resourceLogs"]]})

    assert read_otlp("logs", body, JSON).rejected == 1


BODIES = sorted(CAPTURES.glob("*/*.json"))


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{body.parent.name}-{body.stem}")
def test_a_torn_body_is_refused_and_never_half_taken(body: Path) -> None:
    whole = body.read_bytes()
    signal: Signal = "logs" if "logs" in body.name else "metrics"
    for cut in range(1, len(whole) - 1, len(whole) // 23):
        with pytest.raises(TelemetryError):
            read_otlp(signal, whole[:cut], JSON)


def test_telemetry_of_other_services_is_counted_by_day() -> None:
    records = [
        event("checkout.paid", {"amount": 3}),
        event("checkout.paid", {"amount": 4}, at=NOON + 1),
        event("checkout.paid", {}, at=NOON + 86_400_000_000),
        event("a name\nof two lines", {}),
    ]

    found = read_otlp("logs", logs(records, "shop"), JSON)

    assert found.unknown == {"shop logs checkout.paid": 3, "shop logs (unnamed)": 1}
    counts = [item.fields for item in found.items]
    assert sorted((count["name"], count["day"], count["count"]) for count in counts) == [
        ("(unnamed)", "2026-11-21", 1),
        ("checkout.paid", "2026-11-21", 2),
        ("checkout.paid", "2026-11-22", 1),
    ]
    assert not any(count["known"] for count in counts)


def test_the_same_export_again_brings_the_same_keys() -> None:
    for capture in ("claude-code", "codex", "gemini"):
        first, again = told(capture), told(capture)

        assert first == again
        assert len({item.key for item in first}) == len(first)


def test_items_are_read_back_from_their_payloads() -> None:
    for item in told("claude-code"):
        assert Told.read(item.payload()) == item


@pytest.mark.parametrize(
    "payload",
    [
        b"{",
        b"[]",
        b'{"key": 1, "kind": "call", "fields": {}}',
        b'{"key": "a", "kind": "novel", "fields": {}}',
        b'{"key": "a", "kind": "call", "fields": []}',
    ],
)
def test_a_payload_that_is_none_is_refused(payload: bytes) -> None:
    with pytest.raises(TelemetryError):
        Told.read(payload)


def point(**value: object) -> bytes:
    """A body with one point of a sum."""
    one = {"timeUnixNano": NOON * 1000, "attributes": "none", **value}
    data = {"aggregationTemporality": 1, "isMonotonic": True, "dataPoints": [one]}
    metric = {"name": "claude_code.commit.count", "sum": data}
    return orjson.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]})


@pytest.mark.parametrize(
    ("value", "expected"),
    [({"asInt": "3"}, 3.0), ({"asInt": 3}, 3.0), ({"asDouble": "2.5"}, 2.5), ({}, None)],
)
def test_numbers_may_stand_as_text(value: dict[str, object], expected: float | None) -> None:
    found = read_otlp("metrics", point(**value), JSON)

    values = [item.fields["value"] for item in found.items if item.kind == "point"]
    assert values == ([] if expected is None else [expected])
    assert found.rejected == 0


@pytest.mark.parametrize(
    "value",
    [{"asInt": "three"}, {"asDouble": "NaN"}, {"asDouble": "much"}, {"asInt": True}, {"asInt": []}],
)
def test_a_point_without_a_number_is_rejected(value: dict[str, object]) -> None:
    found = read_otlp("metrics", point(**value), JSON)

    assert (found.rejected, found.message, found.items) == (1, "a point has no number", [])


@pytest.mark.parametrize(
    ("tokens", "expected"), [(7.9, 7), ("7", 7), (-7, 0), ("many", 0), (2**60, 0), (True, 0)]
)
def test_counts_are_what_can_be_counted(tokens: object, expected: int) -> None:
    record = event("api_request", REQUEST | {"input_tokens": tokens})

    found = read_otlp("logs", logs([record], "claude-code"), JSON)

    (call,) = [item.fields for item in found.items if item.kind == "call"]
    assert call["input_tokens"] == expected


def test_protobuf_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    for signal in ("trace", "logs", "metrics"):
        name = f"opentelemetry.proto.collector.{signal}.v1.{signal}_service_pb2"
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(TelemetryError, match=r"pip install 'landed\[server\]'"):
        read_otlp("traces", b"", "application/x-protobuf")
