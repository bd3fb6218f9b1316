"""Cherry-picks and rebases: one change in several commits."""

from __future__ import annotations

from tests.attribution.lineage.story import Story, code

HEAD, TAIL = code("name", "price", "stock"), code("tax", "country", "rate")
NEW = code("sum", "freight", "grand")


def two_branches() -> Story:
    """`main` and `release` begin with the same file, then part."""
    story = Story()
    story.commit({"cart.py": HEAD + TAIL}, by="ana")
    story.branch("release")
    story.commit({"readme": code("unrelated")}, by="ana")
    return story


def test_a_cherry_pick_is_its_sources_twin() -> None:
    story = two_branches()
    source = story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent")
    pick = story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent", on="release", authored=source)
    assert story.born_in(pick, "cart.py") == [0] * 3 + [source] * 3 + [0] * 3
    assert {rule for rule, *_ in story.links()} == {"cherry-pick"}


def test_the_same_patch_by_the_same_person_at_another_time_is_another_change() -> None:
    story = two_branches()
    story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent")
    other = story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent", on="release")
    assert story.born_in(other, "cart.py") == [0] * 3 + [other] * 3 + [0] * 3


def test_the_same_patch_at_the_same_time_by_somebody_else_is_another_change() -> None:
    story = two_branches()
    source = story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent")
    tip = story.commit({"cart.py": HEAD + NEW + TAIL}, by="ben", on="release", authored=source)
    assert story.written_by(tip, "cart.py") == ["ana"] * 3 + ["ben"] * 3 + ["ana"] * 3


def test_a_pick_with_a_conflict_keeps_what_agrees_in_order() -> None:
    story = two_branches()
    source = story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent")
    solved = code("sum", "freight_solved", "grand")
    tip = story.commit({"cart.py": HEAD + solved + TAIL}, by="ben", on="release", picked=source)
    assert story.written_by(tip, "cart.py")[3:6] == ["agent", "ben", "agent"]


def test_a_pick_of_a_part_is_known_by_author_and_date() -> None:
    story = two_branches()
    source = story.commit({"cart.py": HEAD + NEW + TAIL, "bill.py": code("bill")}, by="agent")
    part = story.commit(
        {"cart.py": HEAD + code("sum", "grand", "only_here") + TAIL},
        by="agent",
        on="release",
        authored=source,
    )
    assert story.born_in(part, "cart.py")[3:6] == [source, source, part]


def test_a_pick_that_names_its_source_needs_neither_author_nor_date() -> None:
    story = two_branches()
    source = story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent")
    pick = story.commit({"cart.py": HEAD + NEW + TAIL}, by="ben", on="release", picked=source)
    assert story.written_by(pick, "cart.py")[3:6] == ["agent"] * 3


def test_a_lone_bracket_is_no_part_of_a_conflicted_pick() -> None:
    story = two_branches()
    source = story.commit({"cart.py": HEAD + code("sum") + TAIL + "}\n"}, by="agent")
    tip = story.commit(
        {"cart.py": HEAD + code("summed") + TAIL + "}\n"}, by="ben", on="release", picked=source
    )
    assert story.written_by(tip, "cart.py")[-1] == "ben"


def test_a_branch_left_behind_by_a_rebase_is_where_its_lines_began() -> None:
    story = two_branches()
    story.branch("feature", 0)
    source = story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent", on="feature")
    landed = story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent", authored=source)
    assert story.born_in(landed, "cart.py")[3:6] == [source] * 3
    assert {rule for rule, *_ in story.links()} == {"rebase"}


def test_of_three_copies_the_oldest_is_the_root_of_all() -> None:
    story = two_branches()
    story.branch("old", 0)
    source = story.commit({"cart.py": HEAD + NEW + TAIL}, by="agent")
    files = {"cart.py": HEAD + NEW + TAIL}
    second = story.commit(files, by="agent", on="release", authored=source)
    third = story.commit(files, by="agent", on="old", authored=source)
    for copy in (second, third):
        assert story.born_in(copy, "cart.py")[3:6] == [source] * 3


def test_commits_of_one_second_on_one_branch_are_no_twins() -> None:
    story = Story()
    first = story.commit({"cart.py": HEAD + code("repeated")}, by="agent", authored=0)
    second = story.commit(
        {"cart.py": HEAD + code("repeated") + TAIL + code("repeated")}, by="agent", authored=0
    )
    assert story.born_in(second, "cart.py") == [first] * 4 + [second] * 4


def test_a_change_picked_again_after_its_revert_is_the_old_change() -> None:
    story = Story()
    story.commit({"cart.py": HEAD}, by="ana")
    source = story.commit({"cart.py": HEAD + code("sum", "total")}, by="agent")
    story.commit({"cart.py": HEAD}, by="ben", reverts=source)
    again = story.commit({"cart.py": HEAD + code("sum", "total")}, by="agent", authored=source)
    assert story.born_in(again, "cart.py")[3:] == [source] * 2


def test_a_commit_amended_very_often_leads_back_version_by_version() -> None:
    story = two_branches()
    text = HEAD
    versions = []
    for number in range(15):
        text += code(f"new_{number}")
        story.branch("amended", 0)
        tip = story.commit({"cart.py": text}, by="agent", on="amended", authored=2)
        versions.append(tip)
    assert story.born_in(versions[-1], "cart.py")[3:] == versions


def test_very_many_commits_of_one_second_are_no_versions_of_each_other() -> None:
    story = two_branches()
    for number in range(15):
        story.branch("tool", 0)
        story.commit({"cart.py": HEAD + code(f"v_{number}")}, by="agent", on="tool", authored=2)
        texts = ("same", f"after_{number}", f"more_{number}", "equal")
        last = story.commit({"cart.py": HEAD + code(*texts)}, by="agent", on="tool", authored=2)
    assert story.born_in(last, "cart.py")[3:] == [last] * 4
