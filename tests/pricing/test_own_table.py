"""The user's own prices win over the list, for their days and their vendor."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tests.pricing.captured import model_calls

from landed.config import PriceSettings
from landed.pricing.calls import FROM_LIST, FROM_TABLE, UNKNOWN_MODEL, list_prices
from landed.pricing.list_prices import ListPrices

USED = {"input_tokens": 1_000_000, "output_tokens": 100_000}


def price(table: list[PriceSettings], **told: Any) -> tuple[int | None, str, str]:
    found = list_prices(model_calls([USED | told]), table, ListPrices).to_pylist()[0]
    return found["list_microdollars"], found["basis"], found["vendor"]


def test_a_contract_price_wins_over_the_list() -> None:
    contract = PriceSettings(model="claude-*", input=4, output=20)

    assert price([]) == (7_500_000, FROM_LIST, "anthropic")
    assert price([contract]) == (6_000_000, FROM_TABLE, "anthropic")


def test_it_holds_from_its_first_to_its_last_day() -> None:
    contract = PriceSettings(
        model="claude-opus-4-8",
        input=4,
        output=20,
        since=date(2026, 10, 1),
        until=date(2026, 10, 31),
    )
    moments = [
        datetime(2026, 9, 30, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 10, 1, tzinfo=UTC),
        datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
    ]

    bases = [price([contract], happened_at=moment)[1] for moment in moments]

    assert bases == [FROM_LIST, FROM_TABLE, FROM_TABLE, FROM_LIST]


def test_the_first_entry_that_fits_counts() -> None:
    special = PriceSettings(model="claude-opus-*", input=1, output=1)
    general = PriceSettings(model="*", input=9, output=9)

    assert price([special, general])[0] == 1_100_000
    assert price([general, special])[0] == 9_900_000


def test_a_model_that_no_list_knows_gets_its_price_and_vendor() -> None:
    own = PriceSettings(model="house-model", vendor="Our Hosting", input=0.07, output=0.3)

    assert price([], model="house-model") == (None, UNKNOWN_MODEL, "unknown")
    assert price([own], model="house-model") == (100_000, FROM_TABLE, "our hosting")


def test_an_entry_for_one_vendor_leaves_the_others_alone() -> None:
    on_aws = PriceSettings(model="*claude*", vendor="bedrock", input=1, output=1)
    bedrock = {"model": "anthropic.claude-opus-4-8", "provider": "bedrock"}

    assert price([on_aws])[1] == FROM_LIST
    assert price([on_aws], **bedrock) == (1_100_000, FROM_TABLE, "aws")


def test_classes_that_are_left_out_cost_what_input_costs() -> None:
    written = {"cache_write_5m_tokens": 1_000_000, "cache_write_1h_tokens": 1_000_000}
    classes = written | {"input_tokens": 0, "cache_read_tokens": 1_000_000, "web_searches": 3}
    bare = PriceSettings(model="*", input=2, output=10)
    full = PriceSettings(
        model="*",
        input=2,
        output=10,
        cache_read=0.2,
        cache_write_5m=2.5,
        cache_write_1h=4,
        web_search=0.01,
    )

    assert price([bare], **classes)[0] == 7_000_000
    assert price([full], **classes)[0] == 7_730_000
