"""How amounts of money are written: to the digits that mean something."""

from __future__ import annotations

_MICRO = 1_000_000


def dollars(microdollars: float | None) -> str:
    """An amount as $1,512, $14.20 or 7.9 ¢; what is not nothing is never written as $0.

    What is not known is a dash.
    """
    if microdollars is None:
        return "–"
    amount = microdollars / _MICRO
    size = abs(amount)
    sign = "−" if amount < 0 else ""
    if not size:
        return "$0"
    if round(size) >= 100:
        return f"{sign}${size:,.0f}"
    if round(100 * size) >= 100:
        return f"{sign}${size:,.2f}"
    return f"{sign}{_cents(100 * size)}"


def _cents(hundredths: float) -> str:
    """Less than a dollar as 45 ¢, 7.9 ¢ or 0.42 ¢."""
    if round(hundredths, 1) >= 10:
        return f"{hundredths:.0f} ¢"
    if round(hundredths, 2) >= 1:
        return f"{hundredths:.1f} ¢"
    return f"{hundredths:.2f} ¢" if hundredths >= 0.01 else "<0.01 ¢"


def minutes(number: float) -> str:
    """A length of time as 45 s, 12 min or 3 h 20 min."""
    if round(60 * number) < 60:
        return f"{60 * number:.0f} s"
    if round(number) < 120:
        return f"{number:.0f} min"
    hours, rest = divmod(round(number), 60)
    return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"
