"""Batches of `landed push` on a real server: checked at the door, and kept once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from tests.server.exports import JSON
from tests.server.ingest.serving import Serving, serving

from landed.push.batch import Batch, read_batch, schema_of, write_batch


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path) as running:
        yield running


def batch(*sessions: str) -> Batch:
    """References of sessions to commits, as a laptop sends them."""
    schema = schema_of("session_reference")
    told = {"agent": "claude-code", "turn": None, "kind": "commit", "value": "a" * 40}
    now = datetime(2026, 5, 1, tzinfo=UTC)
    rows = [{**told, "session": session, "happened_at": now} for session in sessions]
    return Batch({"session_reference": pa.Table.from_pylist(rows, schema)})


def test_a_batch_is_kept_and_acknowledged(served: Serving) -> None:
    sent = batch("s-1", "s-2")

    answer = served.post("/api/v1/push", write_batch(sent), JSON)

    assert answer.status_code == 202
    assert answer.json() == {"batch": sent.key, "rows": {"session_reference": 2}}
    waiting = served.inbox.waiting(10)
    assert [(row.source, row.key) for row in waiting] == [("push", sent.key)]
    assert read_batch(waiting[0].payload).document == sent.document


def test_the_same_batch_is_kept_once(served: Serving) -> None:
    packed, plain = write_batch(batch("s-1")), batch("s-1").document

    gzipped = {**JSON, "content-encoding": "gzip"}
    answers = [
        served.post("/api/v1/push", packed, JSON),
        served.post("/api/v1/push", packed, gzipped),
        served.post("/api/v1/push", plain, JSON),
    ]

    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert served.inbox.count() == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"landed_push": 1, "tables": {"prompt": {}}}', b"\x1f\x8bno gzip"],
)
def test_what_is_no_batch_is_refused(served: Serving, body: bytes) -> None:
    answer = served.post("/api/v1/push", body, JSON)

    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert served.inbox.count() == 0


def test_others_need_a_token(tmp_path: Path) -> None:
    with serving(tmp_path, loopback=False) as served:
        answer = served.post("/api/v1/push", write_batch(batch("s-1")), JSON)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
