"""Fields of forges' answers: what is missing or malformed is told by its kind, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from landed.sources.forges.keys import time_of

Node = dict[str, Any]
"""One object of an answer."""

MISSING_FIELD, BAD_TIME, UNKNOWN_STATE = "missing-field", "bad-time", "unknown-state"
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
    """The time of a field that must be there.

    Forges write RFC 3339; GitLab's webhooks also `2016-08-12 15:23:28 UTC` and `… +0200`.
    """
    value = text(node, name)
    if value.endswith(" UTC"):
        value = f"{value[:-4]}+00:00"
    try:
        return time_of(value.replace(" +", "+").replace(" -", "-"))
    except ValueError as error:
        raise Unreadable(BAD_TIME) from error


def optional_moment(node: Node, name: str) -> datetime | None:
    """The time of a field; null where it has none."""
    return None if node.get(name) is None else moment(node, name)


def state(node: Node, name: str, states: Mapping[str, str]) -> str:
    """Our word for a state, by its name in lower case; one that the forge brought in since is a
    fault."""
    word = states.get(text(node, name).lower())
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
