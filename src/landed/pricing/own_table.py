"""The user's own prices: contract rates, and models that no list knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from landed.config import PriceSettings
from landed.pricing.rates import Rates
from landed.pricing.vendors import UNKNOWN, vendor_name


def candidates(
    table: Sequence[PriceSettings], model: str | None, vendor: str
) -> list[tuple[PriceSettings, str]]:
    """The entries for a model, in the order of the settings, with who is paid under each.

    An entry that names a vendor holds for calls of that vendor, and of vendors not known.
    """
    name = (model or "").lower()
    found = []
    for entry in table:
        named = vendor if entry.vendor is None else vendor_name(entry.vendor)
        if fnmatchcase(name, entry.model.lower()) and vendor in (named, UNKNOWN):
            found.append((entry, named))
    return found


def in_force(entry: PriceSettings, moments: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which moments (microseconds since 1970) lie in the days of an entry, in UTC."""
    held = np.ones(len(moments), bool)
    if entry.since is not None:
        held &= moments >= _midnight(entry.since)
    if entry.until is not None:
        held &= moments < _midnight(entry.until) + 86_400_000_000
    return held


def rates_of(entry: PriceSettings) -> Rates:
    """The rates of an entry; classes that it leaves out cost what input costs."""
    read, short, long = entry.cache_read, entry.cache_write_5m, entry.cache_write_1h
    written = entry.input if short is None else short
    return Rates(
        input=_decimal(entry.input),
        cache_read=_decimal(entry.input if read is None else read),
        cache_write_5m=_decimal(written),
        cache_write_1h=_decimal(written if long is None else long),
        output=_decimal(entry.output),
        reasoning=_decimal(entry.output),
        web_search=_decimal(entry.web_search or 0) * 1_000_000,
    )


def _decimal(number: float) -> Decimal:
    """As it is written in the settings, not as the nearest binary fraction."""
    return Decimal(repr(number))


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1_000_000
