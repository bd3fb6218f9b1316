"""What Claude Code's events become."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.telemetry.exports import NOON, event, hear, of_kind
from tests.telemetry_captures import told

SERVICE = "claude-code"
OURS = {"session.id": "s1", "prompt.id": "p1"}
REQUEST = {
    "model": "claude-opus-4-8",
    "input_tokens": "900",
    "output_tokens": 120,
    "cache_read_tokens": "15000",
    "cache_creation_tokens": "2000",
    "cost_usd_micros": "20000",
    "request_id": "req_1",
    "speed": "normal",
}


def test_a_request_is_a_call_known_by_its_request() -> None:
    (call,) = of_kind(hear([event("api_request", OURS | REQUEST)], SERVICE), "call")

    assert {name: value for name, value in call.items() if value} == {
        "agent": "claude-code",
        "session": "s1",
        "turn": "p1",
        "at": NOON,
        "request": "req_1",
        "model": "claude-opus-4-8",
        "provider": "anthropic",
        "input_tokens": 900,
        "cache_read_tokens": 15_000,
        "cache_write_5m_tokens": 2_000,
        "output_tokens": 120,
        "speed": "standard",
        "reported_cost": 20_000,
    }


def test_calls_of_the_capture_are_those_that_are_known_of_it() -> None:
    calls = of_kind(told("claude-code"), "call")

    assert len(calls) == 4
    assert sum(call["input_tokens"] for call in calls) == 3_660
    assert sum(call["output_tokens"] for call in calls) == 486
    assert sum(call["cache_read_tokens"] for call in calls) == 90_000
    assert sum(call["cache_write_5m_tokens"] for call in calls) == 8_000
    assert sum(call["reported_cost"] for call in calls) == 125_450


def test_without_a_request_the_same_event_is_the_same_call() -> None:
    bare = {name: value for name, value in REQUEST.items() if name != "request_id"}
    once = hear([event("api_request", OURS | bare)], SERVICE)
    twice = hear([event("api_request", OURS | bare)] * 2, SERVICE)
    later = hear([event("api_request", OURS | bare, NOON + 1)], SERVICE)

    assert once == twice
    assert of_kind(once, "call")[0]["request"] is None
    assert not {item.key for item in once if item.kind == "call"} & {item.key for item in later}


@pytest.mark.parametrize(
    ("cost", "expected"), [("0.0275", 27_500), (0.5, 500_000), ("free", None), (-1.0, None)]
)
def test_a_cost_in_dollars_is_kept_in_micro_dollars(cost: object, expected: int | None) -> None:
    given = {name: value for name, value in REQUEST.items() if name != "cost_usd_micros"}
    items = hear([event("api_request", OURS | given | {"cost_usd": cost})], SERVICE)

    assert of_kind(items, "call")[0]["reported_cost"] == expected


@pytest.mark.parametrize(
    ("decision", "source", "accepted", "decided_by"),
    [
        ("accept", "config", True, "automatic"),
        ("accept", "user_permanent", True, "person"),
        ("accept", "user_temporary", True, "person"),
        ("accept", "hook", True, "policy"),
        ("reject", "user_reject", False, "person"),
        ("reject", "user_abort", False, "person"),
        ("reject", "config", False, "policy"),
        ("reject", "hook", False, "policy"),
        ("accept", "unheard_of", True, None),
    ],
)
def test_decisions_say_who_decided(
    decision: str, source: str, accepted: bool, decided_by: str | None
) -> None:
    given = {"decision": decision, "source": source, "tool_name": "Edit", "tool_use_id": "t1"}
    (found,) = of_kind(hear([event("tool_decision", OURS | given)], SERVICE), "decision")

    assert (found["accepted"], found["decided_by"]) == (accepted, decided_by)
    assert (found["decision"], found["tool"], found["turn"]) == ("t1", "Edit", "p1")


@pytest.mark.parametrize(
    ("parameters", "commits"),
    [
        ('{"bash_command":"git","git_commit_id":"0123abcd"}', ["0123abcd"]),
        ('{"git_commit_id":"rm -rf everything"}', []),
        ('{"full_command":"git commit"}', []),
        ("no json", []),
    ],
)
def test_of_the_parameters_of_a_tool_only_a_commit_is_taken(
    parameters: str, commits: list[str]
) -> None:
    given: dict[str, Any] = {"tool_name": "Bash", "success": "true", "tool_parameters": parameters}
    items = hear([event("tool_result", OURS | given)], SERVICE)

    assert [found["value"] for found in of_kind(items, "reference")] == commits
    assert not [item for item in items if b"bash" in item.payload().lower()]


def test_a_session_says_whose_it_is_and_in_which_team() -> None:
    given = OURS | {"user.email": "Ada@Example.com", "user.id": "f00"}
    (session,) = of_kind(
        hear(
            [event("user_prompt", given), event("user_prompt", given, NOON + 5)],
            SERVICE,
            **{"service.version": "2.1.197", "team.id": "payments", "cost_center": "42"},
        ),
        "session",
    )

    assert session == {
        "agent": "claude-code",
        "session": "s1",
        "started_at": NOON,
        "ended_at": NOON + 5,
        "user": "ada@example.com",
        "version": "2.1.197",
        "team": "payments",
    }


def test_an_event_without_a_session_is_counted() -> None:
    assert hear([event("api_request", REQUEST)], SERVICE) == []


def test_another_name_of_the_service_does_not_hide_the_agent() -> None:
    record = event("claude_code.api_request", OURS | REQUEST)

    assert of_kind(hear([record], "our-agents"), "call")[0]["agent"] == "claude-code"
