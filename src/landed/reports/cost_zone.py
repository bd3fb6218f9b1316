"""Days as people have them: the time zone of the report, and where its clock was changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from landed.errors import UsageError

_SECOND = 1_000_000
_DAY = 86_400
EARLIEST, LATEST = -(2**62), 2**62


@dataclass(frozen=True)
class Zone:
    """A time zone; `ahead` gives by how many seconds it is ahead of UTC at a Unix time."""

    name: str
    ahead: Callable[[int], int]

    def midnight(self, day: date) -> int:
        """When a day begins, in microseconds since 1970."""
        plain = int(datetime.combine(day, time_of_day(), UTC).timestamp())
        guess = plain - self.ahead(plain)
        return (plain - self.ahead(guess)) * _SECOND

    def spans(self, first: datetime, last: datetime) -> tuple[list[int], list[int], list[int]]:
        """Spans of time that cover all time, without a change of clocks between first and last.

        Starts, ends and how far local time is ahead, in microseconds.
        """
        moment, end = int(first.timestamp()), int(last.timestamp()) + 1
        starts, ahead = [EARLIEST], [self.ahead(moment)]
        while moment < end:
            following = min(moment + _DAY, end)
            if self.ahead(following) != ahead[-1]:
                change = self._change(moment, following)
                starts.append(change * _SECOND)
                ahead.append(self.ahead(change))
            moment = following
        return starts, [*starts[1:], LATEST], [seconds * _SECOND for seconds in ahead]

    def _change(self, before: int, after: int) -> int:
        """The first second with another offset than `before` has."""
        offset = self.ahead(before)
        while after - before > 1:
            middle = (before + after) // 2
            if self.ahead(middle) == offset:
                before = middle
            else:
                after = middle
        return after


def zone(name: str | None) -> Zone:
    """The zone of that name, or this machine's. Raises UsageError where there is none."""
    if name is None:
        return Zone(_local_name(), lambda moment: time.localtime(moment).tm_gmtoff)
    try:
        found = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"--timezone {name} is no time zone: write it as Europe/Berlin") from None
    none = timedelta(0)

    def ahead(moment: int) -> int:
        there = datetime.fromtimestamp(moment, UTC).astimezone(found)
        return int((there.utcoffset() or none).total_seconds())

    return Zone(name, ahead)


def _local_name() -> str:
    told = os.environ.get("TZ", "").removeprefix(":")
    if told:
        return told
    _, marker, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return name if marker else time.tzname[0]
