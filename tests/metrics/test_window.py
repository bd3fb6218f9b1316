"""The time that a report covers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from landed.errors import UsageError
from landed.metrics import Window


def test_both_days_of_the_window_are_included() -> None:
    window = Window(since=date(2025, 3, 1), until=date(2025, 3, 2))
    assert window.since_second == datetime(2025, 3, 1, tzinfo=UTC).timestamp()
    end = datetime(2025, 3, 2, 23, 59, 59, tzinfo=UTC).timestamp()
    assert window.until_second(last_second=2**40) == end


def test_the_window_ends_with_the_history() -> None:
    assert Window(until=date(2030, 1, 1)).until_second(last_second=1_000) == 1_000


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--since 2025-02-01 lies after --until 2025-01-01"):
        Window(since=date(2025, 2, 1), until=date(2025, 1, 1))


def test_a_rework_window_beyond_the_curves_is_refused() -> None:
    with pytest.raises(UsageError, match="at most 365 days"):
        Window(rework_days=400)
