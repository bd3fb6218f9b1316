"""The journey of every generated line and every turn's cost, from the store."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from landed.config import Settings
from landed.journey.columns import NEVER, NONE, Flags, limit_of, microseconds
from landed.journey.dollars import Amounts, concerned_turns, spread
from landed.journey.fates import Fates, read_fates
from landed.journey.history import read_history
from landed.journey.lines import Moment, carried_lines, line_rows, lost_commits, superseded_by
from landed.journey.missing import why_nothing_is_live
from landed.journey.model import JOURNEY_LINE_SCHEMA, Journey, Missing
from landed.journey.statements import statement
from landed.store import Store


def read_journey(
    store: Store,
    settings: Settings,
    repositories: Collection[str] | None = None,
    at: datetime | None = None,
) -> Journey:
    """Compute both relations as they stood at the time `at`, from events up to then.

    `repositories` are ids, `outside` and `unread` among them; None takes them all. `at` of None is
    now. For 200,000 generated lines this takes about a second.
    """
    moment = moment_of(at)
    rows = store.query(statement("generated"), {"until": moment.limit})
    superseded = superseded_by(rows, moment.until)
    spent = spread(store, rows, superseded, moment.limit)
    reading = _Reading(store, settings, moment, default_branches(store))
    parts = [JOURNEY_LINE_SCHEMA.empty_table()]
    for repository, part in _parts(rows):
        if repositories is None or repository in repositories:
            shares = spent.list_price[part], spent.cash[part]
            own = rows.slice(part.start, part.stop - part.start)
            parts.append(reading.lines(repository, own, superseded[part], shares))
    turns, elsewhere = spent.turns, spent.turns.slice(0, 0)
    if repositories is not None:
        turns, elsewhere = spent.within(repositories, concerned_turns(store, repositories))
    lines = pa.concat_tables(parts)
    return Journey(lines, turns, elsewhere, at or datetime.now(UTC), reading.missing)


def moment_of(at: datetime | None) -> Moment:
    """The time that is asked about; None is now."""
    if at is None:
        return Moment(NEVER, microseconds(datetime.now(UTC)), limit_of(NEVER))
    return Moment(microseconds(at), microseconds(at), at)


def default_branches(store: Store) -> dict[str, str]:
    """The default branch of every repository that has been read, by id."""
    rows = store.query(statement("repositories"))
    names = rows["repository"].to_pylist(), rows["default_branch"].to_pylist()
    return dict(zip(*names, strict=True))


def _parts(rows: pa.Table) -> Iterator[tuple[str, slice]]:
    """Where the rows of each repository begin and end; they stand together."""
    if not rows.num_rows:
        return
    codes = rows["repository"].combine_chunks().dictionary_encode()
    numbers = np.asarray(codes.indices)
    starts = np.append(0, np.flatnonzero(np.diff(numbers)) + 1)
    for start, stop in zip(starts, [*starts[1:], len(numbers)], strict=True):
        yield codes.dictionary[numbers[start]].as_py(), slice(int(start), int(stop))


@dataclass
class _Reading:
    """Reads repository by repository, and collects what is missing."""

    store: Store
    settings: Settings
    moment: Moment
    branches: dict[str, str]
    missing: list[Missing] = field(default_factory=list)

    def lines(
        self, repository: str, rows: pa.Table, superseded: Flags, shares: tuple[Amounts, Amounts]
    ) -> pa.Table:
        """The generated lines of one repository, each in its bucket."""
        fates, lost = Fates.of_none(), dict[tuple[str, str], int]()
        if repository in self.branches:
            history = read_history(self.store, repository, self.moment.until)
            carried = np.unique(carried_lines(rows, superseded))
            fates = read_fates(
                self.store,
                self.settings,
                history,
                self.branches[repository],
                carried[carried != NONE],
                self.moment.now,
            )
            lost = lost_commits(self.store, history, self.moment)
            if not fates.production_known:
                why = why_nothing_is_live(self.store, self.settings, history)
                self.missing.append(Missing(repository, why))
        return line_rows(rows, superseded, shares, fates, lost, self.settings, self.moment)
