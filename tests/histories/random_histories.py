"""A hypothesis strategy for random hostile histories, and what builds and tells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter
from tests.histories.builder import FIRST_COMMIT_AT, History
from tests.histories.objects import EXECUTABLE, SUBMODULE, SYMLINK
from tests.histories.random_trees import ACTIONS, Growing, Thing, Tree, create, merged

SHAPES = (
    *("on",) * 9,
    *("fork",) * 3,
    *("merge",) * 4,
    *("criss-cross",) * 2,
    *("octopus",) * 2,
    "root",
    "merge with an ancestor",
)
MANNERS = ("weave", "weave", "mix", "take")
DATES = ("steady", "steady", "random", "equal", "zero", "backwards")


@dataclass(frozen=True)
class Step:
    """One commit: numbers of its parents, its whole tree, its date, and what was done."""

    parents: tuple[int, ...]
    tree: Tree
    committed_at: int
    told: tuple[str, ...]


@dataclass(frozen=True)
class RandomHistory:
    """Commits in the order of their making; the last one is the tip of the default branch."""

    steps: tuple[Step, ...]

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:
        printer.text(f"<{len(self.steps)} commits, told by the script>")

    def tips(self, length: int | None = None) -> list[int]:
        """Numbers of the commits without children among the first `length`, in order."""
        count = len(self.steps) if length is None else length
        parents = {parent for step in self.steps[:count] for parent in step.parents}
        return [number for number in range(count) if number not in parents]

    def build(self, path: Path, *, bare: bool = True, object_format: str = "sha1") -> BuiltHistory:
        """Writes every commit into a new repository; no ref points at them yet."""
        history = History(path, bare=bare, object_format=object_format)
        commits: list[str] = []
        history.orphan("growing")
        for number, step in enumerate(self.steps):
            history.clear()
            for name, thing in step.tree.items():
                _stage(history, name, thing)
            parents = [commits[parent] for parent in step.parents]
            commits.append(
                history.commit(f"Step {number}", when=step.committed_at, parents=parents)
            )
        history.orphan("main")
        history.delete_branch("growing")
        return BuiltHistory(self, history, tuple(commits))

    def script(self) -> str:
        """Python that builds the same history with the builder, to be read or run."""
        return "\n".join(self._script_lines())

    def _script_lines(self) -> Iterator[str]:
        yield 'history = History(tmp_path / "repo")'
        yield "commits = []"
        for number, step in enumerate(self.steps):
            yield f"# {number}: {', '.join(step.told)}"
            before = self.steps[step.parents[0]].tree if step.parents else {}
            if not step.parents:
                yield 'history.orphan("main")'
            elif step.parents[0] != number - 1:
                yield f"history.detach(commits[{step.parents[0]}])"
            yield from _changes(before, step.tree)
            parents = ", ".join(f"commits[{parent}]" for parent in step.parents)
            yield (
                f'commits.append(history.commit("Step {number}", '
                f"when={step.committed_at}, parents=[{parents}]))"
            )


@dataclass(frozen=True)
class BuiltHistory:
    """A random history in a repository; `commits` are the ids of its steps."""

    plan: RandomHistory
    history: History
    commits: tuple[str, ...]

    @property
    def path(self) -> Path:
        return self.history.path

    def show(self, length: int | None = None) -> None:
        """Sets the refs as they were when the history had only its first `length` commits.

        The last commit is the tip of `main`; other commits without children are branches.
        Where a further length is shown, `main` may be pushed to another line of history.
        """
        count = len(self.commits) if length is None else length
        for number in self.plan.tips(count):
            if number != count - 1:
                self.history.set_ref(f"refs/heads/side-{number}", self.commits[number])
        self.history.set_ref("refs/heads/main", self.commits[count - 1])

    def files(self, number: int) -> Tree:
        """The regular files of a commit."""
        tree = self.plan.steps[number].tree
        return {path: thing for path, thing in tree.items() if thing.is_file}


@st.composite
def random_histories(draw: st.DrawFn, *, smallest: int = 5, largest: int = 25) -> RandomHistory:
    """Histories of a few commits that hold every edge a line's life can have."""
    steps: list[Step] = []
    dates = draw(st.sampled_from(DATES))
    length = draw(st.integers(smallest, largest))
    while len(steps) < length:
        shape = draw(st.sampled_from(SHAPES)) if steps else "root"
        random = Random(draw(st.integers(0, 2**32 - 1)))
        for parents in _parents(shape, steps, random):
            steps.append(_step(draw, steps, parents, random, dates))
    return RandomHistory(tuple(steps))


def _parents(shape: str, steps: Sequence[Step], random: Random) -> list[tuple[int, ...]]:
    """Parents of the next commit, or of the next two where they cross."""
    count = len(steps)
    children = {parent for step in steps for parent in step.parents}
    tips = [number for number in range(count) if number not in children]
    if shape == "root" or not steps:
        return [()]
    if shape == "on" or count == 1:
        return [(random.choice([count - 1, random.choice(tips)]),)]
    if shape == "fork":
        return [(random.randrange(count),)]
    if shape == "merge with an ancestor":
        return [(count - 1, random.randrange(count - 1))]
    recent = list(range(max(0, count - 6), count))
    pool = tips if len(tips) > 1 else recent
    if shape == "octopus" and count > 2:
        pool = recent if len(pool) < 3 else pool
        return [tuple(random.sample(pool, min(len(pool), random.choice((3, 3, 4)))))]
    first, second = random.sample(pool, 2)
    if shape == "criss-cross":
        return [(first, second), (second, first)]
    return [(first, second)]


def _step(
    draw: st.DrawFn, steps: Sequence[Step], parents: tuple[int, ...], random: Random, dates: str
) -> Step:
    trees = [steps[parent].tree for parent in parents]
    if len(parents) > 1:
        manner = draw(st.sampled_from(MANNERS))
        tree = merged(trees, random, manner)
        told = [f"merge ({manner})"]
        actions = draw(st.lists(st.sampled_from(ACTIONS), max_size=1))
    elif parents:
        tree, told = dict(trees[0]), []
        actions = draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=4))
    else:
        tree, told = {}, ["root"]
        actions = [_begin, *draw(st.lists(st.sampled_from(ACTIONS), max_size=2))]
    grown = Growing(tree, [step.tree for step in steps[-8:]], random)
    for action in actions:
        action(grown)
        told.append(action.__name__.strip("_").replace("_", " "))
    return Step(parents, grown.tree, _date(dates, len(steps), random), tuple(told))


def _begin(grown: Growing) -> None:
    """A few files to begin with."""
    for _ in range(grown.random.choice((1, 2, 3))):
        create(grown)


def _date(dates: str, number: int, random: Random) -> int:
    match dates:
        case "random":
            return random.randrange(2**31)
        case "equal":
            return FIRST_COMMIT_AT
        case "zero":
            return random.choice((0, 1))
        case "backwards":
            return FIRST_COMMIT_AT - 3600 * number
    return FIRST_COMMIT_AT + 3600 * number


def _stage(history: History, name: bytes, thing: Thing) -> None:
    if thing.mode == SYMLINK:
        history.symlink(name, thing.content)
    elif thing.mode == SUBMODULE:
        digits = 64 if history.object_format == "sha256" else 40
        history.submodule(name, thing.content.decode().ljust(digits, "0"))
    else:
        history.write(name, thing.content, executable=thing.mode == EXECUTABLE)


def _changes(before: Tree, after: Tree) -> Iterator[str]:
    gone = sorted(before.keys() - after.keys())
    if gone:
        yield f"history.remove({', '.join(map(repr, gone))})"
    for path in sorted(path for path in after if before.get(path) != after[path]):
        thing = after[path]
        if thing.mode == SYMLINK:
            yield f"history.symlink({path!r}, {thing.content!r})"
        elif thing.mode == SUBMODULE:
            yield f"history.submodule({path!r}, {thing.content.decode()!r})"
        else:
            executable = thing.mode == EXECUTABLE
            yield f"history.write({path!r}, {thing.content!r}, {executable=})"
