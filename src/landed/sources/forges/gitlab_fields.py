"""Fields of GitLab's answers and webhooks; see `github_fields` for those that all forges share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from landed.sources.forges.github_fields import (
    BAD_TIME,
    UNKNOWN_STATE,
    Node,
    Unreadable,
    optional_text,
    storable,
    text,
    within,
)
from landed.sources.forges.keys import time_of

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def commit_id(node: Node, name: str) -> str:
    """A full commit id that must be there."""
    value = text(node, name)
    if not _COMMIT.fullmatch(value):
        raise Unreadable("bad-commit")
    return value


def optional_commit_id(node: Node, name: str) -> str | None:
    """A full commit id; null where there is none, or something else in its place."""
    value = node.get(name)
    return value if isinstance(value, str) and _COMMIT.fullmatch(value) else None


def state_of(node: Node, name: str, states: Mapping[str, str]) -> str:
    """Our word for a state; one that GitLab brought in since is a fault."""
    word = states.get(text(node, name).lower())
    if word is None:
        raise Unreadable(UNKNOWN_STATE)
    return word


def moment(node: Node, name: str) -> datetime:
    """The time of a field that must be there.

    The API writes RFC 3339; webhooks also `2016-08-12 15:23:28 UTC` and `… +0200`.
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


def label_names(node: Node, name: str = "labels") -> list[str]:
    """Labels, each once, whether they come as names or as objects with a title."""
    found = node.get(name)
    names: dict[str, None] = {}
    for label in found if isinstance(found, list) else []:
        title = (label.get("title") or label.get("name")) if isinstance(label, dict) else label
        if isinstance(title, str) and title:
            names[storable(title)] = None
    return list(names)


def username(node: Node, name: str) -> str | None:
    """The user name of the user object in a field; null where there is none."""
    return optional_text(within(node, name), "username")
