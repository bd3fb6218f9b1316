"""Claude Code: every token counts once, in the class in which it is billed."""

from __future__ import annotations

from pathlib import Path

from tests.sources.agents.claude_code_logs import answer, capture, log, prompt, read


def test_every_token_of_a_session_counts_once() -> None:
    calls = capture("calc").calls
    assert len(calls) == 4
    assert sum(call.input_tokens for call in calls) == 900 + 910 + 920 + 930 == 3_660
    assert sum(call.output_tokens for call in calls) == 120 + 121 + 122 + 123 == 486
    assert sum(call.cache_read_tokens for call in calls) == 15_000 + 30_000 + 45_000 == 90_000
    assert sum(call.cache_write_5m_tokens for call in calls) == 4 * 2_000
    assert {call.cache_write_1h_tokens for call in calls} == {0}
    assert calls[0].call == "req_b22360b16b0e407cb219"
    assert {(call.model, call.provider, call.tier, call.speed) for call in calls} == {
        ("claude-opus-4-8", "anthropic", "standard", "standard")
    }


def test_one_answer_on_three_lines_is_one_call() -> None:
    calls = [call for call in capture("shop").calls if call.call == "req_c49490eec4584a1caae8"]
    assert [call.output_tokens for call in calls] == [120]


def test_a_fork_brings_its_original_again_under_the_same_keys() -> None:
    original, fork = capture("shop"), capture("fork")
    for name, key in (("calls", "call"), ("edits", "edit"), ("turns", "turn")):
        old = {getattr(record, key) for record in getattr(original, name)}
        new = {getattr(record, key) for record in getattr(fork, name)}
        assert old < new
    assert len({call.call for call in original.calls + fork.calls}) == len(original.calls) + 2
    assert fork.sessions[0].session != original.sessions[0].session


def test_an_hours_cache_search_and_speed_are_classes_of_their_own(tmp_path: Path) -> None:
    usage = {
        "input_tokens": 1,
        "output_tokens": 2,
        "cache_read_input_tokens": 3,
        "cache_creation_input_tokens": 30,
        "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
        "server_tool_use": {"web_search_requests": 4},
        "service_tier": "priority",
        "speed": "fast",
        "inference_geo": "us",
    }
    (call,) = read(log(tmp_path, prompt(0), answer(1, usage=usage))).calls
    assert (call.cache_write_5m_tokens, call.cache_write_1h_tokens) == (10, 20)
    assert (call.web_searches, call.tier, call.speed, call.geography) == (
        4,
        "priority",
        "fast",
        "us",
    )


def test_cache_writes_without_a_class_are_of_five_minutes(tmp_path: Path) -> None:
    usage = {"cache_creation_input_tokens": 30, "output_tokens": 1}
    (call,) = read(log(tmp_path, prompt(0), answer(1, usage=usage))).calls
    assert (call.cache_write_5m_tokens, call.cache_write_1h_tokens) == (30, 0)


def test_what_the_provider_shortened_is_billed_too(tmp_path: Path) -> None:
    steps = [
        {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500},
        {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000},
    ]
    usage = {"input_tokens": 23_000, "output_tokens": 1_000, "iterations": steps}
    (call,) = read(log(tmp_path, prompt(0), answer(1, usage=usage))).calls
    assert (call.input_tokens, call.output_tokens) == (203_000, 4_500)


def test_the_programs_own_answers_are_no_calls(tmp_path: Path) -> None:
    path = log(tmp_path, prompt(0), answer(1, model="<synthetic>"), answer(2, "r2"))
    assert [call.call for call in read(path).calls] == ["r2"]


def test_without_a_request_id_the_message_is_the_call(tmp_path: Path) -> None:
    first, second = answer(1, output=2), answer(2, output=7)
    del first["requestId"], second["requestId"]
    (call,) = read(log(tmp_path, prompt(0), first, second)).calls
    assert (call.call, call.output_tokens, call.at % 60_000_000) == ("m-r1", 7, 1_000_000)
