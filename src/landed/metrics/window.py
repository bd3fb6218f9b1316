"""What part of a history a report is about: the time, the paths, the releases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from landed.errors import UsageError

LONGEST_REWORK_DAYS = 365


@dataclass(frozen=True)
class Window:
    """What was asked for.

    `since` and `until` are days, both included, in UTC; null means the beginning and the end of
    the history. `paths` and `excludes` are globs over present names of paths; `releases` is
    a glob over tags, null for those that look like final versions.
    """

    since: date | None = None
    until: date | None = None
    paths: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    releases: str | None = None
    rework_days: int = 21

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise UsageError(
                f"--since {self.since} lies after --until {self.until}: exchange the two"
            )
        if self.rework_days > LONGEST_REWORK_DAYS:
            raise UsageError(
                f"rework_window_days is {self.rework_days}: a report follows lines for at most "
                f"{LONGEST_REWORK_DAYS} days"
            )

    @property
    def since_second(self) -> int:
        """The first second of the window, 0 where it has no beginning."""
        if self.since is None:
            return 0
        return int(datetime.combine(self.since, time.min, UTC).timestamp())

    def until_second(self, last_second: int) -> int:
        """The last second of the window over a history that ends at `last_second`."""
        if self.until is None:
            return last_second
        end = datetime.combine(self.until, time.min, UTC) + timedelta(days=1)
        return min(last_second, int(end.timestamp()) - 1)


@dataclass(frozen=True)
class RepositoryWindow:
    """The window in one repository.

    `until_step` is the last step of the main line in the window; `live_tag`, `live_position` and
    `live_step` are the release that stands for production, its place among the chosen ones, and
    the newest main-line step it contains.
    """

    repository: str
    name: str
    branch: str
    since_second: int
    until_second: int
    until_step: int
    rework_days: int
    live_tag: str | None
    live_position: int | None
    live_step: int | None
