"""The commit graph as lineage needs it: who is older, who descends from whom, what landed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landed.attribution.lineage.columns import Flags, Hashes, Integers

NOT_LANDED = -1
Times = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Branch:
    """History that never landed.

    Attributes:
        commits: the commits, parents first.
        forks: the landed commits that it grew from or merged.
    """

    commits: tuple[int, ...]
    forks: tuple[int, ...]


class CommitGraph:
    """Commits by commit_index, parents always before children.

    Attributes:
        author: a number for each author's e-mail address.
        authored, committed: author and committer date of each commit, microseconds.
        change: mainline position of the step that brought each commit in, or `NOT_LANDED`.
        on_mainline: whether the commit is itself such a step.
        age: place of each commit in one order of all commits, the oldest first. It agrees with
            the graph, and between unrelated commits with the committer date, so that links from
            later to earlier commits can never form a circle.
    """

    def __init__(
        self,
        *,
        author: Hashes,
        authored: Times,
        committed: Times,
        change: Integers,
        on_mainline: Flags,
        edges: npt.NDArray[np.int32],
    ):
        """Take the columns of all commits, and `edges`: rows of commit, parent, by ordinal."""
        self.author = author
        self.authored = authored
        self.committed = committed
        self.change = change
        self.on_mainline = on_mainline
        self._parents: list[list[int]] = [[] for _ in range(len(committed))]
        for commit, parent in edges.tolist():
            self._parents[commit].append(parent)
        self.age = self._ages()

    def __len__(self) -> int:
        return len(self.committed)

    @property
    def landed(self) -> Flags:
        """Whether each commit is in the main line's history."""
        return np.asarray(self.change >= 0, dtype=np.bool_)

    @property
    def is_merge(self) -> Flags:
        """Whether each commit has more than one parent."""
        return np.array([len(parents) > 1 for parents in self._parents], dtype=np.bool_)

    def parents(self, commit: int) -> list[int]:
        """Return a commit's parents, the first one first."""
        return self._parents[commit]

    def _ages(self) -> Integers:
        latest: list[int] = []
        for commit, at in enumerate(self.committed.tolist()):
            latest.append(max([at, *(latest[parent] for parent in self._parents[commit])]))
        order = np.argsort(np.array(latest, dtype=np.int64), kind="stable")
        age = np.empty(len(order), dtype=np.int32)
        age[order] = np.arange(len(order), dtype=np.int32)
        return age

    def is_ancestor(self, commit: int, other: int) -> bool:
        """Tell whether `other` descends from `commit` (a commit descends from itself)."""
        if commit >= other:
            return commit == other
        if self.on_mainline[other] and self.change[commit] >= 0:
            return bool(self.change[commit] <= self.change[other])
        if self.change[other] >= 0 and self.change[commit] < 0:
            return False
        landed_with = int(self.change[commit])
        seen = set()
        waiting = [other]
        while waiting:
            for parent in self._parents[waiting.pop()]:
                if parent == commit:
                    return True
                if landed_with >= 0 and self.on_mainline[parent]:
                    if self.change[parent] >= landed_with:
                        return True
                elif parent > commit and parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return False

    def ancestors_and_self(self, tips: list[int]) -> Flags:
        """Return whether each commit is in the history of one of `tips`."""
        inside = np.zeros(len(self), dtype=np.bool_)
        waiting = list(tips)
        while waiting:
            commit = waiting.pop()
            if not inside[commit]:
                inside[commit] = True
                waiting.extend(self._parents[commit])
        return inside

    def branch(self, tip: int, limit: int) -> Branch | None:
        """Return the branch that `tip` ends; None where it has more than `limit` commits."""
        inside: set[int] = {tip}
        forks: set[int] = set()
        waiting = [tip]
        while waiting:
            for parent in self._parents[waiting.pop()]:
                if self.change[parent] >= 0:
                    forks.add(parent)
                elif parent not in inside:
                    inside.add(parent)
                    waiting.append(parent)
            if len(inside) > limit:
                return None
        return Branch(tuple(sorted(inside)), tuple(sorted(forks)))
