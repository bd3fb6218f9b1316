"""Pull requests, the last changed first, each with all that hangs on it and the checks of its tip.

GitHub lists pull requests by their last change and has no way to ask for those since a time, so
that a pass walks from the newest to where the last finished pass began. What changes during a pass
moves to the front of the list and is met by the next one.

The state of a pass: `newest`, the last change that was seen as it began; `cursor`, how far it got;
`done`, the same as `newest` of the last finished pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    moment,
    text,
)
from landed.sources.forges.github_change_records import put_change
from landed.sources.forges.github_fields import (
    next_cursor,
    nodes,
)
from landed.sources.forges.github_queries import CHANGES, chosen_changes
from landed.sources.forges.github_reading import People, Place, count_errors, whole
from landed.sources.forges.github_refusals import CursorRefused
from landed.sources.forges.keys import time_of
from landed.sources.forges.signals import MatchSignals

PAGE_SIZE = 25
"""Pull requests asked for at a time: all that hangs on them comes along."""
FIRST_LOOK = 5
"""How many are asked for first where most are known."""
CHOSEN = 10
"""How many single ones are asked for at a time."""
WHAT = "pull requests"


def read_changes(
    place: Place, state: dict[str, Any] | None, match_signals: MatchSignals
) -> Iterator[Page]:
    """Yield the pull requests that changed since `state`."""
    known = state or {}
    done: str | None = known.get("done")
    cursor: str | None = known.get("cursor")
    newest: str | None = known.get("newest") if cursor else None
    limit = time_of(done) if done else None
    size = FIRST_LOOK if done and not cursor else PAGE_SIZE
    largest = PAGE_SIZE
    while True:
        try:
            repository, answer = place.repository(WHAT, CHANGES, {"cursor": cursor}, size)
        except CursorRefused:
            if cursor is None:
                raise
            cursor = newest = None
            continue
        largest = answer.size if answer.size < size else largest
        size = min(2 * answer.size, largest)
        listed = whole(place.client.host, WHAT, repository.get("pullRequests"))
        page = Page()
        count_errors(answer, page)
        people = People(place.project.host, place.bots)
        reached = False
        for node in nodes(listed, page):
            updated = _updated(node)
            if updated and limit and updated < limit:
                reached = True
                break
            newest = newest or (text(node, "updatedAt") if updated else None)
            put_change(node, place, people, match_signals, page)
        people.onto(page)
        cursor = None if reached else next_cursor(listed)
        if cursor is None:
            page.state = {"done": newest or done}
            yield page
            return
        page.state = {"newest": newest, "cursor": cursor, "done": done}
        yield page


def read_chosen(
    place: Place, numbers: Sequence[int], match_signals: MatchSignals
) -> Iterator[Page]:
    """Yield the pull requests of these numbers; those that are not there are left out."""
    asked = sorted(set(numbers))
    for start in range(0, len(asked), CHOSEN):
        some = asked[start : start + CHOSEN]
        repository, answer = place.repository(WHAT, chosen_changes(some), {}, len(some))
        page = Page()
        people = People(place.project.host, place.bots)
        for number in some:
            node = repository.get(f"change_{number}")
            if isinstance(node, dict):
                put_change(node, place, people, match_signals, page)
        people.onto(page)
        count_errors(answer, page, expected="NOT_FOUND")
        yield page


def _updated(node: Node) -> datetime | None:
    try:
        return moment(node, "updatedAt")
    except Unreadable:
        return None
