"""How often a generated line is found in its commit, and how often a line is wrongly taken for one.

    PYTHONPATH=. python benchmarks/matching.py [--rounds N] [--seed N] [--similarity S] [--json]

Worlds are made up whose truth is known line by line: agents and humans change files of a real git
repository in a temporary directory. Each kind of world is one way in which matching could go
wrong. Nothing is asserted; read docs/matching.md beside the table.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.attribution.generated.sessions import HOME, World
from tests.histories.builder import ANA, BEN

AGENT, CHANGED, HUMAN, COMMAND = "agent", "changed", "human", "command"
OTHER = "/home/ana/shop-2"
BENS = "/home/ben/shop"
WORDS = re.findall(
    r"\w+",
    """
    account amount balance batch cart client config count cursor entry error event field filter
    format group header index invoice item label limit line lookup name offset option order page
    parse path payment price query rate record result row rule schema score session state
    status store table tax text token total trace type value view window
    """,
)
SHAPES = (
    "    {0}_{1} = self.{2}({3})",
    "    if {0} is None:",
    "        return {0}.{1}",
    "    for {0} in {1}.{2}:",
    "def {0}_{1}({2}, {3}):",
    "    {0}[{1}] = '{2}'",
    "    raise ValueError('{0} of {1}')",
    "    return {0}",
)
COMMON = ("", "    }", "    pass", "    return None", "    else:", "import os", "    continue")
"""What everybody writes: a line in four."""

Row = tuple[str, str]
"""Text and who wrote it in truth."""


@dataclass
class Result:
    """What was found in one kind of world.

    `recall` is the share of the agents' unchanged lines at the tip that are given to an agent,
    `mixed` that of the changed ones given to an agent as changed, `false_ai` the share of the
    lines given to agents that others wrote, `false_human` the share of those given to humans that
    humans did not write. None: there was no such line.
    """

    kind: str
    lines: int
    agents: int
    recall: float | None
    mixed: float | None
    false_ai: float | None
    false_human: float | None


class Truth(World):
    """A world that knows who wrote each line of its files."""

    def begin(self, seed: int) -> None:
        """Make the first commit."""
        self.chance = random.Random(seed)
        self.truth: dict[str, dict[str, list[Row]]] = {tree: {} for tree in (HOME, OTHER, BENS)}
        for tree in self.truth:
            self.put(tree, "README", [("A shop", HUMAN)])
        self.commit(tree=HOME)

    def line(self) -> str:
        """A line that looks like code."""
        if self.chance.random() < 0.25:
            return self.chance.choice(COMMON)
        return self.chance.choice(SHAPES).format(*self.chance.choices(WORDS, k=4))

    def block(self, who: str, smallest: int = 4, largest: int = 14) -> list[Row]:
        """A few lines."""
        size = self.chance.randint(smallest, largest)
        return [(self.line(), who) for _ in range(size)]

    def rows(self, tree: str, path: str) -> list[Row]:
        """A file's lines and who wrote them."""
        return list(self.truth[tree].get(path, []))

    def put(self, tree: str, path: str, rows: list[Row]) -> None:
        """A file changes without a log."""
        self.truth[tree][path] = rows
        self.human(path, _text(rows), tree=tree)

    def edit(self, tree: str, path: str, rows: list[Row], **given: str) -> None:
        """An agent changes a file."""
        self.truth[tree][path] = rows
        number = len(self.logs)
        given = {"turn": f"t{number}", "session": f"s {tree}"} | given
        self.agent(path, _text(rows), tree=tree, **given)  # type: ignore[arg-type]

    def insert(self, rows: list[Row], more: list[Row]) -> list[Row]:
        """The rows with more in one place."""
        at = self.chance.randint(0, len(rows))
        return rows[:at] + more + rows[at:]


def _text(rows: Sequence[Row]) -> str:
    return "".join(f"{text}\n" for text, _ in rows)


def _changed(world: Truth, rows: list[Row]) -> list[Row]:
    """The rows with one word changed in some of an agent's lines."""
    found = []
    for text, who in rows:
        words = [word for word in WORDS if word in text]
        if who == AGENT and len(words) > 2 and world.chance.random() < 0.3:
            text, who = text.replace(words[0], "other", 1), CHANGED
        found.append((text, who))
    return found


# One round of each kind: edits, then a commit -----------------------------------------------------


def plain(world: Truth, path: str) -> None:
    """An agent writes, a human writes beside it, both are committed."""
    world.edit(HOME, path, world.insert(world.rows(HOME, path), world.block(AGENT)))
    world.put(HOME, path, world.insert(world.rows(HOME, path), world.block(HUMAN)))
    world.commit()


def same_lines_by_hand(world: Truth, path: str) -> None:
    """An agent's lines are thrown away; a human types half of them in another place."""
    before = world.rows(HOME, path)
    thrown = world.block(AGENT)
    world.edit(HOME, path, before + thrown)
    world.put(HOME, path, before)
    world.edit(HOME, path, world.insert(before, world.block(AGENT)))
    typed = [(text, HUMAN) for text, _ in thrown[::2]]
    other = f"{path}.by_hand"
    world.put(HOME, other, world.rows(HOME, other) + typed + world.block(HUMAN))
    world.commit()


def two_authors(world: Truth, path: str) -> None:
    """While Ana's agent writes, Ben types two of its lines at the same path, and commits."""
    base = world.rows(HOME, path)
    lines = world.block(AGENT)
    world.edit(HOME, path, base + lines)
    typed = [(text, HUMAN) for text, _ in lines[:2]]
    world.put(BENS, path, base + world.block(HUMAN) + typed)
    world.truth[BENS]["README"] = world.rows(HOME, "README")
    world.commit(tree=BENS, author=BEN)
    world.put(HOME, path, world.rows(BENS, path))
    world.moved("0" * 40, "reset")


def parallel_agents(world: Truth, path: str) -> None:
    """Two agents write much the same in two working trees; only the second is committed."""
    base = world.rows(HOME, path)
    lines = world.block(AGENT, 8, 14)
    world.truth[OTHER][path] = base
    world.human(path, _text(base), tree=OTHER)
    world.edit(HOME, path, base + lines)
    twin = [(text if world.chance.random() < 0.7 else world.line(), AGENT) for text, _ in lines]
    world.edit(OTHER, path, base + twin, agent="codex")
    world.put(OTHER, path, base + twin + world.block(HUMAN))
    world.commit(tree=OTHER)
    world.put(HOME, path, world.rows(OTHER, path))
    world.moved("0" * 40, "reset")


def formatter(world: Truth, path: str) -> None:
    """A hook changes quotes, indentation and blank lines before the commit."""
    rows = world.insert(world.rows(HOME, path), world.block(AGENT))
    world.edit(HOME, path, rows)
    laid_out = [(text.replace("    ", "  ").replace("'", '"'), who) for text, who in rows]
    world.put(HOME, path, laid_out)
    world.commit()


def trivial_lines(world: Truth, path: str) -> None:
    """Agent and human write mostly brackets and blank lines."""
    few = ("", "{", "}", ")", "x = 1")
    ours = [(world.chance.choice(few), AGENT) for _ in range(6)] + world.block(AGENT, 1, 2)
    theirs = [(world.chance.choice(few), HUMAN) for _ in range(6)] + world.block(HUMAN, 1, 2)
    world.edit(HOME, path, world.insert(world.rows(HOME, path), ours))
    world.put(HOME, path, world.insert(world.rows(HOME, path), theirs))
    world.commit()


def heredoc(world: Truth, path: str) -> None:
    """A command of the agent writes part of the file; the next edit finds it there."""
    world.edit(HOME, path, world.insert(world.rows(HOME, path), world.block(AGENT)))
    written = world.insert(world.rows(HOME, path), world.block(COMMAND))
    world.shell({path: _text(written)}, session=f"s {HOME}")
    world.edit(HOME, path, written + world.block(AGENT))
    world.commit()


def rewriting(world: Truth, path: str) -> None:
    """A human changes some of the agent's lines, and puts own ones in, before the commit."""
    _rewrite(world, path)
    world.commit()


def rewriting_seen(world: Truth, path: str) -> None:
    """The same, and an edit of the agent before the commit finds what the human did."""
    _rewrite(world, path)
    world.edit(HOME, path, world.rows(HOME, path) + world.block(AGENT))
    world.commit()


def _rewrite(world: Truth, path: str) -> None:
    rows, block = world.rows(HOME, path), world.block(AGENT)
    at = world.chance.randint(0, len(rows))
    world.edit(HOME, path, rows[:at] + block + rows[at:])
    world.put(HOME, path, rows[:at] + _changed(world, block) + rows[at:])
    world.put(HOME, path, world.insert(world.rows(HOME, path), world.block(HUMAN)))


def replaced_by_hand(world: Truth, path: str) -> None:
    """A human writes own lines in the place of every third line of the agent, before the commit."""
    rows, block = world.rows(HOME, path), world.block(AGENT)
    at = world.chance.randint(0, len(rows))
    world.edit(HOME, path, rows[:at] + block + rows[at:])
    own = [(world.line(), HUMAN) if number % 3 == 1 else row for number, row in enumerate(block)]
    world.put(HOME, path, rows[:at] + own + rows[at:])
    world.commit()


def stash_and_pop(world: Truth, path: str) -> None:
    """Lines are stashed, others are committed, then they come back and are committed."""
    base = world.rows(HOME, path)
    kept = world.block(AGENT)
    world.edit(HOME, path, base + kept)
    world.put(HOME, path, base)
    world.moved("0" * 40, "reset")
    world.edit(HOME, path, world.block(AGENT) + base)
    world.commit()
    world.put(HOME, path, world.rows(HOME, path) + kept)
    world.commit()


def amended(world: Truth, path: str) -> None:
    """A commit is amended with further lines."""
    base = str(world.history.tip())
    world.edit(HOME, path, world.insert(world.rows(HOME, path), world.block(AGENT)))
    world.commit()
    world.edit(HOME, path, world.insert(world.rows(HOME, path), world.block(AGENT)))
    world.put(HOME, path, world.insert(world.rows(HOME, path), world.block(HUMAN)))
    world.commit(parents=[base], action="commit (amend)")


def squashed(world: Truth, path: str) -> None:
    """A branch of two commits lands as one commit made elsewhere, and is deleted."""
    world.history.branch("feature")
    world.moved(str(world.history.tip()), "checkout")
    for _ in range(2):
        world.edit(HOME, path, world.insert(world.rows(HOME, path), world.block(AGENT)))
        world.put(HOME, path, world.insert(world.rows(HOME, path), world.block(HUMAN)))
        world.commit()
    world.history.checkout("main")
    world.history.delete_branch("feature")
    world.reflog = False
    world.commit(files=world.trees[HOME])
    world.reflog = True
    world.moved(str(world.history.tip()), "pull")


KINDS: tuple[Callable[[Truth, str], None], ...] = (
    plain,
    same_lines_by_hand,
    two_authors,
    parallel_agents,
    formatter,
    trivial_lines,
    heredoc,
    rewriting,
    rewriting_seen,
    replaced_by_hand,
    stash_and_pop,
    amended,
    squashed,
)


def measure(
    kind: Callable[[Truth, str], None], rounds: int, seed: int, similarity: float
) -> Result:
    """Make a world of one kind, read it, and compare with the truth line by line."""
    with tempfile.TemporaryDirectory() as directory:
        world = Truth(Path(directory))
        world.persons = {f"s {HOME}": ANA[1], f"s {OTHER}": ANA[1]}
        sessions = world.settings.sessions.model_copy(update={"similarity": similarity})
        world.settings = world.settings.model_copy(update={"sessions": sessions})
        world.begin(seed)
        for number in range(rounds):
            kind(world, f"part_{number % 5}.py")
        world.read()
        found: Counter[tuple[str, str]] = Counter()
        tree = HOME
        for path, rows in world.truth[tree].items():
            for (_, truth), said in zip(rows, world.tip(path), strict=True):
                found[truth, said.split()[0]] += 1
    agents = sum(found[AGENT, said] for said in ("ai", "mixed", "human", "unknown"))
    changed = sum(found[CHANGED, said] for said in ("ai", "mixed", "human", "unknown"))
    given = sum(count for (_, said), count in found.items() if said in ("ai", "mixed"))
    wrong = sum(found[who, said] for who in (HUMAN, COMMAND) for said in ("ai", "mixed"))
    human = sum(count for (_, said), count in found.items() if said == "human")
    return Result(
        kind=kind.__name__.replace("_", " "),
        lines=sum(found.values()),
        agents=agents + changed,
        recall=_share(found[AGENT, "ai"] + found[AGENT, "mixed"], agents),
        mixed=_share(found[CHANGED, "mixed"], changed),
        false_ai=_share(wrong, given),
        false_human=_share(human - found[HUMAN, "human"], human),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _shown(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def main() -> None:
    """Measure every kind and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=30, help="edits and commits of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--similarity", type=float, default=0.6, help="sessions.similarity")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    results = [measure(kind, given.rounds, given.seed, given.similarity) for kind in KINDS]
    if given.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
        return
    head = ("kind", "lines", "agents'", "recall", "mixed", "false AI", "false human")
    print("{:<20} {:>6} {:>8} {:>8} {:>8} {:>9} {:>12}".format(*head))
    for result in results:
        print(
            f"{result.kind:<20} {result.lines:>6} {result.agents:>8} {_shown(result.recall):>8} "
            f"{_shown(result.mixed):>8} {_shown(result.false_ai):>9} "
            f"{_shown(result.false_human):>12}"
        )


if __name__ == "__main__":
    main()
