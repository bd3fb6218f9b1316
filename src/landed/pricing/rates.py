"""What one call costs by class of tokens, and the exact product of rates and columns."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

CLASSES = (
    "input",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "output",
    "reasoning",
    "web_search",
)
"""What is billed, in the order of the columns of `microdollars`; output is without reasoning."""

MOST_TOKENS = 1_000_000_000
"""No call has more tokens of one class: what a log says beyond that is not to be believed."""

_LARGEST = 2**62


@dataclass(frozen=True)
class Rates:
    """Micro-dollars for one token of each class, for one search, and for the call as such.

    Dollars for a million tokens are the same number.
    """

    input: Decimal
    cache_read: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    output: Decimal
    reasoning: Decimal
    web_search: Decimal
    call: Decimal = Decimal(0)

    def times(self, factor: Decimal) -> Rates:
        """The rates with those of tokens multiplied; searches and the call stay as they are."""
        tokens = (name for name in CLASSES if name != "web_search")
        return replace(self, **{name: getattr(self, name) * factor for name in tokens})


def microdollars(amounts: NDArray[np.int64], rates: Rates) -> NDArray[np.int64]:
    """What calls cost, each rounded once, half to even, from the exact sum of its products.

    `amounts` has a row for a call and a column for each of `CLASSES`, every number from 0 to
    `MOST_TOKENS`. The result is in micro-dollars.
    """
    chosen = [getattr(rates, name) for name in CLASSES]
    digits = max(0, *(_digits(getattr(rates, field.name)) for field in fields(rates)))
    scale = 10**digits
    scaled = [int(rate.scaleb(digits)) for rate in chosen]
    call = int(rates.call.scaleb(digits))
    most = int(amounts.max(initial=0))
    if scale < _LARGEST and call + most * sum(scaled) < _LARGEST:
        exact = amounts @ np.array(scaled, np.int64) + call
    else:  # beyond 64 bits: slower, and as exact
        exact = amounts.astype(object) @ np.array(scaled, object) + call
    whole, rest = exact // scale, exact % scale
    up = (2 * rest > scale) | ((2 * rest == scale) & (whole % 2 == 1))
    return np.asarray(whole + up.astype(np.int64)).astype(np.int64)


def _digits(rate: Decimal) -> int:
    exponent = rate.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
