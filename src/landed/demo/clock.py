"""When people work: on weekdays, from eight to six."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

_FIRST_HOUR, _LAST_HOUR = 8, 18
DAY = timedelta(days=1)
MONTH = timedelta(days=30.44)


def beginning_of(today: date, months: int) -> datetime:
    """The morning so many months before a day."""
    return datetime.combine(today, time(8), UTC) - months * MONTH


def working(moment: datetime) -> datetime:
    """The same moment, or the beginning of the next day on which anybody works."""
    if moment.hour >= _LAST_HOUR:
        moment = (moment + DAY).replace(hour=_FIRST_HOUR)
    elif moment.hour < _FIRST_HOUR:
        moment = moment.replace(hour=_FIRST_HOUR)
    while moment.weekday() >= 5:
        moment = (moment + DAY).replace(hour=_FIRST_HOUR)
    return moment


def moments(random: Random, since: datetime, until: datetime, number: int) -> list[datetime]:
    """So many working moments between two, in order; a few more each month than in the last."""
    span = until - since
    found = []
    for _ in range(number):
        part = 1 - (1 - random.random()) ** 1.12
        day = since + (1 - part) * span
        at = day.replace(
            hour=random.randint(_FIRST_HOUR, _LAST_HOUR - 1), minute=random.randint(0, 59)
        )
        found.append(min(working(at), until))
    return sorted(found)


def later(random: Random, moment: datetime, median: timedelta, spread: float) -> datetime:
    """A working moment after another, by a log-normal time with this median."""
    return working(moment + median * random.lognormvariate(0.0, spread))
