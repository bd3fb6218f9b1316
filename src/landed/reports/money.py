"""How amounts of money are written: to the digits that mean something."""

from __future__ import annotations

_MICRO = 1_000_000


def dollars(microdollars: float) -> str:
    """An amount as $1,512, $14.20 or 7.9 ¢; what is not nothing is never written as $0."""
    amount = microdollars / _MICRO
    size = abs(amount)
    sign = "−" if amount < 0 else ""
    if size >= 100:
        return f"{sign}${size:,.0f}"
    if size >= 1 or size == 0:
        return f"{sign}${size:,.2f}" if size else "$0"
    return f"{sign}{cents(size)}"


def cents(amount: float) -> str:
    """Less than a dollar in cents: 45 ¢, 7.9 ¢, 0.42 ¢."""
    hundredths = 100 * amount
    if hundredths >= 10:
        return f"{hundredths:.0f} ¢"
    if hundredths >= 1:
        return f"{hundredths:.1f} ¢"
    if hundredths >= 0.01:
        return f"{hundredths:.2f} ¢"
    return "<0.01 ¢"


def exact_dollars(microdollars: int) -> str:
    """An amount with every micro-dollar, as $0.125450: for accounts that must add up."""
    sign = "−" if microdollars < 0 else ""
    return f"{sign}${abs(microdollars) / _MICRO:,.6f}"


def tokens(number: int) -> str:
    """A number of tokens as 950, 12.4k or 3.1M."""
    for size, unit in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return (
                f"{number / size:.1f}{unit}"
                if number < 100 * size
                else f"{number / size:.0f}{unit}"
            )
    return f"{number:,}"


def minutes(number: float) -> str:
    """A length of time as 45 s, 12 min or 3 h 20 min."""
    if number < 1:
        return f"{60 * number:.0f} s"
    if number < 120:
        return f"{number:.0f} min"
    hours, rest = divmod(round(number), 60)
    return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"
