"""A metric explained on a page: what it means, what it rests on, how sure it is, what it is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from landed.metrics import Metric
from landed.reports.dashboard.grouped import OTHERS, folded, without_agents
from landed.reports.dashboard.look import Look, Row
from landed.reports.dashboard.repositories import code_look
from landed.reports.explain import unconnected
from landed.reports.model import Coverage
from landed.reports.tallies import coverage_of
from landed.rollups import DIMENSIONS, Dimension
from landed.rollups.privacy import Population

_HEADER = re.compile(r"\A(?:--[^\n]*\n)+")
_INTERVALS = {
    "landed.compare.matching": "Changes are compared within one repository, author and size band, "
    "and the differences are weighed together (Mantel and Haenszel). The interval is drawn over "
    "changes. It is an association: nobody threw dice over who used an agent.",
    "landed.compare.medians": "A median of the changes or repairs, with an interval from drawing "
    "them again 2,000 times; where there are too few it says how many more would tell.",
    "landed.compare.rates": "A share of events that do not depend on each other, with Wilson's "
    "interval.",
    "landed.compare.shares": "A share of lines, drawn again over the sessions or changes that "
    "brought them, for lines of one change share their fate.",
    "landed.compare.survival": "Kaplan and Meier's curve with left truncation: a line counts from "
    "when it was first watched until it left or the time ended. The interval is drawn again over "
    "changes, for lines of one change share their fate.",
}
_SUMS = ("lines", "calls", "turns", "deployments", "incidents", "list_microdollars")
"""Columns that may be added up in metrics that are no ratio."""
_COUNTED = "It is counted, not estimated: there is no sample, and so no interval."
_OF_LEDGER = (
    "Lines on the default branch alone; lock, vendored, generated and minified files are left out",
    "Unknown is not human: without evidence nobody is said to have written a line",
    "A team is here the one that owns the file by CODEOWNERS; of sessions and changes it is the "
    "team of the person",
)
_OF_SESSIONS = (
    "Only sessions whose logs, telemetry or pushes were read; what no source tells is not seen",
    "List prices are what the calls would cost by the price list, cash what was paid; the two are "
    "never added",
)
_OF_DELIVERY = (
    "Only what forges, pipelines and trackers tell; where release tags stand for deployments the "
    "pages say so",
    "A link from an incident to a change is made by rules, the surest first, and can be wrong",
)


@dataclass(frozen=True)
class MetricTold:
    """What can be said of a metric whatever its figure is.

    `formula` is the statement without its header; `coverage` is null where `coverage_hidden` says
    why. `missing` are inputs that are not there, with how to add them.
    """

    metric: Metric
    formula: str
    interval: str
    limits: tuple[str, ...]
    coverage: Coverage | None
    coverage_hidden: str | None
    missing: list[str]


def told_of(look: Look, metric: Metric) -> MetricTold:
    """What can be said of a metric, and of the evidence below it under the filter."""
    own = code_look(look)
    decision = own.decision("commits")
    scopes = look.series("repository_scope", ("repository_scope",))
    missing = unconnected(metric, scopes) if metric.of_delivery else []
    if metric.of_sessions:
        rows = look.store.query("select distinct what from rollup.missing order by what")
        missing += rows["what"].to_pylist()
    return MetricTold(
        metric=metric,
        formula=formula_of(metric),
        interval=_INTERVALS.get(metric.method or "", _COUNTED),
        limits=_limits(metric),
        coverage=coverage_of(without_agents(own.rows("coverage"))) if decision.shown else None,
        coverage_hidden=None if decision.shown else decision.why,
        missing=missing,
    )


def formula_of(metric: Metric) -> str:
    """The statement of a metric without the comment at its head."""
    return _HEADER.sub("", metric.sql).strip("\n")


@dataclass(frozen=True)
class SummedBy:
    """Rows of a metric added up by one dimension; those of too few people stand in `others`."""

    dimension: Dimension
    columns: tuple[str, ...]
    rows: list[Row]


def summed_by(look: Look, metric: Metric, population: Population) -> list[SummedBy]:
    """The rows of a metric added up by each dimension that they know.

    So much can be told of rows each of which is about too few people, or about one.
    """
    table = look.run(metric.name)
    names = table.schema.names
    amounts = metric.ratio or tuple(name for name in _SUMS if name in names)
    rows = table.to_pylist()
    found = []
    for dimension in DIMENSIONS:
        if dimension not in names or not amounts:
            continue
        known = [row for row in rows if row[dimension] is not None]
        groups = folded(look, dimension, known, dimension, population)
        told = [_added_up(dimension, name, own, amounts) for name, own in groups.items()]
        if any(name != OTHERS for name in groups):
            found.append(SummedBy(dimension, (dimension, *amounts), told))
    return found


def _added_up(dimension: str, name: str, rows: list[Row], amounts: tuple[str, ...]) -> Row:
    sums = {
        amount: sum(row[amount] for row in rows if row[amount] is not None) for amount in amounts
    }
    return {dimension: name, **sums}


def own_rows(look: Look, metric: Metric) -> list[Row]:
    """Those rows of a metric that are each about work of who looks; none where rows name nobody."""
    found = look.run(metric.name)
    if "person" not in found.schema.names:
        return []
    return [row for row in found.to_pylist() if _is_own(look, row["person"])]


def _is_own(look: Look, person: Any) -> bool:
    return isinstance(person, str) and person.lower() in look.own


def _limits(metric: Metric) -> tuple[str, ...]:
    if metric.of_delivery:
        return _OF_DELIVERY
    return _OF_SESSIONS if metric.of_sessions else _OF_LEDGER
