"""The appendix in words: methods, coverage and gaps, reconciliation, tables, delivery."""

from __future__ import annotations

from landed.reports import wording
from landed.reports.board.appendix_delivery import delivery_section
from landed.reports.board.board import Board
from landed.reports.board.document import Entry, Fact, Section, Table
from landed.reports.board.methods import Method, Parts
from landed.reports.board.naming import shortened
from landed.reports.board.outlook import cited, own_beside
from landed.reports.board.reconciliation import Reconciled
from landed.reports.dashboard.spend import Spent
from landed.reports.journeys_model import FunnelGroup
from landed.reports.journeys_words import BUCKET_WORDS, KIND_WORDS, STAGE_WORDS
from landed.reports.money import dollars, minutes
from landed.reports.wording import count, percent

_NOT_SHOWN = "few"
KINDS = {
    "team": "By team",
    "model": "By model",
    "agent": "By agent",
    "repository": "By repository",
    "feature": "By feature",
}
MOST_ROWS = 40
MOST_VENDORS = 6
"""Rows and vendors of one table; the CSV has all."""


def sections_of(board: Board) -> list[Section]:
    """The appendix, section by section."""
    found = [_months(board), _groups(board), _journey(board), delivery_section(board)]
    found += [_reconciliation(board), _coverage(board), _methods(board)]
    return [section for section in found if section is not None]


def _months(board: Board) -> Section:
    word = "Live today" if board.in_production else "Merged"
    trend = Table(
        "Spending, and lines by the month in which they were generated",
        ["Month", "List price", "Cash", "Generated", word, "Share"],
        [
            [
                month.name,
                dollars(month.cost.list_microdollars),
                dollars(month.cost.cash_microdollars),
                _number(month.generated),
                _number(month.kept),
                percent(month.kept / month.generated)
                if month.generated and month.kept is not None
                else "–",
            ]
            for month in board.trend
        ],
        note="The youngest months had the least time to get there.",
    )
    tables = [trend] if trend.rows else []
    holding = board.overview.holding
    if holding is not None and holding.landed:
        rows = [
            [one.month, count(one.ai_low), count(one.ai_high), count(one.others)]
            for one in holding.landed
        ]
        headings = ["Month", "AI, line evidence", "AI, with declared", "Others"]
        tables.append(Table("Lines that landed on default branches", headings, rows))
    return Section("By month", board.journey.hidden or "", tables=tables)


def _groups(board: Board) -> Section:
    tables = []
    for kind, title in KINDS.items():
        spent = [group for group in board.spend.groups if group.kind == kind]
        funnels = {group.name: group for group in board.journey.groups if group.kind == kind}
        if spent:
            tables.append(_group_table(title, spent, funnels))
    lead = (
        f"Groups of fewer than {board.smallest} people stand together as others. Lines of several "
        "groups count in each table once."
    )
    return Section("By team, model, agent, repository and feature", lead, tables=tables)


def _group_table(title: str, spent: list[Spent], funnels: dict[str, FunnelGroup]) -> Table:
    rows = []
    for group in spent[:MOST_ROWS]:
        name = group.name or ""
        lines = funnels.get(name)
        live = None if lines is None else lines.merged if lines.live is None else lines.live
        rows.append(
            [
                shortened(name, 44),
                count(group.calls),
                dollars(group.cost.list_microdollars),
                dollars(group.cost.cash_microdollars),
                _number(lines.generated if lines else None),
                _number(lines.merged if lines else None),
                _number(live),
            ]
        )
    left = len(spent) - len(rows)
    note = f"{count(left, 'more row')} in the CSV." if left > 0 else ""
    headings = [title, "Calls", "List price", "Cash", "Generated", "Merged", "Live today"]
    return Table("", headings, rows, note)


def _journey(board: Board) -> Section | None:
    page = board.journey
    if page.hidden is not None:
        return None
    stages = Table(
        "How far generated lines got",
        ["Stage", "Lines", "Share", "List price", "Cash"],
        [
            [
                STAGE_WORDS[stage.stage],
                count(stage.lines),
                percent(stage.share),
                dollars(stage.cost.list_microdollars),
                dollars(stage.cost.cash_microdollars),
            ]
            for stage in page.stages
        ],
    )
    buckets = Table(
        "Where they are now",
        ["Place", "Why", "Lines", "List price", "Cash"],
        [
            [
                BUCKET_WORDS.get(part.bucket, part.bucket),
                shortened(part.reason or ""),
                count(part.lines),
                dollars(part.cost.list_microdollars),
                dollars(part.cost.cash_microdollars),
            ]
            for part in page.buckets
        ],
        text=(0, 1),
    )
    turns = Table(
        "What turns did",
        ["Turns", "Number", "Calls", "List price", "Cash"],
        [
            [
                KIND_WORDS[turn.kind],
                count(turn.turns),
                count(turn.calls),
                dollars(turn.cost.list_microdollars),
                dollars(turn.cost.cash_microdollars),
            ]
            for turn in page.turns
        ],
    )
    lines = Table(
        "What a line cost",
        ["A line that was", "Lines", "Direct", "Loaded", "Direct, cash", "Loaded, cash"],
        [
            [
                STAGE_WORDS[line.stage],
                count(line.lines),
                *map(dollars, (line.direct, line.loaded, line.direct_cash, line.loaded_cash)),
            ]
            for line in page.cost_per_line
        ],
    )
    tables = [table for table in (stages, buckets, turns, lines) if table.rows]
    return Section("The journey of lines and dollars", "", tables=tables)


def _reconciliation(board: Board) -> Section:
    found = board.reconciliation
    lead = (
        "Everything captured beside everything paid, in whole months, whatever else the report was "
        "narrowed to. Used: what captured work bears of what was paid; the rest is idle."
    )
    tables = []
    if found.months:
        rows = [[row.month, *_amounts(row)] for row in found.months]
        headings = ["Month", "Paid", "Captured, list", "Used, cash", "Idle, cash"]
        tables.append(Table("All vendors", headings, rows))
    tables += _vendor_tables(board)
    facts = []
    economics = board.spend.paid
    if economics is not None and economics.break_even_minutes is not None:
        told = f"{minutes(economics.break_even_minutes)} a developer and month"
        facts.append(Fact("AI pays for itself once it saves", told))
    for seat in economics.idle_seats if economics else []:
        price = dollars(seat.idle_microdollars_a_month)
        told = f"{seat.idle} of {seat.seats} without captured use in 30 days, {price} a month"
        facts.append(Fact(f"Seats of {shortened(seat.vendor, 30)}", told))
    paragraphs = [] if found.months else ["Nothing was captured, and nothing paid is told."]
    return Section("Reconciliation", lead, paragraphs, facts, tables)


def _vendor_tables(board: Board) -> list[Table]:
    rows = board.reconciliation.vendors
    vendors = list(dict.fromkeys(row.vendor or "" for row in rows))[:MOST_VENDORS]
    paid = {(row.month, row.vendor): row.paid_microdollars for row in rows}
    months = list(dict.fromkeys(row.month for row in rows))
    by_vendor = [
        [month, *(dollars(paid.get((month, vendor))) for vendor in vendors)] for month in months
    ]
    names = [shortened(vendor, 20) for vendor in vendors]
    shown = [
        [row.month, shortened(row.vendor or "", 20), *_amounts(row), row.why or ""]
        for row in rows
        if row.list_microdollars is not None
    ]
    note = ""
    if len(shown) < len(rows):
        note = (
            "What captured work bears of a vendor's month is told where it, and that of every "
            f"other vendor of the month, is of {board.smallest} people or more."
        )
    headings = ["Month", "Vendor", "Paid", "Captured, list", "Used, cash", "Idle, cash", "Why"]
    tables = [
        Table("Paid, by vendor", ["Month", *names], by_vendor, note),
        Table("Captured and paid, by vendor", headings, shown, text=(0, 1, 6)),
    ]
    return [table for table in tables if table.rows]


def _amounts(row: Reconciled) -> list[str]:
    captured = (row.list_microdollars, row.cash_microdollars, row.unallocated_microdollars)
    shown = [_NOT_SHOWN if amount is None else dollars(amount) for amount in captured]
    return [dollars(row.paid_microdollars), *shown]


_PARTS = {
    "holding": "rework, and lines landed",
    "sure": "lines alive and their evidence",
    "failures": "changes that failed",
    "lasting": "survival and rework",
    "changes": "lead times and failures of changes",
    "deployments": "deployments",
    "incidents": "incidents",
    "unreviewed": "unreviewed lines",
    "mending": "minutes of people",
}
"""Parts of pages that a filter may not narrow, in words."""


def _coverage(board: Board) -> Section:
    facts = [
        Fact(gap.what, count(gap.count, gap.unit) if gap.count is not None else "–")
        for gap in board.gaps
    ]
    ignored = dict.fromkeys(
        (part, dimensions)
        for ignored in (board.overview.ignored, board.quality.ignored)
        for part, dimensions in ignored.items()
        if dimensions
    )
    paragraphs = [
        f"Not narrowed by {wording.listed(dimensions)}: {_PARTS[part]}."
        for part, dimensions in ignored
    ]
    hidden = {**board.overview.hidden, **board.quality.hidden}
    paragraphs += [
        f"Not shown of {population}: {why}." for population, why in sorted(hidden.items())
    ]
    sure = board.overview.sure
    tables = []
    if sure is not None and sure.alive:
        rows = [
            [
                wording.WHO.get(part.who, part.who),
                wording.GRADES[part.grade],
                count(part.lines),
                percent(part.lines / sure.alive),
            ]
            for part in sure.authorship
        ]
        headings = ["Who", "Evidence", "Lines alive", "Share"]
        tables.append(
            Table("Lines alive by the evidence for who wrote them", headings, rows, text=(0, 1))
        )
    lead = "What the figures leave out, could not see, or rest on little."
    if not facts:
        paragraphs = ["Nothing is missing that is known to be missing.", *paragraphs]
    return Section("Coverage and gaps", lead, paragraphs, facts, tables)


def _methods(board: Board) -> Section:
    facts = [Fact(own_beside(board, one.metric), cited(one)) for one in board.benchmarks]
    lead = (
        "Intervals are of 95 %, by drawing changes or sessions anew with replacement; the band of "
        "the forecast is of 80 %, by drawing weeks. Figures that rest on too little are not shown."
    )
    entries = [_entry(method) for method in board.methods]
    return Section("Methods", lead, facts=facts, entries=entries)


def _entry(method: Method) -> Entry:
    formula = f"{method.numerator} ÷ {method.denominator}" if method.numerator else ""
    sums = [_sums_told(method, part) for part in method.parts]
    return Entry(method.title, method.unit, method.definition, formula, sums)


def _sums_told(method: Method, part: Parts) -> str:
    above = _amount_told(method.numerator or "", part.numerator)
    below = _amount_told(method.denominator or "", part.denominator)
    told = f"{above} ÷ {below} = {_quotient_told(method.quotient, part.value)}"
    return f"{shortened(part.of, 30)}: {told}" if part.of else told


def _amount_told(column: str, amount: float) -> str:
    if column.endswith(("_list", "_cash")) or "microdollars" in column:
        return dollars(amount)
    return f"{amount:,.0f}" if amount == round(amount) else f"{amount:,.1f}"


def _quotient_told(quotient: str, value: float | None) -> str:
    if value is None:
        return "–"
    if quotient == "percent":
        return percent(value, 1)
    if quotient == "dollars":
        return dollars(value)
    return minutes(value) if quotient == "minutes" else f"{value:,.3g}"


def _number(value: int | None) -> str:
    return "–" if value is None else count(value)
