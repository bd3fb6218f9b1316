"""A metric explained: what it means, and what it comes to here, down to the rows behind it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from landed.config import Settings
from landed.metrics import (
    DeliveryBench,
    Metric,
    SessionBench,
    SessionFacts,
    Window,
    Workbench,
    read_delivery_facts,
    read_facts,
    read_session_facts,
)
from landed.reports.money import dollars
from landed.reports.wording import GRADES, count, percent, percents, printable
from landed.store import Store

ROWS = 12
_WIDTH = 79


@dataclass(frozen=True)
class Quotient:
    """A figure and the two sums that it is made of.

    Attributes:
        of: what it is of, such as a stage; null where there is one for all rows.
        numerator, denominator: sums over the rows that have both; null where none has.
        value: the one over the other; null where there is nothing to divide by.
    """

    of: str | None
    numerator: float | None
    denominator: float | None
    value: float | None


@dataclass(frozen=True)
class Explained:
    """What a metric comes to in some repositories.

    Attributes:
        names: what it was asked of.
        figures: the quotients; none where it is no ratio.
        lines, with_evidence: lines alive, and those of them with evidence.
        grades: lines alive by the grade of the evidence that decides: the evidence mix.
        unpriced_calls: calls of these repositories without a list price; null where not asked.
        missing: inputs that are not there.
        rows: what the query answers.
    """

    names: list[str]
    figures: list[Quotient]
    lines: int
    with_evidence: int
    grades: dict[str, int]
    unpriced_calls: int | None
    missing: list[str]
    rows: list[dict[str, Any]]


def explained(store: Store, settings: Settings, metric: Metric, names: dict[str, str]) -> Explained:
    """Compute a metric for the repositories `names` (id to name), from what was read before.

    Raises UsageError where the store knows none of them.
    """
    window = Window(rework_days=settings.rework_window_days)
    ids = list(names)
    facts = [read_facts(store, repository, name, window) for repository, name in names.items()]
    sessions = delivery = None
    if metric.of_sessions or metric.of_delivery:
        sessions = read_session_facts(store, settings, ids, window)
    if metric.of_delivery and sessions is not None:
        delivery = read_delivery_facts(store, settings, ids, window, sessions.journey)
    store.close()
    of_ledger = sessions is None
    with Workbench(facts, memory_limit=settings.store.memory_limit) as bench:
        coverage = bench.rows("coverage")
        rows = bench.rows(metric.name) if of_ledger else []
    missing: list[str] = []
    unpriced = None
    if delivery is not None:
        missing = unconnected(metric, delivery.tables["repository_scope"].to_pylist())
        with DeliveryBench(delivery) as delivery_bench:
            rows = delivery_bench.rows(metric.name)
    elif sessions is not None:
        missing = _missing(metric, settings, sessions)
        with SessionBench(sessions) as session_bench:
            rows = session_bench.rows(metric.name)
            unpriced = sum(row["unpriced_calls"] for row in session_bench.rows("turn_costs"))
    grades: dict[str, int] = {}
    for row in coverage:
        grades[row["grade"]] = grades.get(row["grade"], 0) + row["lines"]
    alive = sum(grades.values())
    return Explained(
        names=list(names.values()),
        figures=figures_of(metric, rows),
        lines=alive,
        with_evidence=alive - grades.get("none", 0) - grades.get("inferred", 0),
        grades={grade: grades[grade] for grade in GRADES if grade in grades},
        unpriced_calls=unpriced,
        missing=missing,
        rows=[_named(row, names) for row in rows],
    )


def unconnected(metric: Metric, scopes: Sequence[dict[str, Any]]) -> list[str]:
    """Which inputs of a metric of delivery are not there, by rows of repository_scope."""
    wanted = [
        (name, words)
        for relation, name, words in _NEEDED
        if relation in metric.inputs and not any(scope[name] for scope in scopes)
    ]
    return list(dict.fromkeys(words for _, words in wanted))


_NEEDED = (
    ("change_fact", "has_forge", "changes: landed connect github or gitlab"),
    (
        "deployment_fact",
        "has_deployments",
        "deployments: landed connect, landed deployment record in a pipeline, or import them",
    ),
    (
        "incident_fact",
        "has_incidents",
        "incidents: landed connect with incidents.labels in landed.toml, or import them",
    ),
    ("production_time", "has_reviews", "reviews: landed connect github or gitlab"),
)
"""For each relation, which flag of repository_scope says that it is there, and what is not."""


def _missing(metric: Metric, settings: Settings, sessions: SessionFacts) -> list[str]:
    """Which inputs of a metric of sessions are not there."""
    found = list(dict.fromkeys(missing.what for missing in sessions.journey.missing))
    if "paid" in metric.inputs and not sessions.tables["paid"].num_rows:
        found.append("what was paid: tell it under cash in landed.toml or landed invoice import")
    if "seat_use" in metric.inputs and not sessions.tables["seat_use"].num_rows:
        found.append("seats: tell them as cash.seats in landed.toml")
    if metric.quotient == "minutes" and settings.cash.hourly_rate is None:
        found.append("the loaded cost of an hour: cash.hourly_rate in landed.toml")
    return found


def figures_of(metric: Metric, rows: Sequence[dict[str, Any]]) -> list[Quotient]:
    """The quotients of a metric, one for each value of the column that it goes by."""
    if metric.ratio is None:
        return []
    if metric.by is None:
        return [_quotient(metric.ratio, None, rows)]
    by = metric.by
    values = dict.fromkeys(row[by] for row in rows)
    return [_quotient(metric.ratio, of, [row for row in rows if row[by] == of]) for of in values]


def _quotient(ratio: tuple[str, str], of: str | None, rows: Sequence[dict[str, Any]]) -> Quotient:
    told = [row for row in rows if all(row[name] is not None for name in ratio)]
    if not told:
        return Quotient(of, None, None, None)
    numerator, denominator = (sum(row[name] for row in told) for name in ratio)
    return Quotient(of, numerator, denominator, numerator / denominator if denominator else None)


def _named(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {**row, "repository": names.get(row["repository"], row["repository"])}


def explanation(metric: Metric, found: Explained | None) -> Iterator[str]:
    """What `landed explain METRIC` prints; without `found`, what the metric means alone."""
    yield f"{metric.title}   {metric.unit}, {metric.category}"
    yield ""
    yield from textwrap.wrap(metric.definition, _WIDTH, break_on_hyphens=False)
    yield ""
    yield f"formula   {metric.file}"
    if metric.ratio is not None:
        over = f"for each {metric.by}" if metric.by else "summed over the rows"
        yield f"figure    {metric.ratio[0]} ÷ {metric.ratio[1]}, {over}"
    if metric.method:
        yield f"method    {metric.method}"
    yield from textwrap.wrap(
        f"inputs    {', '.join(metric.inputs)}", _WIDTH, subsequent_indent=" " * 10
    )
    if found is not None:
        yield ""
        yield from _here(metric, found)


def _here(metric: Metric, found: Explained) -> Iterator[str]:
    yield f"In {printable(', '.join(found.names))}:"
    for figure in found.figures:
        yield f"          {_quotient_told(metric, figure)}"
    covered = found.with_evidence / found.lines if found.lines else None
    yield f"coverage  evidence for {percent(covered)} of {count(found.lines, 'line')} alive"
    if found.grades:
        mix = zip(found.grades, percents(list(found.grades.values())), strict=True)
        yield f"          {', '.join(f'{grade} {share}' for grade, share in mix)}"
    if found.unpriced_calls:
        yield f"          {count(found.unpriced_calls, 'call')} without a list price left out"
    for what in found.missing:
        yield from textwrap.wrap(f"missing   {what}", _WIDTH, subsequent_indent=" " * 10)
    yield ""
    if not found.rows:
        yield "no rows: nothing of this kind was seen"
        return
    yield from _table(found.rows[:ROWS])
    if len(found.rows) > ROWS:
        yield f"{count(len(found.rows) - ROWS, 'more row')}; --json has all"


def _quotient_told(metric: Metric, figure: Quotient) -> str:
    """Such as `accepted 831,225 ÷ 58 = 1.4 ¢`; the sums as the rows have them."""
    of = "" if figure.of is None else f"{printable(figure.of)} "
    if figure.numerator is None or figure.denominator is None:
        return f"{of}not known"
    return (
        f"{of}{number_told(figure.numerator)} ÷ {number_told(figure.denominator)} = "
        f"{measured(metric.quotient, figure.value)}"
    )


def measured(quotient: str, value: float | None) -> str:
    """A figure as its metric's `quotient` wants it written; a dash where there is none."""
    if value is None:
        return "–"
    if quotient == "dollars":
        return dollars(value)
    if quotient == "per thousand":
        return f"{1_000 * value:,.3g} for 1,000"
    if quotient == "number":
        return f"{value:,.2f}"
    return f"{value:,.1f} minutes" if quotient == "minutes" else percent(value, 1)


def _table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The rows behind the figure: columns side by side where they fit, else one below another."""
    names = list(rows[0])
    cells = [[_cell(row[name]) for name in names] for row in rows]
    widths = [
        max(len(name), *(len(row[place]) for row in cells)) for place, name in enumerate(names)
    ]
    if sum(widths) + 2 * len(widths) <= _WIDTH:
        yield "  ".join(f"{name:>{width}}" for name, width in zip(names, widths, strict=True))
        for row in cells:
            yield "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        return
    for row in cells:
        told = ", ".join(f"{name} {cell}" for name, cell in zip(names, row, strict=True))
        yield from textwrap.wrap(
            told, _WIDTH, initial_indent="· ", subsequent_indent="  ", break_on_hyphens=False
        )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool | str):
        return printable(str(value))
    return number_told(value)


def number_told(value: float) -> str:
    """A whole number without digits after the point, any other with two."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def as_json(metric: Metric, found: Explained | None) -> dict[str, Any]:
    """The content of `landed explain METRIC --json`; `here` is null where nothing was asked."""
    return {**asdict(metric), "here": None if found is None else asdict(found)}
