"""What the documentation says that cases cost in which trackers differ."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.pricing.captured import model_calls

from landed.pricing.calls import list_prices
from landed.pricing.list_prices import ListPrices

AUTUMN = {
    "model": "claude-sonnet-4-5-20250929",
    "happened_at": datetime(2025, 10, 1, tzinfo=UTC),
}
FAST_46 = {
    "model": "claude-opus-4-6",
    "happened_at": datetime(2026, 5, 1, tzinfo=UTC),
    "speed": "fast",
}
EARLY_46 = {
    "model": "claude-opus-4-6",
    "happened_at": datetime(2026, 2, 20, tzinfo=UTC),
    "input_tokens": 250_000,
}


@pytest.mark.parametrize(
    ("told", "dollars"),
    [
        ({}, 0.03),
        ({"cache_write_5m_tokens": 100_000}, 0.655),
        ({"cache_write_1h_tokens": 100_000}, 1.03),
        ({"speed": "fast"}, 0.06),
        (FAST_46, 0.18),
        (AUTUMN | {"cache_read_tokens": 250_000}, 0.1785),
        (AUTUMN | {"input_tokens": 250_000}, 1.5225),
        (EARLY_46, 2.5375),
        (EARLY_46 | {"happened_at": datetime(2026, 3, 13, tzinfo=UTC)}, 1.275),
        ({"web_searches": 10}, 0.13),
        ({"geography": "us"}, 0.033),
        ({"tier": "batch"}, 0.015),
        ({"model": "claude-opus-5-5"}, 0.024),
        ({"model": "claude-haiku-5-5", "input_tokens": 150_000}, 0.0775),
    ],
)
def test_a_call_of_a_thousand_tokens_each_way(told: dict[str, Any], dollars: float) -> None:
    call = {"input_tokens": 1_000, "output_tokens": 1_000} | told

    found = list_prices(model_calls([call]), [], ListPrices)

    assert found["list_microdollars"].to_pylist() == [round(dollars * 1_000_000)]


def test_no_calls_at_all() -> None:
    assert list_prices(model_calls([]), [], ListPrices).num_rows == 0
