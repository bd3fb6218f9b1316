"""Points become what was added: over restarts, sent twice, in any order; the store agrees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sources.telemetry.exports import NOON, attributes
from tests.telemetry_captures import Workplace

from landed.sources.telemetry import Told, read_otlp
from landed.sources.telemetry.sums import Sample, added

MINUTE = 60_000_000


@dataclass(frozen=True)
class Runs:
    """Processes one after the other, each of which adds something every minute."""

    steps: list[list[int]]
    told_starts: bool

    @property
    def true_sum(self) -> int:
        return sum(sum(run) for run in self.steps)

    def samples(self, *, delta: bool) -> list[Sample]:
        found, at = [], NOON
        for run in self.steps:
            started, total = at, 0
            for step in run:
                before, at, total = at, at + MINUTE, total + step
                if delta:
                    found.append(Sample(before, at, True, step))
                else:
                    found.append(Sample(started if self.told_starts else 0, at, False, total))
            at += MINUTE
        return found


def runs(*, told_starts: bool, least: int = 0) -> st.SearchStrategy[Runs]:
    steps = st.lists(
        st.lists(st.integers(least, 1_000), min_size=1, max_size=5), min_size=1, max_size=4
    )
    return steps.map(lambda found: Runs(found, told_starts))


def falling(found: Runs) -> bool:
    """Whether every process ends above where the next one begins: else nothing can be seen."""
    return all(
        sum(run) > after[0] for run, after in zip(found.steps, found.steps[1:], strict=False)
    )


SHUFFLES = st.randoms(use_true_random=False)


def mixed(samples: list[Sample], chance: Any) -> list[Sample]:
    again = [chance.choice(samples) for _ in range(3)]
    found = samples + again
    chance.shuffle(found)
    return found


@given(runs(told_starts=True), SHUFFLES, st.booleans())
def test_restarts_repetitions_and_disorder_change_nothing(
    found: Runs, chance: Any, delta: bool
) -> None:
    assert added(mixed(found.samples(delta=delta), chance)) == found.true_sum


@given(runs(told_starts=False, least=1).filter(falling), SHUFFLES)
def test_a_value_that_falls_was_begun_anew(found: Runs, chance: Any) -> None:
    assert added(mixed(found.samples(delta=False), chance)) == found.true_sum


@given(runs(told_starts=True), SHUFFLES, st.data())
def test_points_that_are_lost_on_the_way_are_made_up_by_the_next_total(
    found: Runs, chance: Any, data: st.DataObject
) -> None:
    samples = found.samples(delta=False)
    last = {sample.started: sample for sample in samples}
    kept = [s for s in samples if s in last.values() or data.draw(st.booleans())]

    assert added(mixed(kept, chance)) == found.true_sum


def test_two_processes_of_one_series_at_once_are_told_apart_by_their_starts() -> None:
    one = [Sample(NOON, NOON + minute * MINUTE, False, minute * 10) for minute in (1, 2, 3)]
    two = [Sample(NOON + 1, NOON + minute * MINUTE + 1, False, minute) for minute in (1, 2, 3)]

    assert added([*one, *two]) == 33


def items_of(samples: list[Sample], kind: str, session: str) -> list[Told]:
    """Points of Claude Code's token metric, as they come out of bodies."""
    found = []
    for sample in samples:
        point = {
            "startTimeUnixNano": str(sample.started * 1000),
            "timeUnixNano": sample.at * 1000,
            "asDouble": sample.value,
            "attributes": attributes({"session.id": session, "type": kind, "model": "m"}),
        }
        temporality = 1 if sample.delta else "AGGREGATION_TEMPORALITY_CUMULATIVE"
        data = {"aggregationTemporality": temporality, "isMonotonic": True, "dataPoints": [point]}
        metric = {"name": "claude_code.token.usage", "sum": data}
        body = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}
        found += read_otlp("metrics", orjson.dumps(body), "application/json").items
    return found


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sessions=st.lists(st.tuples(runs(told_starts=True), st.booleans()), min_size=3, max_size=3),
    chance=SHUFFLES,
)
def test_the_store_adds_up_what_the_definition_does(
    sessions: list[tuple[Runs, bool]], chance: Any, home: Path, tmp_path_factory: Any
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDED_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        work = Workplace(home)
    items, expected = [], []
    for number, (found, delta) in enumerate(sessions):
        samples = mixed(found.samples(delta=delta), chance)
        items += items_of(samples, "output", f"s{number}")
        if found.true_sum:
            expected.append((f"s{number}", found.true_sum))
    chance.shuffle(items)
    half = len(items) // 2

    work.hear(items[:half])
    work.hear(items[half:])
    work.hear(items[: half + 2])

    by_session = work.rows(
        "(select session, sum(output_tokens)::bigint as tokens from model_call group by session)"
    )
    assert by_session == expected
