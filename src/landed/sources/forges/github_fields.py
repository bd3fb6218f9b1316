"""Fields of GitHub's answers: what is missing or malformed is told by its kind, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from landed.sources.forges.contract import Page
from landed.sources.forges.keys import time_of

Node = dict[str, Any]
"""One object of an answer."""

MISSING_FIELD, BAD_TIME, UNKNOWN_STATE = "missing-field", "bad-time", "unknown-state"
WITHHELD = "withheld"
"""Something that an answer ought to hold, and that is not there."""
BAD_NUMBER = "bad-number"
LARGEST_COUNT = 2**31 - 1
LARGEST_NUMBER = 2**63 - 1


class Unreadable(Exception):
    """Something in an answer cannot be understood; `kind` is counted as a fault."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def text(node: Node, name: str) -> str:
    """The text of a field that must be there."""
    value = node.get(name)
    if not isinstance(value, str):
        raise Unreadable(MISSING_FIELD)
    return storable(value)


def optional_text(node: Node, name: str) -> str | None:
    """The text of a field; null where it has none."""
    value = node.get(name)
    return storable(value) if isinstance(value, str) else None


def storable(value: str) -> str:
    """A text without the halves of characters that JSON can spell and UTF-8 cannot."""
    return value.encode("utf-8", "replace").decode("utf-8")


def number(node: Node, name: str) -> int:
    """The whole number of a field that must be there; large ones come as text."""
    value = node.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unreadable(MISSING_FIELD)
    if not 0 <= value <= LARGEST_NUMBER:
        raise Unreadable(BAD_NUMBER)
    return value


def count(node: Node, name: str) -> int | None:
    """A count of lines, files or commits; null where it is untold or beyond all measure."""
    value = node.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= LARGEST_COUNT else None


def moment(node: Node, name: str) -> datetime:
    """The time of a field that must be there."""
    try:
        return time_of(text(node, name))
    except ValueError as error:
        raise Unreadable(BAD_TIME) from error


def optional_moment(node: Node, name: str) -> datetime | None:
    """The time of a field; null where it has none."""
    return None if node.get(name) is None else moment(node, name)


def state(node: Node, name: str, states: dict[str, str]) -> str:
    """Our word for a state; one that GitHub brought in since is a fault."""
    word = states.get(text(node, name).upper())
    if word is None:
        raise Unreadable(UNKNOWN_STATE)
    return word


def within(node: Node, *names: str) -> Node:
    """The object behind a path of fields; an empty one where a field on the way has none."""
    for name in names:
        inner = node.get(name)
        if not isinstance(inner, dict):
            return {}
        node = inner
    return node


def nodes(connection: Node, page: Page) -> Iterator[Node]:
    """Yield the objects of a GraphQL connection; those that were withheld are counted."""
    yield from objects(connection.get("nodes") if connection else [], page)


def objects(listed: object, page: Page) -> Iterator[Node]:
    """Yield the objects of a list; what is none is counted."""
    for one in listed if isinstance(listed, list) else [None]:
        if isinstance(one, dict):
            yield one
        else:
            page.fault(WITHHELD)


def next_cursor(connection: Node) -> str | None:
    """Where the connection goes on; null at its end."""
    info = within(connection, "pageInfo")
    cursor = info.get("endCursor")
    return cursor if info.get("hasNextPage") is True and isinstance(cursor, str) else None
