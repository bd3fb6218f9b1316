"""What spans and events by the conventions for generative models become, Copilot's among them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.telemetry.exports import NOON, event, hear, of_kind, span, traced

CHAT: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.conversation.id": "k1",
    "gen_ai.provider.name": "anthropic",
    "gen_ai.request.model": "claude-sonnet",
    "gen_ai.response.model": "claude-sonnet-4-5",
    "gen_ai.response.id": "msg_1",
    "gen_ai.usage.input_tokens": 1_000,
    "gen_ai.usage.cache_read.input_tokens": 600,
    "gen_ai.usage.cache_creation.input_tokens": 100,
    "gen_ai.usage.output_tokens": 50,
    "gen_ai.usage.reasoning.output_tokens": 20,
}


def test_a_span_of_a_chat_is_a_call_with_its_cached_input_apart() -> None:
    (call,) = of_kind(traced([span(CHAT)], "our-bot").items, "call")

    assert {name: value for name, value in call.items() if value} == {
        "agent": "our-bot",
        "session": "k1",
        "turn": f"k1@{7:032x}",
        "at": NOON,
        "request": "msg_1",
        "model": "claude-sonnet-4-5",
        "provider": "anthropic",
        "input_tokens": 300,
        "cache_read_tokens": 600,
        "cache_write_5m_tokens": 100,
        "output_tokens": 50,
        "reasoning_tokens": 20,
    }


def test_a_span_and_an_event_of_one_call_have_one_key() -> None:
    by_span = traced([span(CHAT)], "our-bot").items
    by_event = hear([event("gen_ai.client.inference.operation.details", CHAT)], "our-bot")

    keys = [{item.key for item in items if item.kind == "call"} for items in (by_span, by_event)]
    assert keys == [{"call:our-bot:msg_1"}] * 2


@pytest.mark.parametrize("operation", ["invoke_agent", "execute_tool", "create_agent"])
def test_spans_that_sum_up_others_are_no_calls(operation: str) -> None:
    found = traced([span(CHAT | {"gen_ai.operation.name": operation})], "our-bot")

    assert of_kind(found.items, "call") == []
    assert of_kind(found.items, "session")[0]["session"] == "k1"


def test_names_of_earlier_versions_are_understood() -> None:
    older = {
        "gen_ai.operation.name": "text_completion",
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt-5.5",
        "gen_ai.usage.prompt_tokens": 7,
        "gen_ai.usage.completion_tokens": 3,
    }
    (call,) = of_kind(traced([span(older)], "our-bot").items, "call")

    assert (call["provider"], call["input_tokens"], call["output_tokens"]) == ("openai", 7, 3)
    assert (call["session"], call["turn"]) == (None, None)


def test_calls_without_an_id_are_known_by_their_spans() -> None:
    bare = {name: value for name, value in CHAT.items() if name != "gen_ai.response.id"}
    found = traced([span(bare, 1), span(bare, 1), span(bare, 2)], "our-bot")

    assert len(of_kind(found.items, "call")) == 2


def test_a_span_without_tokens_is_counted_as_unknown() -> None:
    found = traced([span({"gen_ai.operation.name": "chat"}), span({})], "our-bot")

    assert found.unknown == {"our-bot traces span": 2}


@pytest.mark.parametrize(
    ("service", "agent"),
    [("github-copilot", "copilot-cli"), ("copilot-chat", "copilot-vscode")],
)
def test_copilot_is_paid_for_its_calls(service: str, agent: str) -> None:
    (call,) = of_kind(traced([span(CHAT)], service).items, "call")

    assert (call["agent"], call["provider"], call["session"]) == (agent, "github-copilot", "k1")


def test_copilot_in_an_editor_has_the_requests_and_sessions_of_its_own_database() -> None:
    more = {
        "copilot_chat.session_id": "chat-1",
        "copilot_chat.server_request_id": "r-1",
        "copilot_chat.copilot_usage_nano_aiu": "250000000",
    }
    (call,) = of_kind(traced([span(CHAT | more)], "copilot-chat").items, "call")

    assert (call["session"], call["request"], call["reported_cost"]) == ("chat-1", "r-1", 2_500)


def test_other_events_of_copilot_tell_of_their_session_only() -> None:
    items = hear([event("copilot_chat.session.start", {"session.id": "chat-2"})], "copilot-chat")

    assert [item.kind for item in items] == ["session"]
