"""Whole columns come to what genai-prices says call by call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from genai_prices import Usage, calc_price
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pricing.captured import PLAIN, model_calls

from landed.pricing.calls import COLUMNS, FROM_LIST, NO_TIER_PRICE, list_prices
from landed.pricing.list_prices import ListPrices

MODELS = [
    ("anthropic", "claude-opus-4-8"),
    ("anthropic", "claude-opus-4-6"),
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("anthropic", "claude-sonnet-4-6"),
    ("anthropic", "claude-haiku-4-5-20251001"),
    ("anthropic", "claude-haiku-5-5"),
    ("openai", "gpt-5.5"),
    ("openai", "gpt-5.3-codex"),
    ("openai", "o3"),
    ("google", "gemini-2.5-pro"),
    ("google", "gemini-2.5-flash"),
    ("aws", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("openrouter", "anthropic/claude-sonnet-4.5"),
    ("deepseek", "deepseek-chat"),
    ("x-ai", "grok-code-fast-1"),
    ("mistral", "mistral-large-latest"),
    ("github-copilot", "gpt-5.5"),
]
TOKENS = st.integers(0, 400_000) | st.sampled_from(
    [0, 100_000, 199_999, 200_000, 200_001, 272_000, 272_001]
)
MOMENT = st.integers(0, 640 * 24 * 60).map(
    lambda minutes: datetime(2025, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    provider, model = draw(st.sampled_from(MODELS))
    output = draw(TOKENS)
    call = {
        "provider": provider,
        "model": model,
        "happened_at": draw(MOMENT),
        "input_tokens": draw(TOKENS),
        "cache_read_tokens": draw(TOKENS),
        "cache_write_5m_tokens": draw(TOKENS),
        "cache_write_1h_tokens": draw(TOKENS),
        "output_tokens": output,
        "reasoning_tokens": draw(st.integers(0, output)),
        "web_searches": draw(st.integers(0, 20)),
        "tier": None,
        "speed": None,
    }
    if provider == "openai":
        call["tier"] = draw(st.sampled_from([None, "default", "flex", "priority", "fast", "batch"]))
    if model == "claude-opus-4-8":
        call["speed"] = draw(st.sampled_from([None, "standard", "fast"]))
    return PLAIN | call


def by_genai_prices(call: dict[str, Any]) -> int:
    written = call["cache_write_5m_tokens"] + call["cache_write_1h_tokens"]
    usage = Usage(
        input_tokens=call["input_tokens"] + call["cache_read_tokens"] + written,
        cache_read_tokens=call["cache_read_tokens"],
        cache_write_tokens=written,
        cache_write_5m_tokens=call["cache_write_5m_tokens"],
        cache_write_1h_tokens=call["cache_write_1h_tokens"],
        output_tokens=call["output_tokens"],
        output_reasoning_tokens=call["reasoning_tokens"],
        web_searches=call["web_searches"],
    )
    context = {"service_tier": call["tier"], "speed": call["speed"]}
    if call["tier"] == "batch":
        context = {"processing": "batch"}
    price = calc_price(
        usage,
        call["model"],
        provider_id=call["provider"],
        genai_request_timestamp=call["happened_at"],
        price_context={key: value for key, value in context.items() if value},
    ).total_price
    return int((price * 1_000_000).to_integral_value(ROUND_HALF_EVEN))


@settings(max_examples=60, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=25))
def test_columns_cost_what_their_calls_cost(given: list[dict[str, Any]]) -> None:
    table = model_calls(given).select(COLUMNS)

    found = list_prices(table, [], ListPrices).to_pylist()

    for call, price in zip(given, found, strict=True):
        used = any(value for key, value in call.items() if key.endswith(("tokens", "searches")))
        if used and price["basis"] == NO_TIER_PRICE:
            assert by_genai_prices(call) == by_genai_prices(call | {"tier": None})
        elif used:
            assert price["basis"] == FROM_LIST
            assert price["list_microdollars"] == by_genai_prices(call)


@pytest.mark.parametrize(
    ("provider", "model", "found"),
    [
        (None, "claude-opus-4-8", ("anthropic", "claude-opus-4-8")),
        ("mock", "gpt-5.5", ("openai", "gpt-5.5")),
        ("anthropic", "claude-opus-4-8[1m]", ("anthropic", "claude-opus-4-8")),
        ("gemini", "models/gemini-2.5-pro", ("google", "gemini-2.5-pro")),
        ("google-vertex", "claude-sonnet-4-5@20250929", ("google", "claude-sonnet-4-5")),
        ("amazon-bedrock", "anthropic.claude-opus-4-8", ("aws", "claude-opus-4-8")),
        (None, "us.anthropic.claude-sonnet-4-5-20250929-v1:0", ("aws", "claude-sonnet-4-5")),
        (None, "anthropic/claude-sonnet-4.5", ("openrouter", "claude-sonnet-4.5")),
        ("github-copilot", "gpt-5.5", ("github-copilot", "gpt-5.5")),
        ("github-copilot", "claude-sonnet-4.5", ("anthropic", "claude-sonnet-4-5")),
    ],
)
def test_who_sells_a_model_is_found_from_what_logs_say(
    provider: str | None, model: str, found: tuple[str, str]
) -> None:
    offer = ListPrices().find(model, provider, None)

    assert offer is not None
    assert offer.provider == found[0]
    assert found[1] in offer.model


@pytest.mark.parametrize(
    ("provider", "model"),
    [(None, "claude-opus-99"), (None, "house-model"), ("ollama", "deepseek-r1:7b"), (None, "")],
)
def test_a_model_without_a_list_price_is_not_found(provider: str | None, model: str) -> None:
    assert ListPrices().find(model, provider, None) is None


@pytest.mark.parametrize(
    ("tier", "moment", "price", "basis"),
    [
        ("priority", datetime(2026, 11, 1, tzinfo=UTC), 1_250_000, FROM_LIST),
        ("priority", datetime(2026, 6, 1, tzinfo=UTC), None, NO_TIER_PRICE),
        ("default", datetime(2026, 6, 1, tzinfo=UTC), 500_000, FROM_LIST),
        ("scale", datetime(2026, 6, 1, tzinfo=UTC), 500_000, FROM_LIST),
    ],
)
def test_a_tier_has_no_price_before_the_list_has_one(
    tier: str, moment: datetime, price: int | None, basis: str
) -> None:
    call = {"model": "gpt-5.5", "tier": tier, "happened_at": moment, "input_tokens": 100_000}

    found = list_prices(model_calls([call]), [], ListPrices).to_pylist()[0]

    assert (found["list_microdollars"], found["basis"]) == (price, basis)


def test_the_whole_prompt_is_dearer_above_its_tier() -> None:
    at, above = (
        {
            "model": "claude-sonnet-4-5",
            "happened_at": datetime(2025, 10, 1, tzinfo=UTC),
            "input_tokens": 1_000 + more,
            "cache_read_tokens": 199_000,
            "output_tokens": 1_000,
        }
        for more in (0, 1)
    )

    found = list_prices(model_calls([at, above]), [], ListPrices)["list_microdollars"].to_pylist()

    base = 1_000 * Decimal(3) + 199_000 * Decimal("0.3") + 1_000 * Decimal(15)
    tier = 1_001 * Decimal(6) + 199_000 * Decimal("0.6") + 1_000 * Decimal("22.5")
    assert found == [int(base), int(tier)]
