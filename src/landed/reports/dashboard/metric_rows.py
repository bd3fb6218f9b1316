"""The rows of any metric over the roll-ups, and which of them may be shown.

A row is about some group of people: those behind its repository, agent, model, team, feature and
month. It is shown where a page restricted to just that would be. Rows that are each about one
session, change or person are never shown, only figures over all of them.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from landed.metrics import Metric
from landed.reports.dashboard.grouped import TOLD_AS, subject_shown
from landed.reports.dashboard.look import Look, Row
from landed.reports.explain import Quotient, figures_of
from landed.rollups import DIMENSIONS, UNTOLD, Dimension, Filter
from landed.rollups.privacy import Decision, Population

OF_SINGLE_LINES = frozenset(
    {
        "fixing_share",
        "hot_files_ai",
        "hot_files_rework",
        "lines_added",
        "lines_by_release",
        "rework_cost",
        "time_on_tasks",
    }
)
"""Metrics of single lines, files or turns, which are not rolled up."""
_OF_ONE = frozenset({"session", "turn", "person", "change", "deployment", "step", "branch"})
_CHANGE = frozenset({"project", "number"})
ONE_PERSONS_WORK = (
    "each row is about one session, change or person: only figures over all of them are shown"
)


@dataclass(frozen=True)
class MetricRows:
    """What a metric comes to under a filter.

    Attributes:
        hidden: why nothing is shown; null where something is.
        figures: quotients over all rows, where the metric is a ratio.
        rows: the rows that may be shown; null where none may, as `rows_hidden` says.
        rows_hidden: why there are no rows.
        left_out: rows of too few people.
        ignored: what the filter restricts and the metric does not know.
    """

    hidden: str | None
    figures: list[Quotient]
    rows: pa.Table | None
    rows_hidden: str | None
    left_out: int
    ignored: tuple[str, ...]


def metric_rows(look: Look, metric: Metric) -> MetricRows:
    """What a metric comes to for who looks."""
    population = population_of(metric)
    ignored = look.rollups.ignored(metric.name)
    decision = look.decision(population)
    if not decision.shown:
        return MetricRows(decision.why, [], None, decision.why, 0, ignored)
    found = look.run(metric.name)
    if tells_of_one(found.schema.names):
        figures = figures_of(metric, found.to_pylist()) if _by_work(metric) else []
        return MetricRows(None, figures, None, ONE_PERSONS_WORK, 0, ignored)
    rows = found.to_pylist()
    may = [_may(look, population, row) for row in rows]
    shown = found.filter(pa.array(may, pa.bool_()))
    counted = rows if _by_work(metric) else shown.to_pylist()
    figures = figures_of(metric, counted)
    return MetricRows(None, figures, shown, None, len(rows) - shown.num_rows, ignored)


def population_of(metric: Metric) -> Population:
    """Whose work a metric is about."""
    if metric.of_delivery:
        return "changes"
    return "sessions" if metric.of_sessions else "commits"


def tells_of_one(columns: Iterable[str]) -> bool:
    """Whether rows of such columns are each about one person's work."""
    names = set(columns)
    return bool(_OF_ONE & names) or names >= _CHANGE


def _by_work(metric: Metric) -> bool:
    """Whether the metric's figures go by kinds of work, if by anything, and not by groups."""
    return metric.by not in (*DIMENSIONS, "group_name")


def _may(look: Look, population: Population, row: Row) -> bool:
    if "subject" in row:
        return subject_shown(look, row)
    asked = look.asked
    populations = {population}
    for dimension, value in _values(row):
        asked = asked.having(dimension, value)
        if dimension != "repository":
            # commits do not tell who else uses an agent, model or feature
            populations.add("sessions")
    by_agent = _told_agent(row)
    if by_agent:
        # lines know agents of whom no session was seen
        populations.add("changes")
    month = row.get("month") or (row.get("member") if row.get("kind") == "month" else None)
    if month is not None:
        asked = _within(asked, month)
    decisions = {one: look.privacy.decision(asked, one) for one in populations}
    if by_agent and not look.alone and not _used(decisions):
        return False
    return all(one.shown and not _of_few(look, row, one) for one in decisions.values())


def _told_agent(row: Row) -> bool:
    """Whether a row is about the work of an agent that people use."""
    return row.get("agent") is not None and row.get("who") != "automation"


def _used(decisions: dict[Population, Decision]) -> bool:
    """Whether anybody is known to use the agent; of nobody's work everything would be shown."""
    return any(decisions[one].people for one in ("sessions", "changes") if one in decisions)


def _of_few(look: Look, row: Row, decision: Decision) -> bool:
    """Whether a row is of too few of those who worked there, as it says itself.

    Others of them ran sessions too, but none that the row counts. A viewer to whom a few people's
    work is shown, as it is their own, is shown such rows as well.
    """
    people, smallest = row.get("people"), look.settings.privacy.smallest_group
    if people is None or decision.people is None:
        return False
    return bool(people < smallest <= decision.people)


def _values(row: Row) -> list[tuple[Dimension, str]]:
    """The group of people that a row is about."""
    found: list[tuple[Dimension, str]] = []
    for dimension in DIMENSIONS:
        if row.get("kind") == dimension and "member" in row:
            found.append((dimension, _value(dimension, row["member"])))
        elif dimension in row and not (dimension == "repository" and row[dimension] is None):
            found.append((dimension, _value(dimension, row[dimension])))
    return found


def _value(dimension: Dimension, told: str | None) -> str:
    return UNTOLD if told is None or told == TOLD_AS.get(dimension) else told


def _within(asked: Filter, month: str) -> Filter:
    """The part of a time that lies in a month, such as 2026-05."""
    year, number = int(month[:4]), int(month[5:7])
    first = date(year, number, 1)
    last = date(year, number, calendar.monthrange(year, number)[1])
    since = first if asked.since is None else max(asked.since, first)
    until = last if asked.until is None else min(asked.until, last)
    return asked.between(since, until)


def named_rows(rows: pa.Table, name_of: Callable[[str], str | None]) -> pa.Table:
    """The rows with the name to show of each repository beside its id."""
    if "repository" not in rows.schema.names:
        return rows
    told: list[Any] = rows["repository"].to_pylist()
    names = pa.array([None if one is None else name_of(one) for one in told], pa.string())
    return rows.add_column(1, "repository_name", names)
