"""All rules over one repository, in the order in which they decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landed.attribution.lineage.blocks import BLOCK_LINES
from landed.attribution.lineage.branches import LARGEST_COMMIT, NeverLanded
from landed.attribution.lineage.columns import NO_LINKS, Flags, Integers, Links, PlacedLines
from landed.attribution.lineage.graph import CommitGraph
from landed.attribution.lineage.moves import find_moves
from landed.attribution.lineage.news import News, Relations, Seen
from landed.attribution.lineage.patches import TakenLines
from landed.attribution.lineage.reading import Commits, LedgerReader
from landed.attribution.lineage.reverts import (
    CommitPair,
    is_inverse,
    relanded_lines,
    restored_lines,
)
from landed.attribution.lineage.roots import find_roots
from landed.attribution.lineage.squash import SquashSearch
from landed.attribution.lineage.twins import find_twins

PAIR_RULES = ("revert", "cherry-pick", "rebase")
OWN_RULES = ("move", *PAIR_RULES, "squash")
"""The rules whose links are found here, in the order in which they decide."""


def moves_from(reader: LedgerReader, commits: Commits, first: int, lines_at_once: int) -> Links:
    """Return the moves in the commits from `first` on, read in parts to spare memory."""
    found = []
    sizes = np.where(
        np.minimum(commits.lines_added, commits.lines_removed) >= BLOCK_LINES,
        commits.lines_added + commits.lines_removed,
        0,
    )
    for start, stop in _parts(sizes, first, lines_at_once):
        added, removed = reader.patches_between(start, stop)
        layout, layout_commit = reader.layout_between(start, stop)
        covered = _at_commit(layout_commit, layout.predecessor)
        found.append(
            find_moves(
                removed.take(~np.isin(_at_commit(removed.commit, removed.line), covered)),
                added.take(~np.isin(added.line, layout.line)),
            )
        )
    return Links.joined(found)


def _parts(sizes: Integers, first: int, most: int) -> Iterator[tuple[int, int]]:
    """Divide the commits from `first` on so that no part (but of one commit) has more lines."""
    start = first
    total = 0
    for commit, size in enumerate(sizes[first:].tolist(), first):
        if total and total + size > most:
            yield start, commit
            start, total = commit, 0
        total += size
    if start < len(sizes):
        yield start, len(sizes)


def _at_commit(commit: Integers, line: Integers) -> np.ndarray:
    return commit.astype(np.int64) << 32 | line.astype(np.int64)


def new_inverses(reader: LedgerReader, first: int) -> list[CommitPair]:
    """Return the pairs (Y, X), Y from `first` on, where Y's patch is X's, backwards."""
    possible = reader.possible_inverses(first)
    patches = reader.patches(commit for pair in possible for commit in pair)
    return [pair for pair in possible if is_inverse(patches, *pair)]


@dataclass(frozen=True)
class Earlier:
    """What an earlier run found: its links by rule, and what they rest on."""

    seen: Seen
    links: dict[str, Links]


def links_between_commits(
    reader: LedgerReader,
    commits: Commits,
    earlier: Earlier,
    inverses: list[CommitPair],
    taken: TakenLines,
    within: Links,
    squash_share: float,
) -> tuple[dict[str, Links], Seen]:
    """Return the links of every rule that looks at several commits, and what they rest on.

    What an earlier run found is kept where it still holds. `taken` knows the lines that layout
    and moves have linked; `within` holds those links, and duplicates, one for each line.
    """
    graph = commits.graph
    relations = Relations.read(reader, graph)
    news = News(earlier.seen, graph, relations)
    kept = news.keeps_pairs()
    first = news.first if kept else 0
    found = {rule: earlier.links[rule] if kept else NO_LINKS for rule in PAIR_RULES}
    for links in found.values():
        taken.add(links.line)
    for rule, links in _pair_links(reader, graph, relations, inverses, first, taken).items():
        found[rule] = Links.joined([found[rule], links])
    if kept and news.keeps_squashes(reader):
        found["squash"] = earlier.links["squash"]
        return found, Seen.now(graph, relations, earlier.seen.squashed)
    everything = Links.joined([within, *found.values()])
    found["squash"] = _squashes(reader, commits, relations, everything, taken, squash_share)
    squashed = reader.commits_of(found["squash"].predecessor)
    return found, Seen.now(graph, relations, squashed)


def _pair_links(
    reader: LedgerReader,
    graph: CommitGraph,
    relations: Relations,
    inverses: list[CommitPair],
    first: int,
    taken: TakenLines,
) -> dict[str, Links]:
    """Return the links of reverts, picks and rebases for lines of commits from `first` on."""
    reverts = _reverts(reader, graph, relations, inverses, first, taken)
    groups = [group for group in relations.groups if group[-1] >= first]
    picks = [pair for pair in relations.picks if max(pair) >= first]
    patches = reader.patches(commit for commits in [*groups, *picks] for commit in commits)
    twins = find_twins(graph, patches, groups, picks, relations.released)
    return {"revert": reverts} | {rule: taken.claim(links) for rule, links in twins.items()}


def _reverts(
    reader: LedgerReader,
    graph: CommitGraph,
    relations: Relations,
    inverses: list[CommitPair],
    first: int,
    taken: TakenLines,
) -> Links:
    every = {*relations.reverts, *inverses}
    pairs = sorted(pair for pair in every if pair[0] >= first)
    asked = [commit for pair in pairs for commit in pair]
    merges = np.flatnonzero(graph.is_merge & graph.on_mainline)
    landed_with = graph.change[np.intersect1d(merges, np.array([pair[1] for pair in pairs], int))]
    asked += np.flatnonzero(np.isin(graph.change, landed_with)).tolist()
    relanded = reader.possible_relandings({pair[0] for pair in every}, first)
    patches = reader.patches(asked + [commit for pair in relanded for commit in pair])
    restored = taken.claim(restored_lines(graph, patches, pairs))
    return Links.joined([restored, taken.claim(relanded_lines(graph, patches, relanded))])


def _squashes(
    reader: LedgerReader,
    commits: Commits,
    relations: Relations,
    known: Links,
    taken: TakenLines,
    share: float,
) -> Links:
    """Return the links of squashes: first among branches, then of what landed."""
    graph = commits.graph
    if graph.landed.all():
        return NO_LINKS
    added, removed = reader.never_landed(LARGEST_COMMIT, relations.stashes)
    too_large = np.flatnonzero(commits.lines_added > LARGEST_COMMIT)
    left_out, stashes = frozenset(too_large.tolist()), frozenset(relations.stashes)
    side = NeverLanded(graph, added, removed, left_out, stashes)
    tied = relations.tied(graph)
    like_a_branch = reader.like_a_branch()
    versions = SquashSearch(
        graph, side, like_a_branch, find_roots(known), share, landed_counts=False
    )
    among = added.take(~relations.released[added.commit])
    between = _squashed(reader, versions, among, graph, tied, taken)
    everything = Links.joined([known, between])
    search = SquashSearch(graph, side, like_a_branch, find_roots(everything), share)
    landed = _squashed(reader, search, like_a_branch, graph, tied, taken)
    return Links.joined([between, landed])


def _squashed(
    reader: LedgerReader,
    search: SquashSearch,
    lines: PlacedLines,
    graph: CommitGraph,
    tied: Flags,
    taken: TakenLines,
) -> Links:
    """Return the links of those commits of `lines` that are squashes."""
    shared = search.candidates(_squashable(lines, graph.is_merge, taken), tied)
    patches = reader.patches(each.commit for each in shared)
    found = []
    for each in shared:
        added = patches.added(each.commit)
        found.append(search.squashed_lines(each, added, taken.free(added.line)))
    return taken.claim(Links.joined(found))


def _squashable(lines: PlacedLines, is_merge: np.ndarray, taken: TakenLines) -> PlacedLines:
    return lines.take(~is_merge[lines.commit] & taken.free(lines.line))
