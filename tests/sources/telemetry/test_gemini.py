"""What Gemini CLI's events become."""

from __future__ import annotations

import pytest
from tests.sources.telemetry.exports import event, hear, of_kind
from tests.telemetry_captures import received, told

OURS = {"session.id": "g1", "prompt_id": "g1########2"}


def test_each_call_of_the_capture_counts_once_though_it_is_told_twice() -> None:
    calls = of_kind(told("gemini"), "call")

    assert len(calls) == 4
    assert sum(call["input_tokens"] + call["cache_read_tokens"] for call in calls) == 16_600
    assert sum(call["output_tokens"] for call in calls) == 400
    assert sum(call["reasoning_tokens"] for call in calls) == 80


def test_what_is_told_again_is_counted_as_known() -> None:
    counted = [item.fields for one in received("gemini") for item in one.items]
    named = {count["name"]: count for count in counted if "signal" in count}

    assert named["gen_ai.client.inference.operation.details"]["count"] == 8
    assert named["gen_ai.client.token.usage"]["known"]
    assert all(one.unknown == {} for one in received("gemini"))


@pytest.mark.parametrize(
    ("decision", "accepted", "decided_by"),
    [
        ("accept", True, None),
        ("auto_accept", True, "automatic"),
        ("modify", True, "person"),
        ("reject", False, "person"),
    ],
)
def test_decisions_say_who_decided(decision: str, accepted: bool, decided_by: str | None) -> None:
    given = {"function_name": "replace", "decision": decision, "success": True}
    (found,) = of_kind(
        hear([event("gemini_cli.tool_call", OURS | given)], "gemini-cli"), "decision"
    )

    assert (found["accepted"], found["decided_by"], found["tool"]) == (
        accepted,
        decided_by,
        "replace",
    )


def test_a_tool_that_nobody_was_asked_about_is_no_decision() -> None:
    items = hear([event("gemini_cli.tool_call", OURS | {"function_name": "ls"})], "gemini-cli")

    assert of_kind(items, "decision") == []


def test_an_answer_without_tokens_is_no_call() -> None:
    items = hear([event("gemini_cli.api_response", OURS | {"model": "g"})], "gemini-cli")

    assert of_kind(items, "call") == []
    assert of_kind(items, "turn")[0]["turn"] == "g1@g1########2"


def test_an_event_without_a_session_is_counted() -> None:
    assert hear([event("gemini_cli.api_response", {"prompt_id": "x"})], "gemini-cli") == []
