"""Sorting lists and going through them, by what the address says."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from starlette.datastructures import QueryParams

from landed.server.pages.listing import Column, Order, Paging, in_order, order_of, paging_of

COLUMNS = (
    Column("name", "Name", kind="text"),
    Column("lines", "Lines"),
    Column("who", "Who", sortable=False),
)


@dataclass(frozen=True)
class Row:
    name: str
    lines: int | None


ROWS = [Row("b", 2), Row("A", None), Row("c", 10)]


def names(sort: str) -> list[str]:
    order = order_of(QueryParams({"sort": sort}), COLUMNS, "-lines")
    return [row.name for row in in_order(ROWS, order)]


def test_rows_are_sorted_and_those_without_a_value_come_last() -> None:
    assert names("lines") == ["b", "c", "A"]
    assert names("-lines") == ["c", "b", "A"]


def test_capital_letters_make_no_difference() -> None:
    assert names("name") == ["A", "b", "c"]


@pytest.mark.parametrize("sort", ["who", "-", "lines; drop table line", ""])
def test_what_cannot_be_sorted_by_leaves_the_usual_order(sort: str) -> None:
    assert order_of(QueryParams({"sort": sort}), COLUMNS, "-lines") == Order("lines", True)


def test_numbers_begin_with_the_largest_and_names_with_the_first() -> None:
    assert Column("lines", "Lines").descends
    assert not Column("name", "Name", kind="text").descends
    assert Column("merged", "Merged", kind="text", first="largest").descends


def test_values_inside_of_records_and_mappings_are_found() -> None:
    rows = [{"cost": {"list": 3}}, {"cost": None}, {"cost": {"list": 5}}]
    assert in_order(rows, Order("cost.list", True)) == [rows[2], rows[0], rows[1]]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("1", Paging(1, 3, 101, 1, 50)),
        ("3", Paging(3, 3, 101, 101, 101)),
        ("9", Paging(3, 3, 101, 101, 101)),
        ("0", Paging(1, 3, 101, 1, 50)),
        ("-2", Paging(1, 3, 101, 1, 50)),
        ("²", Paging(1, 3, 101, 1, 50)),
        ("9" * 5000, Paging(1, 3, 101, 1, 50)),
    ],
)
def test_the_nearest_page_is_shown(asked: str, expected: Paging) -> None:
    found = paging_of(QueryParams({"page": asked}), 101)
    assert found == expected
    assert found.offset == expected.first - 1


def test_nothing_has_one_empty_page() -> None:
    assert paging_of(QueryParams(""), 0) == Paging(1, 1, 0, 0, 0)
    assert paging_of(QueryParams(""), 0).offset == 0
