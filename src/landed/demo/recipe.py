"""What a demo was made from, as a file in its directory says; and clearing an old one away."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

from landed.config import prepare_directory
from landed.demo.company import NOTICE, Product
from landed.errors import UsageError
from landed.store.finding import find_server

WORKSPACE, REPOSITORIES, HOMES = "workspace", "repositories", "homes"
_MARK = "demo.json"
_FORM = 1
"""Another number makes every demo anew."""
_STILL_GOOD = timedelta(days=7)


@dataclass(frozen=True)
class Recipe:
    """What a demo is made from: the same makes the same."""

    seed: int
    today: date
    size: float
    products: tuple[Product, ...]

    def stands_in(self, directory: Path, *, exactly: bool) -> Recipe | None:
        """The recipe of the complete demo in a directory, where it is this one.

        Unless `exactly`, one of a day not long ago is taken for it.
        """
        found = _read(directory)
        if found is None or found.get("complete") is not True:
            return None
        try:
            known = replace(self, today=date.fromisoformat(str(found.get("today"))))
        except ValueError:
            return None
        age = self.today - known.today
        young = age == timedelta() or (not exactly and timedelta() < age <= _STILL_GOOD)
        return known if young and found == known._told(complete=True) else None

    def mark(self, directory: Path, *, complete: bool) -> None:
        """Write it into the directory, and whether everything is made."""
        text = orjson.dumps(self._told(complete=complete), option=orjson.OPT_INDENT_2)
        (directory / _MARK).write_bytes(text)

    def _told(self, *, complete: bool) -> dict[str, Any]:
        return {
            "notice": NOTICE,
            "form": _FORM,
            "seed": self.seed,
            "today": self.today.isoformat(),
            "size": self.size,
            "repositories": [product.name for product in self.products],
            "complete": complete,
        }


def clear(directory: Path) -> None:
    """Make room for a demo: take away an earlier one, or make the directory.

    Raises:
        UsageError: the directory holds something that is no demo, or a server is serving it.
    """
    there = directory.exists() and (not directory.is_dir() or any(directory.iterdir()))
    if there and _read(directory) is None:
        raise UsageError(
            f"{directory} holds something that is no demo: choose another with --directory DIR"
        )
    if find_server(directory / WORKSPACE) is not None:
        raise UsageError(
            f"a server is serving the demo in {directory}: stop it, or choose another directory "
            "with --directory DIR"
        )
    for name in (WORKSPACE, REPOSITORIES, HOMES):
        shutil.rmtree(directory / name, ignore_errors=True)
    prepare_directory(directory)


def _read(directory: Path) -> dict[str, Any] | None:
    """What the mark of a demo says; None where there is none that can be read."""
    try:
        found = orjson.loads((directory / _MARK).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None
