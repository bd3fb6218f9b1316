"""Spans of work and a person's instants."""

from __future__ import annotations

from landed.sources.agents.contract import Activity
from landed.sources.agents.timeline import LONGEST_PAUSE, Timeline


def spans(found: list[Activity]) -> list[tuple[str | None, int, int]]:
    return [(item.turn, item.started_at, item.ended_at) for item in found if item.by == "agent"]


def test_events_that_are_near_are_one_span() -> None:
    timeline = Timeline("s")
    for at in (10, 20, 20 + LONGEST_PAUSE, 21 + 2 * LONGEST_PAUSE):
        timeline.agent("t", at)

    late = 21 + 2 * LONGEST_PAUSE
    assert spans(timeline.taken()) == [("t", 10, 20 + LONGEST_PAUSE), ("t", late, late)]


def test_a_turn_has_spans_of_its_own_and_a_person_instants() -> None:
    timeline = Timeline("s")
    timeline.person("a", 1)
    timeline.agent("a", 2, 8)
    for at in range(10, 30):
        timeline.person("b", at)
    timeline.agent("a", 5)
    timeline.agent("a", 31)
    timeline.agent("b", 32)

    found = timeline.taken()
    assert spans(found) == [("a", 2, 31), ("b", 32, 32)]
    assert [item.started_at for item in found if item.by == "person"] == [1, *range(10, 30)]


def test_a_span_goes_on_under_its_beginning() -> None:
    timeline = Timeline("s")
    timeline.agent("a", 5)
    first = timeline.taken()
    resumed = Timeline("s", timeline.memory)
    resumed.agent("a", 5)
    assert resumed.taken() == []
    resumed.agent("a", 9)

    assert spans(first) == [("a", 5, 5)]
    assert spans(resumed.taken()) == [("a", 5, 9)]
