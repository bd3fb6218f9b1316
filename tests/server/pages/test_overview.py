"""The first page of a server that was just set up."""

from __future__ import annotations

import httpx
from tests.server.running import Running, wait_until
from tests.telemetry_captures import CAPTURES

from landed.rollups.build import compute_rollups, write_rollups


def roll_up(running: Running) -> None:
    with running.server.store.writing() as store:
        write_rollups(store, compute_rollups(store, running.server.settings))


def calls(running: Running) -> int:
    with running.server.store.reading() as store:
        return len(store.query("select 1 from model_call"))


def test_before_anything_is_known_it_says_how_to_begin(alone: Running) -> None:
    roll_up(alone)

    text = alone.browser().get("/").text

    assert "Nothing to show yet" in text
    assert "landed sync PATH" in text


def test_a_session_told_by_telemetry_is_shown_before_any_repository_is(alone: Running) -> None:
    alone.server.ingest.start()
    body = (CAPTURES / "claude-code" / "otlp_v1_logs.json").read_bytes()
    answer = httpx.post(
        f"{alone.address}/v1/logs", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 200
    wait_until(lambda: calls(alone) == 4)
    alone.server.ingest.stop()
    roll_up(alone)

    text = alone.browser().get("/").text

    assert "Nothing to show yet" not in text
    assert "list price" in text
