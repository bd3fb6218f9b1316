"""Mining: one pass over a repository's commits that writes the line ledger.

Commits come parents first. Each head's files are kept as line ids; a commit's diff turns its
parent's files into its own. What is learnt is staged in files; nothing is held that grows with
the number of lines but eight bytes for each.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from landed.ledger.context import Context
from landed.ledger.mainline import Mainline, SideChain, SideLines
from landed.ledger.merges import MergeCommit
from landed.ledger.plain import PlainCommit, Step
from landed.ledger.reading import MergeReader, PlainReader
from landed.ledger.recorder import Recorder
from landed.ledger.tree import Change, Tree
from landed.sources.git.headers import CommitHeader
from landed.sources.git.scratch import Scratch

Progress = Callable[[int, int], None]
"""Called now and then with the commits done and the commits in all."""


class Past(Protocol):
    """What an earlier run left of the commits that it read."""

    def tree(self, commit: bytes) -> Tree:
        """Return the files of a commit read earlier."""
        ...

    def side(self, commit: bytes) -> SideLines:
        """Return the difference from the main line of a commit on a release's chain."""
        ...


@dataclass(frozen=True)
class Plan:
    """What to mine: the new commits in order, and the chains to follow among them.

    `first_index` is the index of the first header. `mainline` maps every commit of the
    first-parent chain to its step. `sides` are the new commits of other first-parent chains that
    end in a release, and `releases` those among them whose difference from the main line is kept.
    """

    headers: Sequence[CommitHeader]
    first_index: int
    mainline: dict[bytes, int]
    sides: frozenset[bytes] = frozenset()
    releases: frozenset[bytes] = frozenset()


class Delta(NamedTuple):
    """The files a commit changed against its first parent (None for a root)."""

    commit: bytes
    parent: bytes | None
    files: list[Change]


@dataclass
class Mined:
    """What mining learnt, beside what it staged.

    Attributes:
        trees: files of the commits that have no child, or children still to be mined.
        sides: differences from the main line of the commits in `Plan.releases`, and of those on
            their chains that have children still to be mined.
        deltas: the files that each of the latest commits changed against its first parent.
        unsure: files whose origin could not be examined.
    """

    trees: dict[bytes, Tree]
    sides: dict[bytes, SideLines]
    deltas: list[Delta]
    unsure: int = 0


Observer = Callable[[CommitHeader, Tree], None]


@dataclass
class Miner:
    """Mines one plan.

    `past` gives the files of parents that were mined earlier; `later_children` counts the children
    that commits have outside of the plan, whose files are therefore kept.
    """

    scratch: Scratch
    plan: Plan
    recorder: Recorder
    mainline: Mainline
    past: Past | None = None
    keep_deltas: int = 0
    progress: Progress | None = None
    observer: Observer | None = None
    later_children: Mapping[bytes, int] = field(default_factory=dict)
    _trees: dict[bytes, Tree] = field(default_factory=dict)
    _children: dict[bytes, int] = field(default_factory=dict)
    _side_children: dict[bytes, int] = field(default_factory=dict)
    _sides: dict[bytes, SideChain] = field(default_factory=dict)

    def run(self) -> Mined:
        """Mine every commit of the plan."""
        headers = self.plan.headers
        context = Context(self.scratch, self.recorder)
        plain = PlainReader(
            self.scratch, context, [row.commit for row in headers if len(row.parents) < 2]
        )
        merges = MergeReader(
            self.scratch,
            context,
            [[row.commit, *row.parents] for row in headers if len(row.parents) > 1],
        )
        self._children.update(self.later_children)
        for header in headers:
            for parent in header.parents:
                self._children[parent] = self._children.get(parent, 0) + 1
        for header in headers:
            if header.parents and header.commit in self.plan.sides:
                parent = header.parents[0]
                self._side_children[parent] = self._side_children.get(parent, 0) + 1
        mined = Mined({}, {}, [])
        # Nothing here makes reference cycles; looking for them costs a tenth of the time.
        collecting = gc.isenabled()
        gc.disable()
        try:
            for number, header in enumerate(headers):
                index = self.plan.first_index + number
                if len(header.parents) < 2:
                    tree = self._take_tree(header.parents)
                    what = plain.next(tree)
                    mined.unsure += what.unsure
                    step = PlainCommit(context, index, tree).apply(what)
                else:
                    step, tree = self._merge(context, merges, header, index)
                self._follow(header, step, tree, mined)
                if self._children.get(header.commit) or header.commit in self.plan.mainline:
                    self._trees[header.commit] = tree
                if len(headers) - number <= self.keep_deltas:
                    first = header.parents[0] if header.parents else None
                    mined.deltas.append(Delta(header.commit, first, step.files))
                if self.observer is not None:
                    self.observer(header, tree)
                if self.progress is not None and number % 50 == 0:
                    self.progress(number, len(headers))
        finally:
            plain.close()
            merges.close()
            context.close()
            if collecting:
                gc.enable()
        self.recorder.flush()
        self.mainline.flush()
        mined.trees = self._trees
        return mined

    def _merge(
        self, context: Context, merges: MergeReader, header: CommitHeader, index: int
    ) -> tuple[Step, Tree]:
        parents = [self._tree_of(parent) for parent in header.parents]
        tree = parents[0].fork()
        for parent in header.parents:
            self._release(parent)
        combined, raw_entries = merges.next(parents)
        merge = MergeCommit(context, index, parents, raw_entries)
        return merge.apply(tree, combined), tree

    def _follow(self, header: CommitHeader, step: Step, tree: Tree, mined: Mined) -> None:
        is_merge = len(header.parents) > 1
        position = self.plan.mainline.get(header.commit)
        if position is not None:
            if is_merge:
                self.mainline.merge(position, step, tree)
            else:
                self.mainline.plain(position, step, tree)
        elif header.commit in self.plan.sides:
            side = self._side_before(header)
            if is_merge:
                self.mainline.separate_beside(step, tree)
            self.mainline.marks.reserve(self.recorder.births.next_id)
            side.follow(step, self.mainline.marks if is_merge else None)
            if self._side_children.get(header.commit):
                self._sides[header.commit] = side
            if header.commit in self.plan.releases or self.later_children.get(header.commit):
                mined.sides[header.commit] = side.lines()

    def _side_before(self, header: CommitHeader) -> SideChain:
        """Return the parent's difference from the main line, ours to change."""
        parent = header.parents[0] if header.parents else None
        if parent is None or parent in self.plan.mainline:
            return SideChain()
        self._side_children[parent] -= 1
        if self._side_children[parent] == 0 and parent in self._sides:
            return self._sides.pop(parent)
        if parent in self._sides:
            return self._sides[parent].fork()
        return SideChain(self.past.side(parent) if self.past is not None else None)

    def _tree_of(self, commit: bytes) -> Tree:
        tree = self._trees.get(commit)
        if tree is None:
            tree = self.past.tree(commit).fork() if self.past is not None else Tree()
            self._trees[commit] = tree
        return tree

    def _take_tree(self, parents: Sequence[bytes]) -> Tree:
        """Return the parent's files to be changed: its own where no other child needs them."""
        if not parents:
            return Tree()
        tree = self._tree_of(parents[0])
        if self._children[parents[0]] > 1:
            self._release(parents[0])
            return tree.fork()
        self._release(parents[0])
        return tree

    def _release(self, commit: bytes) -> None:
        self._children[commit] -= 1
        if self._children[commit] == 0:
            self._trees.pop(commit, None)
