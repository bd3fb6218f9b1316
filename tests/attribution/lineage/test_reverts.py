"""Text that a revert brings back, and text that lands again after a revert."""

from __future__ import annotations

from tests.attribution.lineage.story import Story, code

HEAD = code("name", "price", "stock")
OLD = code("subtotal", "shipping", "total")
NEW = code("sum", "freight", "grand")


def rewritten() -> tuple[Story, int]:
    """The agent writes OLD, Ana rewrites it to NEW; returns Ana's commit."""
    story = Story()
    story.commit({"cart.py": HEAD + OLD}, by="agent")
    return story, story.commit({"cart.py": HEAD + NEW}, by="ana")


def test_what_a_revert_brings_back_belongs_to_who_wrote_it() -> None:
    story, rewrite = rewritten()
    tip = story.commit({"cart.py": HEAD + OLD}, by="ben", reverts=rewrite)
    assert story.written_by(tip, "cart.py") == ["agent"] * 6
    assert story.rules(tip, "cart.py") == [None] * 3 + ["revert"] * 3


def test_a_revert_without_a_message_is_known_by_its_patch() -> None:
    story, _ = rewritten()
    tip = story.commit({"cart.py": HEAD + OLD}, by="ben")
    assert story.written_by(tip, "cart.py") == ["agent"] * 6


def test_a_flag_that_is_set_back_is_no_revert() -> None:
    story = Story()
    story.commit({"cart.py": HEAD + "released = True\n"}, by="agent")
    story.commit({"cart.py": HEAD + "released = False\n"}, by="ana")
    tip = story.commit({"cart.py": HEAD + "released = True\n"}, by="ben")
    assert story.written_by(tip, "cart.py") == ["agent"] * 3 + ["ben"]


def test_a_human_who_types_deleted_lines_again_has_written_them() -> None:
    story = Story()
    story.commit({"cart.py": HEAD + OLD}, by="agent")
    story.commit({"cart.py": HEAD + code("other")}, by="ana")
    story.commit({"cart.py": HEAD + code("other", "more")}, by="ana")
    tip = story.commit({"cart.py": HEAD + OLD + code("other", "more")}, by="ben")
    assert story.written_by(tip, "cart.py") == ["agent"] * 3 + ["ben"] * 3 + ["ana"] * 2


def test_the_revert_of_a_revert_restores_the_newer_text() -> None:
    story, rewrite = rewritten()
    back = story.commit({"cart.py": HEAD + OLD}, by="ben", reverts=rewrite)
    tip = story.commit({"cart.py": HEAD + NEW}, by="cem", reverts=back)
    assert story.written_by(tip, "cart.py") == ["agent"] * 3 + ["ana"] * 3
    third = story.commit({"cart.py": HEAD + OLD}, by="cem", reverts=tip)
    assert story.written_by(third, "cart.py") == ["agent"] * 6


def test_a_revert_after_other_changes_restores_what_agrees_in_order() -> None:
    story, rewrite = rewritten()
    story.commit({"cart.py": HEAD + NEW + code("later")}, by="cem")
    mixed = code("subtotal", "shipping", "total_by_hand")
    tip = story.commit({"cart.py": HEAD + mixed + code("later")}, by="ben", reverts=rewrite)
    assert story.written_by(tip, "cart.py") == ["agent"] * 5 + ["ben", "cem"]


def landed_and_reverted() -> tuple[Story, int]:
    """The agent adds NEW, Ana reverts it; returns Ana's commit."""
    story = Story()
    story.commit({"cart.py": HEAD}, by="ana")
    feature = story.commit({"cart.py": HEAD + NEW}, by="agent")
    return story, story.commit({"cart.py": HEAD}, by="ana", reverts=feature)


def test_a_block_that_lands_again_after_a_revert_is_its_writers() -> None:
    story, _ = landed_and_reverted()
    story.commit({"cart.py": HEAD, "readme": code("unrelated")}, by="cem")
    fixed = code("guard") + NEW + code("check")
    tip = story.commit({"cart.py": HEAD + fixed}, by="ben")
    assert story.written_by(tip, "cart.py") == ["ana"] * 3 + ["ben"] + ["agent"] * 3 + ["ben"]


def test_two_lines_typed_again_after_a_revert_are_no_block() -> None:
    story, _ = landed_and_reverted()
    tip = story.commit({"cart.py": HEAD + code("sum", "freight")}, by="ben")
    assert story.written_by(tip, "cart.py") == ["ana"] * 3 + ["ben"] * 2


def test_single_lines_between_re_landed_blocks_come_back_as_well() -> None:
    story = Story()
    story.commit({"cart.py": HEAD}, by="ana")
    feature = story.commit({"cart.py": code("single") + HEAD + NEW}, by="agent")
    story.commit({"cart.py": HEAD}, by="ana", reverts=feature)
    tip = story.commit({"cart.py": code("single") + HEAD + NEW}, by="ben")
    assert story.written_by(tip, "cart.py") == ["agent"] + ["ana"] * 3 + ["agent"] * 3


def test_the_same_block_in_another_file_did_not_land_again() -> None:
    story, _ = landed_and_reverted()
    tip = story.commit({"bill.py": NEW}, by="ben")
    assert story.written_by(tip, "bill.py") == ["ben"] * 3


def test_a_block_of_a_branch_that_never_saw_the_revert_is_its_own() -> None:
    story = Story()
    base = story.commit({"cart.py": HEAD}, by="ana")
    feature = story.commit({"cart.py": HEAD + NEW}, by="agent")
    story.branch("beside", base)
    story.commit({"cart.py": HEAD}, by="ana", reverts=feature)
    tip = story.commit({"cart.py": HEAD + NEW}, by="ben", on="beside")
    assert story.written_by(tip, "cart.py") == ["ana"] * 3 + ["ben"] * 3


def test_trivial_lines_come_back_only_beside_others() -> None:
    story = Story()
    story.commit({"cart.c": code("sum") + "{\n}\n" + code("total", "tax") + "}\n"}, by="agent")
    cut = story.commit({"cart.c": code("tax")}, by="ana")
    story.commit({"cart.c": code("tax", "rate")}, by="ana")
    again = code("sum") + "{\n" + code("by_hand") + code("tax", "rate") + "}\n"
    tip = story.commit({"cart.c": again}, by="ben", reverts=cut)
    assert story.written_by(tip, "cart.c") == ["agent", "agent", "ben", "agent", "ana", "ben"]


def test_a_reverted_merge_gives_back_what_its_branch_had_removed() -> None:
    story = Story()
    story.commit({"cart.py": HEAD + OLD}, by="agent")
    story.branch("feature")
    story.commit({"cart.py": HEAD + NEW}, by="ana", on="feature")
    story.commit({"readme": code("unrelated")}, by="cem")
    merge = story.commit({}, by="cem", merges="feature")
    tip = story.commit({"cart.py": HEAD + OLD}, by="ben", reverts=merge)
    assert story.written_by(tip, "cart.py") == ["agent"] * 6
