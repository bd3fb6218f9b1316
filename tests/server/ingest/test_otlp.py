"""OpenTelemetry over HTTP, as exporters send it: the answers, and what the inbox then holds."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from tests.server.exports import JSON, PROTOBUF, SECRET_WORDS, added_body, calls_body, calls_export
from tests.server.ingest.serving import Drained, Serving, serving, wait_until

from landed.sources.telemetry import Told


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path) as running:
        yield running


def kept(served: Serving, kind: str = "call") -> list[Told]:
    """Items of one kind that wait in the inbox."""
    items = [Told.read(row.payload) for row in served.inbox.waiting(1000)]
    return [item for item in items if item.kind == kind]


def status_of(answer: httpx.Response) -> tuple[int, str]:
    """Code and message of a `google.rpc.Status`, as any reader of protobuf takes it apart."""
    content = answer.content
    assert (content[0], content[2]) == (0x08, 0x12)
    length, start = content[3], 4
    if length & 0x80:
        length, start = (length & 0x7F) | content[4] << 7, 5
    assert len(content) == start + length
    return content[1], content[start:].decode()


def test_logs_as_protobuf_are_kept_and_acknowledged(served: Serving) -> None:
    answer = served.post("/v1/logs", calls_body({"req-1": 100, "req-2": 100}), PROTOBUF)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-protobuf"
    assert ExportLogsServiceResponse.FromString(answer.content) == ExportLogsServiceResponse()
    assert [item.fields["request"] for item in kept(served)] == ["req-1", "req-2"]
    assert [item.fields["input_tokens"] for item in kept(served)] == [100, 100]


def test_logs_as_json_are_the_same(served: Serving) -> None:
    body = json_format.MessageToJson(calls_export({"req-1": 100})).encode()

    answer = served.post("/v1/logs", body, {"content-type": "application/json; charset=utf-8"})

    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["content-type"] == "application/json"
    as_json = {row.key: row.payload for row in served.inbox.waiting(100)}
    # Sent again as protobuf it is known, whatever the form.
    served.post("/v1/logs", calls_body({"req-1": 100}), PROTOBUF)
    assert {row.key: row.payload for row in served.inbox.waiting(100)} == as_json


def test_no_text_reaches_the_inbox(served: Serving) -> None:
    served.post("/v1/logs", calls_body({"req-1": 100}), PROTOBUF)

    files = [path.read_bytes() for path in served.inbox.path.parent.glob("inbox.db*")]
    assert any(b"req-1" in content for content in files)
    assert not any(SECRET_WORDS.encode() in content for content in files)


def test_gzip_is_understood(served: Serving) -> None:
    body = gzip.compress(calls_body({"req-1": 100}))
    answer = served.post("/v1/logs", body, {**PROTOBUF, "content-encoding": "gzip"})

    assert answer.status_code == 200
    assert [item.fields["request"] for item in kept(served)] == ["req-1"]


def test_what_is_sent_again_is_kept_once_also_after_it_was_read(tmp_path: Path) -> None:
    drained = Drained()
    with serving(tmp_path, {"otlp": drained}, draining=True) as served:
        for _ in range(2):
            assert served.post("/v1/logs", calls_body({"req-1": 100}), PROTOBUF).status_code == 200
            wait_until(lambda: served.inbox.count() == 0)
        served.ingest.stop()

    assert len(drained.keys) == len(set(drained.keys)) > 0


def test_points_of_metrics_are_kept(served: Serving) -> None:
    answer = served.post("/v1/metrics", added_body("session-1", 0, 5), PROTOBUF)

    assert answer.status_code == 200
    assert [item.fields["value"] for item in kept(served, "point")] == [5]


def test_a_large_export_is_kept_whole(served: Serving) -> None:
    calls = {f"req-{number}": number for number in range(500)}
    body = calls_body(calls)
    assert len(body) > 50_000

    assert served.post("/v1/logs", body, PROTOBUF).status_code == 200
    assert {item.fields["request"]: item.fields["input_tokens"] for item in kept(served)} == calls


def test_an_export_of_nothing_is_fine(served: Serving) -> None:
    for path in ("/v1/logs", "/v1/metrics", "/v1/traces"):
        assert served.post(path, b"", PROTOBUF).status_code == 200
        assert served.post(path, b"{}", JSON).status_code == 200
    assert served.inbox.count() == 0


def test_records_that_are_not_understood_make_a_partial_success(served: Serving) -> None:
    export = calls_export({"req-1": 100, "req-2": 100})
    export.resource_logs[0].scope_logs[0].log_records[0].time_unix_nano = 0

    answer = served.post("/v1/logs", export.SerializeToString(), PROTOBUF)

    assert answer.status_code == 200
    told = ExportLogsServiceResponse.FromString(answer.content).partial_success
    assert told.rejected_log_records == 1
    assert told.error_message
    assert [item.fields["request"] for item in kept(served)] == ["req-2"]

    answer = served.post("/v1/logs", json_format.MessageToJson(export).encode(), JSON)
    assert answer.json() == {
        "partialSuccess": {"rejectedLogRecords": "1", "errorMessage": told.error_message}
    }


@pytest.mark.parametrize("body", [b"\xff\xff\xff", calls_body({"req-1": 100})[:-3], b"{}"])
def test_bad_protobuf_is_refused_as_a_status(served: Serving, body: bytes) -> None:
    answer = served.post("/v1/logs", body, PROTOBUF)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/x-protobuf"
    code, message = status_of(answer)
    assert code == 3
    assert message
    assert served.inbox.count() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"resourceLogs": 3}', b"\xff", b"[" * 5000])
def test_bad_json_is_refused_as_a_status(served: Serving, body: bytes) -> None:
    answer = served.post("/v1/logs", body, JSON)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["code"] == 3
    assert answer.json()["message"]
    assert served.inbox.count() == 0


def test_other_content_types_are_refused(served: Serving) -> None:
    answer = served.post("/v1/logs", b"<logs/>", {"content-type": "text/xml"})

    assert answer.status_code == 415
    assert status_of(answer)[0] == 3


def test_a_body_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, body_megabytes=0.01) as served:
        packed = gzip.compress(b"\0" * 100_000)
        encoded = {**PROTOBUF, "content-encoding": "gzip"}
        answers = [
            served.post("/v1/logs", b"\0" * 20_000, PROTOBUF),
            served.post("/v1/logs", packed, encoded),
        ]
        assert [answer.status_code for answer in answers] == [413, 413]
        assert "server.body_megabytes" in status_of(answers[1])[1]
        assert served.post("/v1/logs", calls_body({"req-1": 100}), PROTOBUF).status_code == 200


def test_a_full_inbox_asks_to_come_again(tmp_path: Path) -> None:
    with serving(tmp_path, inbox_megabytes=0.0001) as served:
        assert served.post("/v1/logs", calls_body({"req-1": 100}), PROTOBUF).status_code == 200

        answer = served.post("/v1/logs", calls_body({"req-2": 100}), PROTOBUF)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert status_of(answer)[0] == 8

        served.inbox.done([row.position for row in served.inbox.waiting(100)])
        assert served.post("/v1/logs", calls_body({"req-2": 100}), PROTOBUF).status_code == 200


def test_a_stopping_server_asks_to_come_again(served: Serving) -> None:
    served.ingest.stop()

    answer = served.post("/v1/logs", calls_body({"req-1": 100}), PROTOBUF)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert status_of(answer)[0] == 14


def test_an_inbox_that_cannot_be_written_asks_to_come_again(served: Serving) -> None:
    served.inbox.close()

    answer = served.post("/v1/logs", calls_body({"req-1": 100}), PROTOBUF)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


def test_beyond_loopback_a_token_with_the_scope_is_needed(tmp_path: Path) -> None:
    with serving(tmp_path, loopback=False) as served:
        accounts = served.server.accounts
        accounts.people.add("ana", "a long phrase that nobody guesses", by="test", role="admin")
        _, good = accounts.tokens.create("exporter", ["ingest"], owner="ana", by="test")
        _, other = accounts.tokens.create("reader", ["read"], owner="ana", by="test")

        def sent(token: str | None) -> httpx.Response:
            headers = (
                PROTOBUF if token is None else {**PROTOBUF, "authorization": f"Bearer {token}"}
            )
            return served.post("/v1/logs", calls_body({"req-1": 100}), headers)

        assert sent(None).status_code == 401
        assert status_of(sent("made up"))[0] == 16
        assert sent(other).status_code == 403
        assert served.inbox.count() == 0
        assert sent(good).status_code == 200
        assert [item.fields["request"] for item in kept(served)] == ["req-1"]


def test_what_came_is_counted(served: Serving) -> None:
    served.post("/v1/logs", calls_body({"req-1": 100, "req-2": 100}), PROTOBUF)
    served.post("/v1/logs", b"\xff", PROTOBUF)

    counts = served.server.meters.registry.get_sample_value
    requests = "landed_ingest_requests_total"
    assert counts(requests, {"signal": "logs", "outcome": "taken"}) == 1
    assert counts(requests, {"signal": "logs", "outcome": "refused"}) == 1
    events = counts("landed_ingest_events_total", {"signal": "logs", "outcome": "taken"})
    assert events == served.inbox.count()


def test_the_inbox_is_read_as_json(served: Serving) -> None:
    served.post("/v1/logs", calls_body({"req-1": 100}), PROTOBUF)
    assert all(json.loads(row.payload)["kind"] for row in served.inbox.waiting(10))
