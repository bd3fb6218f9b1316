"""What the metrics of changes, deployments and incidents need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from landed.config import Settings
from landed.journey import Journey
from landed.journey.columns import NEVER, microseconds
from landed.metrics.bench import Bench
from landed.metrics.delivery_changes import read_change_tables
from landed.metrics.delivery_columns import MICROSECONDS
from landed.metrics.delivery_events import deployment_facts, incident_facts
from landed.metrics.delivery_ledger import (
    Span,
    count_lines,
    production_time,
    read_delivery_ledger,
    selected_lines,
)
from landed.metrics.delivery_model import RELATIONS
from landed.metrics.paths import path_filter
from landed.metrics.registry import statements
from landed.metrics.window import Window
from landed.store import Store

_MICRODOLLARS = 1_000_000


@dataclass(frozen=True)
class DeliveryFacts:
    """The changes, deployments and incidents of some repositories in a window.

    `tables` by name are those of `delivery_model.RELATIONS`.
    """

    tables: dict[str, pa.Table]

    @property
    def any(self) -> bool:
        """Something is known of a change, a deployment or an incident."""
        names = ("change_fact", "deployment_fact", "incident_fact")
        return any(self.tables[name].num_rows for name in names)


class DeliveryBench(Bench):
    """The metrics of deliveries over their facts."""

    def __init__(self, facts: DeliveryFacts, *, memory_limit: str = "256MB", threads: int = 2):
        """Load the facts."""
        super().__init__(memory_limit=memory_limit, threads=threads)
        for name, rows in facts.tables.items():
            self._load(name, rows)


def read_delivery_facts(
    store: Store,
    settings: Settings,
    repositories: Sequence[str],
    window: Window,
    journey: Journey | None,
) -> DeliveryFacts:
    """Read the deliveries of `repositories` (ids, in the order of the rows) in the window.

    With path globs only lines in those paths count; changes, deployments and incidents all do.
    `journey`, of these repositories and the same time, tells what agents generated and what that
    cost; without it this is null. Raises UsageError for a bad glob.
    """
    selects = path_filter(window.paths, window.excludes)
    span = _span(window)
    branches = _default_branches(store)
    parts: list[dict[str, pa.Table]] = []
    for repository in repositories:
        if repository in branches:
            paths = store.query(statements("facts")["paths"].sql, {"repository": repository})
            found = read_delivery_ledger(store, settings, repository, branches[repository], span)
            if window.paths or window.excludes:
                selected = selected_lines(found, paths, selects)
            else:
                selected = np.ones(len(found.lines), dtype=np.bool_)
            lines = count_lines(found, settings.rework_window_days, selected)
            changes = read_change_tables(store, settings, found, lines, journey)
            has = store.query(statements("delivery_facts")["has"].sql, {"repository": repository})
            known = has.to_pylist()[0]
            parts.append(
                {
                    "change_fact": changes.change_fact,
                    "direct_fact": changes.direct_fact,
                    "review_fact": changes.review_fact,
                    "check_fact": changes.check_fact,
                    "deployment_fact": deployment_facts(found, selected, paths),
                    "incident_fact": incident_facts(found),
                    "production_time": production_time(found, selected, known["has_reviews"]),
                    "repository_scope": _row(
                        "repository_scope",
                        repository=repository,
                        first_deployment_known=found.production.known,
                        **known,
                    ),
                }
            )
    tables = {
        name: pa.concat_tables([schema.empty_table(), *(part[name] for part in parts)])
        for name, schema in RELATIONS.items()
        if name != "delivery_scope"
    }
    return DeliveryFacts(tables | {"delivery_scope": _scope(settings, window, span)})


def tells_of_delivery(store: Store, repositories: Sequence[str]) -> bool:
    """Whether a forge, a file or a pipeline tells anything of these repositories.

    Release tags alone tell nothing that the ledger's own metrics do not.
    """
    sql = statements("delivery_facts")["has"].sql
    for repository in repositories:
        (known,) = store.query(sql, {"repository": repository}).to_pylist()
        if known["has_forge"] or known["has_deployments"] or known["has_incidents"]:
            return True
    return False


def _span(window: Window) -> Span:
    since = window.since_second * MICROSECONDS
    now = microseconds(datetime.now(UTC))
    if window.until is None:
        return Span(since, NEVER, now)
    # a moment before midnight: what happens at midnight belongs to the next day
    end = datetime.combine(window.until, time.min, UTC) + timedelta(days=1)
    last = microseconds(end) - 1
    return Span(since, last, min(last, now))


def _default_branches(store: Store) -> dict[str, str]:
    rows = store.query("select repository, default_branch from repository")
    columns = rows["repository"].to_pylist(), rows["default_branch"].to_pylist()
    return dict(zip(*columns, strict=True))


def _scope(settings: Settings, window: Window, span: Span) -> pa.Table:
    rates, cash = settings.reviews, settings.cash
    return _row(
        "delivery_scope",
        since_second=window.since_second,
        until_second=span.now // MICROSECONDS,
        rework_days=settings.rework_window_days,
        minutes_per_round=rates.minutes_per_round,
        minutes_per_comment=rates.minutes_per_comment,
        minutes_per_hundred_lines=rates.minutes_per_hundred_lines,
        hourly_microdollars=_microdollars(cash.hourly_rate),
        check_minute_microdollars=_microdollars(cash.check_minute),
    )


def _microdollars(dollars: float | None) -> int | None:
    return None if dollars is None else round(dollars * _MICRODOLLARS)


def _row(relation: str, **values: Any) -> pa.Table:
    return pa.Table.from_pylist([values], RELATIONS[relation])
