"""Blocks that one commit takes out in one place and puts in at another."""

from __future__ import annotations

from tests.attribution.lineage.story import Story, code

BLOCK = code("subtotal", "shipping", "total")
HEAD, TAIL = code("name", "price", "stock"), code("tax", "country", "rate")


def told(before: dict[str, str], after: dict[str, str | None]) -> tuple[Story, int]:
    """The agent writes `before`, then Ana changes it to `after`."""
    story = Story()
    story.commit(before, by="agent")
    return story, story.commit(after, by="ana")


def test_a_block_moved_within_a_file_stays_its_writers() -> None:
    story, tip = told({"cart.py": BLOCK + HEAD + TAIL}, {"cart.py": HEAD + TAIL + BLOCK})
    assert story.written_by(tip, "cart.py") == ["agent"] * 9
    assert story.rules(tip, "cart.py").count("move") == 3


def test_a_block_moved_to_another_file_stays_its_writers_and_new_lines_are_new() -> None:
    story, tip = told(
        {"cart.py": HEAD + BLOCK}, {"cart.py": HEAD, "total.py": code("imported") + BLOCK}
    )
    assert story.written_by(tip, "total.py") == ["ana", "agent", "agent", "agent"]


def test_a_block_indented_on_its_way_is_still_moved() -> None:
    indented = "".join(f"    {line}\n" for line in BLOCK.splitlines())
    story, tip = told(
        {"cart.py": HEAD + BLOCK}, {"cart.py": HEAD, "total.py": "class Total:\n" + indented}
    )
    assert story.written_by(tip, "total.py") == ["ana", "agent", "agent", "agent"]


def test_blank_lines_and_brackets_inside_a_block_move_with_it() -> None:
    block = code("subtotal") + "\n}\n" + code("total")
    story, tip = told({"cart.py": HEAD + block}, {"cart.py": HEAD, "total.py": block})
    assert story.written_by(tip, "total.py") == ["agent"] * 4


def test_a_copy_is_not_a_move() -> None:
    story, tip = told({"cart.py": BLOCK}, {"total.py": BLOCK})
    assert story.written_by(tip, "total.py") == ["ana"] * 3


def test_two_lines_are_no_block() -> None:
    pair = code("subtotal", "total")
    story, tip = told({"cart.py": HEAD + pair}, {"cart.py": HEAD, "total.py": pair})
    assert story.written_by(tip, "total.py") == ["ana"] * 2


def test_trivial_lines_alone_are_no_block() -> None:
    story, tip = told(
        {"cart.py": HEAD + "}\n\n}\n" + TAIL}, {"cart.py": HEAD + TAIL, "end.c": "}\n\n}\n"}
    )
    assert story.written_by(tip, "end.c") == ["ana"] * 3


def test_lines_that_are_not_consecutive_where_they_were_are_no_block() -> None:
    apart = code("subtotal", "kept", "shipping", "held", "total")
    story, tip = told({"cart.py": apart}, {"cart.py": code("kept", "held"), "total.py": BLOCK})
    assert story.written_by(tip, "total.py") == ["ana"] * 3


def test_a_block_typed_by_somebody_else_in_a_later_commit_is_theirs() -> None:
    story = Story()
    story.commit({"cart.py": HEAD + BLOCK}, by="agent")
    story.commit({"cart.py": HEAD}, by="ana")
    tip = story.commit({"total.py": BLOCK}, by="ben")
    assert story.written_by(tip, "total.py") == ["ben"] * 3


def test_one_block_removed_and_two_added_move_one_to_one() -> None:
    story, tip = told({"cart.py": HEAD + BLOCK}, {"cart.py": HEAD, "a.py": BLOCK, "b.py": BLOCK})
    moved = story.written_by(tip, "a.py") + story.written_by(tip, "b.py")
    assert moved == ["agent"] * 3 + ["ana"] * 3


def test_of_two_equal_blocks_each_moves_once_and_the_same_file_is_preferred() -> None:
    story = Story()
    story.commit({"a.py": HEAD + BLOCK}, by="agent")
    story.commit({"b.py": HEAD + BLOCK}, by="ben")
    tip = story.commit({"a.py": BLOCK + HEAD, "b.py": BLOCK + HEAD}, by="ana")
    assert story.written_by(tip, "a.py") == ["agent"] * 6
    assert story.written_by(tip, "b.py") == ["ben"] * 6


def test_lines_of_two_authors_keep_their_authors_in_one_move() -> None:
    story = Story()
    story.commit({"cart.py": HEAD + code("subtotal", "total")}, by="agent")
    story.commit({"cart.py": HEAD + BLOCK}, by="ben")
    tip = story.commit({"cart.py": HEAD, "total.py": BLOCK}, by="ana")
    assert story.written_by(tip, "total.py") == ["agent", "ben", "agent"]


def test_a_formatter_that_wraps_lines_keeps_their_authors() -> None:
    long = code("subtotal") + "result = order(first, second, third)\n" + code("total")
    wrapped = (
        code("subtotal")
        + "result = order(\n    first,\n    second,\n    third,\n)\n"
        + code("total")
    )
    story, tip = told({"cart.py": long}, {"cart.py": wrapped})
    assert story.written_by(tip, "cart.py") == ["agent"] * 7
    again = story.commit({"cart.py": long}, by="ben")
    assert story.written_by(again, "cart.py") == ["agent"] * 3


def test_a_line_that_was_moved_and_then_formatted_is_followed_to_its_first_commit() -> None:
    block = code("subtotal") + "result = order(first, second)\n" + code("total")
    story, _ = told({"cart.py": HEAD + block}, {"cart.py": HEAD, "total.py": block})
    wrapped = block.replace("order(first, second)", "order(\n    first, second\n)")
    tip = story.commit({"total.py": wrapped}, by="ben")
    assert story.written_by(tip, "total.py") == ["agent"] * 5
    assert story.rules(tip, "total.py") == ["move", "format", "format", "format", "move"]


def test_a_licence_header_that_leaves_many_files_moves_to_as_many() -> None:
    header = "# Copyright the authors\n# Licensed to you\n# without warranty\n"
    story = Story()
    names = [f"part{number}.py" for number in range(40)]
    bodies = {name: code(*(f"{name[:-3]}_{part}" for part in "abcd")) for name in names}
    story.commit({name: bodies[name] + header for name in names}, by="agent")
    tip = story.commit({name: header + bodies[name] for name in names}, by="ana")
    assert story.written_by(tip, names[0]) == ["agent"] * 7
    assert [rule for rule, *_ in story.links()] == ["move"] * 40 * 3
