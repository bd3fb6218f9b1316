"""How numbers and figures are written, the same in every form of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    # words are needed by commands that compute nothing and must start at once
    from landed.compare import Comparison, Figure
    from landed.reports.model import Range, Report

WHO = {
    "ai": "AI",
    "mixed": "AI, changed by a human",
    "human": "human",
    "automation": "automation",
    "unknown": "unknown",
}
GRADES = {
    "recorded": "recorded when the edit was made",
    "matched": "text equals an agent's edit",
    "similar": "text resembles an agent's edit",
    "declared": "the commit says so",
    "dated": "from before AI agents",
    "inferred": "circumstantial, not counted",
    "none": "no evidence",
}
"""The grades, strongest first, each in few words."""

BUCKETS = {
    "live": "live",
    "merged": "on the branch",
    "reworked": "reworked",
    "replaced": "replaced later",
}


def count(number: int, noun: str = "", plural: str = "") -> str:
    """A number with its thousands separated, and a noun that agrees with it."""
    if not noun:
        return f"{number:,}"
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float | None, digits: int = 0) -> str:
    """A share as 61 %; what is neither nothing nor everything is never rounded to it."""
    if share is None:
        return "–"
    smallest = 10.0**-digits
    value = 100 * share
    if 0 < value < smallest / 2:
        return f"<{smallest:.{digits}f} %"
    if 100 - smallest / 2 <= value < 100:
        return f">{100 - smallest:.{digits}f} %"
    return f"{value:.{digits}f} %"


def percents(amounts: Sequence[int]) -> list[str]:
    """The shares of `amounts` in their sum as 66 %, rounded so that they add up to 100."""
    total = sum(amounts)
    whole = [100 * amount // total for amount in amounts]
    left = [100 * amount % total for amount in amounts]
    for place in sorted(range(len(amounts)), key=lambda place: -left[place])[: 100 - sum(whole)]:
        whole[place] += 1
    # As in `percent`, what is neither nothing nor everything is not rounded to it.
    edges = {0: "<1 %", 100: ">99 %"}
    return [
        edges.get(rounded, f"{rounded} %") if 0 < amount < total else f"{rounded} %"
        for amount, rounded in zip(amounts, whole, strict=True)
    ]


def percent_range(found: Range) -> str:
    """A share as 31–47 %: without and with declared evidence."""
    return percent_between(found.share_without_declared, found.share_with_declared)


def percent_between(low: float | None, high: float | None) -> str:
    """Two shares as 31–47 %, or as one where they are written alike."""
    first, second = percent(low), percent(high)
    if first == second or (first, second) == ("0 %", "<1 %"):
        return second
    return f"{first.strip('<> %')}–{second.strip('<>')}"


def figure(found: Figure, digits: int = 0, noun: str = "change") -> str:
    """An estimate as 61 % (57–65), or why there is none; `noun` is what it was drawn over."""
    if found.estimate is None or found.low is None or found.high is None:
        return missing(found, noun)
    low, high = f"{100 * found.low:.{digits}f}", f"{100 * found.high:.{digits}f}"
    return f"{percent(found.estimate, digits)} ({low}–{high})"


def missing(found: Figure, noun: str = "change") -> str:
    """Why there is no estimate."""
    if found.more_changes:
        return f"too few: about {count(found.more_changes, f'more {noun}')} needed"
    return found.missing or "–"


def short_figure(found: Figure) -> str:
    """As `figure`, the reason in as few words as a table's cell takes."""
    if found.estimate is not None:
        return figure(found)
    if found.more_changes:
        return f"needs +{found.more_changes:,}"
    return "too young" if "young" in (found.missing or "") else "–"


def printable(text: str) -> str:
    """Text as it may be printed: characters that would act show as \\x1b or \\u202e."""
    return "".join(letter if letter.isprintable() else _escape(ord(letter)) for letter in text)


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


Record = TypeVar("Record")


def printable_record(record: Record) -> Record:
    """A record with every text in it, however deep, made `printable`.

    What is printed comes from repositories, and so from strangers: names of files, tags, people
    and agents.
    """
    return cast("Record", _printable_parts(record))


def _printable_parts(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_printable_parts(part) for part in value]
    if isinstance(value, tuple):
        return tuple(_printable_parts(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: _printable_parts(getattr(value, part.name)) for part in fields(value)}
        return type(value)(**parts)
    return value


def day(moment: datetime) -> str:
    """A date as 2026-11-21."""
    return f"{moment:%Y-%m-%d}"


def listed(parts: Iterable[str]) -> str:
    """Words in a row: a, b and c."""
    words = list(parts)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def comparison_sentence(found: Comparison | None, window_days: int) -> str:
    """Whether AI lines are reworked more than the others: an association, in one sentence."""
    if found is None:
        return "AI lines cannot be compared: no quarter has both AI lines and others"
    if found.difference is None or found.low is None or found.high is None:
        more = max(found.ai.more_changes or 0, found.others.more_changes or 0)
        which = "AI" if found.ai.estimate is None else "other"
        if not more:
            return f"too few to compare: the {which} lines are younger than {window_days} days"
        return f"too few to compare: about {count(more, f'more {which} change')} needed"
    points = (
        f"{100 * found.difference:+.1f} points ({100 * found.low:+.1f} to {100 * found.high:+.1f})"
    ).replace("-", "−")
    if found.verdict == "no clear difference":
        return f"no clear difference: {points}"
    return f"AI lines are reworked {found.verdict} often: {points}, an association"


def title(report: Report) -> str:
    """What the report is about, in few words."""
    names = [repository.name for repository in report.repositories]
    return names[0] if len(names) == 1 else f"{len(names)} repositories"


def period(report: Report) -> str:
    """The days the report covers."""
    asked = report.asked
    first = min(repository.first_commit_at for repository in report.repositories).date()
    last = max(repository.last_commit_at for repository in report.repositories).date()
    start = max(first, asked.since) if asked.since else first
    end = min(last, asked.until) if asked.until else last
    return f"{start} … {end}"


def narrowing(report: Report) -> str:
    """What the report was narrowed to, or nothing."""
    asked = report.asked
    parts = [f"ref {asked.ref}"] if asked.ref else []
    parts += [f"only {listed(asked.paths)}"] if asked.paths else []
    parts += [f"without {listed(asked.excludes)}"] if asked.excludes else []
    return "; ".join(parts)
