"""The commit graph in memory: which commits are the main line, and which step brought each in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from landed.sources.git.headers import CommitHeader


@dataclass
class Graph:
    """Commits by index, parents before children.

    Attributes:
        ids: commit ids in hex.
        index: the inverse of `ids`.
        parents: indices of each commit's parents, first parent first.
        committed: committer dates in seconds.
        change: for each commit, the step of the main line that brought it in, or -1.
        chain: indices of the main line's commits, root first.
    """

    ids: list[bytes] = field(default_factory=list)
    index: dict[bytes, int] = field(default_factory=dict)
    parents: list[tuple[int, ...]] = field(default_factory=list)
    committed: list[int] = field(default_factory=list)
    change: list[int] = field(default_factory=list)
    chain: list[int] = field(default_factory=list)

    def add(self, commit: bytes, parents: Iterable[int], committed: int, change: int = -1) -> None:
        """Append a commit."""
        self.index[commit] = len(self.ids)
        self.ids.append(commit)
        self.parents.append(tuple(parents))
        self.committed.append(committed)
        self.change.append(change)

    def add_headers(self, headers: Sequence[CommitHeader]) -> None:
        """Append commits as read; parents that were not read are left out."""
        for header in headers:
            known = [self.index[parent] for parent in header.parents if parent in self.index]
            self.add(header.commit, known, header.committed)

    def chain_to(self, head: bytes) -> list[int]:
        """Return the first-parent chain that ends in `head`, root first."""
        chain = [self.index[head]]
        while self.parents[chain[-1]]:
            chain.append(self.parents[chain[-1]][0])
        chain.reverse()
        return chain

    def extend_main_line(self, chain: list[int]) -> list[int]:
        """Make `chain`, which goes on from the present one, the main line.

        Returns the commits that landed through the new steps.
        """
        landed = []
        for step in range(len(self.chain), len(chain)):
            waiting = [chain[step]]
            while waiting:
                commit = waiting.pop()
                if self.change[commit] < 0:
                    self.change[commit] = step
                    landed.append(commit)
                    waiting.extend(self.parents[commit])
        self.chain = chain
        return landed

    def landing_times(self) -> list[int]:
        """Return for each step when it landed: the running maximum of committer dates."""
        times: list[int] = []
        latest = None
        for commit in self.chain:
            date = self.committed[commit]
            latest = date if latest is None else max(latest, date)
            times.append(latest)
        return times

    def main_line_positions(self) -> dict[bytes, int]:
        """Return the step of each commit of the main line."""
        return {self.ids[commit]: step for step, commit in enumerate(self.chain)}

    def side_chain(self, commit: int, positions: dict[bytes, int]) -> tuple[list[int], int | None]:
        """Return the first-parent chain down to the main line, and the step where it meets it."""
        chain = []
        while self.ids[commit] not in positions:
            chain.append(commit)
            if not self.parents[commit]:
                return chain, None
            commit = self.parents[commit][0]
        return chain, positions[self.ids[commit]]
