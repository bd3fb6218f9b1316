"""Whatever arrives first, logs, commits or movements of HEAD: the rows end up the same."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st
from tests.attribution.generated.sessions import CLAUDE, HOME, World
from tests.histories.builder import ANA, BEN

from landed.records import AGENTS

OTHER = "/home/ana/shop-2"
TEXTS = (
    *("total = price * count", "tax = total * rate", "tax = total * vat_rate", "return total"),
    *("log.info(total)", "cache[key] = total", "cache[key] = 'total'", "    return total"),
    *("}", "", "import os", "def total(items):", "for item in items:", "print(item, total)"),
)
PATHS = ("cart.py", "tax.py", "README")
Refs = dict[str, str]


class RandomWorld(World):
    """A world in which anything happens; `shown` are the refs as they were after each commit."""

    def live(self, random: Random, steps: int) -> None:
        """Let a number of things happen."""
        self.shown: list[Refs] = []
        self.trees[HOME] = {"README": "A shop\n"}
        self.trees[OTHER] = {"README": "A shop\n"}
        self.branch = {HOME: "main", OTHER: "main"}
        self._commit(random, HOME)
        for _ in range(steps):
            tree = random.choice((HOME, HOME, HOME, OTHER))
            what = random.choice((self._edit,) * 6 + (self._type, self._type, self._run))
            what = random.choice((what, what, what, self._commit, self._fork))
            what(random, tree)
        self._commit(random, HOME)
        self.history.checkout("main")

    def _changed(self, random: Random, text: str | None) -> str:
        rows = (text or "").splitlines()
        for _ in range(random.choice((1, 1, 2, 3))):
            at = random.randint(0, len(rows))
            if random.random() < 0.35:
                del rows[at : at + random.randint(1, 3)]
            else:
                rows[at:at] = random.choices(TEXTS, k=random.randint(1, 4))
        return "".join(f"{row}\n" for row in rows)

    def _edit(self, random: Random, tree: str) -> None:
        path = random.choice(PATHS)
        session = random.choice(("s1", "s1", "s2"))
        self.agent(
            path,
            self._changed(random, self.trees[tree].get(path)),
            tree=tree,
            session=f"{session} {tree}",
            turn=f"{session} {self.clock // 3600}",
            agent=CLAUDE if session == "s1" else "codex",
            status=random.choice(("applied",) * 6 + ("refused", "failed")),
            told=random.random() < 0.8,
        )

    def _type(self, random: Random, tree: str) -> None:
        path = random.choice(PATHS)
        self.human(path, self._changed(random, self.trees[tree].get(path)), tree=tree)

    def _run(self, random: Random, tree: str) -> None:
        path = random.choice(PATHS)
        self.shell({path: self._changed(random, self.trees[tree].get(path))}, tree=tree)

    def _commit(self, random: Random, tree: str) -> None:
        if self.shown:
            self.history.checkout(self.branch[tree])
        self.commit(tree=tree, author=random.choice((ANA, ANA, BEN)))
        self._show()

    def _fork(self, random: Random, tree: str) -> None:
        name = f"branch-{len(self.shown)}-{random.randrange(10**6)}"
        self.history.branch(name, self.branch[tree])
        self.branch[tree] = name
        self.moved(str(self.history.tip()), "checkout", tree=tree)

    def _show(self) -> None:
        heads = self.history.git("for-each-ref", "--format=%(refname) %(objectname)").decode()
        self.shown.append(dict(row.split(" ") for row in heads.splitlines()))  # type: ignore[misc]

    def reveal(self, number: int) -> None:
        """Make the refs what they were after a commit."""
        for ref in self.shown[-1]:
            if ref not in self.shown[number]:
                self.history.git("update-ref", "-d", ref)
        for ref, commit in self.shown[number].items():
            self.history.set_ref(ref, commit)


def outcome(world: World) -> dict[str, Counter[tuple[Any, ...]]]:
    """All rows that follow from the sessions, with lines and commits by their names in git."""
    commits = {row["commit_index"]: row["commit"] for row in world.rows("commit")}
    paths = {row["path_index"]: row["path"] for row in world.rows("path")}
    lines = {
        row["line"]: (commits[row["commit_index"]], paths[row["path_index"]], row["line_number"])
        for row in world.rows("line")
    }

    def plain(row: dict[str, Any]) -> tuple[Any, ...]:
        named = row | {
            "line": lines.get(row.get("line")),  # type: ignore[arg-type]
            "commit_index": commits.get(row.get("commit_index")),  # type: ignore[arg-type]
            "path_index": paths.get(row.get("path_index")),  # type: ignore[arg-type]
        }
        return tuple(sorted((key, str(value)) for key, value in named.items() if key != "evidence"))

    return {
        table: Counter(plain(row) for row in world.rows(table))
        for table in ("generated_line", "evidence", "line_attribution")
    }


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(4, 24))
def test_any_order_of_arrival_ends_in_the_rows_of_a_run_from_nothing(seed: int, steps: int) -> None:
    random = Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        world = RandomWorld(Path(directory))
        world.live(random, steps)
        arriving = random.sample(world.logs, len(world.logs))
        shown, told, moved = 0, 0, 0
        for _ in range(random.randint(1, 3)):
            shown = random.randint(shown, len(world.shown) - 1)
            told = random.randint(told, len(arriving))
            moved = random.randint(moved, len(world.movements))
            note(f"commits {shown + 1}, edits {told}, movements {moved}")
            world.reveal(shown)
            world.read(arriving[:told], world.movements[:moved])
        world.reveal(-1)
        world.read(arriving)
        in_pieces = outcome(world)

        world.settings = world.settings.model_copy(
            update={"workspace": Path(directory) / "from nothing"}
        )
        world.read()
        assert in_pieces == outcome(world)
        assert_one_to_one(world)
        assert_every_line_has_its_row(world)


def assert_one_to_one(world: World) -> None:
    """No line of the ledger carries two generated lines, and no copy of a commit carries any."""
    carried = [row["line"] for row in world.rows("generated_line") if row["line"] is not None]
    assert len(carried) == len(set(carried))
    rules = {row["line"]: row["rule"] for row in world.rows("line_link") if not row["rank"]}
    copied = {rules[line] for line in carried if line in rules}
    assert copied <= {"format", "indent", "move", "revert"}


def assert_every_line_has_its_row(world: World) -> None:
    """The rows are the added lines of all edits but of those that failed and were made again."""
    edits = world.rows("edit", AGENTS)
    applied = [row for row in edits if row["status"] == "applied" and row["kind"] != "shell"]
    again = [
        row["lines_added"]
        for row in edits
        if row["status"] == "failed"
        and any(
            (other["agent"], other["turn"], other["path"])
            == (row["agent"], row["turn"], row["path"])
            and (other["happened_at"], other["session"], other["name"])
            > (row["happened_at"], row["session"], row["name"])
            for other in applied
        )
    ]
    expected = sum(row["lines_added"] for row in edits) - sum(again)
    assert len(world.rows("generated_line")) == expected
