"""Lists of many rows: how the reader sorts them and goes through them, by the address alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from starlette.datastructures import QueryParams

PAGE = 50
"""Rows on a page."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: the attribute or key of a row that it shows, and its name in `sort=`.
        label: its heading.
        format: the name of the filter that writes its values; null = as they are.
        kind: number stands at the right, text at the left, code in letters of one width, wide is
            text that takes the room that is left.
        sortable: whether the reader may sort by it.
        link: the attribute of a row that holds the address its value leads to.
        hint: a longer word for the heading, read out and shown on hover.
        first: the way it is sorted when first asked: the largest or the smallest first.
    """

    key: str
    label: str
    format: str | None = None
    kind: Literal["number", "text", "code", "wide"] = "number"
    sortable: bool = True
    link: str | None = None
    hint: str | None = None
    first: Literal["largest", "smallest"] | None = None

    @property
    def descends(self) -> bool:
        """Whether the first click on the heading puts the largest first."""
        return self.first == "largest" or (self.first is None and self.kind == "number")


@dataclass(frozen=True)
class Order:
    """By which column rows are sorted."""

    key: str
    descending: bool

    @property
    def told(self) -> str:
        """As the address says it: -lines, or name."""
        return f"-{self.key}" if self.descending else self.key


@dataclass(frozen=True)
class Paging:
    """Which part of a list is shown: `first` and `last` count from 1; both 0 for none."""

    number: int
    pages: int
    rows: int
    first: int
    last: int

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return max(0, self.first - 1)


def order_of(parameters: QueryParams, columns: Sequence[Column], default: str) -> Order:
    """The order that `sort=` asks for, where it names a sortable column; else `default`."""
    asked = parameters.get("sort", default)
    if asked.removeprefix("-") not in {one.key for one in columns if one.sortable}:
        asked = default
    return Order(asked.removeprefix("-"), asked.startswith("-"))


def paging_of(parameters: QueryParams, rows: int, size: int = PAGE) -> Paging:
    """The page that `page=` asks for, or the nearest that there is."""
    pages = max(1, -(-rows // size))
    asked = parameters.get("page", "1")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    number = min(max(1, wanted), pages)
    first = (number - 1) * size + 1 if rows else 0
    return Paging(number, pages, rows, first, min(rows, number * size))


def in_order(rows: Sequence[Any], order: Order) -> list[Any]:
    """Rows (records or mappings) sorted; those without a value come last either way."""
    known = [row for row in rows if value_of(row, order.key) is not None]
    rest = [row for row in rows if value_of(row, order.key) is None]
    known.sort(key=lambda row: _sortable(value_of(row, order.key)), reverse=order.descending)
    return known + rest


def value_of(row: Any, key: str) -> Any:
    """An attribute of a record, or an entry of a mapping; dots lead to what is inside it."""
    for part in key.split("."):
        row = row.get(part) if isinstance(row, dict) else getattr(row, part, None)
        if row is None:
            return None
    return row


def _sortable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
