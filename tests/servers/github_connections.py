"""Lists of GraphQL as GitHub pages them: with cursors, so many at a time."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from tests.servers.github_model import PullRequest

Object = dict[str, Any]
Many = Callable[..., Object]


class Refusal(Exception):
    """An error with the type that GitHub gives it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _by_offset(_: Any, place: int) -> str:
    return str(place)


def by_change(one: PullRequest, _: int) -> str:
    """A place in the list of pull requests that stays where it is when others move."""
    return f"{one.updated_at.isoformat()}|{one.number}"


def connection(
    items: Sequence[Any],
    show: Callable[[Any], Object],
    name: Callable[[Any, int], str] = _by_offset,
) -> Many:
    """A connection over `items`, in pages; `name` gives the text of a cursor."""

    def page(
        _: Any,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
        **__: Any,
    ) -> Object:
        if first is None and last is None:
            raise Refusal("MISSING_PAGINATION_BOUNDARIES", "You must give `first` or `last`.")
        if not 0 <= (first or last or 0) <= 100:
            raise Refusal("EXCESSIVE_PAGINATION", "No more than 100 at a time.")
        start = 0 if after is None else _after(items, after, name)
        end = len(items) if first is None else min(start + first, len(items))
        if last is not None:
            start = max(end - last, start)
        shown = items[start:end]
        cursor = base64.b64encode(name(shown[-1], end).encode()).decode() if shown else None
        return {
            "totalCount": len(items),
            "pageInfo": {"hasNextPage": end < len(items), "endCursor": cursor},
            "nodes": [show(one) for one in shown],
        }

    return page


def _after(items: Sequence[Any], cursor: str, name: Callable[[Any, int], str]) -> int:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
        if name is _by_offset:
            return int(text)
        moment, _, number = text.partition("|")
        key = (datetime.fromisoformat(moment), int(number))
    except ValueError as error:
        raise Refusal(
            "INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor."
        ) from error
    return _first(items, key)


def _first(items: Iterable[Any], key: tuple[datetime, int]) -> int:
    place = 0
    for place, one in enumerate(items):
        if (one.updated_at, one.number) < key:
            return place
    return place + 1


def written(moment: datetime | None) -> str | None:
    """A time as GitHub writes it."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
