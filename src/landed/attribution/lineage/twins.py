"""One change in several commits: cherry-picks and rebases.

The rules, and why:

- Git keeps author and author date when it copies a commit. Two commits with the same author
  e-mail and author date whose patches have the same texts at the same paths are one change.
- Where the patches differ (conflicts, part of a change), commits tied by author and date, or by
  a message that names the source, share the lines whose text agrees in order, path by path.
  A trivial line counts only beside a paired neighbour. Author and date alone do not tie a commit
  to its own descendant: tools that commit several times a second would be caught by it.
- The oldest twin is the first line of all of them; a line has one twin at most in each commit.
- `rebase`: no message names the source, and the source is in neither the main line nor a
  release. Nobody ever shipped it, so it was an earlier version of the branch. Everything else
  is a `cherry-pick`: both copies stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from landed.attribution.lineage.alignment import align_patches, supported
from landed.attribution.lineage.columns import Flags, Links, PlacedLines
from landed.attribution.lineage.graph import CommitGraph
from landed.attribution.lineage.patches import Patches, same_texts
from landed.attribution.lineage.reverts import CommitPair

MANY = 12
"""More commits than this with one author and date come from a tool's clock, or from one commit
that was amended again and again. Among them only equal patches count, and of the versions of one
commit, which have the same parents, each is compared with the few before it."""

_VERSIONS = 3


def find_twins(
    graph: CommitGraph,
    patches: Patches,
    groups: Iterable[Sequence[int]],
    picked: Iterable[CommitPair],
    released: Flags,
) -> dict[str, Links]:
    """Link the lines of each commit to those of its older twins; returns links by rule.

    Args:
        graph: the commits.
        patches: what the commits of `groups` and `picked` added and removed.
        groups: commits with one author e-mail and author date.
        picked: pairs (commit, source) of messages that name their source.
        released: whether each commit is in the history of a release.
    """
    named = {frozenset(pair) for pair in picked}
    shipped = graph.landed | released
    links: dict[str, list[Links]] = {"cherry-pick": [], "rebase": []}
    for younger, older in _pairs(graph, patches, groups, named):
        is_rebase = frozenset((younger, older)) not in named and not shipped[older]
        rule = "rebase" if is_rebase else "cherry-pick"
        links[rule].append(_shared(patches.added(older), patches.added(younger)))
    return {rule: Links.joined(parts) for rule, parts in links.items()}


def _pairs(
    graph: CommitGraph,
    patches: Patches,
    groups: Iterable[Sequence[int]],
    named: set[frozenset[int]],
) -> list[CommitPair]:
    """Return pairs (younger, older), for each younger commit its oldest equal twin first."""
    equal: set[CommitPair] = set()
    partial: set[CommitPair] = set()
    for group in groups:
        ordered = sorted(group, key=lambda commit: int(graph.age[commit]))
        for place, younger in enumerate(ordered):
            for older in ordered[:place]:
                if _same_patch(patches, younger, older):
                    equal.add((younger, older))
                    break
                if len(ordered) <= MANY and not graph.is_ancestor(older, younger):
                    partial.add((younger, older))
            if len(ordered) > MANY:
                partial.update(
                    (younger, older) for older in _versions(graph, ordered[:place], younger)
                )
    for pair in named:
        if len(pair) == 2:
            older, younger = sorted(pair, key=lambda commit: int(graph.age[commit]))
            (equal if _same_patch(patches, younger, older) else partial).add((younger, older))

    def first_asked(pair: CommitPair) -> tuple[int, bool, bool, int]:
        younger, older = pair
        return (
            int(graph.age[younger]),
            pair not in equal,
            frozenset(pair) not in named,
            int(graph.age[older]),
        )

    return sorted(equal | partial, key=first_asked)


def _versions(graph: CommitGraph, older: Sequence[int], commit: int) -> list[int]:
    """Return the last few of `older` that `commit` may be an amendment of."""
    parents = graph.parents(commit)
    return [other for other in older if graph.parents(other) == parents][-_VERSIONS:]


def _same_patch(patches: Patches, younger: int, older: int) -> bool:
    return same_texts(patches.added(younger), patches.added(older)) and same_texts(
        patches.removed(younger), patches.removed(older)
    )


def _shared(older: PlacedLines, younger: PlacedLines) -> Links:
    here, there = align_patches(older, younger)
    if not same_texts(older, younger):
        good: Flags = supported(older, younger, (here, there))
        here, there = here[good], there[good]
    return Links(younger.line[there], older.line[np.asarray(here)])
