"""How well lineages follow lines through rewrites, over histories whose truth is known.

    python -m benchmarks.squash [--seeds N] [--scenarios N] [--json]

Run it at the top of the source. For each kind of rewrite it makes repositories in which the same
few files are worked on again and again, on branches and beside them, reads them as `landed sync`
does, and asks of every line of the commits that landed where its lineage begins. Read README.md
beside this file before quoting a figure.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from tests.histories.builder import FIRST_COMMIT_AT, HOUR, History

from landed.config import Settings
from landed.store import Store
from landed.sync import sync

ANA, BEN, CEM = (
    ("Ana", "ana@example.com"),
    ("Ben", "ben@example.com"),
    ("Cem", "cem@example.com"),
)
FILES = ("cart.py", "bill.py", "stock.py", "users.py", "report.py")
COMMON = (
    "",
    "",
    "",
    "    return None",
    "    return result",
    "    else:",
    "    try:",
    "        continue",
    "        pass",
    "    )",
    "    }",
    "    for row in rows:",
    "    if not rows:",
    "import os",
    "    raise ValueError(name)",
    "    self.name = name",
)
WORDS = (
    *("price", "total", "cart", "stock", "user", "order", "tax", "rate", "name", "item", "row"),
    *("key", "value", "count", "list", "date", "report", "line", "bill", "file", "path", "state"),
    *("token", "limit", "page", "size", "index", "error"),
)

FIRST_LINES = """
select path.path, line.line_number, origin.commit as first
from line
join "commit" as born using (repository, commit_index)
join path using (repository, path_index)
left join lineage using (repository, line)
join line as first on first.repository = line.repository
    and first.line = coalesce(lineage.root_line, line.line)
join "commit" as origin on origin.repository = line.repository
    and origin.commit_index = first.commit_index
where born.commit = ? and line.origin_line is null
"""


@dataclass(eq=False)
class Line:
    """A line as somebody wrote it; `written` is the commit it was first committed with."""

    text: str
    written: str | None = None


@dataclass
class Edit:
    """Lines put in after another one (None: at the top), and lines taken out."""

    path: str
    after: Line | None
    new: list[Line]
    gone: list[Line]


Tree = dict[str, list[Line]]


@dataclass
class Score:
    """What was found of one kind.

    Attributes:
        rewritten: lines of landed commits that were first committed elsewhere.
        followed: those of them whose lineage begins there.
        own: lines that the landed commits brought in themselves.
        wrong: lines of both whose lineage begins in a commit where they were not written.
    """

    rewritten: int = 0
    followed: int = 0
    own: int = 0
    wrong: int = 0

    def add(self, other: Score) -> None:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class World:
    """A repository under construction: what its main line holds, and what landed how."""

    history: History
    random: Random
    main: Tree = field(default_factory=dict)
    now: int = FIRST_COMMIT_AT
    tip: str = ""
    landed: dict[str, Tree] = field(default_factory=dict)

    # Writing -------------------------------------------------------------------------------

    def text(self) -> str:
        """One line of code: now and then one that stands everywhere."""
        random = self.random
        if random.random() < 0.3:
            return random.choice(COMMON)
        first, second, third = (random.choice(WORDS) for _ in range(3))
        shape = random.choice(
            (
                "    {0}_{1} = {2}({0})",
                "    {0} = self.{1}[{2}]",
                "def {0}_{1}({2}):",
                "    if {0}.{1} > {2}:",
                "        {0}.append({1}_{2})",
                "    # the {0} of every {1} without its {2}",
            )
        )
        return shape.format(first, second, third)

    def edits(self, tree: Tree, most: int = 4) -> list[Edit]:
        """What a commit may change: blocks put in, some of them in place of others."""
        made = []
        for path in self.random.sample(FILES, self.random.choice((1, 1, 2))):
            for _ in range(self.random.randint(1, most)):
                made.append(self.edit(path, tree[path]))
        return made

    def edit(self, path: str, lines: list[Line]) -> Edit:
        place = self.random.randrange(len(lines) + 1)
        size = self.random.choice((1, 1, 2, 3, 5, 8, 13, 21))
        gone = self.random.choice((0, 0, 0, 1, 2, 4))
        new = [Line(self.text()) for _ in range(size)]
        return Edit(path, lines[place - 1] if place else None, new, lines[place : place + gone])

    # Committing ----------------------------------------------------------------------------

    def commit(
        self,
        tree: Tree,
        parent: str,
        author: tuple[str, str] = ANA,
        authored: int | None = None,
        message: str = "Change",
    ) -> str:
        """Commit a tree; lines that were in no commit before are written by it."""
        self.now += HOUR
        for path, lines in tree.items():
            self.history.write(path, "".join(f"{line.text}\n" for line in lines))
        commit = self.history.commit(
            message,
            author=author,
            when=self.now if authored is None else authored,
            committed=self.now,
            parents=[parent] if parent else [],
        )
        for lines in tree.values():
            for line in lines:
                line.written = line.written or commit
        return commit

    def land(
        self,
        tree: Tree,
        author: tuple[str, str] = BEN,
        authored: int | None = None,
        message: str = "Landed",
    ) -> str:
        """Commit to the main line."""
        self.tip = self.commit(tree, self.tip, author, authored, message)
        self.main = tree
        self.landed[self.tip] = tree
        return self.tip

    def meanwhile(self) -> None:
        """Somebody else's work on the main line."""
        self.land(applied(self.main, self.edits(self.main, 2)), CEM)

    def branch(self, commits: int | None = None) -> Branch:
        """A branch of a few commits, kept by no ref."""
        branch = Branch(self, self.tip, self.main)
        for _ in range(commits or self.random.randint(1, 5)):
            branch.go_on(self.edits(branch.tree))
        return branch


@dataclass
class Branch:
    """Commits beside the main line: each one's edits, author date and author."""

    world: World
    tip: str
    tree: Tree
    steps: list[tuple[list[Edit], int, tuple[str, str]]] = field(default_factory=list)

    def go_on(self, edits: list[Edit], author: tuple[str, str] = ANA) -> None:
        self.tree = applied(self.tree, edits)
        self.tip = self.world.commit(self.tree, self.tip, author)
        self.steps.append((edits, self.world.now, author))

    @property
    def edits(self) -> list[Edit]:
        return [edit for edits, _, _ in self.steps for edit in edits]

    def rebased(self) -> Branch:
        """The same branch on top of the main line, as git copies it."""
        moved = Branch(self.world, self.world.tip, self.world.main)
        for edits, authored, author in self.steps:
            moved.tree = applied(moved.tree, edits)
            moved.tip = self.world.commit(moved.tree, moved.tip, author, authored)
            moved.steps.append((edits, authored, author))
        return moved


def applied(tree: Tree, edits: Sequence[Edit]) -> Tree:
    """A tree with edits applied; a place that is gone is the end of the file."""
    result = {path: list(lines) for path, lines in tree.items()}
    for edit in edits:
        lines = result[edit.path]
        place = 0
        if edit.after is not None:
            place = lines.index(edit.after) + 1 if edit.after in lines else len(lines)
        lines[place:place] = edit.new
        gone = set(map(id, edit.gone))
        result[edit.path] = [line for line in lines if id(line) not in gone]
    return result


def fixed(world: World, tree: Tree, lines: Sequence[Line], share: float) -> Tree:
    """A tree in which some of `lines` were changed, as when conflicts are solved."""
    changed = {id(line) for line in lines if world.random.random() < share}
    return {
        path: [Line(world.text()) if id(line) in changed else line for line in kept]
        for path, kept in tree.items()
    }


def solved(world: World, tree: Tree, edits: Sequence[Edit]) -> Tree:
    """A tree after conflicts in a third of the edits: half of their lines were changed."""
    hit = [edit for edit in edits if world.random.random() < 0.33]
    return fixed(world, tree, fresh(hit), 0.5)


def fresh(edits: Sequence[Edit]) -> list[Line]:
    return [line for edit in edits for line in edit.new]


# Kinds of rewrites --------------------------------------------------------------------------


def amend(world: World) -> None:
    """A commit is amended a few times, some lines of it changed, and lands."""
    edits = world.edits(world.main)
    tree = applied(world.main, edits)
    world.commit(tree, world.tip)
    authored = world.now
    for _ in range(world.random.randint(0, 2)):
        tree = fixed(world, applied(tree, world.edits(tree, 1)), fresh(edits), 0.1)
        world.commit(tree, world.tip, ANA, authored)
    world.land(fixed(world, tree, fresh(edits), 0.1), ANA, authored)


def amend_of_author(world: World) -> None:
    """Amended as somebody else at another time: neither author nor date tells."""
    edits = world.edits(world.main)
    tree = applied(world.main, edits)
    world.commit(tree, world.tip)
    world.land(fixed(world, tree, fresh(edits), 0.1), BEN)


def rebase(world: World) -> None:
    branch = world.branch()
    world.meanwhile()
    for edits, authored, author in branch.steps:
        world.land(applied(world.main, edits), author, authored)


def rebase_with_conflicts(world: World) -> None:
    branch = world.branch()
    world.meanwhile()
    for edits, authored, author in branch.steps:
        world.land(solved(world, applied(world.main, edits), edits), author, authored)


def interactive(world: World) -> None:
    """A branch of four commits is rebased to two, each with a fix-up of later."""
    branch = world.branch(4)
    world.meanwhile()
    for first, second in ((0, 2), (1, 3)):
        edits = [*branch.steps[first][0], *branch.steps[second][0]]
        world.land(applied(world.main, edits), ANA, branch.steps[first][1])


def cherry_pick(world: World) -> None:
    branch = world.branch()
    world.meanwhile()
    edits, authored, author = world.random.choice(branch.steps)
    world.land(applied(world.main, edits), author, authored)


def part_of_a_pick(world: World) -> None:
    branch = world.branch()
    world.meanwhile()
    edits, authored, author = world.random.choice(branch.steps)
    world.land(applied(world.main, edits[: max(1, len(edits) // 2)]), author, authored)


def squash(world: World) -> None:
    branch = world.branch()
    for _ in range(world.random.randint(0, 3)):
        world.meanwhile()
    world.land(applied(world.main, branch.edits))


def squash_after_rebase(world: World) -> None:
    branch = world.branch()
    for _ in range(world.random.randint(1, 3)):
        world.meanwhile()
        branch = branch.rebased()
    branch.go_on(world.edits(branch.tree))
    world.meanwhile()
    world.land(applied(world.main, branch.edits))


def squash_with_conflicts(world: World) -> None:
    branch = world.branch()
    world.meanwhile()
    tree = solved(world, applied(world.main, branch.edits), branch.edits)
    world.land(applied(tree, world.edits(tree, 1)))


def squash_with_edits(world: World) -> None:
    """A fifth of all lines was changed, here and there, while it was squashed."""
    branch = world.branch()
    world.meanwhile()
    tree = applied(world.main, branch.edits)
    world.land(fixed(world, tree, fresh(branch.edits), 0.2))


def squash_of_a_squash(world: World) -> None:
    """The author squashes the branch, and the server squashes that again."""
    branch = world.branch()
    world.commit(branch.tree, world.tip)
    world.meanwhile()
    world.land(applied(world.main, branch.edits))


def undone_and_committed_again(world: World) -> None:
    branch = world.branch()
    world.land(fixed(world, branch.tree, fresh(branch.edits), 0.05), ANA)


def two_together(world: World) -> None:
    first, second = world.branch(), world.branch()
    world.meanwhile()
    world.land(applied(applied(world.main, first.edits), second.edits))


def revert_and_again(world: World) -> None:
    """A squash is reverted and, some lines changed, applied again."""
    branch = world.branch()
    before = world.main
    squashed = world.land(applied(world.main, branch.edits))
    world.land(before, BEN, message=f"Revert\n\nThis reverts commit {squashed}.")
    world.land(fixed(world, applied(world.main, branch.edits), fresh(branch.edits), 0.05))


# What only looks like one -------------------------------------------------------------------


def retyped(lines: Sequence[Line], world: World, share: float) -> list[Line]:
    """Lines typed anew: some come out the same, some not."""
    return [Line(line.text if world.random.random() < share else world.text()) for line in lines]


def typed_meanwhile(world: World) -> None:
    """Somebody types a quarter of an open branch, and more; the rest of it is squashed."""
    branch = world.branch()
    chosen = [edit for edit in branch.edits if world.random.random() < 0.25]
    typed = [Edit(edit.path, edit.after, retyped(edit.new, world, 0.8), []) for edit in chosen]
    world.land(applied(world.main, [*typed, *world.edits(world.main)]), CEM)
    world.land(applied(world.main, [edit for edit in branch.edits if edit not in chosen]))


def second_attempt(world: World, share: float) -> None:
    """An attempt is thrown away; another one at the same task comes out partly the same."""
    branch = world.branch()
    again = [
        Edit(edit.path, edit.after, retyped(edit.new, world, share), edit.gone)
        for edit in branch.edits
    ]
    world.meanwhile()
    world.land(applied(world.main, again), ANA)


def second_attempt_in_blocks(world: World) -> None:
    """As before, but half of the blocks come out whole, and a fifth of the lines elsewhere."""
    branch = world.branch()
    again = [
        Edit(
            edit.path,
            edit.after,
            retyped(edit.new, world, 1.0 if world.random.random() < 0.5 else 0.2),
            edit.gone,
        )
        for edit in branch.edits
    ]
    world.meanwhile()
    world.land(applied(world.main, again), ANA)


def attempts_in_parallel(world: World) -> None:
    """Two attempts on branches of their own, half the same; the second one is squashed."""
    first = world.branch()
    second = Branch(world, world.tip, world.main)
    for edits, _, _ in first.steps:
        again = [
            Edit(edit.path, edit.after, retyped(edit.new, world, 0.5), edit.gone) for edit in edits
        ]
        second.go_on(again, BEN)
    world.meanwhile()
    world.land(applied(world.main, second.edits))


KINDS: dict[str, Callable[[World], None]] = {
    "amend": amend,
    "amend, other author and date": amend_of_author,
    "rebase": rebase,
    "rebase with conflicts": rebase_with_conflicts,
    "interactive rebase, squash and fixup": interactive,
    "cherry-pick": cherry_pick,
    "part of a cherry-pick": part_of_a_pick,
    "squash": squash,
    "squash after rebases": squash_after_rebase,
    "squash with conflict fixes": squash_with_conflicts,
    "squash with a fifth of the lines changed": squash_with_edits,
    "squash of a squash": squash_of_a_squash,
    "reset and committed again": undone_and_committed_again,
    "two branches squashed together": two_together,
    "squash reverted and applied again": revert_and_again,
    "somebody types a quarter meanwhile": typed_meanwhile,
    "thrown away, typed again, 30 % the same": lambda world: second_attempt(world, 0.3),
    "thrown away, typed again, 60 % the same": lambda world: second_attempt(world, 0.6),
    "thrown away, half of the blocks the same": second_attempt_in_blocks,
    "two attempts in parallel, half the same": attempts_in_parallel,
}


# Measuring ----------------------------------------------------------------------------------


def measure(kind: str, seed: int, scenarios: int) -> Score:
    """Make one repository of a kind, read it, and compare with the truth."""
    with tempfile.TemporaryDirectory() as directory:
        world = World(History(Path(directory) / "shop"), Random(f"{kind} {seed}"))
        world.land({path: [Line(world.text()) for _ in range(60)] for path in FILES}, ANA)
        for _ in range(scenarios):
            KINDS[kind](world)
        world.history.set_ref("refs/heads/main", world.tip)
        workspace = Path(directory) / "workspace"
        sync(world.history.path, Settings(workspace=workspace))
        with Store.open(workspace, read_only=True) as store:
            score = Score()
            for commit, tree in world.landed.items():
                score.add(compare(store, commit, tree))
    return score


def compare(store: Store, commit: str, tree: Tree) -> Score:
    """Compare the lines that a landed commit added with who wrote them.

    Lines that stood on the main line before are left out: git's difference chose an equal one.
    """
    rows = store.query(FIRST_LINES, [commit]).to_pylist()
    seen: Counter[str] = Counter()
    for row in rows:
        written = tree[row["path"]][row["line_number"] - 1].written
        rewritten = written != commit
        seen["rewritten" if rewritten else "own"] += 1
        if row["first"] == written:
            seen["followed"] += rewritten
        elif row["first"] != commit:
            seen["wrong"] += 1
    return Score(seen["rewritten"], seen["followed"], seen["own"], seen["wrong"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="repositories of each kind")
    parser.add_argument("--scenarios", type=int, default=20, help="rewrites in each repository")
    parser.add_argument("--kind", choices=KINDS, help="only this kind")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    chosen = parser.parse_args()
    totals = {}
    for kind in [chosen.kind] if chosen.kind else KINDS:
        total = totals[kind] = Score()
        for seed in range(chosen.seeds):
            total.add(measure(kind, seed, chosen.scenarios))
        print(f"{kind} …", file=sys.stderr)
    if chosen.json:
        print(json.dumps({kind: asdict(score) for kind, score in totals.items()}, indent=2))
        return
    print("| Rewrite | Lines rewritten | Followed | Own lines | Wrongly transferred |")
    print("|---|---:|---:|---:|---:|")
    for kind, score in totals.items():
        print(
            f"| {kind} | {score.rewritten:,} | {share(score.followed, score.rewritten)} "
            f"| {score.own:,} | {share(score.wrong, score.rewritten + score.own)} |"
        )


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


if __name__ == "__main__":
    main()
