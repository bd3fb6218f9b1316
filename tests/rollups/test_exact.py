"""Roll-ups answer what single lines and turns answer, whatever is filtered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.session_tables import SessionTables

from landed.errors import UsageError
from landed.metrics import SessionBench, SessionFacts
from landed.metrics.registry import metrics
from landed.rollups import Filter, Rollups
from landed.rollups.build import session_rollups
from landed.store import Store

ASKED = sorted(
    name
    for name, metric in metrics().items()
    if metric.of_sessions and not {"activity_span", "fixing_turn"}.intersection(metric.inputs)
)
NO_CALLS = pa.table(
    {
        "agent": pa.array([], pa.string()),
        "turn": pa.array([], pa.string()),
        "session": pa.array([], pa.string()),
        "day": pa.array([], pa.int64()),
        "model": pa.array([], pa.string()),
        "vendor": pa.array([], pa.string()),
        **{
            name: pa.array([], pa.int64())
            for name in (
                "calls",
                "unpriced_calls",
                "input_tokens",
                "cache_read_tokens",
                "cache_write_tokens",
                "output_tokens",
                "reasoning_tokens",
                "list_microdollars",
                "cash_microdollars",
            )
        },
    }
)

BUCKETS = (
    "live",
    "merged",
    "pending",
    "rejected",
    "discarded",
    "closed",
    "superseded",
    "reworked",
    "unmerged",
)


@st.composite
def histories(draw: st.DrawFn) -> SessionTables:
    """Some sessions of two agents in two repositories, with lines of many fates."""
    tables = SessionTables()
    tables.team("ana", "web")
    tables.vendor("opus", "anthropic")
    for number in range(draw(st.integers(1, 6))):
        where: dict[str, Any] = {
            "repository": draw(st.sampled_from(["shop", "till"])),
            "agent": draw(st.sampled_from(["claude-code", "codex"])),
            "session": f"s{draw(st.integers(0, 2))}",
            "turn": f"t{number}",
            "person": draw(st.sampled_from(["ana", "ben", None])),
            "feature": draw(st.sampled_from(["cart", None])),
        }
        day = draw(st.integers(0, 100))
        tables.turn(
            day=day,
            cost=draw(st.integers(0, 900)),
            cash=draw(st.integers(0, 90)),
            unpriced_calls=draw(st.integers(0, 1)),
            **where,
        )
        for _ in range(draw(st.integers(0, 4))):
            bucket = draw(st.sampled_from(BUCKETS))
            merged = day + draw(st.integers(0, 9)) if bucket in ("live", "merged") else None
            tables.lines(
                draw(st.integers(1, 5)),
                bucket=bucket,
                day=day,
                begun_second=tables.rows_of["journey_turn"][-1]["started_second"],
                cost=draw(st.integers(0, 500)),
                merged_on=merged,
                deployed_on=merged if bucket == "live" else None,
                model=draw(st.sampled_from(["opus", "sonnet", None])),
                reason=draw(st.sampled_from(["revert", "rewrite", None])),
                change=draw(st.sampled_from([1, 2, None])),
                **where,
            )
    return tables


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Store.open(tmp_path_factory.mktemp("workspace")) as opened:
        yield opened


def rolled_up(store: Store, facts: SessionFacts, asked: Filter) -> Rollups:
    for name, rows in session_rollups(facts, NO_CALLS).items():
        store.put_rollup(name, rows)
    return Rollups(store, asked)


def narrowed(facts: SessionFacts, asked: Filter) -> SessionFacts:
    """The facts of which only the rows are left that the filter means."""
    teams = {"ana": "web"}
    tables = dict(facts.tables)
    for name, second in (("journey_line", "begun_second"), ("journey_turn", "started_second")):
        rows = tables[name]
        team = pa.array(
            [teams.get(person, "") for person in rows["person"].to_pylist()], pa.string()
        )
        columns = {
            "repository": rows["repository"],
            "agent": rows["agent"],
            "feature": pc.fill_null(rows["feature"], ""),
            "team": team,
        }
        for dimension in asked.restricted:
            chosen = pa.array(list(asked.values(dimension)), pa.string())
            keep = pc.is_in(columns[dimension], value_set=chosen)
            rows = rows.filter(keep)
            columns = {key: values.filter(keep) for key, values in columns.items()}
        if asked.since_second is not None:
            rows = rows.filter(pc.greater_equal(rows[second], asked.since_second))
        if asked.until_second is not None:
            rows = rows.filter(pc.less_equal(rows[second], asked.until_second))
        tables[name] = rows
    return SessionFacts(facts.journey, tables)


def unordered(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


FILTERS = (
    Filter(),
    Filter(repository=("shop",)),
    Filter(agent=("codex",), feature=("",)),
    Filter(team=("web",)),
    Filter(team=("",), repository=("till", "shop")),
)


@given(tables=histories(), asked=st.sampled_from(FILTERS), cut=st.none() | st.integers(0, 100))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_metric_of_sessions_is_the_same(
    store: Store, tables: SessionTables, asked: Filter, cut: int | None
) -> None:
    facts = tables.facts()
    if cut is not None:
        first = tables.rows_of["journey_turn"][0]["started_second"]
        asked = asked.between(None, _day(first))
    rollups = rolled_up(store, facts, asked)
    with SessionBench(narrowed(facts, asked)) as bench:
        for name in ASKED:
            assert unordered(rollups.rows(name)) == unordered(bench.rows(name)), name


def _day(second: int) -> date:
    return datetime.fromtimestamp(second, UTC).date()


def test_what_is_not_rolled_up_is_said_so(store: Store) -> None:
    assert Rollups.answers("funnel")
    assert not Rollups.answers("lines_added")
    assert not Rollups.answers("time_on_tasks")
    with pytest.raises(UsageError, match="single commits"):
        Rollups(store).run("lines_added")
    with pytest.raises(UsageError, match="activity_span is not rolled up"):
        Rollups(store).run("time_on_tasks")
