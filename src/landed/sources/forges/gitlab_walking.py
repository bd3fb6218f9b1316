"""Walking through what changed, in the order in which it did, so that one can stop anywhere.

Numbered pages are no good for a list that changes while it is read: whatever is touched moves to
its end, and everything behind it slips one place forward, past the reader. So each question asks
for what changed since the last thing that was read. Only where more changed in the very same
millisecond than a page holds are pages turned, to the end of that moment and then back to its
beginning: what slips forward then slips towards the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    moment,
    optional_moment,
)

OVERLAP = timedelta(minutes=2)
"""So far back each reading begins anew: what a slow transaction wrote shows up late."""
REMEMBERED = 200
"""So many of the last things read are kept in the state, so as not to read them again."""
_INSTANT = timedelta(milliseconds=1)

List = Callable[[str | None, int], list[Node]]
"""Asks for a page of what changed at a time or since, oldest first; by its number, from 1."""


@dataclass(slots=True)
class Walk:
    """Where a walk stands.

    Attributes:
        since: all that changed before was read; None = nothing yet.
        seen: of the last things that were read, by number, when they had changed.
        finished: the end was reached; what is read from now on changed after that.
        floor: what changed since then is asked for at the moment; None = everything is.
        settled: no pages are being turned, so that whatever is noted moves `since` on.
    """

    since: datetime | None = None
    seen: dict[str, str] = field(default_factory=dict)
    finished: bool = False
    floor: datetime | None = None
    settled: bool = True

    @classmethod
    def of(cls, state: dict[str, Any] | None) -> Walk:
        """The walk that a stored state tells of; a new one where it tells of none."""
        told = state or {}
        try:
            since = optional_moment(told, "since")
        except Unreadable:
            return cls()
        seen = told.get("seen")
        known = (
            {str(key): str(when) for key, when in seen.items()} if isinstance(seen, dict) else {}
        )
        return cls(since, known, told.get("finished") is True)

    def state(self) -> dict[str, Any]:
        """As JSON keeps it."""
        since = self.since.astimezone(UTC).isoformat() if self.since else None
        return {"since": since, "seen": dict(self.seen), "finished": self.finished}

    def note(self, item: Node) -> None:
        """Count a thing as read."""
        changed = moment(item, "updated_at")
        if self.settled:
            self.reach(changed)
        key = _key(item)
        self.seen.pop(key, None)
        self.seen[key] = str(item["updated_at"])
        if len(self.seen) > 2 * REMEMBERED:
            self._forget()

    def reach(self, changed: datetime | None) -> None:
        """Take it that everything up to a change was read."""
        if changed is not None and (self.since is None or changed > self.since):
            self.since = changed

    def knows(self, item: Node) -> bool:
        """Whether it was read, and has not changed since."""
        return self.seen.get(_key(item)) == item.get("updated_at")

    def _forget(self) -> None:
        """Forget all but the last, and but those that the next pages may hold again."""
        if self.floor is None:
            return
        edge = self.floor - _INSTANT
        surplus = len(self.seen) - REMEMBERED
        self.seen = {
            key: told
            for place, (key, told) in enumerate(self.seen.items())
            if place >= surplus or moment({"at": told}, "at") >= edge
        }


def oldest_first(since: str | None) -> dict[str, str]:
    """How lists are asked for in the order of change."""
    asked = {"order_by": "updated_at", "sort": "asc"}
    return {**asked, "updated_after": since} if since else asked


def walk(listed: List, walking: Walk, faults: Page, page_size: int) -> Iterator[list[Node]]:
    """Yield what `walking` does not know, oldest change first, up to a page at a time.

    `page_size` is how many a page holds that is not the last.

    Whoever takes a thing in has to `note` it before asking for the next ones. Things without a
    number or time of change are counted on `faults` and left out.
    """
    walking.floor = walking.since - OVERLAP if walking.since else None
    number = 1
    odd: set[int] = set()
    while True:
        items = listed(_since(walking.floor), number)
        readable = [item for item in items if _readable(item, odd, faults)]
        yield from _unknown(readable, walking)
        newest = max((moment(item, "updated_at") for item in readable), default=None)
        passed = newest is not None and (walking.floor is None or newest > walking.floor)
        over = len(items) < page_size
        if not (over or passed):
            number += 1
            walking.settled = False
            continue
        for earlier in range(number - 1, 0, -1):
            items = listed(_since(walking.floor), earlier)
            again = [item for item in items if _readable(item, odd, faults)]
            yield from _unknown(again, walking)
        walking.settled = True
        walking.reach(newest)
        if over:
            return
        walking.floor, number = newest, 1


def _unknown(items: list[Node], walking: Walk) -> Iterator[list[Node]]:
    """Yield those of some things that were not read, if any."""
    fresh = [item for item in items if not walking.knows(item)]
    if fresh:
        yield fresh


def _since(edge: datetime | None) -> str | None:
    """How to ask for all that changed at `edge` or later, whether GitLab counts the edge or not."""
    if edge is None:
        return None
    return (edge - _INSTANT).astimezone(UTC).isoformat(timespec="milliseconds")


def _readable(item: Node, odd: set[int], faults: Page) -> bool:
    """Whether a thing has a number and a time; `odd` keeps those that were counted already."""
    try:
        moment(item, "updated_at")
        _key(item)
    except Unreadable as fault:
        if hash(repr(item)) not in odd:
            odd.add(hash(repr(item)))
            faults.fault(fault.kind)
        return False
    return True


def _key(item: Node) -> str:
    value = item.get("iid", item.get("id"))
    if not isinstance(value, int):
        raise Unreadable("missing-field")
    return str(value)
