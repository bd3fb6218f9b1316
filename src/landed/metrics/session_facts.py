"""What the metrics of sessions need: journeys of lines and turns, times of work, what was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.delivery.identities import team_of_people
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
    month_people, seat_use, model_vendor, person_team, session_scope. `journey` is what they were
    made from; it holds what is missing. A row of journey_line stands for `lines` lines, one of
    journey_turn for `turns` turns (0 where its calls belong to no turn): roll-ups have more in one
    row, and the metrics add these up.
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
        """Load the facts, and derive the relations that metrics share."""
        super().__init__(memory_limit=memory_limit, threads=threads)
        for name, rows in facts.tables.items():
            self._load(name, rows)
        for name, relation in statements("session_relations").items():
            self._connection.execute(f"create table {name} as {relation.sql}")


def read_session_facts(
    store: Store, settings: Settings, repositories: Sequence[str] | None, window: Window
) -> SessionFacts:
    """Read the sessions of `repositories` in the window; None is everything captured.

    Lines and turns are in the window by when the turn began; with path globs only lines in those
    paths count, and every turn still does. Whether lines of a repository were deployed or
    are live is null where nothing says what is in production. Raises UsageError for a bad glob.
    """
    end = _end(window)
    journey = read_journey(store, settings, repositories, at=end)
    since, until = window.since_second, window.until_second(_second(journey.at))
    lines = _with_month(_without_guesses(journey))
    lines = _with_seconds(
        lines, ("generated", "committed", "merged", "deployed", "retired", "left")
    )
    turns = _with_seconds(journey.turns, ("started", "ended"))
    lines = lines.append_column("begun_second", _begun(lines, turns))
    lines = lines.append_column("lines", pa.repeat(pa.scalar(1, pa.int64()), len(lines)))
    turns = turns.append_column("turns", turns["turn"].is_valid().cast(pa.int64()))
    lines = lines.filter(_inside(lines["begun_second"], since, until))
    turns = turns.filter(_inside(turns["started_second"], since, until))
    if window.paths or window.excludes:
        selects = path_filter(window.paths, window.excludes)
        chosen = [path is not None and selects(path) for path in lines["path"].to_pylist()]
        lines = lines.filter(pa.array(chosen, pa.bool_()))
    first, last = (datetime.fromtimestamp(second, UTC) for second in (since, until))
    asked = {
        "repositories": None if repositories is None else list(repositories),
        "since": first,
        "until": last + timedelta(seconds=1),
        "last_day": last.date(),
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
        "month_people": fact("month_people"),
        "seat_use": fact("seat_use", "until", "last_day"),
        "model_vendor": fact("model_vendor"),
        "person_team": _teams(team_of_people(store, settings)),
        "session_scope": _scope(settings, since, until),
    }
    return SessionFacts(journey, tables)


def _end(window: Window) -> datetime | None:
    if window.until is None:
        return None
    return datetime.combine(window.until, time.min, UTC) + timedelta(days=1)


def _without_guesses(journey: Journey) -> pa.Table:
    """The lines; deployed and live are null where production is not known."""
    lines = journey.lines
    unknown = pa.array(sorted({missing.repository for missing in journey.missing}), pa.string())
    known = pc.invert(pc.is_in(lines["repository"], value_set=unknown))
    for name in ("deployed", "live"):
        place = lines.schema.get_field_index(name)
        told = pc.if_else(known, lines[name], pa.scalar(None, pa.bool_()))
        lines = lines.set_column(place, pa.field(name, pa.bool_()), told)
    return lines


def _with_month(lines: pa.Table) -> pa.Table:
    """The month (UTC) in which each line was generated, such as 2026-11."""
    months = pc.strftime(lines["generated_at"], format="%Y-%m")
    return lines.append_column("generated_month", months)


def _teams(teams: Mapping[str, str]) -> pa.Table:
    """The team of each person."""
    people, names = pa.array(list(teams), pa.string()), pa.array(list(teams.values()), pa.string())
    return pa.table({"person": people, "team": names})


def _scope(settings: Settings, since: int, until: int) -> pa.Table:
    """One row: the window, and what the configuration tells; null where it does not."""
    rate = settings.cash.hourly_rate
    return pa.table(
        {
            "since_second": pa.array([since], pa.int64()),
            "until_second": pa.array([until], pa.int64()),
            "rework_days": pa.array([settings.rework_window_days], pa.int64()),
            "developers": pa.array([settings.cash.developers], pa.int64()),
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


def _begun(lines: pa.Table, turns: pa.Table) -> pa.ChunkedArray:
    """When the turn of each line began, so that lines and dollars are of the same turns.

    Of a line whose turn is not told, or bears nothing here, when it was generated.
    """
    own, known = (
        pc.binary_join_element_wise(table["agent"], table["turn"], "\0") for table in (lines, turns)
    )
    place = pc.index_in(own, value_set=known, skip_nulls=True)
    return pc.coalesce(turns["started_second"].take(place), lines["generated_second"])


def _inside(seconds: pa.ChunkedArray, since: int, until: int) -> pa.ChunkedArray:
    return pc.and_(pc.greater_equal(seconds, since), pc.less_equal(seconds, until))


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
