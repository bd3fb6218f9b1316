"""How figures are written on a page: the same words as in every other form of a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from landed.reports import money, wording
from landed.reports.journeys_words import (
    BUCKET_WORDS,
    KIND_WORDS,
    RATIO_WORDS,
    SHORT_ID,
    STAGE_WORDS,
)

UNKNOWN = "–"
"""What stands for a value that is not there."""
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def count(number: int | None, noun: str = "", plural: str = "") -> str:
    """A number as 48,210, with a noun that agrees with it; a dash where there is none."""
    return UNKNOWN if number is None else wording.count(number, noun, plural)


def compact(number: float | None) -> str:
    """A large number in few characters, for small places: 950, 48.2k, 1.9M, 20M."""
    if number is None:
        return UNKNOWN
    for letter in ("", "k", "M"):
        if abs(round(number)) < 1000 and float(f"{abs(number):.3g}") < 1000:
            return f"{number:.3g}{letter}" if letter else f"{number:,.0f}"
        number /= 1000
    return f"{number:,.1f}B" if abs(number) < 10 else f"{number:,.0f}B"


def amount(number: float | None, digits: int = 1) -> str:
    """A quantity that is no count, such as 3.4 rounds."""
    return UNKNOWN if number is None else f"{number:,.{digits}f}"


def between(low: float | None, high: float | None, digits: int = 0) -> str:
    """The interval of a share as 57–65, to stand after it in brackets or by itself."""
    if low is None or high is None:
        return ""
    return f"{100 * low:.{digits}f}–{100 * high:.{digits}f}"


def interval(estimate: float | None, low: float | None, high: float | None, digits: int = 0) -> str:
    """A share with its interval as 61 % (57–65)."""
    told = wording.percent(estimate, digits)
    span = between(low, high, digits)
    return f"{told} ({span})" if estimate is not None and span else told


def points(difference: float | None, digits: int = 1) -> str:
    """A difference of shares as +1.4 points."""
    if difference is None:
        return UNKNOWN
    return f"{100 * difference:+.{digits}f} points".replace("-", "−")


def change(share: float | None) -> str:
    """Growth against an earlier time as +12 %, or −3 %."""
    if share is None:
        return UNKNOWN
    told = f"{100 * share:+.0f} %".replace("-", "−")
    return "no change" if told in ("+0 %", "−0 %") else told


def day(moment: datetime | date | None) -> str:
    """A date as 2026-11-21."""
    return UNKNOWN if moment is None else f"{moment:%Y-%m-%d}"


def moment(when: datetime | None) -> str:
    """A time as 2026-11-21 14:02 UTC."""
    if when is None:
        return UNKNOWN
    if when.tzinfo is not None:
        when = when.astimezone(UTC)
    return f"{when:%Y-%m-%d %H:%M} UTC"


def month(first: date | datetime | str | None) -> str:
    """A month as Nov 2026."""
    if first is None:
        return UNKNOWN
    if isinstance(first, str):
        first = date.fromisoformat(f"{first}-01" if len(first) == 7 else first)
    return f"{first:%b %Y}"


def duration(seconds: float | timedelta | None) -> str:
    """A length of time as 45 s, 12 min, 3 h 20 min or 4.2 days."""
    if seconds is None:
        return UNKNOWN
    length = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    if length < 2 * _DAY:
        return money.minutes(length / _MINUTE)
    days = length / _DAY
    return f"{days:,.1f} days" if days < 10 else f"{days:,.0f} days"


def ago(when: datetime | None, now: datetime) -> str:
    """How long ago something was, as 12 min ago; what is to come is told as in 5 min."""
    if when is None:
        return "never"
    length = (now - when).total_seconds()
    if abs(length) < 1:
        return "now"
    return f"{duration(length)} ago" if length > 0 else f"in {duration(-length)}"


def size(octets: int | None) -> str:
    """An amount of memory or disk as 512 kB, 3.4 MB."""
    if octets is None:
        return UNKNOWN
    number = float(octets)
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return (
                f"{number:,.0f} {unit}"
                if unit == "bytes" or number >= 10
                else f"{number:.1f} {unit}"
            )
        number /= 1000
    return f"{number:,.1f} TB"


def sentence(text: str) -> str:
    """Words with a capital at their beginning and a full stop at their end.

    Names keep their letters: acme/shop, landed.toml, no_ai_before.
    """
    text = text.strip().rstrip(".")
    if not text:
        return ""
    first = text.split(maxsplit=1)[0]
    is_name = any(letter in first.rstrip(":,") for letter in "/._@")
    return f"{text if is_name else capital(text)}."


def capital(text: str) -> str:
    """Words with a capital at their beginning."""
    return text[:1].upper() + text[1:]


def short(identifier: str, length: int = SHORT_ID) -> str:
    """The beginning of an identifier."""
    return identifier[:length]


def named(words: dict[str, str]) -> Callable[[str | None], str]:
    """A filter that gives a word for a key, and the key itself where there is none."""
    return lambda key: UNKNOWN if key is None else words.get(key, key.replace("_", " "))


FILTERS: dict[str, Callable[..., Any]] = {
    "count": count,
    "compact": compact,
    "amount": amount,
    "percent": wording.percent,
    "percent_range": wording.percent_range,
    "percent_between": wording.percent_between,
    "figure": wording.figure,
    "short_figure": wording.short_figure,
    "missing_figure": wording.missing,
    "between": between,
    "interval": interval,
    "points": points,
    "change": change,
    "dollars": money.dollars,
    "minutes": money.minutes,
    "day": day,
    "moment": moment,
    "month": month,
    "duration": duration,
    "ago": ago,
    "size": size,
    "sentence": sentence,
    "capital": capital,
    "short": short,
    "printable": wording.printable,
    "listed": wording.listed,
    "who_word": named(wording.WHO),
    "grade_word": named(wording.GRADES),
    "stage_word": named(STAGE_WORDS),
    "bucket_word": named(BUCKET_WORDS),
    "kind_word": named(KIND_WORDS),
    "ratio_word": named(RATIO_WORDS),
}
"""The filters of templates, by name."""
