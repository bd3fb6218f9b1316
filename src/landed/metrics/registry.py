"""Every metric by name, as the header of its SQL file describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from landed.errors import UsageError

_FIELD = re.compile(r"^-- ([a-z]+): (.*)$")
_CONTINUATION = re.compile(r"^--   (.*)$")


@dataclass(frozen=True)
class Statement:
    """A select statement in a file of its own, and what its header says."""

    name: str
    definition: str
    inputs: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Metric(Statement):
    """A figure that reports show.

    `category` is one of evidence, productivity, quality, cost, return and maintainability; `file`
    is where the formula stands, from the top of the package; `method` names the module that turns
    its rows into estimates with intervals, where there is one. `ratio` names the columns whose
    sums are the figure's numerator and denominator, where it is a ratio; `quotient` is what the one
    over the other is: percent, dollars (of micro-dollars), minutes, number, or per thousand (a
    thousand times as much). `by` names the column for each value of which there is one figure,
    where it is not one for all rows.
    """

    title: str
    category: str
    unit: str
    file: str
    method: str | None
    ratio: tuple[str, str] | None
    quotient: str
    by: str | None

    @property
    def of_sessions(self) -> bool:
        """It is asked of the journeys of generated lines, not of the ledger."""
        return bool(SESSION_RELATIONS.intersection(self.inputs))

    @property
    def of_delivery(self) -> bool:
        """It is asked of changes, deployments and incidents."""
        return bool(DELIVERY_RELATIONS.intersection(self.inputs))


SESSION_RELATIONS = frozenset(
    {"journey_line", "journey_turn", "activity_span", "fixing_turn", "paid", "seat_use"}
)
"""The relations that only agents' sessions and invoices fill."""

DELIVERY_RELATIONS = frozenset(
    {
        "change_fact",
        "direct_fact",
        "deployment_fact",
        "incident_fact",
        "review_fact",
        "check_fact",
        "production_time",
    }
)
"""The relations that forges, pipelines and trackers fill."""


@cache
def metrics() -> dict[str, Metric]:
    """Every metric by name, in the order of their categories, then by title."""
    found = [_read_metric(file) for file in _sql_files("")]
    order = ("evidence", "productivity", "quality", "cost", "return", "maintainability")
    found.sort(key=lambda metric: (order.index(metric.category), metric.title))
    return {metric.name: metric for metric in found}


def metric(name: str) -> Metric:
    """The metric `name`; UsageError, naming those there are, where there is none."""
    known = metrics()
    if name not in known:
        raise UsageError(f"unknown metric {name}; known are {', '.join(known)}")
    return known[name]


@cache
def statements(folder: str) -> dict[str, Statement]:
    """The statements in `facts`, `relations` or `session_facts` by name."""
    found = (_read(file) for file in _sql_files(folder))
    return {
        header["name"]: Statement(
            header["name"], header["definition"], _listed(header["inputs"]), sql
        )
        for header, sql in found
    }


def _read_metric(file: Traversable) -> Metric:
    header, sql = _read(file)
    return Metric(
        name=header["name"],
        definition=header["definition"],
        inputs=_listed(header["inputs"]),
        sql=sql,
        title=header["title"],
        category=header["category"],
        unit=header["unit"],
        file=f"landed/metrics/{file.name}",
        method=header.get("method"),
        ratio=_ratio(header.get("ratio")),
        quotient=header.get("quotient", "percent"),
        by=header.get("by"),
    )


def _ratio(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    numerator, _, denominator = text.partition(" / ")
    return numerator, denominator


def _sql_files(folder: str) -> list[Traversable]:
    directory = files("landed.metrics").joinpath(folder) if folder else files("landed.metrics")
    found = [file for file in directory.iterdir() if file.name.endswith(".sql")]
    return sorted(found, key=lambda file: file.name)


def _read(file: Traversable) -> tuple[dict[str, str], str]:
    """The fields of the header comment, and the whole text."""
    sql = file.read_text("utf-8")
    header: dict[str, str] = {}
    field = ""
    for row in sql.splitlines():
        if match := _FIELD.match(row):
            field = match[1]
            header[field] = match[2]
        elif field and (match := _CONTINUATION.match(row)):
            header[field] += f" {match[1]}"
        else:
            break
    return header, sql


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))
