"""List prices as genai-prices knows them: by model, day, time of day, context and prompt length.

A rate is looked up once for all calls that it holds for. What genai-prices charges for is found
by asking it for the price of a million tokens of each class, so that its own rules (which class
falls back on which) hold here too.

Importing this takes a tenth of a second and more: import it only when there is something to price.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
from genai_prices import Usage
from genai_prices.data_snapshot import DataSnapshot, find_provider_by_id, get_snapshot
from genai_prices.types import (
    ModelInfo,
    ModelPrice,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)
from numpy.typing import NDArray

from landed.pricing.rates import Rates

_DAY = 86_400_000_000
_PROBE = 1_000_000
_PROVIDERS = {"github": "github-copilot", "cursor": "cursor"}
"""What genai-prices calls the vendors that sell other makers' models."""
_OWN_MACHINES = ("ollama", "lmstudio", "lm-studio", "llama.cpp", "llamacpp", "vllm", "local")
_USAGE_OF = {
    "input": ("input_tokens",),
    "cache_read": ("input_tokens", "cache_read_tokens"),
    "cache_write_5m": ("input_tokens", "cache_write_tokens", "cache_write_5m_tokens"),
    "cache_write_1h": ("input_tokens", "cache_write_tokens", "cache_write_1h_tokens"),
    "output": ("output_tokens",),
    "reasoning": ("output_tokens", "output_reasoning_tokens"),
    "web_search": ("web_searches",),
}
_USAGE = tuple(dict.fromkeys(key for keys in _USAGE_OF.values() for key in keys))


@dataclass(frozen=True)
class StepRates:
    """The rates that hold at one time, in one context, for prompts of one range of lengths.

    `by_context` tells whether the context changed anything against a call without one.
    """

    rates: Rates
    by_context: bool


class Offer:
    """One model as one provider sells it, with everything its price depends on."""

    def __init__(self, provider: Provider, model: ModelInfo) -> None:
        self._provider = provider
        self._model = model
        self._cache: dict[tuple[Any, ...], StepRates | None] = {}
        constraints = _constraints(model)
        self._days = np.array(
            sorted(
                {
                    _microseconds(datetime.combine(found.start_date, time(), UTC)) // _DAY
                    for found in constraints
                    if isinstance(found, StartDateConstraint)
                }
            ),
            np.int64,
        )
        self._times = np.array(
            sorted(
                {
                    _time_of_day(moment)
                    for found in constraints
                    if isinstance(found, TimeOfDateConstraint)
                    for moment in (found.start_time, found.end_time)
                }
            ),
            np.int64,
        )
        self._lengths = np.array(sorted(_lengths(model)), np.int64)

    @property
    def provider(self) -> str:
        """The provider's name in genai-prices."""
        return str(self._provider.id)

    @property
    def model(self) -> str:
        """The model's name in genai-prices."""
        return str(self._model.id)

    def sells(self, context: dict[str, str]) -> bool:
        """Whether there is, at any time, a price of its own for such a context."""
        return any(
            all(context.get(key) == value for key, value in variant.when.items())
            and any(price is not None for price in vars(variant.prices).values())
            for variant in self._model.price_variants or ()
        )

    def steps(self, moments: NDArray[np.int64], prompts: NDArray[np.int64]) -> NDArray[np.int64]:
        """A number for each call: calls of one number have the same rates.

        `moments` are microseconds since 1970, `prompts` all input tokens, caches included.
        """
        day = np.searchsorted(self._days, moments // _DAY, side="right")
        hour = np.searchsorted(self._times, moments % _DAY, side="right")
        length = np.searchsorted(self._lengths, prompts, side="left")
        return (day * (len(self._times) + 1) + hour) * (len(self._lengths) + 1) + length

    def rates(self, moment: int, prompt: int, context: dict[str, str]) -> StepRates | None:
        """The rates of a call; None where there is no price for tokens.

        `moment` is microseconds since 1970, `prompt` all input tokens; `context` has the keys of
        genai-prices: service_tier, speed, processing.
        """
        here = self.steps(np.array([moment]), np.array([prompt]))[0]
        key = (int(here), tuple(sorted(context.items())))
        if key not in self._cache:
            self._cache[key] = self._look_up(moment, prompt, context)
        return self._cache[key]

    def _look_up(self, moment: int, prompt: int, context: dict[str, str]) -> StepRates | None:
        plain = self._flat_price(moment, prompt, {})
        price = self._flat_price(moment, prompt, context) if context else plain
        if not price.keys() & {"input_mtok", "output_mtok"}:
            return None
        return StepRates(_probe(price), price != plain)

    def _flat_price(
        self, moment: int, prompt: int, context: dict[str, str]
    ) -> dict[str, Decimal | TieredPrices]:
        """The prices by their keys, each reduced to the one that holds for such a prompt."""
        found = self._model.calc_price(
            Usage(),
            self._provider,
            genai_request_timestamp=datetime.fromtimestamp(moment // 1_000_000, UTC),
            price_context=context or None,
        ).model_price
        return {
            key: _at_length(price, prompt)
            for key, price in vars(found).items()
            if isinstance(price, Decimal | TieredPrices)
        }


class ListPrices:
    """Finds the offer for a model from what a log says of it."""

    def __init__(self) -> None:
        self._snapshot: DataSnapshot = get_snapshot()
        self._offers: dict[tuple[str, str], Offer] = {}

    def provider(self, name: str) -> str | None:
        """What genai-prices calls a provider; None where it does not know it."""
        found = find_provider_by_id(self._snapshot.providers, name)
        return None if found is None else str(found.id)

    def find(self, model: str, provider: str | None, seller: str | None) -> Offer | None:
        """The offer of `model`; None where no price is known.

        `provider` is what the log calls whoever served it. `seller` is the vendor who sells it
        with an agent of theirs, and is asked first. A provider that is not known, or does not
        list the model, leaves it to the model's name; what runs on one's own machines has no list
        price.
        """
        if provider is not None and provider.lower().startswith(_OWN_MACHINES):
            return None
        told = [_PROVIDERS.get(seller, seller)] if seller else []
        told += [provider] if provider else []
        for name in _spellings(model):
            guessed = ["aws"] if _is_bedrock(name) else []
            for candidate in (*told, *guessed, None):
                offer = self._offer(name, candidate)
                if offer is not None:
                    return offer
            maker, slash, rest = name.partition("/")
            if slash and (offer := self._offer(name, "openrouter") or self._offer(rest, maker)):
                return offer
        return None

    def _offer(self, model: str, provider: str | None) -> Offer | None:
        try:
            found = self._snapshot.find_provider_model(model, None, provider, None)
        except LookupError:
            return None
        key = (str(found[0].id), str(found[1].id))
        return self._offers.setdefault(key, Offer(*found))


def _spellings(model: str) -> list[str]:
    """The name, and as it is without what agents put around it."""
    bare = model.strip().removeprefix("models/").removesuffix("[1m]")
    return list(dict.fromkeys((model.strip(), bare)))


def _is_bedrock(model: str) -> bool:
    return model.startswith("arn:aws") or ".anthropic." in f".{model}"


def _constraints(model: ModelInfo) -> list[StartDateConstraint | TimeOfDateConstraint]:
    dated = model.prices if isinstance(model.prices, list) else []
    found = [price.constraint for price in (*dated, *(model.price_variants or ()))]
    return [constraint for constraint in found if constraint is not None]


def _lengths(model: ModelInfo) -> set[int]:
    prices = (
        [conditional.prices for conditional in model.prices]
        if isinstance(model.prices, list)
        else [model.prices]
    )
    prices += [variant.prices for variant in model.price_variants or ()]
    return {
        tier.start
        for price in prices
        for value in vars(price).values()
        if isinstance(value, TieredPrices)
        for tier in value.tiers
    }


def _at_length(price: Decimal | TieredPrices, prompt: int) -> Decimal | TieredPrices:
    if isinstance(price, Decimal):
        return price
    reached = bisect_left([tier.start for tier in price.tiers], prompt)
    return price.tiers[reached - 1].price if reached else price.base


def _probe(prices: dict[str, Decimal | TieredPrices]) -> Rates:
    """Read the rates off what a million of each class costs."""
    flat = ModelPrice(**prices)

    def dollars(keys: tuple[str, ...]) -> Decimal:
        usage = Usage(**{key: _PROBE if key in keys else 0 for key in _USAGE})
        return Decimal(flat.calc_price(usage)["total_price"])

    call = dollars(())
    return Rates(
        **{name: dollars(keys) - call for name, keys in _USAGE_OF.items()}, call=call * _PROBE
    )


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def _time_of_day(moment: time) -> int:
    shifted = datetime.combine(datetime(2000, 1, 2), moment)
    utc = shifted if shifted.tzinfo is None else shifted.astimezone(UTC)
    return ((utc.hour * 60 + utc.minute) * 60 + utc.second) * 1_000_000 + utc.microsecond
