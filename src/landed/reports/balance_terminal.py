"""`landed balance` for people: both ledgers in one table, good in 80 columns and in a pipe."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import IO

from rich.console import Console
from rich.text import Text

from landed.journey import Balance
from landed.reports.balance import NamedBalance
from landed.reports.wording import count, day, listed, percent, printable

WIDTH = 80
_LABEL = 32
_LINES = 11
_SHARE = 7
_MONEY = 14
_SMALL = 10_000_000
"""Sums below so many micro-dollars are told to a tenth of a cent."""
LABELS = {
    "rejected": "rejected",
    "outside": "outside any repository",
    "excluded": "in files that are left out",
    "live": "live",
    "merged": "merged, not in production",
    "reworked": "reworked",
    "replaced": "replaced later",
    "rewritten_in_review": "rewritten in review",
    "closed": "on a closed branch",
    "unmerged": "on an open branch",
    "pending": "not committed yet",
    "discarded": "discarded",
    "untraced": "untraced",
    "removal": "turns that only removed lines",
    "untraced_code": "turns that edited by shell",
    "non_code": "turns without code",
    "no_session": "calls without a turn",
    "other_repositories": "lines in other repositories",
    "unallocated": "paid, used by no call",
}
"""The buckets in the order of the table, in few words."""


def print_balance(named: NamedBalance, file: IO[str] | None = None) -> None:
    """Print both ledgers; colours only on a terminal."""
    console = Console(file=file, highlight=False, soft_wrap=True)
    for row in balance_rows(named):
        row.rstrip()
        console.print(row)


def balance_rows(named: NamedBalance) -> Iterator[Text]:
    """The rows of the balance, none wider than 80 columns."""
    found = named.balance
    title = "everything that was read" if named.everything else listed(named.names.values())
    yield Text.assemble((printable(title), "bold"), f"   as of {day(found.at)}")
    yield Text()
    yield from _headline(found)
    yield Text()
    yield from _table(found)
    yield from _notes(named)


def money(microdollars: int, digits: int) -> str:
    """An amount as $1,904.12; what is not nothing is never rounded to it."""
    sign, amount = ("-", -microdollars) if microdollars < 0 else ("", microdollars)
    least = 10**-digits
    if 0 < amount < least * 500_000:
        return f"{sign}<${least:.{digits}f}"
    return f"{sign}${amount / 1_000_000:,.{digits}f}"


def _headline(found: Balance) -> Iterator[Text]:
    lines = found.lines
    live = lines.buckets["live"]
    yield Text(
        f"{count(lines.generated, 'generated line')}, {live:,} of them live"
        f" ({percent(live / lines.generated if lines.generated else None)})"
    )
    if not lines.untraced:
        return
    yield Text(f"{lines.buckets['untraced']:,} cannot be followed:")
    for reason, number in lines.untraced.items():
        yield from _wrapped(f"{number:,}: {reason}", "  ")


def _table(found: Balance) -> Iterator[Text]:
    lines, dollars, cash = found.lines, found.dollars, found.dollars.cash
    digits = 2 if max(dollars.spent, cash.spent) >= _SMALL else 3

    anything_paid = bool(cash.spent or cash.residual or any(cash.buckets.values()))

    def row(label: str, number: str, share: str, price: int | None, paid: int) -> str:
        shown = "" if price is None else money(price, digits)
        return _row(label, number, share, shown, money(paid, digits) if anything_paid else "–")

    yield Text(_row("", "lines", "", "list price", "cash"), style="dim")
    spent = row("generated, spent", f"{lines.generated:,}", "", dollars.spent, cash.spent)
    yield Text(spent, style="bold")
    for bucket, label in LABELS.items():
        number = lines.buckets.get(bucket)
        price, paid = dollars.buckets.get(bucket), cash.buckets.get(bucket, 0)
        if number or price or paid:
            share = percent(number / lines.generated) if number and lines.generated else ""
            yield Text(row(f"  {label}", f"{number:,}" if number else "", share, price, paid))
    residual = row("residual", f"{lines.residual:,}", "", dollars.residual, cash.residual)
    even = not (lines.residual or dollars.residual or cash.residual)
    yield Text(residual, style="" if even else "bold red")


def _row(label: str, lines: str, share: str, price: str, cash: str) -> str:
    return f"{label:<{_LABEL}}{lines:>{_LINES}}{share:>{_SHARE}}{price:>{_MONEY}}{cash:>{_MONEY}}"


def _notes(named: NamedBalance) -> Iterator[Text]:
    found = named.balance
    notes = []
    if found.lines.superseded:
        whose = "its" if found.lines.superseded == 1 else "their"
        notes.append(
            f"apart: {count(found.lines.superseded, 'line')} that {whose} own turn replaced"
        )
    if found.dollars.unpriced_calls:
        notes.append(
            f"without a list price: {found.dollars.unpriced_calls:,} of "
            f"{count(found.dollars.calls, 'call')}"
        )
    if found.unlinked.lines:
        buckets = [
            f"{number:,} {LABELS[name]}"
            for name, number in found.unlinked.buckets.items()
            if number
        ]
        notes.append(
            f"beside these: {count(found.unlinked.lines, 'AI line')} of commits that no session "
            f"here generated: {listed(buckets)}"
        )
    if not found.dollars.cash.spent:
        notes.append("cash: nothing paid is known; landed.toml [cash] or landed invoice import")
    notes += [
        f"{printable(named.names.get(missing.repository, missing.repository))}: {missing.what}"
        for missing in found.missing
    ]
    if notes:
        yield Text()
    for note in notes:
        yield from _wrapped(note, "")


def _wrapped(text: str, indent: str) -> Iterator[Text]:
    for row in textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False
    ):
        yield Text(row)
