"""Fields of GitLab's answers and webhooks; see `fields` for those that all forges share."""

from __future__ import annotations

import re

from landed.sources.forges.fields import Node, Unreadable, optional_text, storable, text, within

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
