"""What part of everything somebody looks at: a time, and some repositories, teams, agents …"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, get_args

from landed.errors import UsageError

Dimension = Literal["repository", "team", "agent", "model", "feature"]
"""What can be chosen by value."""
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

UNTOLD = ""
"""The value of those of whom nothing is told: in no team, of no model, for no feature."""


@dataclass(frozen=True)
class Filter:
    """What is looked at; a dimension without values is not restricted.

    `since` and `until` are days (UTC), both included; null means from the beginning, and until
    now. Repositories are ids. `UNTOLD` stands for those of whom nothing is told.
    """

    since: date | None = None
    until: date | None = None
    repository: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    feature: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise UsageError(f"since {self.since} lies after until {self.until}: exchange the two")

    def values(self, dimension: Dimension) -> tuple[str, ...]:
        """The values that are chosen of a dimension; none = it is not restricted."""
        chosen: tuple[str, ...] = getattr(self, dimension)
        return chosen

    @property
    def restricted(self) -> tuple[Dimension, ...]:
        """The dimensions that are restricted."""
        return tuple(name for name in DIMENSIONS if self.values(name))

    def without(self, *dimensions: Dimension) -> Filter:
        """The same, these dimensions not restricted."""
        left: Any = dict.fromkeys(dimensions, ())
        return replace(self, **left)

    def having(self, dimension: Dimension, *values: str) -> Filter:
        """The same, a dimension restricted to these values."""
        chosen: Any = {dimension: tuple(values)}
        return replace(self, **chosen)

    def between(self, since: date | None, until: date | None) -> Filter:
        """The same of another time."""
        return replace(self, since=since, until=until)

    @property
    def since_second(self) -> int | None:
        """The first second of the time; null = from the beginning."""
        return None if self.since is None else _midnight(self.since)

    @property
    def until_second(self) -> int | None:
        """The last second of the time; null = until now."""
        return None if self.until is None else _midnight(self.until + timedelta(days=1)) - 1

    @property
    def everything(self) -> bool:
        """Nothing is restricted."""
        return all(not getattr(self, field.name) for field in fields(self))


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp())
