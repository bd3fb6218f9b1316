"""What metrics count is reckoned from their points: over restarts, sent twice, in any order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sources.telemetry.exports import JSON, NOON, attributes
from tests.telemetry_captures import Workplace

from landed.sources.telemetry import Told, read_otlp

MINUTE = 60_000_000


@dataclass(frozen=True)
class Sample:
    """A point of a series: since when, told when, delta or total, how much."""

    started: int
    at: int
    delta: bool
    value: int


@dataclass(frozen=True)
class Runs:
    """Processes one after the other, each of which adds something every minute.

    `told_starts`: totals say since when they count. `lost`: which points never arrive; the last
    point of a process and every delta do.
    """

    steps: tuple[tuple[int, ...], ...]
    delta: bool
    told_starts: bool
    lost: int

    @property
    def true_sum(self) -> int:
        return sum(sum(run) for run in self.steps)

    @property
    def can_be_told(self) -> bool:
        """Without starts, a restart shows only where the total falls."""
        return (
            self.delta
            or self.told_starts
            or all(sum(run) > sum(after[:1]) for run, after in pairwise(self.steps))
        )

    def samples(self) -> list[Sample]:
        found, at = [], NOON
        for run in self.steps:
            started, total = at, 0
            for number, step in enumerate(run, 1):
                before, at, total = at, at + MINUTE, total + step
                if self.delta:
                    found.append(Sample(before, at, True, step))
                elif number == len(run) or not self.told_starts or (self.lost >> number) % 2:
                    found.append(Sample(started if self.told_starts else 0, at, False, total))
            at += MINUTE
        return found


STEPS = st.lists(st.integers(0, 1_000), min_size=1, max_size=5).map(tuple)
RUNS = st.builds(
    Runs,
    st.lists(STEPS, min_size=1, max_size=4).map(tuple),
    st.booleans(),
    st.booleans(),
    st.integers(0, 63),
).filter(lambda found: found.can_be_told)


def points(samples: list[Sample], session: str, **more: Any) -> list[Told]:
    """Points of a metric of Claude Code, as they come out of bodies."""
    found = []
    for sample in samples:
        point = {
            "startTimeUnixNano": str(sample.started * 1000),
            "timeUnixNano": sample.at * 1000,
            "asDouble": sample.value,
            "attributes": attributes({"session.id": session, "type": "output", "model": "m"}),
        }
        temporality = 1 if sample.delta else "AGGREGATION_TEMPORALITY_CUMULATIVE"
        data = {"aggregationTemporality": temporality, "isMonotonic": True, "dataPoints": [point]}
        metric = {"name": "claude_code.token.usage", "sum": data | more}
        body = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}
        found += read_otlp("metrics", orjson.dumps(body), JSON).items
    return found


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sessions=st.lists(RUNS, min_size=20, max_size=40), seed=st.integers(0, 2**32))
def test_restarts_repetitions_losses_and_disorder_change_nothing(
    sessions: list[Runs], seed: int, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDED_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        work = Workplace(home)
    items = []
    for number, found in enumerate(sessions):
        items += points(found.samples(), f"s{number}")
    chance = Random(seed)
    chance.shuffle(items)
    half = len(items) // 2

    work.hear(items[:half])
    work.hear(items[half:])
    work.hear(items[half // 2 : half + 2])

    assert by_session(work) == {
        f"s{number}": found.true_sum for number, found in enumerate(sessions) if found.true_sum
    }


def by_session(work: Workplace) -> dict[str, object]:
    rows = work.rows(
        "(select session, sum(output_tokens)::bigint as tokens from model_call group by session)"
    )
    return {str(session): tokens for session, tokens in rows}


def test_two_processes_of_one_series_at_once_are_told_apart_by_their_starts(home: Path) -> None:
    work = Workplace(home)
    one = [Sample(NOON, NOON + minute * MINUTE, False, minute * 10) for minute in (1, 2, 3)]
    two = [replace(sample, started=NOON + 1, at=sample.at + 1) for sample in one]

    work.hear(points([*one, *two], "s"))

    assert by_session(work) == {"s": 60}


@pytest.mark.parametrize(
    ("value", "more"),
    [(-5, {}), (2**60, {}), (5, {"isMonotonic": False})],
)
def test_what_cannot_be_a_count_is_counted_as_a_record_only(
    value: int, more: dict[str, Any]
) -> None:
    items = points([Sample(NOON, NOON + 1, True, value)], "s", **more)

    assert [item.kind for item in items] == ["count"]
