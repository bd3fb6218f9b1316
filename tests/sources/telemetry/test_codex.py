"""What Codex's events become."""

from __future__ import annotations

import pytest
from tests.sources.telemetry.exports import NOON, event, hear, of_kind
from tests.telemetry_captures import told

OURS = {"conversation.id": "c1", "model": "gpt-5.5"}


def test_calls_of_the_capture_are_those_that_are_known_of_it() -> None:
    calls = of_kind(told("codex"), "call")

    assert len(calls) == 4
    assert sum(call["input_tokens"] + call["cache_read_tokens"] for call in calls) == 23_000
    assert sum(call["cache_read_tokens"] for call in calls) == 12_000
    assert sum(call["output_tokens"] for call in calls) == 800
    assert sum(call["reasoning_tokens"] for call in calls) == 256


def test_a_completed_response_without_tokens_is_no_call() -> None:
    completed = OURS | {"event.kind": "response.completed", "duration_ms": "0"}

    assert of_kind(hear([event("codex.sse_event", completed)], "codex_cli_rs"), "call") == []


def test_cached_input_never_exceeds_the_input() -> None:
    wrong = {
        "event.kind": "response.completed",
        "input_token_count": "10",
        "cached_token_count": "30",
        "cache_write_token_count": "5",
        "output_token_count": "1",
        "reasoning_token_count": "7",
    }
    (call,) = of_kind(hear([event("codex.sse_event", OURS | wrong)], "codex_cli_rs"), "call")

    assert (call["input_tokens"], call["cache_read_tokens"]) == (0, 10)
    assert (call["cache_write_5m_tokens"], call["reasoning_tokens"]) == (0, 1)


@pytest.mark.parametrize(
    ("decision", "source", "accepted", "decided_by"),
    [
        ("approved", "Config", True, "automatic"),
        ("approved", "User", True, "person"),
        ("approved_for_session", "User", True, "person"),
        ("denied", "User", False, "person"),
        ("abort", "User", False, "person"),
        ("denied", "Config", False, "policy"),
    ],
)
def test_decisions_say_who_decided(
    decision: str, source: str, accepted: bool, decided_by: str
) -> None:
    given = {"call_id": "t1", "tool_name": "apply_patch", "decision": decision, "source": source}
    (found,) = of_kind(
        hear([event("codex.tool_decision", OURS | given)], "codex_cli_rs"), "decision"
    )

    assert (found["decision"], found["accepted"], found["decided_by"]) == (
        "t1",
        accepted,
        decided_by,
    )


def test_a_prompt_begins_a_turn() -> None:
    items = hear([event("codex.user_prompt", OURS | {"prompt": "do it"})], "codex_cli_rs")

    assert of_kind(items, "turn")[0]["turn"] == f"c1@{NOON}"


def test_an_event_that_names_no_conversation_is_counted() -> None:
    assert hear([event("codex.user_prompt", {"model": "gpt-5.5"})], "codex_cli_rs") == []
