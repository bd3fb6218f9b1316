"""What must not be taken for an agent's, or for a human's, told as small stories with figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.attribution.generated.sessions import HOME, STEP, World
from tests.histories.builder import ANA, BEN, lines

ONE, TWO, THREE = "total = price * count", "tax = total * rate", "return total + tax"
FOUR, FIVE = "log.info(total)", "cache[key] = total"
ALL = (ONE, TWO, THREE, FOUR, FIVE)
AI, HUMAN, MIXED, UNKNOWN = "ai matched", "human matched", "mixed similar", "unknown none"
OTHER = "/home/ana/shop-2"
BENS = "/home/ben/shop"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.human("README", lines("A shop"))
    made.commit("Begin")
    made.trees[OTHER] = dict(made.trees[HOME])
    made.trees[BENS] = dict(made.trees[HOME])
    return made


# A human types the same lines ---------------------------------------------------------------------


def test_before_the_session(world: World) -> None:
    world.human("cart.py", lines(ONE, TWO))
    world.agent("cart.py", lines(ONE, TWO, FOUR, ONE, TWO))
    world.commit()
    world.read()

    assert world.authors("cart.py") == [UNKNOWN, UNKNOWN, AI, AI, AI]


def test_after_the_agents_lines_were_thrown_away_and_committed_elsewhere(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.human("cart.py", lines("pass"))
    world.agent("cart.py", lines("pass", FOUR), turn="t2")
    world.human("tax.py", lines(ONE, TWO))
    world.commit()
    world.read()

    assert world.authors("tax.py") == [UNKNOWN, UNKNOWN]
    assert world.authors("cart.py") == ["human matched", AI]


def test_in_another_worktree(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.human("cart.py", lines(ONE, TWO), tree=OTHER)
    world.commit(tree=OTHER)
    world.read()

    assert world.authors("cart.py") == [UNKNOWN, UNKNOWN]
    assert world.fates() == ["present", "present"]


# Two authors, two agents --------------------------------------------------------------------------


def test_another_author_types_two_of_the_same_lines(world: World) -> None:
    world.persons = {"s1": "ana@example.com"}
    world.agent("cart.py", lines(ONE, TWO))
    world.reflog = False
    world.human("cart.py", lines(ONE, TWO), tree=BENS)
    world.commit(tree=BENS, author=BEN)
    world.read()

    assert world.authors("cart.py") == [UNKNOWN, UNKNOWN]


def test_another_author_commits_the_block_that_anas_agent_wrote(world: World) -> None:
    world.persons = {"s1": "ana@example.com"}
    world.agent("cart.py", lines(*ALL))
    world.reflog = False
    world.commit(author=BEN)
    world.read()

    assert world.authors("cart.py") == [AI] * 5


def test_each_of_two_agents_side_by_side_gets_its_own_lines(world: World) -> None:
    world.agent("cart.py", lines(*ALL), session="s1")
    world.agent("cart.py", lines(*ALL, "print(2)"), session="s2", agent="codex", tree=OTHER)
    base = world.history.tip()
    world.commit(tree=HOME)
    world.history.branch("other", base)
    world.commit(tree=OTHER)
    world.read()

    said = {(row["commit_index"], row["agent"]) for row in world.rows("evidence")}
    assert said == {(1, "claude-code"), (2, "codex")}
    assert world.count("matched") == 11


def test_two_agents_with_similar_code_do_not_share_lines(world: World) -> None:
    world.agent("cart.py", lines(ONE, "tax = total * rate", THREE), session="s1")
    world.agent("cart.py", lines(ONE, "tax = total * vat", THREE), session="s2", tree=OTHER)
    world.commit(tree=OTHER)
    world.read()

    assert world.authors("cart.py") == [AI] * 3
    assert world.fates()[:3] == ["present"] * 3


# Formatters, trivial lines, commands --------------------------------------------------------------


def test_a_formatter_before_the_commit_takes_no_line_from_the_agent(world: World) -> None:
    world.agent("cart.py", lines("def a( x ):", "  return  'x'", "", "def b( y ):", "  return y"))
    world.human(
        "cart.py", lines("def a(x):", '    return "x"', "", "", "def b(y):", "    return y")
    )
    world.commit()
    world.read()

    assert world.authors("cart.py").count(AI) == 5
    assert world.authors("cart.py").count(UNKNOWN) == 1


def test_a_formatter_that_an_agent_runs_makes_no_line_human(world: World) -> None:
    world.agent("cart.py", lines("def a( x ):", "  return  'x'", FOUR))
    world.shell({"cart.py": lines("def a(x):", '    return "x"', FOUR)})
    world.agent("cart.py", lines("def a(x):", '    return "x"', FOUR, FIVE), turn="t2")
    world.commit()
    world.read()

    assert "human matched" not in world.authors("cart.py")
    assert world.authors("cart.py")[2:] == [AI, AI]


def test_trivial_lines_alone_are_nobodys(world: World) -> None:
    world.agent("cart.c", lines("{", "}", "", ");"))
    world.human("cart.c", lines("int main()", "{", "x();", "}", "", ");"))
    world.commit()
    world.read()

    assert world.authors("cart.c") == [UNKNOWN] * 6


def test_what_a_command_writes_is_unknown_and_not_human(world: World) -> None:
    world.agent("cart.py", lines(ONE))
    world.shell({"cart.py": lines(ONE, TWO, THREE), "made.py": lines(FOUR)})
    world.agent("cart.py", lines(ONE, TWO, THREE, FIVE), turn="t2")
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI, UNKNOWN, UNKNOWN, AI]
    assert world.authors("made.py") == [UNKNOWN]


# Humans -------------------------------------------------------------------------------------------


def test_lines_that_a_human_put_in_between_two_edits_are_human(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.human("cart.py", lines(ONE, FOUR, TWO))
    world.agent("cart.py", lines(ONE, FOUR, TWO, THREE), turn="t2")
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI, HUMAN, AI, AI]


def test_also_where_they_were_committed_before_the_edit_that_shows_them(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.human("cart.py", lines(ONE, FOUR, TWO))
    world.commit()
    world.agent("cart.py", lines(ONE, FOUR, TWO, THREE), turn="t2")
    world.read()

    assert world.authors("cart.py") == [AI, HUMAN, AI]


def test_a_human_who_changes_an_agents_line_makes_it_mixed(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.human("cart.py", lines(ONE, "tax = total * vat_rate", THREE))
    world.agent("cart.py", lines(ONE, "tax = total * vat_rate", THREE, FOUR), turn="t2")
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI, MIXED, AI, AI]


def test_also_where_the_commit_falls_into_the_second_of_the_edit_that_shows_it(
    world: World,
) -> None:
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.human("cart.py", lines(ONE, "tax = total * vat_rate", THREE))
    world.agent("cart.py", lines(ONE, "tax = total * vat_rate", THREE, FOUR), turn="t2")
    world.clock -= STEP
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI, MIXED, AI, AI]


def test_what_a_commits_hook_may_have_written_anew_is_no_humans(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.human("cart.py", lines(ONE, "if vat: raise ValueError(vat)", THREE))
    world.commit()
    world.agent("cart.py", lines(ONE, "if vat: raise ValueError(vat)", THREE, FOUR), turn="t2")
    world.read()

    assert world.authors("cart.py") == [AI, UNKNOWN, AI]


def test_a_human_who_writes_a_line_anew_makes_it_human(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.human("cart.py", lines(ONE, "if vat: raise ValueError(vat)", THREE))
    world.agent("cart.py", lines(ONE, "if vat: raise ValueError(vat)", THREE, FOUR), turn="t2")
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI, HUMAN, AI, AI]


@pytest.mark.parametrize("action", ["checkout", "merge other", "reset", "pull", "rebase (finish)"])
def test_what_git_brought_in_between_is_not_human(world: World, action: str) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.human("cart.py", lines(ONE, FOUR, TWO))
    world.moved("0" * 40, action)
    world.agent("cart.py", lines(ONE, FOUR, TWO, THREE), turn="t2")
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI, UNKNOWN, AI, AI]


def test_what_another_agent_wrote_in_between_is_not_human(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO), session="s1")
    world.agent("cart.py", lines(ONE, FOUR, TWO), session="s2", agent="codex")
    world.agent("cart.py", lines(ONE, FOUR, TWO, THREE), session="s1", turn="t2")
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI] * 4


# Git takes lines out and brings them back ---------------------------------------------------------


def test_stash_and_pop_keep_the_agents_lines(world: World) -> None:
    kept = world.agent("cart.py", lines(ONE, TWO, THREE))
    stashed = world.trees[HOME]["cart.py"]
    world.human("cart.py", lines("pass"))
    world.moved("0" * 40, "reset")
    world.agent("cart.py", lines("pass", FOUR), turn="t2")
    world.commit()
    world.human("cart.py", lines("pass", FOUR) + stashed)
    world.commit()
    world.read()

    assert world.fates(kept) == ["removed matched"] * 3
    assert world.authors("cart.py") == [UNKNOWN, AI, AI, AI, AI]


def test_a_file_that_is_checked_out_and_changed_again_is_the_agents(world: World) -> None:
    world.human("cart.py", lines("pass"))
    world.commit()
    kept = world.agent("cart.py", lines("pass", ONE, TWO))
    world.human("cart.py", lines("pass"))
    world.agent("cart.py", lines("pass", FOUR), turn="t2")
    world.human("cart.py", lines("pass", ONE, TWO, FOUR))
    world.commit()
    world.read()

    assert world.fates(kept) == ["removed matched"] * 2
    assert world.authors("cart.py") == [UNKNOWN, AI, AI, AI]


def test_an_amended_commit_carries_what_was_edited_on_top_of_the_first(world: World) -> None:
    base = world.history.tip()
    world.agent("cart.py", lines(ONE, TWO))
    world.commit()
    world.agent("cart.py", lines(ONE, TWO, THREE), turn="t2")
    world.history.checkout("main")
    world.commit(parents=[str(base)], action="commit (amend)")
    world.read()

    assert world.authors("cart.py") == [AI] * 3
    assert world.count("matched") == 3


def test_a_rebased_branch_carries_the_lines_of_the_commits_it_replaces(world: World) -> None:
    world.history.branch("feature")
    world.agent("cart.py", lines(ONE, TWO, THREE))
    first = world.commit()
    world.agent("cart.py", lines(ONE, TWO, THREE, FOUR), turn="t2")
    world.commit()
    world.history.checkout("main")
    world.commit(files={"README": lines("A shop", "more")}, tree=OTHER)
    world.history.checkout("feature")
    world.history.rebase("main", when=world.clock + 600)
    world.read()

    assert first not in {row["commit"] for row in world.rows("commit")}
    assert world.authors("cart.py") == [AI] * 4


def test_a_squash_of_a_deleted_branch_carries_the_branchs_lines(world: World) -> None:
    world.history.branch("feature")
    world.moved(str(world.history.tip()), "checkout")
    world.agent("cart.py", lines(ONE, TWO))
    world.commit()
    world.agent("cart.py", lines(ONE, TWO, THREE), turn="t2")
    world.commit()
    world.history.checkout("main")
    world.history.delete_branch("feature")
    world.reflog = False
    world.commit(files=world.trees[HOME], tree="")
    world.read()

    assert len(world.rows("commit")) == 2
    assert world.authors("cart.py") == [AI] * 3


def test_a_revert_by_an_agent_gives_it_no_line(world: World) -> None:
    world.human("cart.py", lines(*ALL))
    world.commit()
    world.human("cart.py", lines("pass"))
    gone = world.commit()
    world.shell({"cart.py": lines(*ALL)})
    world.commit(f"Revert\n\nThis reverts commit {gone}.")
    world.read()

    assert set(world.tip("cart.py")) == {UNKNOWN}
    assert world.count("matched") == 0


# Signals and capture ------------------------------------------------------------------------------

TRAILER = "Add\n\nCo-Authored-By: Claude <noreply@anthropic.com>"


def test_where_the_log_tells_the_lines_the_trailer_adds_none(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.human("cart.py", lines(ONE, FOUR, TWO))
    world.agent("cart.py", lines(ONE, FOUR, TWO, THREE), turn="t2")
    world.human("cart.py", lines(ONE, FOUR, TWO, THREE, FIVE))
    world.commit(TRAILER)
    world.read()

    assert world.authors("cart.py") == [AI, HUMAN, AI, AI, UNKNOWN]


def test_a_trailer_alone_still_counts(world: World) -> None:
    world.agent("cart.py", lines(ONE))
    world.commit()
    world.human("tax.py", lines(TWO))
    world.commit(TRAILER)
    world.read()

    assert world.authors("tax.py") == ["ai declared"]


def test_a_human_line_that_was_seen_beats_a_trailer(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO), agent="codex")
    world.human("cart.py", lines(ONE, FOUR, TWO))
    world.agent("cart.py", lines(ONE, FOUR, TWO, THREE), turn="t2", agent="codex")
    world.commit(TRAILER)
    world.read()

    assert world.authors("cart.py") == [AI, HUMAN, AI, AI]


def test_who_is_captured_and_ran_no_command_is_human_where_no_log_says_otherwise(
    world: World,
) -> None:
    world.persons = {"s1": "ana@example.com"}
    world.captured = {"ana@example.com": date(2025, 1, 1)}
    world.agent("cart.py", lines(ONE))
    world.human("cart.py", lines(ONE, FOUR))
    world.commit()
    world.human("tax.py", lines(TWO))
    world.commit(TRAILER)
    world.human("ben.py", lines(FIVE))
    world.commit(author=BEN)
    world.read()

    assert world.authors("cart.py") == [AI, "human declared"]
    assert world.authors("tax.py") == ["ai declared"]
    assert world.authors("ben.py") == [UNKNOWN]


def test_a_command_since_the_commit_before_leaves_it_unknown(world: World) -> None:
    world.persons = {"s1": "ana@example.com"}
    world.captured = {"ana@example.com": date(2025, 1, 1)}
    world.shell({"made.py": lines(THREE)})
    world.human("cart.py", lines(ONE))
    world.commit(author=ANA)
    world.human("tax.py", lines(TWO))
    world.commit(author=ANA)
    world.read()

    assert world.authors("cart.py") == [UNKNOWN]
    assert world.authors("tax.py") == ["human declared"]


def test_before_the_day_of_capture_nothing_is_human(world: World) -> None:
    world.captured = {"ana@example.com": date(2025, 1, 2)}
    world.human("cart.py", lines(ONE))
    world.commit()
    world.read()

    assert world.authors("cart.py") == [UNKNOWN]


def test_a_rebased_commit_carries_lines_that_were_taken_out_after_it_was_first_made(
    world: World,
) -> None:
    world.history.branch("feature")
    world.agent("cart.py", lines(ONE, TWO, THREE))
    world.commit()
    world.agent("cart.py", lines(ONE, THREE), turn="t2")
    world.commit()
    world.history.checkout("main")
    world.commit(files={"README": lines("A shop", "more")}, tree=OTHER)
    world.history.checkout("feature")
    world.history.rebase("main", when=world.clock + 600)
    world.read()

    assert world.authors("cart.py") == [AI] * 3
    assert world.fates() == ["present matched", "removed matched", "present matched"]


def test_a_command_in_another_folder_may_have_changed_files_here(world: World) -> None:
    world.agent("cart.py", lines(ONE, TWO))
    world.shell({"cart.py": lines(ONE, FOUR, TWO)})
    world.logs[-1].inside = False
    world.agent("cart.py", lines(ONE, FOUR, TWO, THREE), turn="t2")
    world.commit()
    world.read()

    assert world.authors("cart.py") == [AI, UNKNOWN, AI, AI]
