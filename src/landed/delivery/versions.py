"""Which word on a change, and on its parts, is the newest, whatever order pages come in.

The parts of a change (its commits, labels, references, signals and requested reviewers) bear no
time of their own: they are as new as the change on the page that told them all. Where a change was
told without its parts after that, the state `stale` remembers of when the parts are, until the
change is asked for again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from landed.delivery.states import STALE, read_state, source_of
from landed.records import FORGES, Change
from landed.sources.forges.contract import OF_A_CHANGE, Page
from landed.sources.forges.keys import time_of
from landed.store import Store

_OF_CHANGES = (Change, *OF_A_CHANGE)
_TIMES = """
    select number, updated_at from change
    where repository = ? and project = ? and number in (select unnest(cast(? as bigint[])))
"""


class Versions:
    """Of when what is known of a project's changes is; knows those that `pages` name."""

    def __init__(self, store: Store, project: str, pages: Iterable[Page]) -> None:
        self.project = project
        self._before = read_state(store, source_of(project, STALE))
        self._stale = parse_stale(self._before)
        numbers = {number for page in pages for number in _named(page)}
        rows = store.query(_TIMES, [FORGES, project, sorted(numbers)]).to_pylist()
        self._newest: dict[int, datetime] = {row["number"]: row["updated_at"] for row in rows}

    def take(self, page: Page) -> set[int]:
        """Take note of a page; return the changes whose parts it tells as nobody did later."""
        times: dict[int, datetime] = {}
        for record in page.records:
            if isinstance(record, Change):
                times[record.number] = max(
                    record.updated_at, times.get(record.number, record.updated_at)
                )
        return {number for number in _named(page) if self._take(number, times.get(number), page)}

    def _take(self, number: int, at: datetime | None, page: Page) -> bool:
        whole_at = self._stale.get(number, self._newest.get(number))
        newest = self._newest.get(number)
        if at is not None and (newest is None or at > newest):
            self._newest[number] = newest = at
        if number in page.whole:
            told = newest if at is None else at
            if whole_at is not None and told is not None and told < whole_at:
                return False
            if told == newest:
                self._stale.pop(number, None)
            else:
                self._stale[number] = told
            return True
        late = at is not None and whole_at is not None and at < whole_at
        if number in page.stale or not late:
            self._stale[number] = whole_at
        return False

    def forget(self, numbers: Collection[int]) -> None:
        """Ask no more for changes that the forge does not have."""
        for number in numbers:
            self._stale.pop(number, None)

    def states(self) -> dict[str, Any]:
        """The state to write, where it is another than before."""
        now = {
            str(number): None if at is None else at.isoformat()
            for number, at in sorted(self._stale.items())
        }
        if now == (self._before or {}):
            return {}
        return {source_of(self.project, STALE): now}


def parse_stale(value: Any) -> dict[int, datetime | None]:
    """The content of a state `stale`: numbers of changes, and of when their parts are."""
    found: dict[int, datetime | None] = {}
    for number, at in value.items() if isinstance(value, dict) else ():
        try:
            found[int(number)] = None if at is None else time_of(at)
        except (TypeError, ValueError):
            continue
    return found


def _named(page: Page) -> set[int]:
    """Numbers of the changes that a page says something of."""
    told = {record.number for record in page.records if isinstance(record, _OF_CHANGES)}
    return page.whole | page.stale | told
