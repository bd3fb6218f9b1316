"""By which commits of the main line merged changes landed, for every way to merge one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.delivery.deployed import PROJECT, START, table_of
from tests.histories.builder import BEN, History, lines
from tests.histories.objects import run_git

from landed.delivery.landings import note_landings
from landed.ledger.exclusion import attribute_rows
from landed.ledger.observing import default_rules
from landed.ledger.planning import LedgerRequest
from landed.ledger.update import update_ledger
from landed.records import FORGES, TABLES
from landed.sources.git.scratch import Scratch
from landed.store import Store

KEY = bytes(range(16))
Landed = dict[int, tuple[str, list[str]]]


class Shop:
    """A history, what its forge tells of changes, and how those landed."""

    def __init__(self, directory: Path) -> None:
        self.history = History(directory / "repo")
        self.workspace = directory / "workspace"
        self.changes: list[dict[str, Any]] = []
        self.commits: list[dict[str, Any]] = []
        self.repository = ""
        self.write("base")

    def write(self, name: str, **kwargs: Any) -> str:
        """Commit a file of its own on the current branch."""
        self.history.write(f"{name}.py", lines(*(f"{name} = {number}" for number in range(4))))
        return self.history.commit(f"Add {name}", **kwargs)

    def branch(self, name: str, *files: str, start: str = "main") -> list[str]:
        """Make a branch with one commit for each file, and go back to where it started."""
        self.history.branch(name, start)
        made = [self.write(file, author=BEN) for file in files]
        self.history.checkout(start)
        return made

    def change(
        self,
        number: int,
        head: str,
        branch: list[str],
        merged_by: str | None,
        *,
        base: str = "main",
        **told: Any,
    ) -> None:
        """Tell of a merged change."""
        merged_at = told.pop("merged_at", START + timedelta(hours=number))
        self.changes.append(
            dict.fromkeys(TABLES["change"].schema.names)
            | {
                "project": PROJECT,
                "number": number,
                "title": f"Change {number}",
                "state": "merged",
                "draft": False,
                "author_kind": "user",
                "head_ref": head,
                "head_commit": branch[-1] if branch else None,
                "fork": False,
                "base_ref": base,
                "merge_commit": merged_by,
                "opened_at": START,
                "merged_at": merged_at,
                "closed_at": merged_at,
                "updated_at": START,
                "commits": len(branch),
            }
            | told
        )
        for ordinal, commit in enumerate(branch):
            told_at = self.history.git("show", "-s", "--format=%ae %at", commit).decode().split()
            self.commits.append(
                {
                    "project": PROJECT,
                    "number": number,
                    "commit": commit,
                    "ordinal": ordinal,
                    "author": None,
                    "author_email": told_at[0],
                    "authored_at": datetime.fromtimestamp(int(told_at[1]), UTC),
                }
            )

    def mine(self) -> None:
        """Bring the ledger up to date."""
        rules = default_rules()
        request = LedgerRequest(self.workspace, KEY, rules)
        with Scratch.open(self.history.path, self.workspace, attribute_rows(rules)) as scratch:
            update = update_ledger(scratch, request, lambda: Store.open(self.workspace))
        self.repository = update.repository

    def tell(self, store: Store) -> None:
        """Write what the forge tells."""
        project = dict.fromkeys(TABLES["project"].schema.names) | {
            "project": PROJECT,
            "forge": "github",
            "host": "github.com",
            "name": "acme/shop",
            "archived": False,
            "state": "present",
            "seen_at": START,
            "belongs_to": self.repository,
            "how": "remote",
        }
        store.merge("project", table_of("project", [project]), FORGES)
        store.replace("change", table_of("change", self.changes), FORGES)
        store.replace("change_commit", table_of("change_commit", self.commits), FORGES)

    def landed(self) -> Landed:
        """Each change's rule, and the subjects of the commits by which it landed."""
        self.mine()
        with Store.open(self.workspace) as store:
            self.tell(store)
            note_landings(store, self.repository)
            rows = store.query(
                "select number, rule, subject, step, mainline_index from change_landing "
                'join "commit" using (repository, commit_index) order by number, step'
            ).to_pylist()
        found: Landed = {}
        for row in rows:
            assert row["step"] == row["mainline_index"]
            found.setdefault(row["number"], (row["rule"], []))[1].append(row["subject"])
        return found


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_a_merge_commit(shop: Shop) -> None:
    branch = shop.branch("feature", "one", "two")
    shop.change(1, "feature", branch, shop.history.merge("feature", message="Merge it"))

    assert shop.landed() == {1: ("merge", ["Merge it"])}


def test_a_squash(shop: Shop) -> None:
    branch = shop.branch("feature", "one", "two")
    shop.write("between")
    shop.change(1, "feature", branch, shop.history.squash("feature", message="All of it (#1)"))

    assert shop.landed() == {1: ("squash", ["All of it (#1)"])}


def test_a_rebase_by_author_date_where_the_branch_is_not_there(shop: Shop) -> None:
    branch = shop.branch("feature", "one", "two", "three")
    shop.write("between")
    for commit in branch:
        tip = shop.history.cherry_pick(commit)
    shop.change(1, "feature", branch, tip)
    shop.history.delete_branch("feature")

    assert shop.landed() == {1: ("rebase", ["Add one", "Add two", "Add three"])}


def test_a_rebase_leaves_out_what_the_branch_merged_from_main(shop: Shop) -> None:
    branch = shop.branch("feature", "one")
    shop.write("between")
    shop.history.checkout("feature")
    branch.append(shop.history.merge("main", author=BEN))
    branch.append(shop.write("two", author=BEN))
    shop.history.checkout("main")
    for commit in (branch[0], branch[2]):
        tip = shop.history.cherry_pick(commit)
    shop.change(1, "feature", branch, tip)

    assert shop.landed() == {1: ("rebase", ["Add one", "Add two"])}


def test_a_fast_forward(shop: Shop) -> None:
    branch = shop.branch("feature", "one", "two")
    shop.history.set_ref("refs/heads/main", branch[-1])
    shop.history.checkout("main")
    shop.write("later")
    shop.change(1, "feature", branch, None)
    shop.change(2, "again", branch[:1], branch[0])

    assert shop.landed() == {
        1: ("fast-forward", ["Add one", "Add two"]),
        2: ("fast-forward", ["Add one"]),
    }


def test_a_change_that_went_to_another_branch_lands_when_that_is_merged(shop: Shop) -> None:
    shop.branch("parent", "one")
    child = shop.branch("child", "two", start="parent")
    shop.history.checkout("parent")
    merged = shop.history.merge("child", message="Merge child")
    shop.history.checkout("main")
    shop.change(2, "child", child, merged, base="parent")
    before = shop.landed()
    shop.change(1, "parent", [merged], shop.history.merge("parent", message="Merge parent"))

    assert before == {}
    assert shop.landed() == {1: ("merge", ["Merge parent"]), 2: ("merge", ["Merge parent"])}


def test_a_stack_that_was_squashed_lands_with_its_lowest_branch(shop: Shop) -> None:
    parent = shop.branch("parent", "one")
    middle = shop.branch("middle", "two", start="parent")
    shop.history.branch("top", "middle")
    top = [shop.write("three")]
    shop.history.checkout("middle")
    merged_top = shop.history.squash("top", message="Squash top")
    shop.history.checkout("parent")
    merged_middle = shop.history.squash("middle", message="Squash middle")
    shop.history.checkout("main")
    squashed = shop.history.squash("parent", message="Squash parent")
    at = {number: START + timedelta(days=9 - number) for number in (1, 2, 3)}
    shop.change(3, "top", top, merged_top, base="middle", merged_at=at[3])
    shop.change(2, "middle", middle, merged_middle, base="parent", merged_at=at[2])
    shop.change(1, "parent", parent, squashed, merged_at=at[1])

    assert shop.landed() == {number: ("squash", ["Squash parent"]) for number in (1, 2, 3)}
    with Store.open(shop.workspace, read_only=True) as store:
        rows = store.read("change_landing", shop.repository).to_pylist()
    assert {row["merged_at"] for row in rows} == {at[1]}


def test_a_branch_name_that_was_used_before_the_change_came_does_not_land_it(shop: Shop) -> None:
    early = shop.branch("topic", "one")
    shop.change(1, "topic", early, shop.history.squash("topic"), merged_at=START)
    late = shop.branch("late", "two")
    shop.history.branch("elsewhere", late[-1])
    merged = shop.write("three")
    shop.history.checkout("main")
    shop.change(2, "late", late, merged, base="topic", merged_at=START + timedelta(days=1))

    assert list(shop.landed()) == [1]


def test_of_a_stack_that_was_rebased_each_change_lands_by_its_own_commits(shop: Shop) -> None:
    lower = shop.branch("lower", "one")
    upper = lower + shop.branch("upper", "two", "three", start="lower")
    shop.history.checkout("main")
    shop.write("between")
    first = shop.history.cherry_pick(lower[0])
    shop.history.cherry_pick(upper[1])
    last = shop.history.cherry_pick(upper[2])
    shop.change(1, "lower", lower, first)
    shop.change(2, "upper", upper, last)

    assert shop.landed() == {
        1: ("squash", ["Add one"]),
        2: ("rebase", ["Add two", "Add three"]),
    }


def test_the_test_merge_of_an_open_change_and_commits_nobody_has_land_nothing(shop: Shop) -> None:
    branch = shop.branch("feature", "one")
    tip = shop.write("two")
    shop.change(1, "feature", branch, tip, state="open", merged_at=None)
    shop.change(2, "gone", [], "f" * 40)
    shop.change(3, "closed", branch, tip, state="closed", merged_at=None)

    assert shop.landed() == {}


def test_after_a_history_was_rewritten_subjects_tell_if_one_commit_names_the_number(
    shop: Shop,
) -> None:
    when = START + timedelta(minutes=5)
    shop.history.write("one.py", lines("one = 1"))
    shop.history.commit("One thing (#7)", when=when)
    shop.history.write("two.py", lines("two = 2"))
    shop.history.commit("Another thing (#8)", when=when + timedelta(minutes=1))
    shop.history.write("two.py", lines("two = 3"))
    shop.history.commit("Another thing (#8)", when=when + timedelta(minutes=2))
    shop.history.write("nine.py", lines("nine = 9"))
    shop.history.commit("Old thing (#9)", when=when + timedelta(minutes=3))
    shop.change(7, "seven", [], "e" * 40, merged_at=START)
    shop.change(8, "eight", [], "d" * 40, merged_at=START)
    shop.change(9, "nine", [], None, merged_at=START + timedelta(days=30))

    assert shop.landed() == {7: ("subject", ["One thing (#7)"])}


def test_the_same_changes_are_not_looked_at_again_and_new_ones_are_added(shop: Shop) -> None:
    branch = shop.branch("feature", "one", "two")
    shop.change(1, "feature", branch, shop.history.merge("feature", message="Merge it"))
    first = shop.landed()
    with Store.open(shop.workspace) as store:
        before = store.read("source_state", shop.repository).to_pylist()
        number = note_landings(store, shop.repository)
        after = store.read("source_state", shop.repository).to_pylist()
    shop.change(2, "next", shop.branch("next", "three"), shop.history.squash("next"))

    assert (number, before) == (1, after)
    assert shop.landed() == first | {2: ("squash", ["Squash next"])}


def test_a_rebase_is_known_by_its_lines_where_authors_were_rewritten(shop: Shop) -> None:
    branch = shop.branch("feature", "one", "two")
    shop.write("between")
    for commit in branch:
        shop.history.cherry_pick(commit)
        run_git(
            shop.history.path,
            *("-c", "user.name=Bot", "-c", "user.email=bot@example.com"),
            *("commit", "-q", "--amend", "--no-edit", "--reset-author"),
        )
    shop.history.checkout("main")
    shop.change(1, "feature", branch, shop.history.resolve("main"))
    shop.mine()
    with Store.open(shop.workspace) as store:
        rows = store.query(
            "select later.line, former.line as predecessor from line as later "
            "join line as former using (repository, text_hash) "
            "where later.line > former.line and later.commit_index in (select commit_index "
            "from \"commit\" where author_email = 'bot@example.com') and former.commit_index in "
            "(select commit_index from \"commit\" where author_email = 'ben@example.com')"
        ).to_pylist()
        links = [row | {"rule": "rebase", "rank": 0} for row in rows]
        store.append("line_link", table_of("line_link", links), shop.repository)

    assert len(links) == 8
    assert shop.landed() == {1: ("rebase", ["Add one", "Add two"])}
