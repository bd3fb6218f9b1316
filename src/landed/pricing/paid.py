"""What was paid: seats and invoice lines of the settings and of imported files, by month."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from landed.config import Settings
from landed.pricing.vendors import vendor_name

FROM_SETTINGS = "landed.toml"
SEAT, SHARE = "seat", "share"
"""The rules: to the holder's calls; by share of list price."""


@dataclass(frozen=True)
class Payment:
    """Dollars paid to a vendor for a month, under one rule.

    `subject` is the holder of the seat, or the kind of the invoice lines.
    """

    vendor: str
    month: str
    rule: str
    subject: str
    microdollars: int


def in_microdollars(dollars: Decimal | float) -> int:
    """Dollars as whole micro-dollars, half to even, from the number as it is written."""
    exact = dollars if isinstance(dollars, Decimal) else Decimal(repr(dollars))
    return int((exact * 1_000_000).to_integral_value(ROUND_HALF_EVEN))


def seats_of(settings: Settings) -> list[dict[str, Any]]:
    """The seats of the settings as rows of `seat`."""
    return [
        {
            "vendor": vendor_name(seat.vendor),
            "holder": canonical(settings, seat.holder),
            "plan": seat.plan,
            "monthly_microdollars": in_microdollars(seat.monthly),
            "since": seat.since,
            "until": seat.until,
            "source": FROM_SETTINGS,
        }
        for seat in settings.cash.seats
    ]


def invoice_lines_of(settings: Settings) -> list[dict[str, Any]]:
    """The invoice lines of the settings as rows of `invoice_line`."""
    numbers: Counter[tuple[str, str]] = Counter()
    rows = []
    for line in settings.cash.invoices:
        vendor, invoice = vendor_name(line.vendor), line.invoice or FROM_SETTINGS
        numbers[vendor, invoice] += 1
        rows.append(
            {
                "vendor": vendor,
                "invoice": invoice,
                "item": numbers[vendor, invoice],
                "month": line.month,
                "kind": line.kind,
                "description": line.description,
                "microdollars": in_microdollars(line.amount),
                "source": FROM_SETTINGS,
            }
        )
    return rows


def canonical(settings: Settings, address: str) -> str:
    """The canonical e-mail address of whoever is known under `address`."""
    plain = address.strip().lower()
    for person in settings.people:
        known = {text.lower() for text in (*person.emails, *person.accounts, *person.logins)}
        if plain in known:
            return person.emails[0].lower()
    return plain


def payments(
    seats: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, Any]], today: date
) -> list[Payment]:
    """Everything paid up to the month of `today`, summed by vendor, month, rule and subject.

    A seat costs, for each month, its price times the share of the month's days on which it is
    held; the present month counts whole, as it is paid in advance.
    """
    sums: Counter[tuple[str, str, str, str]] = Counter()
    for seat in seats:
        for month, amount in _months(seat, today):
            sums[seat["vendor"], month, SEAT, seat["holder"]] += amount
    for line in lines:
        sums[line["vendor"], line["month"], SHARE, line["kind"]] += line["microdollars"]
    return [Payment(*key, amount) for key, amount in sorted(sums.items())]


def _months(seat: Mapping[str, Any], today: date) -> Iterator[tuple[str, int]]:
    since: date = seat["since"]
    last = date(today.year, today.month, monthrange(today.year, today.month)[1])
    until = min(seat["until"] or last, last)
    year, month = since.year, since.month
    while (year, month) <= (until.year, until.month):
        days = monthrange(year, month)[1]
        first_day = max(since, date(year, month, 1))
        last_day = min(until, date(year, month, days))
        held = (last_day - first_day).days + 1
        if held > 0:
            amount = round(Fraction(seat["monthly_microdollars"] * held, days))
            yield f"{year:04d}-{month:02d}", amount
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
