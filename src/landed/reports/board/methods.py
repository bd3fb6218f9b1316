"""How each figure is defined, and the two sums that it is made of, from the registry of metrics."""

from __future__ import annotations

from dataclasses import dataclass

from landed.metrics import Metric, metric
from landed.reports.dashboard.look import Look, Row

METHODS = (
    "turn_costs",
    "funnel",
    "yield",
    "cost_per_line",
    "cost_per_change",
    "cost_per_delivery",
    "waste",
    "leaks",
    "spend_per_developer",
    "break_even",
    "lines_landed",
    "rework",
    "survival",
    "coverage",
    "change_failure",
    "change_lead_time",
    "deployment_frequency",
    "change_fail_rate",
    "failed_deployment_recovery",
    "deployment_rework_rate",
    "incident_rate",
)
"""The metrics behind the report's figures, in the order of the report."""


@dataclass(frozen=True)
class Parts:
    """The sums that one figure is made of; `of` is the value of the column it goes by, if any."""

    of: str | None
    numerator: float
    denominator: float
    value: float | None


@dataclass(frozen=True)
class Method:
    """One metric: what it means, and what it came to.

    `quotient` says what the one column over the other is, as in `landed.metrics.Metric`.
    `parts` are empty where the metric is no ratio, and where its figures may not be shown.
    """

    name: str
    title: str
    unit: str
    definition: str
    numerator: str | None
    denominator: str | None
    quotient: str
    parts: list[Parts]


def methods_of(look: Look, hidden: frozenset[str]) -> list[Method]:
    """Every metric of the report; `hidden` are the populations that may not be shown."""
    return [_method(look, metric(name), hidden) for name in METHODS]


def _method(look: Look, found: Metric, hidden: frozenset[str]) -> Method:
    shown = found.ratio is not None and population_of(found) not in hidden
    return Method(
        name=found.name,
        title=found.title,
        unit=found.unit,
        definition=found.definition,
        numerator=found.ratio[0] if found.ratio else None,
        denominator=found.ratio[1] if found.ratio else None,
        quotient=found.quotient,
        parts=_parts(found, look.rows(found.name)) if shown else [],
    )


def population_of(found: Metric) -> str:
    """Whose work a metric tells of: sessions, changes or commits."""
    if found.of_delivery:
        return "changes"
    return "sessions" if found.of_sessions else "commits"


def _parts(found: Metric, rows: list[Row]) -> list[Parts]:
    assert found.ratio is not None
    numerator, denominator = found.ratio
    by = found.by
    sums: dict[str | None, list[float]] = {}
    for row in rows:
        if row[numerator] is None or row[denominator] is None:
            continue
        own = sums.setdefault(row[by] if by else None, [0, 0])
        own[0] += row[numerator]
        own[1] += row[denominator]
    times = 1000 if found.quotient == "per thousand" else 1
    return [
        Parts(of, above, below, times * above / below if below else None)
        for of, (above, below) in sums.items()
    ]
