"""Releases whose commits had been read before they were tagged.

Mining follows the chains of the releases that it knows. What a later tag beside the main line
holds is told by git blame instead, from the nearest release on its chain or the main line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from landed.errors import GitError
from landed.ledger.blamed import Step, moved_between, standing_at
from landed.ledger.graph import Graph
from landed.ledger.known_births import KnownBirths
from landed.ledger.mainline import SideLines
from landed.ledger.tree import NO_LINES
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import Tag
from landed.store import Store

_STORED = """
    select c."commit", release.base_index, release.tag
    from release join "commit" as c using (repository, commit_index)
    where repository = ? and not on_mainline order by tag
"""
_LINES = """
    select line, present from release_line where repository = ? and tag = ? order by line
"""


@dataclass(frozen=True)
class LateReleases:
    """Looks at late releases once the ledger's lines and stays are written.

    Attributes:
        store: holds the rows of the ledger, and those of the releases of earlier runs.
        repository: its id.
        scratch: the repository that is read.
        graph: all commits.
    """

    store: Store
    repository: str
    scratch: Scratch
    graph: Graph

    def added_to(
        self, known: Mapping[bytes, SideLines], tags: Iterable[Tag]
    ) -> tuple[dict[bytes, SideLines], list[str]]:
        """Return `known` with the differences of the late ones among `tags` added.

        The second value names tags of which objects are missing.
        """
        sides = dict(known)
        positions = self.graph.main_line_positions()
        late = {
            self.graph.index[tag.commit]: tag
            for tag in tags
            if tag.commit in self.graph.index
            and tag.commit not in positions
            and tag.commit not in sides
        }
        if not late:
            return sides, []
        stored = self._stored(positions)
        births = None
        unreadable = []
        for index, tag in sorted(late.items()):
            if tag.commit not in stored:
                births = births or KnownBirths(self.store, self.repository)
                try:
                    stored[tag.commit] = self._blamed(index, {**stored, **sides}, positions, births)
                except GitError:
                    unreadable.append(tag.name)
                    continue
            sides[tag.commit] = stored[tag.commit]
        return sides, unreadable

    def _stored(self, positions: dict[bytes, int]) -> dict[bytes, SideLines]:
        """Return the differences that earlier runs have found, of releases with the same base."""
        found = {}
        for row in self.store.query(_STORED, [self.repository]).to_pylist():
            commit = row["commit"].encode()
            if self.graph.side_chain(self.graph.index[commit], positions)[1] == row["base_index"]:
                lines = self.store.query(_LINES, [self.repository, row["tag"]])
                line = np.asarray(lines["line"]).astype(np.int32)
                present = np.asarray(lines["present"]).astype(np.bool_)
                found[commit] = SideLines(line[present], line[~present])
        return found

    def _blamed(
        self,
        index: int,
        known: Mapping[bytes, SideLines],
        positions: dict[bytes, int],
        births: KnownBirths,
    ) -> SideLines:
        graph = self.graph
        indices, base = graph.side_chain(index, positions)
        chain: list[Step] = []
        start = SideLines(NO_LINES, NO_LINES)
        for commit in indices:
            if graph.ids[commit] in known:
                start = known[graph.ids[commit]]
                break
            parent = graph.ids[graph.parents[commit][0]].decode() if graph.parents[commit] else None
            chain.append(Step(graph.ids[commit].decode(), parent))
        main = NO_LINES if base is None else standing_at(self.store, self.repository, base)
        before = np.union1d(np.setdiff1d(main, start.absent), start.present).astype(np.int32)
        came, went, _ = moved_between(self.store, self.scratch, births, chain, before)
        after = np.union1d(np.setdiff1d(before, went), came).astype(np.int32)
        return SideLines(np.setdiff1d(after, main), np.setdiff1d(main, after))
