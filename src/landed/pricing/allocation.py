"""Spreading what was paid over the calls that it paid for.

A seat goes to its holder's calls to that vendor in that month. An invoice line goes to the calls
to its vendor in its month: lines of usage to the calls of people without a seat there, where there
are any, all other lines to all of them. Within those calls the share of list price decides; where
none of them has a price, their tokens. What has no calls to go to stays unallocated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from landed.pricing.paid import SEAT, Payment
from landed.pricing.shares import largest_remainder

_OWN_USAGE = "usage"
"""The kind of invoice line that does not pay for what seats cover."""


@dataclass(frozen=True)
class Allocation:
    """`cash`: micro-dollars for each call; `rows`: what became of each payment."""

    cash: NDArray[np.int64]
    rows: pa.Table


@dataclass(frozen=True)
class _Calls:
    """The captured calls to one vendor in one month: their positions, prices and people."""

    rows: NDArray[np.int64]
    prices: NDArray[np.int64]
    tokens: NDArray[np.int64]
    people: NDArray[np.object_]

    def weights(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64] | None:
        """What decides the shares of the chosen calls; None where there are none."""
        for weights in (self.prices, self.tokens, np.ones_like(self.prices)):
            found = np.where(chosen, weights, 0)
            if found.any():
                return found
        return None


def allocate(calls: pa.Table, payments: Sequence[Payment]) -> Allocation:
    """Spread `payments` over `calls`.

    `calls` has vendor, month, person (null = not known), list_microdollars (null = unpriced) and
    tokens. The order of calls decides only who gets a micro-dollar that rounding leaves over.
    """
    cash = np.zeros(len(calls), np.int64)
    by_month = _by_vendor_and_month(calls, {(paid.vendor, paid.month) for paid in payments})
    holders: dict[tuple[str, str], list[str]] = {}
    for paid in payments:
        if paid.rule == SEAT:
            holders.setdefault((paid.vendor, paid.month), []).append(paid.subject)
    allocated = []
    for paid in payments:
        key = (paid.vendor, paid.month)
        found = by_month.get(key)
        weights = None if found is None else _weights(found, paid, holders.get(key, []))
        if found is None or weights is None:
            allocated.append(0)
            continue
        cash[found.rows] += largest_remainder(paid.microdollars, weights)
        allocated.append(paid.microdollars)
    return Allocation(cash, _rows(payments, allocated))


def _weights(found: _Calls, paid: Payment, holders: Sequence[str]) -> NDArray[np.int64] | None:
    if paid.rule == SEAT:
        return found.weights(np.asarray(found.people == paid.subject, bool))
    everyone = np.ones(len(found.rows), bool)
    if paid.subject == _OWN_USAGE and holders:
        weights = found.weights(~np.isin(found.people.astype(str), holders))
        if weights is not None:
            return weights
    return found.weights(everyone)


def _by_vendor_and_month(
    calls: pa.Table, wanted: set[tuple[str, str]]
) -> dict[tuple[str, str], _Calls]:
    vendors, months = (calls[name].to_numpy(zero_copy_only=False) for name in ("vendor", "month"))
    prices = calls["list_microdollars"].fill_null(0).to_numpy()
    tokens = calls["tokens"].to_numpy()
    people = calls["person"].to_numpy(zero_copy_only=False)
    found = {}
    for vendor, month in wanted:
        rows = np.flatnonzero((vendors == vendor) & (months == month))
        if len(rows):
            found[vendor, month] = _Calls(rows, prices[rows], tokens[rows], people[rows])
    return found


def _rows(payments: Sequence[Payment], allocated: Sequence[int]) -> pa.Table:
    paid = [payment.microdollars for payment in payments]
    rest = [whole - part for whole, part in zip(paid, allocated, strict=True)]
    return pa.table(
        {
            "vendor": pa.array([payment.vendor for payment in payments], pa.string()),
            "month": pa.array([payment.month for payment in payments], pa.string()),
            "rule": pa.array([payment.rule for payment in payments], pa.string()),
            "subject": pa.array([payment.subject for payment in payments], pa.string()),
            "paid_microdollars": pa.array(paid, pa.int64()),
            "allocated_microdollars": pa.array(allocated, pa.int64()),
            "unallocated_microdollars": pa.array(rest, pa.int64()),
        }
    )
