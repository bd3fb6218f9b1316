"""The table of costs for a terminal: 80 columns, more where there is room."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from landed.reports.cost import Amounts, Cost, CostRow, Unpriced
from landed.reports.terminal_layout import cut
from landed.reports.wording import count, percent, printable

_WIDE = 118
_SHORTEST_LABEL, _LONGEST_LABEL = 12, 44
_MOST_ROWS = 60
_MOST_UNPRICED = 8
_LONGEST_NAME = 36
_SMALL = 10_000_000
"""Below ten dollars in all, cents alone say too little."""
_UNKNOWN = {
    "model": "no model told",
    "session": "no session",
    "repository": "no repository",
    "branch": "no branch",
    "feature": "no feature found",
    "team": "no team",
}
_TITLES = {"model": "Model", "day": "Day", "week": "Week from", "month": "Month"}


@dataclass(frozen=True)
class _Column:
    title: str
    width: int
    cell: Callable[[Amounts], str]


def cost_lines(cost: Cost, width: int | None = None) -> Iterator[str]:
    """The lines of the table and what is said under it."""
    if not cost.rows:
        yield "No calls of agents in this window."
        return
    room = width or shutil.get_terminal_size((80, 24)).columns
    columns = _columns(cost.total, wide=room >= _WIDE)
    taken = sum(column.width + 1 for column in columns)
    longest = max(len(_label(cost, row)) for row in cost.rows)
    label = max(_SHORTEST_LABEL, min(longest, _LONGEST_LABEL, room - taken))
    title = _TITLES.get(cost.asked.by, cost.asked.by.capitalize())
    yield _line(title, label, [f"{column.title:>{column.width}}" for column in columns])
    for row in cost.rows[:_MOST_ROWS]:
        yield _line(_label(cost, row), label, _cells(columns, row.amounts))
    rest = len(cost.rows) - _MOST_ROWS
    if rest > 0:
        yield f"… {count(rest, 'more row')}: --json has them all"
    yield _line("Total", label, _cells(columns, cost.total))
    yield from _under(cost)


def dollars(amount: int | None, digits: int = 2) -> str:
    """Micro-dollars as 1,234.56; what is not known as –, and more than nothing never as 0.00."""
    if amount is None:
        return "–"
    text = f"{amount / 1e6:,.{digits}f}"
    if amount and not float(text.replace(",", "")):
        text = f"<{10**-digits:.{digits}f}"
    return text.replace("-", "−")


def short(number: int) -> str:
    """A count in at most six columns: 999, 12.3k, 4.56M, 7.89G."""
    for unit, name in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= unit:
            value = number / unit
            digits = 2 if value < 10 else 1 if value < 100 else 0
            return f"{value:.{digits}f}{name}"
    return str(number)


def _columns(total: Amounts, *, wide: bool) -> list[_Column]:
    columns = [
        _Column("calls", 5, lambda found: short(found.calls)),
        _Column("input", 5, lambda found: short(found.input_tokens)),
        _Column("c.read", 6, lambda found: short(found.cache_read_tokens)),
    ]
    if wide:
        columns += [
            _Column("write 5m", 8, lambda found: short(found.cache_write_5m_tokens)),
            _Column("write 1h", 8, lambda found: short(found.cache_write_1h_tokens)),
        ]
    else:
        columns.append(_Column("c.write", 7, _written))
    columns.append(_Column("output", 6, lambda found: short(found.output_tokens)))
    if wide:
        columns.append(_Column("reasoning", 9, lambda found: short(found.reasoning_tokens)))
    columns.append(_Column("cached", 6, lambda found: percent(found.cached_share)))
    columns.append(_money("list", total.list_microdollars, lambda one: one.list_microdollars))
    if total.cash_microdollars is not None:
        columns.append(_money("cash", total.cash_microdollars, lambda one: one.cash_microdollars))
    if total.waste_microdollars is not None and (wide or total.cash_microdollars is None):
        columns.append(
            _money("waste", total.waste_microdollars, lambda one: one.waste_microdollars)
        )
    return columns


def _money(title: str, total: int | None, of: Callable[[Amounts], int | None]) -> _Column:
    digits = 4 if total is not None and abs(total) < _SMALL else 2
    return _Column(f"{title} $", 9, lambda found: dollars(of(found), digits))


def _written(found: Amounts) -> str:
    return short(found.cache_write_5m_tokens + found.cache_write_1h_tokens)


def _cells(columns: Sequence[_Column], amounts: Amounts) -> list[str]:
    return [f"{column.cell(amounts):>{column.width}}" for column in columns]


def _line(label: str, width: int, cells: Sequence[str]) -> str:
    return f"{cut(label, width):<{width}} {' '.join(cells)}".rstrip()


def _label(cost: Cost, row: CostRow) -> str:
    by, key = cost.asked.by, row.key
    if key is None:
        text = _UNKNOWN.get(by, "unknown")
    elif by == "session":
        day = datetime.fromtimestamp(
            row.first_at.timestamp() + cost.asked.zone.ahead(int(row.first_at.timestamp())), UTC
        )
        text = f"{day:%m-%d %H:%M} {row.name or row.agent or key}"
    elif by == "repository":
        text = row.name or key
    elif by == "branch":
        text = f"{key} ({row.name})" if row.name else key
    else:
        text = key
    return printable(text)


def _under(cost: Cost) -> Iterator[str]:
    total = cost.total
    if total.reported_microdollars is not None:
        yield ""
        yield f"By agents' own account: ${dollars(total.reported_microdollars)}"
    if total.waste_microdollars is not None:
        share = total.waste_microdollars / (total.list_microdollars or 1)
        yield ""
        yield (
            f"Waste at list price: ${dollars(total.waste_microdollars)} ({percent(share)}): lines "
            "rejected, discarded,"
        )
        yield "closed, reverted or fixed."
    if total.cash_microdollars is None:
        yield ""
        yield "List prices only: tell what is paid in landed.toml under [cash], or with"
        yield "landed invoice import FILE.csv."
    if cost.unpriced:
        yield ""
        yield from _unpriced(cost.unpriced)


def _unpriced(found: Sequence[Unpriced]) -> Iterator[str]:
    calls = sum(one.calls for one in found)
    yield f"Without a price, and in no dollars above: {count(calls, 'call')}"
    for one in found[:_MOST_UNPRICED]:
        model = cut(printable(one.model or "no model"), _LONGEST_NAME)
        via = f" by {cut(printable(one.provider), _LONGEST_NAME // 2)}" if one.provider else ""
        told = ""
        if one.reported_microdollars is not None:
            told = f", ${dollars(one.reported_microdollars)} by the agent's account"
        yield f"  {model}{via} ({printable(one.agent)})"
        yield f"    {count(one.calls, 'call')}, {short(one.tokens)} tokens{told}"
        yield f"    {one.reason}: {one.advice}"
    if len(found) > _MOST_UNPRICED:
        yield f"  … {count(len(found) - _MOST_UNPRICED, 'more model')}: --json has them all"
