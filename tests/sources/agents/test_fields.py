"""Values of foreign JSON: the wrong type is as good as missing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from landed.sources.agents.fields import (
    mapping,
    moment,
    objects,
    parsed,
    path_of_uri,
    text,
    whole,
)

NOON = int(datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-07-01T12:00:00Z", NOON),
        ("2026-07-01T14:00:00.000+02:00", NOON),
        ("2026-07-01 12:00:00", NOON),
        (NOON // 1000, NOON),
        (NOON / 1000, NOON),
        ("noon", None),
        (True, None),
        (-5, None),
        (float("inf"), None),
        (10**30, None),
        ("0001-01-01T00:00:00+23:59", None),
        (None, None),
    ],
)
def test_moments(value: Any, at: int | None) -> None:
    assert moment(value) == at


@pytest.mark.parametrize(
    ("value", "count"),
    [(3, 3), (3.9, 3), (True, 0), (-1, 0), ("3", 0), (float("nan"), 0), (1 << 60, 0), (None, 0)],
)
def test_counts(value: Any, count: int) -> None:
    assert whole({"a": {"b": value}}, "a", "b") == count


def test_what_is_missing_or_of_another_type_is_empty() -> None:
    assert text({"a": {"b": "c"}}, "a", "b") == "c"
    assert text({"a": ""}, "a") is text({"a": 1}, "a") is text([], "a") is None
    assert mapping({"a": [1]}, "a") == {}
    assert objects({"a": [{"b": 1}, 2]}, "a") == [{"b": 1}]
    assert objects({"a": {"b": 1}}, "a") == []
    assert parsed('{"a": 1}') == parsed({"a": 1}) == {"a": 1}
    assert parsed("{") == parsed("[1]") == parsed(None) == {}


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/dev/my%20shop", "/home/dev/my shop"),
        ("file:///c%3A/shop", "c:/shop"),
        ("vscode-remote://wsl%2Bubuntu/home/dev/shop", "/home/dev/shop"),
        ({"scheme": "file", "path": "/a", "fsPath": "/b"}, "/b"),
        ({"external": "file:///a"}, "/a"),
        ("/already/a/path", "/already/a/path"),
        ("https://example.com/a", None),
        ("file://[", None),
        (7, None),
    ],
)
def test_paths_of_uris(uri: Any, path: str | None) -> None:
    assert path_of_uri(uri) == path
