"""What genai-prices lacks is multiplied on, once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.pricing.captured import model_calls

from landed.pricing.calls import FROM_LIST, NO_FAST_PRICE, list_prices
from landed.pricing.list_prices import ListPrices

USED = {"input_tokens": 1_000_000, "output_tokens": 100_000, "web_searches": 1}


def price(**told: Any) -> tuple[int | None, str]:
    found = list_prices(model_calls([USED | told]), [], ListPrices).to_pylist()[0]
    return found["list_microdollars"], found["basis"]


@pytest.mark.parametrize(
    ("told", "dollars"),
    [
        ({}, 7.51),
        ({"geography": "us"}, 8.26),
        ({"geography": "global"}, 7.51),
        ({"speed": "fast"}, 15.01),
        ({"speed": "fast", "geography": "us"}, 16.51),
        ({"model": "claude-opus-4-7", "speed": "fast"}, 45.01),
        ({"tier": "batch"}, 3.76),
        ({"tier": "batch", "happened_at": datetime(2026, 9, 1, tzinfo=UTC)}, 3.76),
        ({"model": "gpt-5.5", "geography": "us", "input_tokens": 100_000}, 3.51),
    ],
)
def test_speed_tier_and_geography(told: dict[str, Any], dollars: float) -> None:
    assert price(**told) == (round(dollars * 1_000_000), FROM_LIST)


def test_inference_in_the_us_is_dearer_from_the_day_it_is_billed() -> None:
    told: dict[str, Any] = {"model": "claude-opus-4-5", "geography": "us"}
    before, since = (
        price(happened_at=moment, **told)[0]
        for moment in (
            datetime(2026, 2, 4, 23, 59, 59, tzinfo=UTC),
            datetime(2026, 2, 5, tzinfo=UTC),
        )
    )

    assert (before, since) == (7_510_000, 8_260_000)


def test_a_fast_model_without_a_fast_price_stays_unpriced() -> None:
    assert price(model="claude-opus-4-5", speed="fast") == (None, NO_FAST_PRICE)
