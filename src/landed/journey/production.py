"""Which tags stand for deployments, and in which order they reached production."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_FINAL_VERSION = re.compile(
    r"^(?:[A-Za-z][\w.]*[-_/@])?(?:v|V|release-|rel-)?\d+(?:[._]\d+)+(?:[._-]?post\d+)?$"
)


def looks_final(tag: str) -> bool:
    """Whether a tag looks like a final version: v1.2, 1.2.3, shop-1.2.3; not 1.2.3rc1."""
    return _FINAL_VERSION.match(tag) is not None


def in_order(releases: Iterable[dict[str, Any]], until_step: int) -> list[dict[str, Any]]:
    """Rows of `release` with their commit's `change_index`, in the order of the main line.

    A release on a branch that was merged stands where the merge stands, one on a branch that
    never was where the branch began; then the date decides. Tags that share no commit with the
    main line, and those beyond step `until_step`, are left out. Several tags on one commit are
    one release, by the first name.
    """
    inside = (
        row for row in releases if row["base_index"] is not None and row["base_index"] <= until_step
    )
    first: dict[int, dict[str, Any]] = {}
    for row in sorted(inside, key=lambda row: (_landed(row), row["released_at"], row["tag"])):
        first.setdefault(row["commit_index"], row)
    return list(first.values())


def _landed(row: dict[str, Any]) -> int:
    """The step by which the tagged commit was on the main line, else where it left it."""
    change: int | None = row.get("change_index")
    base: int = row["base_index"]
    return base if change is None else change
