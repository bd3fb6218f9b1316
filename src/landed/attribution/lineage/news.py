"""Whether what an earlier run found still holds, now that there are new commits.

A link lies between a line of one commit and lines of others. Links of old lines stay as they are
unless something that they rest on has changed since: what has landed, what a message refers to,
which releases there are. Squashes also compete for the lines of branches. These questions are
asked of the graph, and of the few lines that are new; where an answer is in doubt the rules are
applied to everything again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from landed.attribution.lineage.blocks import BLOCK_LINES
from landed.attribution.lineage.columns import Flags, Positions
from landed.attribution.lineage.graph import CommitGraph
from landed.attribution.lineage.reading import LedgerReader
from landed.attribution.lineage.reverts import CommitPair
from landed.attribution.lineage.twins import MANY


@dataclass(frozen=True)
class Relations:
    """Which commits have to do with which others.

    Attributes:
        reverts, picks: pairs (commit, commit that its message names).
        groups: commits with one author e-mail and author date.
        released: whether each commit is in the history of a release.
        stashes: commits that are parts of stashes: they have to do with no others.
    """

    reverts: list[CommitPair]
    picks: list[CommitPair]
    groups: list[list[int]]
    released: Flags
    stashes: list[int]

    @classmethod
    def read(cls, reader: LedgerReader, graph: CommitGraph) -> Relations:
        """Ask the store."""
        stashes = reader.stashes()
        return cls(
            reader.references("reverts"),
            reader.references("picked-from"),
            reader.same_authorship(stashes),
            reader.released(graph),
            stashes,
        )

    def tied(self, graph: CommitGraph) -> Flags:
        """Return whether each commit has the author and date of another, or names its source."""
        tied = np.zeros(len(graph), dtype=np.bool_)
        tied[[commit for commits in [*self.groups, *self.picks] for commit in commits]] = True
        return tied


@dataclass(frozen=True)
class Seen:
    """What the links of an earlier run rest on.

    Attributes:
        commits: how many commits there were.
        unlanded: those that had not landed.
        unshipped: those that had neither landed nor been released.
        landed: digest of the steps with which the others had landed.
        references: digest of what messages referred to.
        squashed: commits whose lines were linked to by squashes.
    """

    commits: int = 0
    unlanded: list[int] = field(default_factory=list)
    unshipped: list[int] = field(default_factory=list)
    landed: str = ""
    references: str = ""
    squashed: list[int] = field(default_factory=list)

    @classmethod
    def now(cls, graph: CommitGraph, relations: Relations, squashed: Iterable[int]) -> Seen:
        """Return what a run that ends now has seen."""
        unlanded = np.flatnonzero(~graph.landed)
        return cls(
            len(graph),
            unlanded.tolist(),
            unlanded[~relations.released[unlanded]].tolist(),
            _landed_digest(graph, len(graph), unlanded),
            _reference_digest(relations, len(graph)),
            sorted(set(squashed)),
        )


def _landed_digest(graph: CommitGraph, commits: int, unlanded: Sequence[int] | Positions) -> str:
    landed = np.ones(commits, dtype=np.bool_)
    landed[np.asarray(unlanded, dtype=np.int64)] = False
    digest = hashlib.sha256(graph.change[:commits][landed].tobytes())
    digest.update(graph.on_mainline[:commits][landed].tobytes())
    return digest.hexdigest()


def _reference_digest(relations: Relations, commits: int) -> str:
    known = [
        [pair for pair in pairs if pair[0] < commits]
        for pairs in (relations.reverts, relations.picks)
    ]
    return hashlib.sha256(repr(known).encode()).hexdigest()


class News:
    """What is new against an earlier run."""

    def __init__(self, seen: Seen, graph: CommitGraph, relations: Relations):
        """Compare what an earlier run saw with what there is now."""
        self.first = seen.commits
        self._seen = seen
        self._graph = graph
        self._relations = relations
        unlanded = np.array(seen.unlanded, dtype=np.int64)
        self._landed_since = unlanded[graph.landed[unlanded]]

    def keeps_pairs(self) -> bool:
        """Tell whether reverts, picks and rebases of old lines are as they were."""
        seen, graph, relations = self._seen, self._graph, self._relations
        if not self.first or seen.landed != _landed_digest(graph, self.first, seen.unlanded):
            return False
        if seen.references != _reference_digest(relations, self.first):
            return False
        unshipped = np.array(seen.unshipped, dtype=np.int64)
        shipped = unshipped[(graph.landed | relations.released)[unshipped]]
        unreleased = np.setdiff1d(np.array(seen.unlanded, dtype=np.int64), unshipped)
        taken_back = unreleased[~(graph.landed | relations.released)[unreleased]]
        tied = [*relations.groups, *relations.picks]
        together = {commit for commits in tied for commit in commits}
        changed = (
            set(shipped.tolist()) | set(taken_back.tolist()) | set(self._landed_since.tolist())
        )
        if changed & (together | {reverted for _, reverted in relations.reverts}):
            return False
        if any(self._became_many(commits) for commits in relations.groups):
            return False
        return all(self._new_are_younger(commits) for commits in tied)

    def _became_many(self, commits: Sequence[int]) -> bool:
        """Tell whether so many share author and date only now that other rules hold for them."""
        old = sum(commit < self.first for commit in commits)
        return 1 < old <= MANY < len(commits)

    def _new_are_younger(self, commits: Sequence[int]) -> bool:
        age = self._graph.age
        old = [int(age[commit]) for commit in commits if commit < self.first]
        new = [int(age[commit]) for commit in commits if commit >= self.first]
        return not old or not new or max(old) < min(new)

    def keeps_squashes(self, reader: LedgerReader) -> bool:
        """Tell whether squashes are as they were, and no new commit is one or a source of one.

        Asked only where pairs are kept.
        """
        graph = self._graph
        landed = graph.landed
        if len(np.intersect1d(self._landed_since, self._seen.squashed)):
            return False
        unshipped = np.array(self._seen.unshipped, dtype=np.int64)
        if (self._relations.released[unshipped] & ~landed[unshipped]).any():
            return False
        unlanded = np.setdiff1d(np.flatnonzero(~landed), self._relations.stashes)
        parents = {parent for commit in unlanded.tolist() for parent in graph.parents(commit)}
        if parents & set(self._landed_since.tolist()):
            return False
        if any(
            self._lands_an_older_version(commits)
            for commits in [*self._relations.groups, *self._relations.picks]
        ):
            return False
        new = np.arange(self.first, len(graph))
        old = np.setdiff1d(np.arange(self.first), self._relations.stashes)
        candidates = np.setdiff1d(np.union1d(new, self._landed_since), self._relations.stashes)
        sources = np.intersect1d(new, unlanded)
        latest = graph.age[old].max(initial=-1)
        landed_late = candidates[landed[candidates] & (graph.age[candidates] < latest)]
        if len(landed_late) and len(unlanded):
            shared, _, _ = reader.shared_texts(landed_late.tolist(), unlanded.tolist())
            if len(shared):
                return False
        late = graph.age[sources] < latest
        if late.any() and self._grow_from_old(sources):
            return False
        return not self._may_share(reader, candidates, unlanded) and not (
            late.any() and self._may_share(reader, old, sources)
        )

    def _lands_an_older_version(self, commits: Sequence[int]) -> bool:
        """Tell whether a new commit landed whose older twin never did."""
        graph = self._graph
        landed = [
            int(graph.age[commit])
            for commit in commits
            if commit >= self.first and graph.change[commit] >= 0
        ]
        others = [int(graph.age[commit]) for commit in commits if graph.change[commit] < 0]
        return bool(landed) and bool(others) and max(landed) > min(others)

    def _grow_from_old(self, sources: Positions) -> bool:
        graph = self._graph
        return any(
            parent < self.first and graph.change[parent] < 0
            for commit in sources.tolist()
            for parent in graph.parents(commit)
        )

    def _may_share(self, reader: LedgerReader, commits: Positions, sources: Positions) -> bool:
        """Tell whether a commit has as much as a block from older ones that never landed.

        Of a version of another commit a line is enough.
        """
        if not len(commits) or not len(sources):
            return False
        graph = self._graph
        commit, source, lines = reader.shared_texts(commits.tolist(), sources.tolist())
        possible = (graph.age[source] < graph.age[commit]) & (
            graph.authored[source] <= graph.committed[commit]
        )
        total = np.bincount(commit[possible], weights=lines[possible])
        least = np.where(self._relations.tied(graph)[: len(total)], 1, BLOCK_LINES)
        return bool((total >= least).any())
