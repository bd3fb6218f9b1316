"""List prices of whole columns of calls: each rate is looked up once, then multiplied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from landed.config import PriceSettings
from landed.pricing import own_rules, own_table
from landed.pricing.rates import MOST_TOKENS, Rates, microdollars
from landed.pricing.vendors import UNKNOWN, seller_of, vendor_name

if TYPE_CHECKING:
    from landed.pricing.list_prices import ListPrices, Offer

FROM_LIST = "genai-prices"
FROM_TABLE = "table"
NO_TOKENS = "no tokens told"
NO_MODEL = "no model told"
UNKNOWN_MODEL = "unknown model"
NO_FAST_PRICE = "no price known for fast mode"
NO_TIER_PRICE = "no price known for the tier at that time"
NO_TOKEN_PRICE = "no price for tokens"
NOT_CREDIBLE = "token counts not credible"
NOTHING_USED = "nothing used"
BASES = (
    FROM_LIST,
    FROM_TABLE,
    NOTHING_USED,
    UNKNOWN_MODEL,
    NO_MODEL,
    NO_TOKENS,
    NO_FAST_PRICE,
    NO_TIER_PRICE,
    NO_TOKEN_PRICE,
    NOT_CREDIBLE,
)
"""What `call_price.basis` can be: where the price is from, or why there is none."""

_TOKENS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "reasoning_tokens",
    "web_searches",
)
_CONTEXT = ("agent", "provider", "model", "tier", "speed", "geography")
COLUMNS = ("call", "happened_at", "reported_cost", *_CONTEXT, *_TOKENS)
"""The columns of `model_call` that `list_prices` needs."""


@dataclass(frozen=True)
class _Group:
    """Calls that differ in nothing but time and tokens; `rows` are their positions."""

    agent: str
    provider: str | None
    model: str | None
    tier: str | None
    speed: str | None
    geography: str | None
    rows: NDArray[np.int64]

    @property
    def context(self) -> dict[str, str]:
        """The context of genai-prices."""
        tier, speed = (self.tier or "").lower(), (self.speed or "").lower()
        context = {"speed": speed} if speed else {}
        if tier == "batch":
            return context | {"processing": "batch"}
        return context | {"service_tier": tier} if tier else context


class _Prices:
    """The result while it is filled."""

    def __init__(self, rows: int) -> None:
        self.vendor = np.full(rows, UNKNOWN, object)
        self.basis = np.full(rows, UNKNOWN_MODEL, object)
        self.amount = np.full(rows, -1, np.int64)

    def put(self, rows: NDArray[np.int64], basis: str, amount: NDArray[np.int64] | int) -> None:
        self.basis[rows] = basis
        self.amount[rows] = amount


def list_prices(
    calls: pa.Table, table: Sequence[PriceSettings], load: Callable[[], ListPrices]
) -> pa.Table:
    """The columns call, vendor, list_microdollars (null = unpriced) and basis, a row for a call.

    `calls` has `COLUMNS`; `table` is the user's own; `load` opens the list, and is called once.
    """
    offers = load()
    moments = calls["happened_at"].cast(pa.int64()).to_numpy()
    told = np.column_stack([calls[name].to_numpy() for name in _TOKENS]).astype(np.int64)
    amounts = _amounts(told)
    prompts = amounts[:, :4].sum(axis=1)
    prices = _Prices(len(calls))
    for group in _groups(calls):
        offer = _find(offers, group)
        vendor = _vendor(offers, group, offer)
        prices.vendor[group.rows] = vendor
        open_rows = group.rows
        for entry, paid in own_table.candidates(table, group.model, vendor):
            held = own_table.in_force(entry, moments[open_rows])
            rows, open_rows = open_rows[held], open_rows[~held]
            prices.vendor[rows] = paid
            found = microdollars(amounts[rows], own_table.rates_of(entry))
            prices.put(rows, FROM_TABLE, found)
        if group.model is None:
            prices.put(open_rows, NO_MODEL, -1)
        elif offer is not None:
            _apply(prices, open_rows, offer, group, moments, prompts, amounts)
    _set_apart(prices, told, calls)
    return pa.table(
        {
            "call": calls["call"],
            "vendor": pa.array(prices.vendor, pa.string()),
            "list_microdollars": pa.array(prices.amount, mask=prices.amount < 0),
            "basis": pa.array(prices.basis, pa.string()),
        }
    )


def _apply(
    prices: _Prices,
    rows: NDArray[np.int64],
    offer: Offer,
    group: _Group,
    moments: NDArray[np.int64],
    prompts: NDArray[np.int64],
    amounts: NDArray[np.int64],
) -> None:
    steps = offer.steps(moments[rows], prompts[rows])
    periods = own_rules.periods(offer.provider, moments[rows])
    for same in _parts(rows, steps * (periods.max(initial=0) + 1) + periods):
        found = _rates(offer, group, int(moments[same[0]]), int(prompts[same[0]]))
        if isinstance(found, str):
            prices.put(same, found, -1)
        else:
            prices.put(same, FROM_LIST, microdollars(amounts[same], found))


def _rates(offer: Offer, group: _Group, moment: int, prompt: int) -> Rates | str:
    """The rates with our own rules applied, or why there are none."""
    context = group.context
    found = offer.rates(moment, prompt, context)
    if found is None:
        return NO_TOKEN_PRICE
    rules = own_rules.applying(
        offer.provider,
        offer.model,
        datetime.fromtimestamp(moment // 1_000_000, UTC).date(),
        context,
        group.geography,
        by_context=found.by_context,
    )
    if not found.by_context and all(rule.geography for rule in rules):
        # the ordinary price would say too little, or too much
        if context.get("speed") == "fast":
            return NO_FAST_PRICE
        if offer.sells(context):
            return NO_TIER_PRICE
    rates = found.rates
    for rule in rules:
        rates = rates.times(rule.factor)
    return rates


def _find(offers: ListPrices, group: _Group) -> Offer | None:
    if group.model is None:
        return None
    return offers.find(group.model, group.provider, seller_of(group.agent))


def _vendor(offers: ListPrices, group: _Group, offer: Offer | None) -> str:
    """Who is paid: the agent's maker who sells the models too, else whoever served it."""
    seller = seller_of(group.agent)
    served = offers.provider(group.provider) if group.provider else None
    found = seller or served or (offer.provider if offer is not None else group.provider)
    return vendor_name(found or UNKNOWN)


def _set_apart(prices: _Prices, told: NDArray[np.int64], calls: pa.Table) -> None:
    """Calls whose numbers say nothing: none at all, or impossible ones.

    A call without tokens is free only where the agent says so, or where it names no model but a
    stand-in such as <synthetic>: others leave tokens out of their logs.
    """
    reported = calls["reported_cost"].to_numpy(zero_copy_only=False)
    models = calls["model"].to_numpy(zero_copy_only=False)
    stand_in = np.array([bool(name) and name.startswith("<") for name in models], bool)
    nothing = ~told.any(axis=1)
    free = nothing & (stand_in | (reported == 0))
    prices.put(np.flatnonzero(nothing), NO_TOKENS, -1)
    prices.put(np.flatnonzero(free), NOTHING_USED, 0)
    wrong = ((told < 0) | (told > MOST_TOKENS)).any(axis=1)
    prices.put(np.flatnonzero(wrong), NOT_CREDIBLE, -1)


def _amounts(told: NDArray[np.int64]) -> NDArray[np.int64]:
    """What is billed by class: output without its reasoning; impossible numbers made harmless."""
    amounts = np.clip(told, 0, MOST_TOKENS)
    output, reasoning = amounts[:, 4], np.minimum(amounts[:, 4], amounts[:, 5])
    amounts[:, 4], amounts[:, 5] = output - reasoning, reasoning
    return amounts


def _groups(calls: pa.Table) -> Iterator[_Group]:
    codes = np.zeros(len(calls), np.int64)
    words: list[list[Any]] = []
    for name in _CONTEXT:
        encoded = calls[name].combine_chunks().dictionary_encode(null_encoding="encode")
        words.append(encoded.dictionary.to_pylist())
        codes = codes * max(1, len(words[-1])) + encoded.indices.to_numpy()
    for rows in _parts(np.arange(len(calls)), codes):
        code, chosen = int(codes[rows[0]]), {}
        for name, known in zip(reversed(_CONTEXT), reversed(words), strict=True):
            code, place = divmod(code, max(1, len(known)))
            chosen[name] = known[place]
        yield _Group(**chosen, rows=rows)


def _parts(rows: NDArray[np.int64], codes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The rows of each code, in their order."""
    if len(rows):
        order = np.argsort(codes, kind="stable")
        starts = np.unique(codes[order], return_index=True)[1]
        yield from np.split(rows[order], starts[1:])
