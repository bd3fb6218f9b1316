"""Taking values out of foreign JSON and tables: the wrong type is as good as missing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from landed.sources.agents.contract import Microseconds

_LATEST = 4_102_444_800_000_000
"""2100-01-01: no log is younger, and what claims to be is no time."""


def inner(value: object, *path: str) -> object:
    """Return what lies under `path` in nested objects, None where one of them is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def text(value: object, *path: str) -> str | None:
    """Return the text under `path`, None where there is none or an empty one."""
    found = inner(value, *path)
    return found if isinstance(found, str) and found else None


def whole(value: object, *path: str) -> int:
    """Return the count under `path`, 0 where there is none: never negative, never a truth value."""
    found = inner(value, *path)
    if isinstance(found, float) and math.isfinite(found):
        found = int(found)
    return found if type(found) is int and 0 < found < 1 << 53 else 0


def mapping(value: object, *path: str) -> dict[str, Any]:
    """Return the object under `path`, an empty one where there is none."""
    found = inner(value, *path)
    return found if isinstance(found, dict) else {}


def objects(value: object, *path: str) -> list[dict[str, Any]]:
    """Return the objects in the list under `path`; whatever else stands there is left out."""
    found = inner(value, *path)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def parsed(value: object) -> dict[str, Any]:
    """Return an object that may be given as it is or as JSON text; an empty one if neither."""
    if isinstance(value, str | bytes):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return {}
    return value if isinstance(value, dict) else {}


def moment(value: object) -> Microseconds | None:
    """Return the moment that ISO text (UTC where it names no zone) or milliseconds tell."""
    if isinstance(value, str):
        return _moment_of_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _LATEST:
        return _sane(int(value * 1000))
    return None


def _moment_of_text(value: str) -> Microseconds | None:
    try:
        when = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return _sane(round(when.timestamp() * 1_000_000))


def _sane(at: Microseconds) -> Microseconds | None:
    return at if 0 < at < _LATEST else None


def path_of_uri(value: object) -> str | None:
    """Return the path that a URI names, given as text or as an editor's URI object."""
    if isinstance(value, dict):
        return text(value, "fsPath") or text(value, "path") or path_of_uri(text(value, "external"))
    if not isinstance(value, str) or not value:
        return None
    if "://" not in value:
        return value
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    if parts.scheme not in ("file", "vscode-remote"):
        return None
    path = unquote(parts.path)
    # A drive letter stands behind a slash in a URI, and not in a path.
    return path[1:] if path[2:3] == ":" else path or None
