"""Whole days, weeks and months: what a scheduled report is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from landed.errors import UsageError

Every = Literal["day", "week", "month"]
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Period:
    """A whole day, week (from Monday) or month; `name` is 2026-11-21, 2026-W47 or 2026-11."""

    name: str
    first: date
    last: date


def period_of(every: Every, day: date) -> Period:
    """The period in which a day lies."""
    if every == "day":
        return Period(f"{day}", day, day)
    if every == "week":
        first = day - timedelta(days=day.weekday())
        year, week, _ = first.isocalendar()
        return Period(f"{year}-W{week:02d}", first, first + timedelta(days=6))
    first = day.replace(day=1)
    return Period(f"{first:%Y-%m}", first, _next_month(first) - timedelta(days=1))


def last_whole_period(every: Every, hour: int, now: datetime) -> Period:
    """The last period that is to be reported on: it had ended when the last `hour` (UTC) struck."""
    reported = (now.astimezone(UTC) - timedelta(hours=hour)).date()
    return period_of(every, period_of(every, reported).first - timedelta(days=1))


def period_named(every: Every, name: str) -> Period:
    """The period with this name.

    Raises:
        UsageError: there is none; the message says how to write it.
    """
    try:
        week, month = _WEEK.fullmatch(name), _MONTH.fullmatch(name)
        if every == "day":
            return period_of(every, date.fromisoformat(name))
        if every == "week" and week:
            return period_of(every, date.fromisocalendar(int(week[1]), int(week[2]), 1))
        if every == "month" and month:
            return period_of(every, date(int(month[1]), int(month[2]), 1))
    except ValueError:
        pass
    written = {"day": "2026-11-21", "week": "2026-W47", "month": "2026-11"}[every]
    raise UsageError(f"{name} is no {every}: write it as {written}")


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
