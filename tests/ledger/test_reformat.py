"""Lines laid out anew keep their tokens; anything else is another line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.ledger.hashing import is_trivial
from landed.ledger.reformat import layout_links


def links(old: str, new: str) -> list[tuple[int, int]]:
    """The deciding links between lines of two texts, as (new, old) from 0."""
    found = layout_links(old.encode().split(b"\n"), new.encode().split(b"\n"))
    return [(link.new, link.old) for link in found if link.rank == 0]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("total = 1 + rest", "    total = 1 + rest", [(0, 0)]),
        ("name = 'shop'", 'name = "shop"', [(0, 0)]),
        (
            "call(first, second)",
            "call(\n    first,\n    second,\n)",
            [(0, 0), (1, 0), (2, 0), (3, 0)],
        ),
        ("call(first,\n     second)", "call(first, second)", [(0, 0)]),
        ("value = one + two", "value = (\n    one\n    + two\n)", [(0, 0), (1, 0), (2, 0), (3, 0)]),
        ("pair = (one, two)", "pair = (\n    one,\n    two,\n)", [(0, 0), (1, 0), (2, 0), (3, 0)]),
    ],
)
def test_a_formatter_keeps_the_line(old: str, new: str, expected: list[tuple[int, int]]) -> None:
    assert links(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total = 1 + rest", "total = 2 + rest"),
        ("call(first, second)", "call(first,\n    third)"),
        ("value = one + two", "value = (\n    one\n    - two\n)"),
        ("scale = (one + two) * three", "scale = one + two * three"),
        ("}", "    }"),
    ],
)
def test_a_change_of_text_is_another_line(old: str, new: str) -> None:
    assert links(old, new) == []


def test_a_trivial_line_follows_its_neighbour() -> None:
    assert links("value = other\n}", "  value = other\n  }") == [(0, 0), (1, 1)]


def test_a_line_of_two_old_ones_names_both_and_the_longer_decides() -> None:
    found = layout_links(
        [b"call(a,", b"     a_much_longer_name)"], [b"call(a, a_much_longer_name)"]
    )
    assert [(link.old, link.rank) for link in found] == [(1, 0), (0, 1)]


LINES = ("alpha = one", "call(x, yes)", "}", "", "return (beta)")


@given(st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 3)), min_size=1, max_size=8))
def test_indenting_every_line_links_each_to_itself(indented: list[tuple[str, int]]) -> None:
    old = [text.encode() for text, _ in indented]
    new = [b" " * width + line for line, (_, width) in zip(old, indented, strict=True)]

    found = [(link.new, link.old) for link in layout_links(old, new)]

    assert all(line == predecessor for line, predecessor in found)
    significant = {place for place, line in enumerate(old) if not is_trivial(line)}
    assert significant <= {line for line, _ in found}
