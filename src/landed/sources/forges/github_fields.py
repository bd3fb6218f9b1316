"""Lists in GitHub's answers: pages of GraphQL, and what is withheld from them."""

from __future__ import annotations

from collections.abc import Iterator

from landed.sources.forges.contract import Page
from landed.sources.forges.fields import Node, within

WITHHELD = "withheld"
"""Something that an answer ought to hold, and that is not there."""


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
