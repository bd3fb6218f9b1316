"""Branches that landed as one new commit, and people who merely type the same."""

from __future__ import annotations

from tests.attribution.lineage.story import Story, code

HEAD, TAIL = code("name", "price", "stock"), code("tax", "country", "rate")
ONE = code("sum", "freight", "grand")
TWO = code("discount", "voucher", "points")


def open_branch() -> Story:
    """The agent adds ONE, then TWO and a whole file on `feature`; main goes on meanwhile."""
    story = Story()
    story.commit({"cart.py": HEAD + TAIL}, by="ana")
    story.branch("feature")
    story.commit({"cart.py": HEAD + ONE + TAIL}, by="agent", on="feature")
    story.commit(
        {"cart.py": HEAD + ONE + TAIL + TWO, "flag.py": code("flag")}, by="agent", on="feature"
    )
    story.commit({"readme": code("unrelated")}, by="ana")
    return story


SQUASHED = {"cart.py": HEAD + ONE + TAIL + TWO, "flag.py": code("flag")}


def test_a_squash_takes_its_lines_from_the_branch() -> None:
    story = open_branch()
    tip = story.commit(SQUASHED, by="ben")
    assert story.born_in(tip, "cart.py") == [0] * 3 + [1] * 3 + [0] * 3 + [2] * 3
    assert story.born_in(tip, "flag.py") == [2]
    assert {link[:3] for link in story.links()} == {("squash", tip, 1), ("squash", tip, 2)}


def test_the_lines_of_two_authors_on_a_branch_keep_their_authors() -> None:
    story = open_branch()
    text = HEAD + ONE + code("by_hand") + TAIL + TWO
    story.commit({"cart.py": text}, by="cem", on="feature")
    tip = story.commit({"cart.py": text, "flag.py": code("flag")}, by="ben")
    assert story.written_by(tip, "cart.py") == (
        ["ana"] * 3 + ["agent"] * 3 + ["cem"] + ["ana"] * 3 + ["agent"] * 3
    )


def test_lines_that_the_branch_replaced_again_do_not_count() -> None:
    story = open_branch()
    text = HEAD + code("sum", "freight_fixed", "grand") + TAIL + TWO
    fix = story.commit({"cart.py": text}, by="cem", on="feature")
    tip = story.commit({"cart.py": text, "flag.py": code("flag")}, by="ben")
    assert story.born_in(tip, "cart.py")[3:6] == [1, fix, 1]


def test_a_squash_with_conflict_fixes_keeps_its_own_lines() -> None:
    story = open_branch()
    text = HEAD + code("sum", "solved", "grand") + TAIL + TWO + code("also_new")
    tip = story.commit({"cart.py": text, "flag.py": code("flag")}, by="ben")
    assert story.written_by(tip, "cart.py") == (
        ["ana"] * 3 + ["agent", "ben", "agent"] + ["ana"] * 3 + ["agent"] * 3 + ["ben"]
    )


def test_a_block_that_somebody_else_types_while_the_branch_is_open_is_theirs() -> None:
    story = open_branch()
    typed = story.commit({"cart.py": HEAD + ONE + TAIL}, by="ben")
    assert story.written_by(typed, "cart.py") == ["ana"] * 3 + ["ben"] * 3 + ["ana"] * 3
    tip = story.commit(SQUASHED, by="cem")
    assert story.written_by(tip, "cart.py") == (
        ["ana"] * 3 + ["ben"] * 3 + ["ana"] * 3 + ["agent"] * 3
    )


def test_two_lines_are_no_squash() -> None:
    story = Story()
    story.commit({"cart.py": HEAD + TAIL}, by="ana")
    story.branch("feature")
    story.commit({"cart.py": HEAD + code("sum", "total") + TAIL}, by="agent", on="feature")
    tip = story.commit({"cart.py": HEAD + code("sum", "total") + TAIL}, by="ben")
    assert story.written_by(tip, "cart.py")[3:5] == ["ben"] * 2


def test_the_same_text_at_another_path_is_no_squash() -> None:
    story = open_branch()
    tip = story.commit({"bill.py": ONE + TWO}, by="ben")
    assert story.written_by(tip, "bill.py") == ["ben"] * 6


def test_a_branch_written_after_the_commit_is_not_its_source() -> None:
    story = Story()
    base = story.commit({"cart.py": HEAD}, by="ana")
    tip = story.commit({"cart.py": HEAD + ONE}, by="ben")
    story.branch("copied", base)
    story.commit({"cart.py": HEAD + ONE}, by="agent", on="copied")
    assert story.written_by(tip, "cart.py") == ["ana"] * 3 + ["ben"] * 3


def test_a_branch_that_forked_off_later_is_not_the_source() -> None:
    story = Story()
    story.commit({"cart.py": HEAD}, by="ana")
    story.branch("beside")
    story.commit({"readme": code("unrelated")}, by="ana")
    story.branch("feature")
    story.commit({"cart.py": HEAD + ONE}, by="agent", on="feature")
    story.commit({"cart.py": HEAD + ONE}, by="ben", on="beside")
    tip = story.commit({}, by="ana", merges="beside")
    assert story.written_by(tip, "cart.py") == ["ana"] * 3 + ["ben"] * 3


def test_a_branch_that_was_merged_needs_no_transfer() -> None:
    story = open_branch()
    tip = story.commit({}, by="ben", merges="feature")
    assert story.written_by(tip, "cart.py")[3:6] == ["agent"] * 3
    assert story.links() == []


def test_a_squash_after_a_rebase_leads_to_the_first_version() -> None:
    story = open_branch()
    story.branch("rebased")
    story.commit({"cart.py": HEAD + ONE + TAIL}, by="agent", on="rebased", authored=1)
    story.commit(SQUASHED, by="agent", on="rebased", authored=2)
    tip = story.commit(SQUASHED, by="ben")
    assert story.born_in(tip, "cart.py") == [0] * 3 + [1] * 3 + [0] * 3 + [2] * 3


def test_a_squash_of_a_branch_that_had_merged_main() -> None:
    story = open_branch()
    story.commit({}, by="agent", on="feature", merges="main")
    text = code("first") + HEAD + ONE + TAIL + TWO
    last = story.commit({"cart.py": text}, by="agent", on="feature")
    tip = story.commit({"cart.py": text, "flag.py": code("flag")}, by="ben")
    assert story.born_in(tip, "cart.py") == [last] + [0] * 3 + [1] * 3 + [0] * 3 + [2] * 3


def test_two_branches_squashed_together() -> None:
    story = Story()
    story.commit({"cart.py": HEAD, "bill.py": TAIL}, by="ana")
    story.branch("one")
    story.branch("two")
    story.commit({"cart.py": HEAD + ONE}, by="agent", on="one")
    story.commit({"bill.py": TAIL + TWO}, by="robot", on="two")
    tip = story.commit({"cart.py": HEAD + ONE, "bill.py": TAIL + TWO}, by="ben")
    assert story.written_by(tip, "cart.py") == ["ana"] * 3 + ["agent"] * 3
    assert story.written_by(tip, "bill.py") == ["ana"] * 3 + ["robot"] * 3


def stacked(one: str, squashed_by: str) -> tuple[Story, int]:
    """The agent's branch with `one` carries the robot's with TWO; the first is squashed."""
    story = Story()
    story.commit({"cart.py": HEAD + TAIL}, by="ana")
    story.branch("one")
    story.commit({"cart.py": HEAD + one + TAIL}, by="agent", on="one")
    story.branch("two", 1)
    two = {"cart.py": HEAD + one + TAIL + TWO, "more.py": code(*"abcdefghijklmn")}
    story.commit(two, by="robot", on="two")
    return story, story.commit({"cart.py": HEAD + one + TAIL}, by=squashed_by)


def test_the_lower_of_stacked_branches_squashed_by_its_author() -> None:
    story, tip = stacked(ONE, squashed_by="agent")
    assert story.born_in(tip, "cart.py") == [0] * 3 + [1] * 3 + [0] * 3


def test_the_lower_of_stacked_branches_squashed_by_somebody_else_is_known_by_its_size() -> None:
    story, tip = stacked(code(*(f"long_{part}" for part in "abcdefghij")), squashed_by="ben")
    assert story.born_in(tip, "cart.py") == [0] * 3 + [1] * 10 + [0] * 3
    story, tip = stacked(ONE, squashed_by="ben")
    assert story.born_in(tip, "cart.py") == [0] * 3 + [tip] * 3 + [0] * 3


def test_stacked_branches_squashed_one_after_the_other() -> None:
    story, _ = stacked(ONE, squashed_by="agent")
    tip = story.commit(
        {"cart.py": HEAD + ONE + TAIL + TWO, "more.py": code(*"abcdefghijklmn")}, by="ben"
    )
    assert story.born_in(tip, "cart.py") == [0] * 3 + [1] * 3 + [0] * 3 + [2] * 3


def test_a_branch_that_goes_on_after_its_squash() -> None:
    story = open_branch()
    tip = story.commit(SQUASHED, by="ben")
    more = {
        f"more{number}.py": code(*(f"more_{number}_{part}" for part in "abcdefgh"))
        for number in range(4)
    }
    story.commit(more, by="agent", on="feature")
    assert story.born_in(tip, "cart.py") == [0] * 3 + [1] * 3 + [0] * 3 + [2] * 3


def test_lines_that_landed_once_do_not_land_again() -> None:
    story = open_branch()
    story.commit(SQUASHED, by="ben")
    story.commit({"cart.py": HEAD + TAIL, "readme": code("changed")}, by="ben")
    typed = story.commit({"cart.py": HEAD + ONE + TAIL + TWO}, by="cem")
    assert story.written_by(typed, "cart.py")[3:6] == ["cem"] * 3


def test_interleaved_lines_of_several_commits_come_in_their_order() -> None:
    story = Story()
    story.commit({"cart.py": HEAD}, by="ana")
    story.branch("feature")
    story.commit({"cart.py": HEAD + code("a", "c", "e")}, by="agent", on="feature")
    story.commit({"cart.py": HEAD + code("a", "b", "c", "d", "e")}, by="cem", on="feature")
    tip = story.commit({"cart.py": HEAD + code("a", "b", "c", "d", "e")}, by="ben")
    assert story.born_in(tip, "cart.py")[3:] == [1, 2, 1, 2, 1]


def test_a_bracket_far_from_every_squashed_line_is_the_squashers() -> None:
    story = open_branch()
    story.commit({"end.c": "}\n" + code("end")}, by="agent", on="feature")
    files = SQUASHED | {"end.c": code("start") + "}\n" + code("other")}
    tip = story.commit(files, by="ben")
    assert story.written_by(tip, "end.c") == ["ben"] * 3


def test_a_squash_that_is_squashed_again_leads_to_the_branch() -> None:
    story = open_branch()
    story.branch("squashed", 0)
    story.commit(SQUASHED, by="ana", on="squashed")
    tip = story.commit(SQUASHED, by="ben")
    assert story.born_in(tip, "cart.py") == [0] * 3 + [1] * 3 + [0] * 3 + [2] * 3


def test_an_amended_squash_leads_to_the_branch() -> None:
    story = open_branch()
    story.branch("squashed", 3)
    squashed = story.commit(SQUASHED, by="ben", on="squashed")
    files = SQUASHED | {"cart.py": HEAD + ONE + TAIL + TWO + code("more")}
    tip = story.commit(files, by="ben", authored=squashed)
    assert story.born_in(tip, "cart.py") == [0] * 3 + [1] * 3 + [0] * 3 + [2] * 3 + [tip]


def test_a_line_of_a_later_commit_goes_with_the_lines_it_was_squashed_into() -> None:
    story = open_branch()
    fixed = HEAD + code("sum", "freight_fixed", "grand") + TAIL + TWO
    fix = story.commit({"cart.py": fixed}, by="cem", on="feature")
    first = HEAD + code("sum", "freight_fixed", "grand") + TAIL
    tip = story.commit({"cart.py": first}, by="agent", authored=1)
    story.commit({"cart.py": fixed, "flag.py": code("flag")}, by="agent", authored=2)
    assert story.born_in(tip, "cart.py")[3:6] == [1, fix, 1]


def test_a_second_attempt_that_is_partly_the_same_is_no_squash() -> None:
    story = Story()
    story.commit({"cart.py": HEAD}, by="ana")
    story.branch("first")
    story.commit({"cart.py": HEAD + ONE + TWO + code("a", "b", "c", "d")}, by="agent", on="first")
    again = HEAD + ONE + TWO + code("p", "q", "r", "s")
    tip = story.commit({"cart.py": again}, by="ana")
    assert story.born_in(tip, "cart.py")[3:] == [tip] * 10


def test_two_branches_with_the_same_lines_beside_each_other() -> None:
    story = open_branch()
    story.branch("other", 0)
    text = HEAD + ONE + code("own_1", "own_2", "own_3", "own_4", "own_5") + TAIL
    other = story.commit({"cart.py": text}, by="robot", on="other")
    assert story.born_in(other, "cart.py")[3:11] == [other] * 8
