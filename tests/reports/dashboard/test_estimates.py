"""What pages ask again and again is made once, and not all of it is kept."""

from __future__ import annotations

import pyarrow as pa

from landed.reports.dashboard.estimates import SMALL, Estimates


def table(numbers: int) -> pa.Table:
    """A table of eight bytes a number."""
    return pa.table({"number": pa.array(range(numbers), pa.int64())})


class Asked:
    """Counts how often it is asked."""

    def __init__(self, answer: pa.Table) -> None:
        self.answer = answer
        self.times = 0

    def __call__(self) -> pa.Table:
        self.times += 1
        return self.answer


def test_an_estimate_is_made_once() -> None:
    kept, asked = Estimates(), Asked(table(1))

    assert kept.get("yield", asked) is kept.get("yield", asked)
    assert asked.times == 1


def test_those_asked_for_last_are_kept() -> None:
    kept, first = Estimates(most=2), Asked(table(1))
    kept.get("first", first)
    kept.get("second", Asked(table(1)))
    kept.get("first", first)
    kept.get("third", Asked(table(1)))

    kept.get("first", first)
    second = Asked(table(1))
    kept.get("second", second)

    assert first.times == 1
    assert second.times == 1


def test_answers_have_no_more_bytes_than_allowed() -> None:
    kept = Estimates(most_bytes=100 * 8)
    first = Asked(table(60))
    kept.small("first", first)
    kept.small("second", Asked(table(60)))

    kept.small("first", first)

    assert first.times == 2


def test_large_answers_are_asked_for_each_time() -> None:
    kept, large = Estimates(), Asked(table(SMALL // 8 + 1))

    kept.small("large", large)
    kept.small("large", large)

    assert large.times == 2
