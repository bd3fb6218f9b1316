"""OpenTelemetry over HTTP: `/v1/logs`, `/v1/metrics` and `/v1/traces`, as OTLP 1.x has them.

Answers are what the protocol asks for, in the form in which the request came: an export's response,
with `partial_success` where records were not understood, or a `google.rpc.Status`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from landed.server.ingest.taking import (
    LONGEST_MESSAGE,
    REFUSED,
    TAKEN,
    Refused,
    body_of,
    check_sender,
    count,
    keep,
)
from landed.sources.telemetry import TelemetryError, read_otlp
from landed.sources.telemetry.contract import Signal
from landed.store.inbox import Incoming

SOURCE = "otlp"
"""The inbox's name of what comes from here."""
PROTOBUF, JSON = "application/x-protobuf", "application/json"
GRPC_CODES = {400: 3, 401: 16, 403: 7, 408: 4, 413: 8, 415: 3, 429: 8, 503: 14}
"""Codes of `google.rpc.Status` by HTTP's."""

_UNKNOWN = 2
_READ_HERE = 16 * 1024
"""Bodies up to so many bytes are read at once; larger ones elsewhere, while others are answered."""

router = APIRouter(tags=["ingest"])


@dataclass(frozen=True)
class _Answer:
    """What a signal's answer is called: its message, and the count of what was rejected."""

    message: Callable[[], Any]
    rejected: str
    json_rejected: str


_ANSWERS: dict[Signal, _Answer] = {
    "logs": _Answer(ExportLogsServiceResponse, "rejected_log_records", "rejectedLogRecords"),
    "metrics": _Answer(ExportMetricsServiceResponse, "rejected_data_points", "rejectedDataPoints"),
    "traces": _Answer(ExportTraceServiceResponse, "rejected_spans", "rejectedSpans"),
}


@router.post("/v1/logs")
async def logs(request: Request) -> Response:
    """Take log records: OTLP's ExportLogsServiceRequest, as protobuf or JSON."""
    return await _take(request, "logs")


@router.post("/v1/metrics")
async def metrics(request: Request) -> Response:
    """Take points of metrics: OTLP's ExportMetricsServiceRequest, as protobuf or JSON."""
    return await _take(request, "metrics")


@router.post("/v1/traces")
async def traces(request: Request) -> Response:
    """Take spans: OTLP's ExportTraceServiceRequest, as protobuf or JSON."""
    return await _take(request, "traces")


async def _take(request: Request, signal: Signal) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        await check_sender(request)
        if kind not in (PROTOBUF, JSON):
            raise Refused(415, f"send {PROTOBUF} or {JSON}: OTLP over HTTP has no other")
        body = await body_of(request)
        if len(body) <= _READ_HERE:
            rows, rejected, why = _rows(signal, body, kind)
        else:
            rows, rejected, why = await run_in_threadpool(_rows, signal, body, kind)
        await keep(request, rows)
    except (TelemetryError, Refused) as error:
        count(request, signal, REFUSED, 0)
        refusal = error if isinstance(error, Refused) else Refused(400, str(error))
        return _status(refusal, kind)
    count(request, signal, TAKEN, len(rows), rejected)
    return _answer(signal, kind, rejected, why[:LONGEST_MESSAGE])


def _rows(signal: Signal, body: bytes, kind: str) -> tuple[list[Incoming], int, str]:
    """Rows for the inbox, how many records were rejected, and why."""
    received = read_otlp(signal, body, kind)
    rows = [Incoming(SOURCE, item.key, item.payload()) for item in received.items]
    return rows, received.rejected, received.message


def _answer(signal: Signal, kind: str, rejected: int, why: str) -> Response:
    """OTLP's answer; a partial success only where something was rejected or is to be said."""
    answer = _ANSWERS[signal]
    if kind == JSON:
        # 64-bit integers are text in protobuf's JSON.
        partial = {answer.json_rejected: str(rejected), "errorMessage": why}
        return _json({"partialSuccess": partial} if rejected or why else {}, 200)
    message = answer.message()
    if rejected or why:
        setattr(message.partial_success, answer.rejected, rejected)
        message.partial_success.error_message = why
    return Response(message.SerializeToString(), media_type=PROTOBUF)


def _status(refusal: Refused, kind: str) -> Response:
    """A refusal as `google.rpc.Status`; in protobuf where the request was no JSON."""
    code = GRPC_CODES.get(refusal.status, _UNKNOWN)
    if kind == JSON:
        response = _json({"code": code, "message": refusal.message}, refusal.status)
    else:
        content = _status_bytes(code, refusal.message)
        response = Response(content, refusal.status, media_type=PROTOBUF)
    response.headers.update(refusal.headers)
    return response


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(content), status, media_type=JSON)


def _status_bytes(code: int, message: str) -> bytes:
    """`google.rpc.Status` on the wire: the code is its field 1, the message its field 2."""
    text = message.encode("utf-8", "replace")
    return bytes((0x08, code, 0x12)) + _varint(len(text)) + text


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
