"""What the metrics of sessions need: journeys of lines and turns, times of work, what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.journey import Journey, read_journey
from landed.metrics.bench import Bench
from landed.metrics.paths import path_filter
from landed.metrics.registry import statements
from landed.metrics.window import Window
from landed.store import Store

_MICROSECONDS = 1_000_000
_MICRODOLLARS = 1_000_000


@dataclass(frozen=True)
class SessionFacts:
    """The sessions of some repositories in a window, as their metrics see them.

    `tables` by name: journey_line, journey_turn, activity_span, fixing_turn, paid,
    captured_month, seat_use, session_scope. `journey` is what they were made from; it holds what
    is missing.
    """

    journey: Journey
    tables: dict[str, pa.Table]

    @property
    def any(self) -> bool:
        """There is at least one session of these repositories in the window."""
        return bool(self.tables["journey_turn"].num_rows or self.tables["journey_line"].num_rows)


class SessionBench(Bench):
    """The metrics of sessions over their facts."""

    def __init__(self, facts: SessionFacts, *, memory_limit: str = "256MB", threads: int = 2):
        """Load the facts; no relation has to be derived."""
        super().__init__(memory_limit=memory_limit, threads=threads)
        for name, rows in facts.tables.items():
            self._load(name, rows)


def read_session_facts(
    store: Store, settings: Settings, repositories: Sequence[str] | None, window: Window
) -> SessionFacts:
    """Read the sessions of `repositories` in the window; None is everything captured.

    A line or turn is in the window by when it was generated or began; with path globs only lines
    in those paths count, and every turn still does. Raises UsageError for a bad glob.
    """
    end = _end(window)
    journey = read_journey(store, settings, repositories, at=end)
    since, until = window.since_second, window.until_second(_second(journey.at))
    lines = _with_seconds(journey.lines, ("generated", "committed", "merged", "deployed", "left"))
    turns = _with_seconds(journey.turns, ("started", "ended"))
    lines = _between(lines, "generated_second", since, until)
    turns = _between(turns, "started_second", since, until)
    if window.paths or window.excludes:
        selects = path_filter(window.paths, window.excludes)
        chosen = [path is not None and selects(path) for path in lines["path"].to_pylist()]
        lines = lines.filter(pa.array(chosen, pa.bool_()))
    first, last = (datetime.fromtimestamp(second, UTC) for second in (since, until + 1))
    asked = {
        "repositories": None if repositories is None else list(repositories),
        "since": first,
        "until": last,
        "first_month": f"{first:%Y-%m}",
        "last_month": f"{last:%Y-%m}",
        "rework_days": settings.rework_window_days,
    }

    def fact(name: str, *parameters: str) -> pa.Table:
        sql = statements("session_facts")[name].sql
        return store.query(sql, {parameter: asked[parameter] for parameter in parameters})

    tables = {
        "journey_line": lines,
        "journey_turn": turns,
        "activity_span": fact("activity_span", "repositories", "since", "until"),
        "fixing_turn": fact("fixing_turn", "repositories", "rework_days"),
        "paid": fact("paid", "first_month", "last_month"),
        "captured_month": fact("captured_month"),
        "seat_use": fact("seat_use", "until"),
        "session_scope": _scope(
            settings, since, until, fact("developers", "since", "until")["developers"][0].as_py()
        ),
    }
    return SessionFacts(journey, tables)


def _end(window: Window) -> datetime | None:
    if window.until is None:
        return None
    return datetime.combine(window.until, time.min, UTC) + timedelta(days=1)


def _scope(settings: Settings, since: int, until: int, seen: int) -> pa.Table:
    """One row: the window, and how many could have used AI in it."""
    developers = settings.cash.developers or seen or None
    rate = settings.cash.hourly_rate
    return pa.table(
        {
            "since_second": pa.array([since], pa.int64()),
            "until_second": pa.array([until], pa.int64()),
            "rework_days": pa.array([settings.rework_window_days], pa.int64()),
            "developers": pa.array([developers], pa.int64()),
            "hourly_microdollars": pa.array(
                [None if rate is None else round(rate * _MICRODOLLARS)], pa.int64()
            ),
        }
    )


def _with_seconds(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """Put seconds since 1970 in the place of times: no engine need reckon dates."""
    for name in names:
        times = table[f"{name}_at"].combine_chunks()
        whole = np.asarray(times.cast(pa.int64()).fill_null(0)) // _MICROSECONDS
        seconds = pa.array(whole, pa.int64(), mask=np.asarray(times.is_null()))
        table = table.drop_columns([f"{name}_at"]).append_column(f"{name}_second", seconds)
    return table


def _between(table: pa.Table, column: str, since: int, until: int) -> pa.Table:
    inside = pc.and_(pc.greater_equal(table[column], since), pc.less_equal(table[column], until))
    return table.filter(inside)


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
