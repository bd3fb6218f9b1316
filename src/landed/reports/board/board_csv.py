"""The report as one tidy table: a value in each row, and what it is in the columns beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from landed.reports.board.board import Board
from landed.reports.board.csv_delivery import delivery_rows
from landed.reports.board.csv_rows import Tidy, figure_row, money_rows
from landed.reports.journeys_model import LineCost

HEADER = ("section", "metric", "group", "value", "unit", "low", "high", "n", "note")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(board: Board) -> str:
    """The table, its heading first; dollars with all their digits, shares from 0 to 1."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_cells(row) for row in tidy_rows(board))
    return text.getvalue()


def tidy_rows(board: Board) -> Iterator[Tidy]:
    """Every figure of the report."""
    yield Tidy("report", "since", "", str(board.since), "day")
    yield Tidy("report", "until", "", str(board.until), "day")
    yield Tidy("report", "as_of", "", board.as_of.isoformat(), "time")
    if board.notice:
        yield Tidy("report", "notice", "", board.notice, "text")
    for dimension, values in board.narrowed.items():
        for value in values:
            yield Tidy("report", "only", dimension, value, "text")
    yield from _front(board)
    yield from _months(board)
    yield from _groups(board)
    yield from _reconciliation(board)
    yield from delivery_rows(board)
    yield from _coverage(board)
    yield from _methods(board)


def _front(board: Board) -> Iterator[Tidy]:
    cost, journey = board.overview.cost, board.journey
    if cost is not None:
        yield from money_rows("spent", "spent", "", cost.spent)
        yield Tidy("spent", "unpriced_calls", "", cost.unpriced_calls, "calls")
    if board.paid is not None:
        note = "everything paid in these months"
        yield Tidy("spent", "paid", "", board.paid.paid_microdollars, "dollars", note=note)
        unused = board.paid.unallocated_microdollars
        yield Tidy("spent", "paid_unused", "", unused, "dollars", note=note)
        yield Tidy("spent", "paid_used", "", board.paid.used, "share", note=note)
    for stage in journey.stages:
        yield Tidy("journey", "lines", stage.stage, stage.lines, "lines")
        yield Tidy("journey", "share", stage.stage, stage.share, "share")
        yield from money_rows("journey", "cost", stage.stage, stage.cost)
    for part in journey.buckets:
        name = f"{part.bucket}: {part.reason}" if part.reason else part.bucket
        yield Tidy("buckets", "lines", name, part.lines, "lines")
        yield from money_rows("buckets", "cost", name, part.cost)
    if board.overview.reached is not None:
        yield figure_row("journey", "yield", "", board.overview.reached.yield_30.figure, "sessions")
    for ratio in journey.lasting:
        yield Tidy(
            "journey", ratio.name, "", ratio.share, "share", n=int(ratio.total), note="lines"
        )
    for line in journey.cost_per_line:
        yield from _line(line)
    if cost is not None:
        for name, of, number in (
            ("landed_change", cost.changes, cost.changes.changes if cost.changes else 0),
            (
                "deployment",
                cost.deployments,
                cost.deployments.deployments if cost.deployments else 0,
            ),
        ):
            if of is not None:
                yield from money_rows("cost_per", "direct", name, of.direct, number)
                yield from money_rows("cost_per", "loaded", name, of.loaded, number)
        yield from money_rows("waste", "waste", "", cost.waste.total)
        for name in ("rejected", "discarded", "closed", "undone", "churn"):
            amount = getattr(cost.waste, name)
            note = "apart from waste" if name == "churn" else ""
            yield Tidy("waste", "waste_list", name, amount, "dollars", note=note)
    for leak in board.overview.leaks:
        name = f"{leak.subject} in {leak.repository}"
        yield from money_rows("leaks", "cost", name, leak.cost, leak.sessions)
        yield Tidy("leaks", "lines", name, leak.lines, "lines")
    for budget in board.spend.budgets:
        group, found = budget.team or "everybody", budget.forecast
        price = f"{budget.price} of {found.month:%Y-%m}"
        note = found.missing or "80 % between low and high"
        yield Tidy("forecast", "so_far", group, found.so_far, "dollars", note=price)
        yield Tidy("forecast", f"expected_{budget.price}", group, found.expected, "dollars",
                   found.low, found.high, found.weeks, note)  # fmt: skip
        if budget.budget is not None:
            yield Tidy("forecast", "budget", group, budget.budget, "dollars", note=price)
    for benchmark in board.benchmarks:
        told = f"{benchmark.told} ({benchmark.source}, {benchmark.year})"
        yield Tidy("benchmarks", benchmark.metric, "others", None, "dollars",
                   _micro(benchmark.low), _micro(benchmark.high), None, told)  # fmt: skip


def _micro(amount: float | None) -> int | None:
    return None if amount is None else round(amount * 1_000_000)


def _line(line: LineCost) -> Iterator[Tidy]:
    for name in ("direct", "loaded", "direct_cash", "loaded_cash"):
        price = name if name.endswith("cash") else f"{name}_list"
        yield Tidy("cost_per", price, f"{line.stage} line", getattr(line, name), "dollars",
                   n=line.lines, note="lines")  # fmt: skip


def _months(board: Board) -> Iterator[Tidy]:
    for month in board.trend:
        yield from money_rows("months", "spent", month.name, month.cost)
        yield Tidy("months", "generated", month.name, month.generated, "lines")
        word = "live_today" if board.in_production else "merged"
        yield Tidy("months", word, month.name, month.kept, "lines")
    holding = board.overview.holding
    for one in holding.landed if holding else []:
        yield Tidy("months", "landed_ai", one.month, one.ai_high, "lines", one.ai_low, one.ai_high,
                   note="low: without declared evidence")  # fmt: skip
        yield Tidy("months", "landed_others", one.month, one.others, "lines")
    for paid in board.spend.paid.months if board.spend.paid else []:
        n = paid.developers
        yield Tidy("months", "paid", paid.month, paid.paid_microdollars, "dollars")
        yield Tidy("months", "paid_a_developer", paid.month, paid.per_developer, "dollars", n=n)


def _groups(board: Board) -> Iterator[Tidy]:
    for group in board.spend.groups:
        name = group.name or ""
        yield Tidy(f"by {group.kind}", "calls", name, group.calls, "calls")
        yield from money_rows(f"by {group.kind}", "spent", name, group.cost)
    for lines in board.journey.groups:
        for stage in ("generated", "committed", "merged", "deployed", "live"):
            yield Tidy(f"by {lines.kind}", stage, lines.name, getattr(lines, stage), "lines")


def _reconciliation(board: Board) -> Iterator[Tidy]:
    for row in (*board.reconciliation.months, *board.reconciliation.vendors):
        name = f"{row.month} {row.vendor or 'all vendors'}"
        for column, metric in (
            (row.paid_microdollars, "paid"),
            (row.list_microdollars, "captured_list"),
            (row.cash_microdollars, "used_cash"),
            (row.unallocated_microdollars, "idle_cash"),
        ):
            note = "too few people" if column is None and metric != "paid" else row.why or ""
            yield Tidy("reconciliation", metric, name, column, "dollars", note=note)


def _coverage(board: Board) -> Iterator[Tidy]:
    sure = board.overview.sure
    if sure is not None:
        yield Tidy("coverage", "alive", "", sure.alive, "lines")
        yield Tidy("coverage", "evidence_share", "", sure.evidence_share, "share", n=sure.alive)
        share = sure.ai.share_with_declared
        yield Tidy("coverage", "ai_share", "", share, "share", sure.ai.share_without_declared,
                   share, sure.alive, "low: without declared evidence")  # fmt: skip
        for part in sure.authorship:
            yield Tidy("coverage", "lines", f"{part.who} {part.grade}", part.lines, "lines")
    for gap in board.gaps:
        yield Tidy("coverage", "gap", gap.what, gap.count, f"{gap.unit}s" if gap.unit else "")
    for population, why in sorted({**board.overview.hidden, **board.quality.hidden}.items()):
        yield Tidy("coverage", "not_shown", population, None, "", note=why)


def _methods(board: Board) -> Iterator[Tidy]:
    for method in board.methods:
        if method.numerator is None:
            yield Tidy("methods", method.name, "", None, method.unit, note=method.definition)
        for part in method.parts:
            note = f"{method.numerator} ÷ {method.denominator}"
            yield Tidy("methods", method.name, part.of or "", part.value, method.unit,
                       n=None, note=f"{note} = {part.numerator} ÷ {part.denominator}")  # fmt: skip


def _cells(row: Tidy) -> list[str]:
    """A row as text; words that a spreadsheet would take for a formula are quoted."""
    scale = 1_000_000 if row.unit == "dollars" else 1
    return [
        row.section,
        row.metric,
        _safe(row.group),
        _written(row.value, scale),
        row.unit,
        _written(row.low, scale),
        _written(row.high, scale),
        "" if row.n is None else str(row.n),
        _safe(row.note),
    ]


def _written(value: float | str | None, scale: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _safe(value)
    if scale == 1:
        return str(value)
    return f"{value / scale:.8f}".rstrip("0").rstrip(".")


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
