"""Which added lines are lines of given blocks."""

from __future__ import annotations

from landed.hook.commits import Added, is_trivial, line_hash
from landed.hook.matching import Block, match


def added(*texts: str, numbers: list[int] | None = None) -> Added:
    encoded = [text.encode() for text in texts]
    return Added(
        numbers or list(range(1, len(texts) + 1)),
        [line_hash(text) for text in encoded],
        [is_trivial(text) for text in encoded],
    )


def block(path: str, *texts: str, weak: frozenset[int] = frozenset()) -> Block:
    return Block(path, [line_hash(text.encode()) for text in texts], weak)


def numbers(lines: Added, *blocks: Block) -> list[tuple[int, int, int]]:
    return sorted((one.line, one.block, one.within) for one in match({"a": lines}, blocks))


def test_order_holds_within_a_block() -> None:
    lines = added("third", "first", "second")

    assert numbers(lines, block("a", "first", "second", "third")) == [(2, 0, 0), (3, 0, 1)]


def test_each_line_is_matched_once_and_the_first_block_is_served_first() -> None:
    lines = added("same", "other", "same")

    assert numbers(lines, block("a", "same"), block("a", "same")) == [(1, 0, 0), (3, 1, 0)]


def test_neighbours_have_to_be_neighbours_in_the_commit_as_well() -> None:
    apart = added("one();", "}", numbers=[1, 7])

    assert numbers(apart, block("a", "one();", "}")) == [(1, 0, 0)]
    assert numbers(added("one();", "}"), block("a", "one();", "}")) == [(1, 0, 0), (2, 0, 1)]


def test_trivial_lines_reach_from_neighbour_to_neighbour() -> None:
    lines = added("}", "}", "one();", "}", "")

    found = numbers(lines, block("a", "}", "}", "one();", "}", ""))

    assert found == [(1, 0, 0), (2, 0, 1), (3, 0, 2), (4, 0, 3), (5, 0, 4)]
    assert numbers(added("}", "}", "}"), block("a", "}", "}", "}")) == []


def test_weak_lines_need_a_run_of_three() -> None:
    weak = frozenset({0, 1, 2})

    assert numbers(added("one", "two"), block("a", "one", "two", "three", weak=weak)) == []
    assert (
        len(numbers(added("one", "two", "three"), block("a", "one", "two", "three", weak=weak)))
        == 3
    )
    mixed = block("a", "one", "two", weak=frozenset({0}))
    assert numbers(added("one", "two"), mixed) == [(2, 0, 1)]


def test_elsewhere_a_run_of_three_is_needed() -> None:
    assert numbers(added("one", "two"), block("b", "one", "two")) == []
    assert len(numbers(added("one", "two", "}"), block("b", "one", "two", "}"))) == 3


def test_a_renamed_file_is_the_same_file() -> None:
    lines = added("one")
    lines.old_path = "b"

    assert numbers(lines, block("b", "one")) == [(1, 0, 0)]


def test_lines_that_are_taken_stay_so() -> None:
    lines = added("one", "two")

    found = match({"a": lines}, [block("a", "one", "two")], {"a": [1]})

    assert [(one.line, one.within) for one in found] == [(2, 1)]
