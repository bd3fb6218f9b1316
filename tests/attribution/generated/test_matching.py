"""From generated lines to the commits that carry them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.attribution.generated.sessions import HOME, World
from tests.histories.builder import BEN, lines

from landed.config import PersonSettings

ONE, TWO, THREE = "total = price * count", "tax = total * rate", "return total + tax"
FOUR, FIVE = "log.info(total)", "cache[key] = total"
ALL = (ONE, TWO, THREE, FOUR, FIVE)
AI, UNKNOWN = "ai matched", "unknown none"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.human("README", lines("A shop"))
    made.commit("Begin")
    return made


def test_a_committed_line_is_carried_by_its_birth(world: World) -> None:
    world.models["s1"] = "claude-opus-4-8"
    world.agent("cart.py", lines(*ALL))
    world.human("cart.py", lines(*ALL, "print(1)"))
    world.commit()

    summary = world.read()

    assert (summary.generated, summary.matched, summary.similar) == (5, 5, 0)
    assert world.authors("cart.py") == [AI] * 5 + [UNKNOWN]
    (row,) = [row for row in world.rows("evidence") if row["source"] == "session"]
    assert (row["first_line"], row["last_line"]) == (1, 5)
    assert (row["agent"], row["model"], row["session"]) == (
        "claude-code",
        "claude-opus-4-8",
        "s1",
    )
    assert row["rule"] == "claude-code toolu_0000"


def test_the_first_commit_carries_the_line_and_later_ones_by_lineage(world: World) -> None:
    world.agent("cart.py", lines(*ALL))
    world.commit()
    world.human({"cart.py": None, "README": lines("A shop", *ALL)})
    world.commit()
    world.read()

    births = {row["line"]: row["commit_index"] for row in world.rows("line")}
    assert {births[row["line"]] for row in world.rows("generated_line")} == {1}
    assert world.tip("README") == [UNKNOWN] + [AI] * 5


def test_of_two_equal_lines_only_the_present_one_is_carried(world: World) -> None:
    first = world.agent("cart.py", lines(ONE, TWO))
    world.agent("cart.py", lines(TWO), turn="t2")
    second = world.agent("cart.py", lines(ONE, TWO), turn="t3")
    world.commit()
    world.read()

    assert world.fates(first) == ["removed", "present matched"]
    assert world.fates(second) == ["present matched"]


def test_a_commit_before_the_edit_carries_nothing_of_it(world: World) -> None:
    world.human("cart.py", lines(ONE, TWO, THREE))
    world.commit()
    world.human("cart.py", lines(FOUR))
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.read()

    assert world.authors("cart.py") == [UNKNOWN] * 3
    assert world.count("matched") == 0


def test_an_edit_and_its_commit_in_one_second_belong_together(world: World) -> None:
    world.clock += 600
    world.agent("cart.py", lines(*ALL), at=world.clock + 600)
    world.commit()
    world.read()

    assert world.count("matched") == 5


def test_trivial_lines_are_carried_only_beside_a_carried_neighbour(world: World) -> None:
    world.human("cart.c", lines("int a;", "}", "int b;"))
    world.commit()
    world.agent("cart.c", lines("int a;", "}", "}", "int b;"))
    world.agent("tax.c", lines("{", "int total;", "}"))
    world.commit()
    world.read()

    assert world.authors("tax.c") == [AI] * 3
    assert world.authors("cart.c") == [UNKNOWN] * 4


def test_lines_are_found_again_after_git_renamed_the_file(world: World) -> None:
    world.human("cart.py", lines(*(f"number {number}" for number in range(9))))
    world.commit()
    text = world.trees[HOME]["cart.py"]
    world.agent("cart.py", text + lines(ONE))
    world.human({"cart.py": None, "basket.py": text + lines(ONE)})
    world.commit()
    world.read()

    assert world.tip("basket.py")[-1] == AI


def test_at_another_path_only_a_whole_block_is_carried(world: World) -> None:
    block = world.agent("cart.py", lines(ONE, TWO, THREE))
    pair = world.agent("tax.py", lines(FOUR, FIVE))
    world.human({"cart.py": None, "tax.py": None})
    world.commit(files={"README": "A shop\n", "b.py": lines(ONE, TWO, THREE, FOUR, "x", FIVE)})
    world.read()

    assert world.fates(block) == ["present matched"] * 3
    assert world.fates(pair) == ["present"] * 2


def test_a_changed_line_is_mixed_and_says_how_alike_it_is(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.human("cart.py", lines(ONE, "tax = total * vat_rate", THREE))
    world.commit()

    assert world.read().similar == 1
    assert world.authors("cart.py") == [AI, "mixed similar", AI]
    (row,) = [row for row in world.rows("generated_line") if row["grade"] == "similar"]
    # five tokens each, four in common
    assert row["similarity"] == pytest.approx(0.8)


def test_a_line_that_was_rewritten_is_not_the_agents(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.human("cart.py", lines(ONE, "if vat: raise ValueError(vat)", THREE))
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI, UNKNOWN, AI]


def test_scores_stay_when_the_texts_are_gone(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.human("cart.py", lines(ONE, "tax = total * vat_rate", THREE))
    world.commit()
    world.read()
    before = world.rows("generated_line")

    (world.settings.workspace / "spool.sqlite").unlink()
    world.settings = world.settings.model_copy(
        update={"sessions": world.settings.sessions.model_copy(update={"keep_text": False})}
    )
    world.agent("tax.py", lines(FOUR), turn="t2")
    world.read()

    kept = {row["edit"]: row for row in before}
    assert [row for row in world.rows("generated_line") if row["edit"] in kept] == before


def test_without_texts_nothing_is_similar_and_equal_lines_still_match(world: World) -> None:
    world.settings = world.settings.model_copy(
        update={"sessions": world.settings.sessions.model_copy(update={"keep_text": False})}
    )
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.human("cart.py", lines(ONE, "tax = total * vat_rate", THREE))
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI, UNKNOWN, AI]


def test_lines_that_were_laid_out_anew_are_the_agents(world: World) -> None:
    world.agent("cart.py", lines("def total( items ):", "  x = 'one'", "  return  sum(items)"))
    world.human("cart.py", lines("def total(items):", '    x = "one"', "    return sum(items)"))
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI] * 3
    assert {row["similarity"] for row in world.rows("generated_line")} == {1.0}


def test_a_line_that_a_formatter_splits_has_one_carrier_and_is_all_the_agents(
    world: World,
) -> None:
    long = "result = compute(first_argument, second_argument, third_argument)"
    world.agent("cart.py", lines(ONE, long, TWO))
    split = ("result = compute(", "    first_argument,", "    second_argument,")
    world.human("cart.py", lines(ONE, *split, "    third_argument,", ")", TWO))
    world.commit()

    assert world.read().matched == 3
    assert world.authors("cart.py") == [AI] * 7


def test_what_the_user_altered_before_accepting_is_mixed(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO), changed_by_user=True)
    world.commit()
    world.read()

    assert world.authors("cart.py") == ["mixed matched"] * 2


def test_a_line_that_an_agent_changes_in_two_worktrees_has_one_carrier_each(
    world: World,
) -> None:
    other = "/home/ana/shop-2"
    world.trees[other] = dict(world.trees[HOME])
    world.agent("cart.py", lines(ONE, TWO, THREE), session="s1")
    second = world.agent("cart.py", lines(ONE, TWO, THREE), session="s2", tree=other)
    world.commit()
    world.read()

    assert world.fates(second) == ["present"] * 3
    assert world.count("matched") == 3


def test_a_session_of_another_branch_gives_no_lines_to_commits_beside_it(world: World) -> None:
    base = world.history.tip()
    world.history.branch("feature")
    world.commit(files={"README": lines("A shop", "with a feature")})
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.history.checkout("main")
    assert world.history.tip() == base
    world.commit(tree="/home/ben/shop", author=BEN, files={"cart.py": lines(ONE, TWO, THREE)})
    world.read()

    assert world.count("matched") == 0


def test_the_agents_line_keeps_its_place_among_equal_ones(world: World) -> None:
    world.human("cart.py", lines("def a():", "    return total", "def b():", "    pass"))
    text = world.trees[HOME]["cart.py"]
    world.agent("cart.py", text.replace("    pass", "    return total"))
    world.commit()
    world.read()

    assert world.authors("cart.py") == [UNKNOWN, UNKNOWN, UNKNOWN, AI]


def test_an_unchanged_run_changes_nothing(world: World) -> None:
    world.agent("cart.py", lines(*ALL))
    world.commit()
    assert world.read().changed
    before = world.rows("generated_line"), world.rows("evidence"), world.rows("line_attribution")

    assert not world.read().changed
    after = world.rows("generated_line"), world.rows("evidence"), world.rows("line_attribution")
    assert after == before


def test_an_edit_after_the_commit_in_the_same_second_takes_nothing_from_it(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.commit()
    world.agent("cart.py", lines(TWO), turn="t2", at=world.clock)
    world.read()

    assert world.authors("cart.py") == [AI, AI]
    assert world.fates() == ["removed matched", "present matched"]


def test_evidence_read_anew_does_not_lose_what_the_logs_say(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.commit()
    world.read()
    before = world.rows("evidence"), world.rows("line_attribution")

    person = PersonSettings(emails=("ben@example.com",), uses_ai=False)
    world.settings = world.settings.model_copy(update={"people": (person,)})
    world.read()

    assert (world.rows("evidence"), world.rows("line_attribution")) == before


def test_when_an_edit_turns_out_to_belong_elsewhere_its_lines_are_nobodys(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.commit()
    world.read()
    assert world.authors("cart.py") == [AI, AI]

    world.logs[0].inside = False
    world.read()

    assert world.authors("cart.py") == [UNKNOWN, UNKNOWN]
    assert world.rows("generated_line") == world.rows("evidence") == []


def test_lines_that_an_agent_only_moves_or_indents_have_carriers_and_keep_their_author(
    world: World,
) -> None:
    last = ("print(total)", "exit(code)", "done = True")
    kept = tuple(f"number {number}" for number in range(9))
    world.human("cart.py", lines(*ALL[:3], *kept, *last))
    world.commit()
    indented = [f"    {text}" for text in ALL[:3]]
    world.agent("cart.py", lines("if price:", *indented, *kept, *last))
    world.agent("cart.py", lines(*last, "if price:", *indented, *kept))
    world.commit()
    world.read()

    assert world.fates() == ["present matched"] * 7
    assert world.tip("cart.py") == [UNKNOWN] * 3 + [AI] + [UNKNOWN] * 12
    said = [row for row in world.rows("evidence") if row["source"] == "session"]
    assert [(row["first_line"], row["last_line"]) for row in said] == [(4, 4)]
