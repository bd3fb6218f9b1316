"""A look at the roll-ups: what is asked, who asks, and what may be shown to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from importlib.resources import files
from typing import Any, TypeVar

import pyarrow as pa

from landed.config import Settings
from landed.errors import StoreError
from landed.reports.dashboard.estimates import Estimates
from landed.rollups import Filter, Rollups
from landed.rollups.privacy import Decision, Population, Privacy
from landed.store import Store

Row = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Look:
    """What one page looks at: it answers metrics as the filter leaves them.

    The rows of a metric are asked of the store once. `own` are the e-mail addresses of whoever
    looks, `alone` says that everything was captured on the looker's own machine.
    """

    store: Store
    settings: Settings
    asked: Filter = field(default_factory=Filter)
    own: frozenset[str] = frozenset()
    alone: bool = False
    estimates: Estimates = field(default_factory=Estimates)

    @cached_property
    def rollups(self) -> Rollups:
        """The roll-ups as the filter leaves them."""
        return Rollups(self.store, self.asked)

    @cached_property
    def privacy(self) -> Privacy:
        """What may be shown of whom."""
        smallest = self.settings.privacy.smallest_group
        return Privacy(self.store, smallest, self.own, everything=self.alone)

    @cached_property
    def as_of(self) -> datetime:
        """When the roll-ups were made: every figure is as of then.

        Raises:
            StoreError: there are none, or another version made them.
        """
        if not self.rollups.built:
            raise StoreError("nothing has been rolled up yet: run landed rollup, or wait for it")
        (state,) = self.store.query("select built_at from rollup.state").to_pylist()
        built: datetime = state["built_at"]
        return built

    @cached_property
    def names(self) -> dict[str, str]:
        """The name to show of each repository."""
        rows = self.store.query("select repository, name from rollup.known_repository")
        return dict(zip(rows["repository"].to_pylist(), rows["name"].to_pylist(), strict=True))

    def run(self, name: str) -> pa.Table:
        """The rows of the metric `name`; asked once, and small answers once for each roll-up."""
        if name not in self._answers:
            key = ("metric", name, self.store.path, self.as_of, self.asked)
            self._answers[name] = self.estimates.small(key, lambda: self.rollups.run(name))
        return self._answers[name]

    def rows(self, name: str) -> list[Row]:
        """As `run`, as one dictionary a row."""
        found: list[Row] = self.run(name).to_pylist()
        return found

    def series(
        self,
        name: str,
        relations: Sequence[str],
        parameters: dict[str, Any] | None = None,
        spans: pa.Table | None = None,
    ) -> list[Row]:
        """The rows of the page's own statement `sql/NAME.sql` over these relations.

        The statement finds `spans`, if they are given, under the name span.
        """
        beside = None if spans is None else {"span": spans}
        asked = (
            tuple((parameters or {}).items()),
            None if spans is None else repr(spans.to_pydict()),
        )
        key = ("series", name, self.store.path, self.as_of, self.asked, asked)
        found: list[Row] = self.estimates.small(
            key,
            lambda: self.rollups.answer(statement(name), relations, parameters, beside=beside),
        ).to_pylist()
        return found

    def estimated(self, name: str, estimate: Callable[[], T]) -> T:
        """What `estimate` makes of the filtered roll-ups, made once for each roll-up and filter."""
        return self.estimates.get((name, self.store.path, self.as_of, self.asked), estimate)

    def decision(self, population: Population) -> Decision:
        """Whether figures about these people's work may be shown."""
        return self.privacy.decision(self.asked, population)

    def asking(self, asked: Filter) -> Look:
        """The same viewer, another filter."""
        return replace(self, asked=asked)

    @cached_property
    def until(self) -> date:
        """The last day that is looked at."""
        today = self.as_of.astimezone(UTC).date()
        return today if self.asked.until is None else min(self.asked.until, today)

    @cached_property
    def since(self) -> date:
        """The first day that is looked at: as asked, else the first of which anything is known."""
        if self.asked.since is not None:
            return self.asked.since
        rows = self.store.query(
            "select least((select min(started_second) from rollup.spend),"
            " (select min(second) from rollup.landed_step)) as first"
        ).to_pylist()
        first = rows[0]["first"]
        return self.until if first is None else datetime.fromtimestamp(first, UTC).date()

    def before(self) -> Look | None:
        """About the same length of time before this one; null where this one has no beginning.

        Null, too, where it has not begun yet. It begins where it may: compare rates a day, not
        sums.
        """
        if self.asked.since is None or self.days < 1:
            return None
        earlier = self.asked.since - timedelta(days=self.days)
        asked = self.asked.between(earlier, self.asked.since - timedelta(days=1))
        return self.asking(self.privacy.window(asked))

    @property
    def days(self) -> int:
        """How many days are looked at."""
        return (self.until - self.since).days + 1

    def change_a_day(self, now: float | None, earlier: float | None, before: Look) -> float | None:
        """How much more a day an amount is than before, as a share; null where it was nothing."""
        if now is None or not earlier:
            return None
        return (now / self.days) / (earlier / before.days) - 1

    @cached_property
    def _answers(self) -> dict[str, pa.Table]:
        return {}


def statement(name: str) -> str:
    """The text of a page's own statement."""
    return files("landed.reports.dashboard").joinpath("sql", f"{name}.sql").read_text("utf-8")
