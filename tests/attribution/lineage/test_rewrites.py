"""What git itself rewrites: the lines of the commit that landed lead to who wrote them before.

Every history is made by git in a working tree, and read as one finds it there: the commits that
were amended, rebased or squashed away are known from reflogs and loose objects alone, unless a test
keeps a branch. Each test names, line by line, the commit that a lineage begins with.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.attribution.lineage.story import code
from tests.histories.builder import ANA, BEN
from tests.histories.laptop import Laptop
from tests.histories.objects import run_git

from landed.config import Settings
from landed.store import Store
from landed.sync import sync

AGENT = ("agent", "agent@example.com")
HEAD, TAIL = code("name", "price", "stock"), code("tax", "country", "rate")
ONE = code("sum", "freight", "grand")
TWO = code("discount", "voucher", "points")
THREE = code("invoice", "reminder", "receipt")

_FIRST_LINES = """
select origin.commit as first
from line
join "commit" as born using (repository, commit_index)
join path using (repository, path_index)
left join lineage using (repository, line)
join line as first on first.repository = line.repository
    and first.line = coalesce(lineage.root_line, line.line)
join "commit" as origin on origin.repository = line.repository
    and origin.commit_index = first.commit_index
where born.commit = ? and path.path = ? and line.origin_line is null
order by line.line_number
"""


def begins(laptop: Laptop, commit: str, path: str = "cart.py", refs: tuple[str, ...] = ()) -> list:
    """The commit in which the lineage of each line began that `commit` added to a file."""
    return begins_at(laptop.path, commit, path, refs)


def begins_at(repository: Path, commit: str, path: str, refs: tuple[str, ...] = ()) -> list[str]:
    workspace = repository.parent / "workspace"
    sync(repository, Settings(workspace=workspace, refs=refs))
    with Store.open(workspace, read_only=True) as store:
        found: list[str] = store.query(_FIRST_LINES, [commit, path])["first"].to_pylist()
    return found


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    """A working tree whose first commit is Ana's."""
    laptop = Laptop(tmp_path / "shop")
    laptop.save("cart.py", HEAD + TAIL)
    return laptop


def start(laptop: Laptop, branch: str) -> None:
    laptop.git("checkout", "-q", "-b", branch, "main")


def end(laptop: Laptop, branch: str) -> None:
    """Go back to main; nothing but the reflog of HEAD knows of the branch then."""
    laptop.git("checkout", "-q", "main")
    laptop.git("branch", "-q", "-D", branch)


def meanwhile(laptop: Laptop, text: str = "", path: str = "readme") -> None:
    """Somebody else's commit on main."""
    laptop.git("checkout", "-q", "main")
    laptop.save(path, text or code("unrelated"), by=BEN)


def squash(laptop: Laptop, *branches: str) -> str:
    """Ben lands branches as one commit."""
    laptop.git("checkout", "-q", "main")
    laptop.git("merge", "-q", "--squash", *branches, by=BEN)
    return laptop.commit("Squashed", by=BEN)


def worked(laptop: Laptop, branch: str = "feature") -> tuple[str, str]:
    """The agent's two commits on a branch: ONE in the middle of the cart, then TWO at its end."""
    start(laptop, branch)
    one = laptop.save("cart.py", HEAD + ONE + TAIL, "One", by=AGENT)
    two = laptop.save("cart.py", HEAD + ONE + TAIL + TWO, "Two", by=AGENT)
    return one, two


# Amending ----------------------------------------------------------------------------------


def test_amend(laptop: Laptop) -> None:
    first = laptop.save("cart.py", HEAD + ONE + TAIL, by=AGENT)
    laptop.write("cart.py", HEAD + ONE + code("by_hand") + TAIL)
    amended = laptop.commit("Better", amend=True)

    assert begins(laptop, amended) == [first] * 3 + [amended]


def test_amend_as_another_author_at_another_time(laptop: Laptop) -> None:
    first = laptop.save("cart.py", HEAD + ONE + TAIL, by=AGENT)
    laptop.write("cart.py", HEAD + ONE + code("by_hand") + TAIL)
    laptop.git("add", "cart.py")
    laptop.git("commit", "-q", "--amend", "--reset-author", "-m", "Mine", by=BEN)

    assert begins(laptop, laptop.head()) == [first] * 3 + [laptop.head()]


def test_amend_twice(laptop: Laptop) -> None:
    first = laptop.save("cart.py", HEAD + ONE + TAIL, by=AGENT)
    laptop.write("cart.py", HEAD + ONE + TAIL + TWO)
    second = laptop.commit("Again", amend=True)
    laptop.write("cart.py", HEAD + ONE + TAIL + TWO + code("last"))
    third = laptop.commit("And again", amend=True)

    assert begins(laptop, third) == [first] * 3 + [second] * 3 + [third]


def test_amend_twenty_times(laptop: Laptop) -> None:
    text = HEAD + TAIL
    versions = []
    for number in range(20):
        text += code(f"step_{number}", f"check_{number}", f"note_{number}")
        laptop.write("cart.py", text)
        versions.append(laptop.commit(f"Version {number}", by=AGENT, amend=number > 0))

    expected = [version for version in versions for _ in range(3)]
    assert begins(laptop, versions[-1]) == expected


def test_amended_lines_that_changed_are_the_later_versions(laptop: Laptop) -> None:
    first = laptop.save("cart.py", HEAD + ONE + TAIL, by=AGENT)
    laptop.write("cart.py", HEAD + code("sum", "freight_by_weight", "grand") + TAIL)
    amended = laptop.commit("Better", amend=True)

    assert begins(laptop, amended) == [first, amended, first]


def test_undone_and_committed_again(laptop: Laptop) -> None:
    one = laptop.save("cart.py", HEAD + ONE + TAIL, by=AGENT)
    two = laptop.save("cart.py", HEAD + ONE + TAIL + TWO, by=AGENT)
    laptop.git("reset", "-q", "--soft", "HEAD~2")
    again = laptop.commit("Both at once", by=ANA)

    assert begins(laptop, again) == [one] * 3 + [two] * 3


# Rebasing ----------------------------------------------------------------------------------


def test_rebase(laptop: Laptop) -> None:
    one, two = worked(laptop)
    meanwhile(laptop)
    laptop.git("rebase", "-q", "main", "feature", by=BEN)
    laptop.git("checkout", "-q", "main")
    laptop.git("merge", "-q", "--ff-only", "feature")

    assert begins(laptop, laptop.rev("main~1")) == [one] * 3
    assert begins(laptop, laptop.rev("main")) == [two] * 3


def test_rebase_with_a_conflict(laptop: Laptop) -> None:
    one, two = worked(laptop)
    meanwhile(laptop, HEAD + code("bens") + TAIL, "cart.py")
    laptop.git("rebase", "-q", "main", "feature", check=False)
    laptop.write("cart.py", HEAD + code("bens", "sum", "solved", "grand") + TAIL)
    laptop.git("add", "cart.py")
    laptop.git("rebase", "--continue")
    laptop.git("checkout", "-q", "main")
    laptop.git("merge", "-q", "--ff-only", "feature")

    solved = laptop.rev("main~1")
    assert begins(laptop, solved) == [one, solved, one]
    assert begins(laptop, laptop.rev("main")) == [two] * 3


def test_rebase_that_squashes_and_fixes_up(laptop: Laptop) -> None:
    one, two = worked(laptop)
    text = HEAD + code("sum", "freight_fixed", "grand") + TAIL + TWO
    laptop.write("cart.py", text)
    laptop.git("add", "cart.py")
    laptop.git("commit", "-q", "--fixup", one, by=AGENT)
    fixup = laptop.head()
    laptop.git("rebase", "-q", "-i", "--autosquash", "main", by=ANA)
    laptop.git("checkout", "-q", "main")
    laptop.git("merge", "-q", "--ff-only", "feature")

    assert begins(laptop, laptop.rev("main~1")) == [one, fixup, one]
    assert begins(laptop, laptop.rev("main")) == [two] * 3


def test_rebase_that_squashes_the_whole_branch(laptop: Laptop) -> None:
    one, two = worked(laptop)
    laptop.git("commit", "-q", "--amend", "-m", "squash! One")
    laptop.git("rebase", "-q", "-i", "--autosquash", "main", by=ANA)
    laptop.git("checkout", "-q", "main")
    laptop.git("merge", "-q", "--ff-only", "feature")

    assert laptop.rev("main~1") == laptop.rev("feature~1")
    assert begins(laptop, laptop.rev("main")) == [one] * 3 + [two] * 3


def test_rebase_onto_a_branch_that_was_rebased_itself(laptop: Laptop) -> None:
    one, two = worked(laptop)
    for number in range(3):
        meanwhile(laptop, code(f"unrelated_{number}"))
        laptop.git("rebase", "-q", "main", "feature", by=BEN)
    laptop.git("checkout", "-q", "main")
    laptop.git("merge", "-q", "--no-ff", "-m", "Merge", "feature")

    assert begins(laptop, laptop.rev("main^2~1")) == [one] * 3
    assert begins(laptop, laptop.rev("main^2")) == [two] * 3


# Cherry-picking ----------------------------------------------------------------------------


def test_cherry_pick_from_a_deleted_branch(laptop: Laptop) -> None:
    one, _ = worked(laptop)
    meanwhile(laptop)
    laptop.git("cherry-pick", one, by=BEN)
    picked = laptop.head()
    end(laptop, "feature")

    assert begins(laptop, picked) == [one] * 3


def test_cherry_pick_of_a_part(laptop: Laptop) -> None:
    start(laptop, "feature")
    laptop.write("bill.py", THREE)
    both = laptop.save("cart.py", HEAD + ONE + TAIL + TWO, by=AGENT)
    meanwhile(laptop)
    laptop.git("cherry-pick", "--no-commit", both)
    laptop.git("rm", "-q", "-f", "bill.py")
    laptop.write("cart.py", HEAD + ONE + TAIL + code("own"))
    laptop.git("add", "cart.py")
    laptop.git("commit", "-q", "-C", both, by=BEN)
    part = laptop.head()
    end(laptop, "feature")

    assert begins(laptop, part) == [both] * 3 + [part]


def test_cherry_pick_of_a_part_under_another_name_leaves_the_rest(laptop: Laptop) -> None:
    start(laptop, "feature")
    laptop.write("bill.py", THREE)
    laptop.save("cart.py", HEAD + ONE + TAIL + TWO, by=AGENT)
    laptop.git("checkout", "-q", "main")
    typed = laptop.save("cart.py", HEAD + ONE + TAIL, by=BEN)

    assert begins(laptop, typed) == [typed] * 3


# Squashing ---------------------------------------------------------------------------------


def test_squash_while_the_branch_is_kept(laptop: Laptop) -> None:
    one, two = worked(laptop)
    meanwhile(laptop)

    assert begins(laptop, squash(laptop, "feature")) == [one] * 3 + [two] * 3


def test_squash_of_a_branch_that_was_deleted(laptop: Laptop) -> None:
    one, two = worked(laptop)
    meanwhile(laptop)
    squashed = squash(laptop, "feature")
    end(laptop, "feature")

    assert begins(laptop, squashed) == [one] * 3 + [two] * 3


def test_squash_read_before_the_branch_was_deleted_and_thrown_away(laptop: Laptop) -> None:
    one, two = worked(laptop)
    meanwhile(laptop)
    squashed = squash(laptop, "feature")
    assert begins(laptop, squashed) == [one] * 3 + [two] * 3
    end(laptop, "feature")
    laptop.forget_reflogs()

    laptop.save("readme", code("later"))

    assert begins(laptop, squashed) == [one] * 3 + [two] * 3


def test_squash_read_when_the_branch_had_been_thrown_away_keeps_what_was_read_before(
    laptop: Laptop,
) -> None:
    one, two = worked(laptop)
    assert begins(laptop, two) == [two] * 3
    meanwhile(laptop)
    squashed = squash(laptop, "feature")
    end(laptop, "feature")
    laptop.forget_reflogs()

    assert begins(laptop, squashed) == [one] * 3 + [two] * 3


def test_squash_made_on_a_server_and_fetched(laptop: Laptop, tmp_path: Path) -> None:
    run_git(tmp_path, "clone", "-q", "--bare", laptop.path, "server.git")
    laptop.git("remote", "add", "origin", str(tmp_path / "server.git"))
    laptop.git("fetch", "-q")
    one, two = worked(laptop)
    laptop.git("push", "-q", "origin", "feature")
    colleague = Laptop(tmp_path / "colleague", clone=tmp_path / "server.git")
    for _ in range(20):
        colleague.git("fetch", "-q")
    colleague.git("merge", "-q", "--squash", "origin/feature", by=BEN)
    squashed = colleague.commit("Two steps (#7)", by=BEN)
    colleague.git("push", "-q", "origin", "main", ":feature")
    laptop.git("checkout", "-q", "main")
    laptop.git("pull", "-q", "--prune", "--ff-only", "origin", "main")
    laptop.git("branch", "-q", "-D", "feature")

    assert begins(laptop, squashed) == [one] * 3 + [two] * 3


@pytest.mark.parametrize("ref", ["refs/heads/feature", "refs/pull/7/head"])
def test_squash_on_a_bare_server_that_keeps_a_ref(laptop: Laptop, tmp_path: Path, ref: str) -> None:
    one, two = worked(laptop)
    meanwhile(laptop)
    squashed = squash(laptop, "feature")
    run_git(tmp_path, "init", "-q", "--bare", "-b", "main", "server.git")
    laptop.git("push", "-q", str(tmp_path / "server.git"), "main", f"feature:{ref}")

    server = tmp_path / "server.git"
    expected = [one] * 3 + [two] * 3
    assert begins_at(server, squashed, "cart.py", refs=("refs/pull/*/head",)) == expected


def test_squash_after_a_rebase(laptop: Laptop) -> None:
    one, two = worked(laptop)
    meanwhile(laptop)
    laptop.git("rebase", "-q", "main", "feature", by=BEN)
    squashed = squash(laptop, "feature")
    end(laptop, "feature")

    assert begins(laptop, squashed) == [one] * 3 + [two] * 3


def test_squash_with_conflict_fixes(laptop: Laptop) -> None:
    one, two = worked(laptop)
    meanwhile(laptop, HEAD + code("bens") + TAIL, "cart.py")
    laptop.git("merge", "--squash", "feature", check=False)
    laptop.write("cart.py", HEAD + code("bens", "sum", "solved", "grand") + TAIL + TWO)
    squashed = laptop.commit("Squashed", by=BEN)
    end(laptop, "feature")

    assert begins(laptop, squashed) == [one, squashed, one] + [two] * 3


def test_two_requests_squashed_together(laptop: Laptop) -> None:
    one, two = worked(laptop, "first")
    start(laptop, "second")
    three = laptop.save("bill.py", THREE, by=("robot", "robot@example.com"))
    meanwhile(laptop)
    laptop.git("merge", "-q", "--squash", "first", by=BEN)
    laptop.git("commit", "-q", "-m", "So far", by=BEN)
    laptop.git("merge", "-q", "--squash", "second", by=BEN)
    laptop.git("commit", "-q", "--amend", "-m", "Both", by=BEN)
    both = laptop.head()
    end(laptop, "first")
    end(laptop, "second")

    assert begins(laptop, both) == [one] * 3 + [two] * 3
    assert begins(laptop, both, "bill.py") == [three] * 3


def test_squash_of_an_amended_branch(laptop: Laptop) -> None:
    start(laptop, "feature")
    first = laptop.save("cart.py", HEAD + ONE + TAIL, by=AGENT)
    laptop.write("cart.py", HEAD + ONE + TAIL + TWO)
    amended = laptop.commit("Amended", amend=True, by=AGENT)
    meanwhile(laptop)
    squashed = squash(laptop, "feature")
    end(laptop, "feature")

    assert begins(laptop, squashed) == [first] * 3 + [amended] * 3


# Reverting ---------------------------------------------------------------------------------


def test_squash_reverted_and_applied_again(laptop: Laptop) -> None:
    one, two = worked(laptop)
    squashed = squash(laptop, "feature")
    laptop.git("revert", "--no-edit", squashed, by=BEN)
    reverted = laptop.head()
    laptop.git("revert", "--no-edit", reverted, by=BEN)
    again = laptop.head()
    end(laptop, "feature")

    assert begins(laptop, again) == [one] * 3 + [two] * 3


def test_squash_reverted_and_squashed_again_with_a_fix(laptop: Laptop) -> None:
    one, two = worked(laptop)
    squashed = squash(laptop, "feature")
    laptop.git("revert", "--no-edit", squashed, by=BEN)
    laptop.git("checkout", "-q", "feature")
    fix = laptop.save("cart.py", HEAD + ONE + TAIL + TWO + THREE, by=AGENT)
    laptop.git("checkout", "-q", "main")
    laptop.git("checkout", "-q", "feature", "--", "cart.py")
    again = laptop.commit("Once more", by=BEN)
    end(laptop, "feature")

    assert begins(laptop, again) == [one] * 3 + [two] * 3 + [fix] * 3


# What must not happen ----------------------------------------------------------------------


def test_stashed_lines_are_committed_by_who_commits_them(laptop: Laptop) -> None:
    laptop.write("cart.py", HEAD + ONE + TAIL + TWO)
    laptop.write("new.py", THREE)
    laptop.git("stash", "-q", "--include-untracked")
    assert begins(laptop, laptop.rev("stash")) == [laptop.rev("stash")] * 6
    laptop.git("stash", "pop", "-q")
    committed = laptop.commit("From the stash", by=AGENT)

    assert begins(laptop, committed) == [committed] * 6
    assert begins(laptop, committed, "new.py") == [committed] * 3


def test_a_stash_on_top_of_a_branch_does_not_hide_its_end(laptop: Laptop) -> None:
    one, two = worked(laptop)
    laptop.write("cart.py", HEAD + ONE + TAIL + TWO + THREE)
    laptop.git("stash", "-q")
    meanwhile(laptop)

    assert begins(laptop, squash(laptop, "feature")) == [one] * 3 + [two] * 3


def test_a_snapshot_of_the_working_tree_writes_no_line(laptop: Laptop) -> None:
    laptop.write("cart.py", HEAD + ONE + TAIL + TWO)
    laptop.git("add", "cart.py")
    tree = laptop.git("write-tree")
    snapshot = ("Codex Snapshot", "snapshot@codex.local")
    laptop.git("commit-tree", tree, "-p", "HEAD", "-m", "codex snapshot", by=snapshot)
    committed = laptop.commit("By the agent", by=AGENT)

    assert begins(laptop, committed) == [committed] * 6


def test_who_types_a_few_lines_of_an_abandoned_branch_has_written_them(laptop: Laptop) -> None:
    start(laptop, "feature")
    laptop.write("bill.py", THREE + TWO)
    laptop.save("cart.py", HEAD + ONE + TAIL, by=AGENT)
    end(laptop, "feature")
    typed = laptop.save("cart.py", HEAD + ONE + TAIL, by=BEN)

    assert begins(laptop, typed) == [typed] * 3


def test_the_main_line_is_counted_as_without_the_rewritten_commits(laptop: Laptop) -> None:
    worked(laptop)
    meanwhile(laptop)
    laptop.git("rebase", "-q", "main", "feature", by=BEN)
    squash(laptop, "feature")
    end(laptop, "feature")
    stays = 'select entered, "left", count(*) as lines from line_interval group by all order by all'
    counts = []
    for unreachable in (True, False):
        workspace = laptop.path.parent / f"workspace {unreachable}"
        sync(laptop.path, Settings(workspace=workspace, ledger={"unreachable": unreachable}))
        with Store.open(workspace, read_only=True) as store:
            counts.append(store.query(stays).to_pylist())

    assert counts[0] == counts[1]
    assert sum(row["lines"] for row in counts[0]) == 13
