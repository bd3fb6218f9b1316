"""What lineage reads from the store, as columns; joins that touch all lines happen in there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from landed.attribution.lineage.blocks import BLOCK_LINES
from landed.attribution.lineage.columns import Flags, Integers, Links, PlacedLines
from landed.attribution.lineage.graph import CommitGraph
from landed.attribution.lineage.patches import Patches
from landed.attribution.lineage.reverts import CommitPair
from landed.store import Store

LAYOUT_RULES = ("format", "indent")
_SHARED_TEXTS = 2

_COMMITS = """
select hash(author_email) as author,
    epoch_us(authored_at) as authored, epoch_us(committed_at) as committed,
    coalesce(change_index, -1) as change, mainline_index is not null as on_mainline,
    lines_added, lines_removed
from "commit" where repository = $repository order by commit_index
"""
_DIGEST = """
select
    (select bit_xor(hash(commit_index, commit, change_index, mainline_index))
        from "commit" where repository = $repository) as commits,
    (select bit_xor(hash(commit_index, kind, target))
        from commit_reference where repository = $repository) as commit_references,
    (select bit_xor(hash(tag, commit_index))
        from release where repository = $repository) as releases,
    (select count(*) from "commit" where repository = $repository) as number
"""
_EDGES = """
select commit_index, parent_index from commit_parent
where repository = $repository order by commit_index, ordinal
"""
_ADDED = """
select line, commit_index, path_index, line_number, text_hash, trivial
from line
where repository = $repository and origin_line is null
"""
_REMOVED = """
select removal.line, removal.commit_index, removal.path_index, removal.line_number,
    line.text_hash, line.trivial
from removal
join line on line.repository = removal.repository and line.line = removal.line
where removal.repository = $repository
"""
_LAYOUT = """
select line_link.line, predecessor, commit_index
from line_link
join line on line.repository = line_link.repository and line.line = line_link.line
where line_link.repository = $repository and rule in ('format', 'indent')
    and commit_index >= $first and commit_index < $stop
"""
_REFERENCES = """
select source.commit_index, min(target.commit_index) as target
from commit_reference as source
join "commit" as target
    on target.repository = source.repository
    and target.commit >= source.target and target.commit < source.target || 'g'
where source.repository = $repository and source.kind = $kind and length(source.target) >= 7
group by source.commit_index, source.target
having count(*) = 1
order by all
"""
_INVERSES = """
with taken_out as (
    select removal.commit_index as revert, min(line.commit_index) as reverted,
        count(*) as lines
    from removal
    join line on line.repository = removal.repository and line.line = removal.line
    where removal.repository = $repository and removal.commit_index >= $first
    group by removal.commit_index
    having min(line.commit_index) = max(line.commit_index)
)
select revert, reverted
from taken_out
join "commit" as later on later.repository = $repository and later.commit_index = revert
join "commit" as earlier on earlier.repository = $repository and earlier.commit_index = reverted
where earlier.lines_added = lines and later.lines_added = earlier.lines_removed
order by all
"""
_RELANDED = """
with reverted as (
    select distinct removal.commit_index as revert, removal.path_index, line.text_hash
    from removal
    join line on line.repository = removal.repository and line.line = removal.line
    where removal.repository = $repository and not line.trivial
        and removal.commit_index in (select unnest($reverts))
)
select line.commit_index as later, revert
from reverted
join line on line.repository = $repository
    and line.path_index = reverted.path_index and line.text_hash = reverted.text_hash
where line.commit_index > revert and line.commit_index >= $first and line.origin_line is null
group by later, revert
having count(distinct line.text_hash) >= $shared
order by all
"""
_STASHES = """
with beside as (
    select edge.commit_index, edge.parent_index
    from commit_parent as edge
    join commit_parent as indexed
        on indexed.repository = edge.repository and indexed.commit_index = edge.commit_index
        and indexed.ordinal = 1
    join "commit" as named
        on named.repository = indexed.repository and named.commit_index = indexed.parent_index
    join "commit" as stash
        on stash.repository = edge.repository and stash.commit_index = edge.commit_index
    where edge.repository = $repository and edge.ordinal >= 1
        and stash.change_index is null and named.subject like 'index on %'
)
select commit_index from beside
union
select parent_index as commit_index from beside
order by all
"""
_SAME_AUTHORSHIP = """
select list(commit_index order by commit_index) as commits
from "commit"
where repository = $repository and lines_added > 0
    and commit_index not in (select unnest($stashes::integer[]))
group by author_email, authored_at
having count(*) > 1
"""
_LIKE_A_BRANCH = """
with wanted as (
    select distinct path_index, text_hash
    from line join "commit" using (repository, commit_index)
    where repository = $repository and change_index is null and not trivial
)
select line, commit_index, path_index, line_number, text_hash, trivial
from line
join wanted using (path_index, text_hash)
where repository = $repository and origin_line is null and commit_index in (
    select commit_index from "commit" where repository = $repository and change_index is not null
)
"""
_SHARED = """
with side as (
    select commit_index, path_index, text_hash from line
    where repository = $repository and not trivial and origin_line is null
        and commit_index in (select unnest($sources::integer[]))
)
select line.commit_index as landed, side.commit_index as source, count(*) as lines
from line join side on line.path_index = side.path_index and line.text_hash = side.text_hash
where line.repository = $repository and line.origin_line is null
    and line.commit_index in (select unnest($landed::integer[]))
group by landed, source
"""
_DUPLICATES = """
select line, origin_line as predecessor from line
where repository = $repository and origin_line is not null
"""
_BORN_IN = """
select distinct commit_index from line
where repository = $repository and line in (select unnest($lines::integer[]))
"""
_LINKS = """
select line, predecessor, rule, rank from line_link where repository = $repository
"""


@dataclass(frozen=True)
class Commits:
    """All commits of a repository, by commit_index."""

    graph: CommitGraph
    lines_added: Integers
    lines_removed: Integers


class LedgerReader:
    """Reads one repository's ledger."""

    def __init__(self, store: Store, repository: str):
        """Read `repository` from an open store."""
        self._store = store
        self._repository = repository

    def _ask(self, sql: str, **parameters: object) -> pa.Table:
        return self._store.query(sql, {"repository": self._repository, **parameters})

    def commits(self) -> Commits:
        """Return the commits and their graph."""
        rows = self._ask(_COMMITS)
        edges = self._ask(_EDGES)
        graph = CommitGraph(
            author=rows["author"].to_numpy(),
            authored=rows["authored"].to_numpy(),
            committed=rows["committed"].to_numpy(),
            change=rows["change"].to_numpy().astype(np.int32),
            on_mainline=rows["on_mainline"].to_numpy(),
            edges=np.column_stack(
                [edges["commit_index"].to_numpy(), edges["parent_index"].to_numpy()]
            ).astype(np.int32),
        )
        return Commits(graph, rows["lines_added"].to_numpy(), rows["lines_removed"].to_numpy())

    def digest(self) -> str:
        """Return what changes with anything that links depend on: history, references, releases."""
        return repr(self._ask(_DIGEST).to_pylist())

    def commit_id(self, commit: int) -> str:
        """Return a commit's id; the empty string where there is no such commit."""
        rows = self._ask(
            'select commit from "commit" where repository = $repository and commit_index = $commit',
            commit=commit,
        )
        return str(rows["commit"][0].as_py()) if rows.num_rows else ""

    def number_of_lines(self) -> int:
        """Return one more than the highest line id."""
        rows = self._ask(
            "select coalesce(max(line) + 1, 0) as n from line where repository = $repository"
        )
        return int(rows["n"][0].as_py())

    def patches_between(self, first: int, stop: int) -> tuple[PlacedLines, PlacedLines]:
        """Return what commits from `first` up to before `stop` added, and what they removed.

        Commits that do not both add and remove as much as a block are left out.
        """
        return self._patches(
            "commit_index >= $first and commit_index < $stop"
            " and lines_added >= $block and lines_removed >= $block",
            {"first": first, "stop": stop, "block": BLOCK_LINES},
        )

    def _patches(
        self, condition: str, parameters: Mapping[str, object]
    ) -> tuple[PlacedLines, PlacedLines]:
        """Return what the commits for which a condition holds added, and what they removed."""
        within = (
            ' and {0}commit_index in (select commit_index from "commit"'
            f" where repository = $repository and {condition})"
        )
        added = self._ask(_ADDED + within.format(""), **parameters)
        removed = self._ask(_REMOVED + within.format("removal."), **parameters)
        return PlacedLines.from_arrow(added), PlacedLines.from_arrow(removed)

    def layout_between(self, first: int, stop: int) -> tuple[Links, Integers]:
        """Return the layout links of those commits, and each one's commit."""
        rows = self._ask(_LAYOUT, first=first, stop=stop)
        return _links(rows), rows["commit_index"].to_numpy()

    def patches(self, commits: Iterable[int]) -> Patches:
        """Return what these commits added and removed."""
        chosen = {"commits": sorted(set(commits))}
        return Patches(
            *self._patches("commit_index in (select unnest($commits::integer[]))", chosen)
        )

    def references(self, kind: str) -> list[CommitPair]:
        """Return the pairs (commit, commit it names) of one kind of reference."""
        rows = self._ask(_REFERENCES, kind=kind)
        return _pairs(rows, "commit_index", "target")

    def possible_inverses(self, first: int) -> list[CommitPair]:
        """Return pairs (Y, X): Y, from `first` on, removed all lines of X and no others."""
        return _pairs(self._ask(_INVERSES, first=first), "revert", "reverted")

    def possible_relandings(self, reverts: Iterable[int], first: int) -> list[CommitPair]:
        """Return pairs (Z, Y): Z adds texts to a path from which a revert Y removed them.

        Z is one of the commits from `first` on.

        One shared text is too common to look closer: a re-landed block with only one text that
        is not trivial is not found.
        """
        chosen = sorted(set(reverts))
        if not chosen:
            return []
        rows = self._ask(_RELANDED, reverts=chosen, first=first, shared=_SHARED_TEXTS)
        return _pairs(rows, "later", "revert")

    def stashes(self) -> list[int]:
        """Return the commits that are parts of stashes: nobody committed what is in them."""
        commits: list[int] = self._ask(_STASHES)["commit_index"].to_pylist()
        return commits

    def same_authorship(self, but: list[int]) -> list[list[int]]:
        """Return the groups of commits with one author e-mail and author date, `but` for some."""
        groups: list[list[int]] = self._ask(_SAME_AUTHORSHIP, stashes=but)["commits"].to_pylist()
        return sorted(groups)

    def released(self, graph: CommitGraph) -> Flags:
        """Return whether each commit is in the history of a release."""
        rows = self._ask("select commit_index from release where repository = $repository")
        return graph.ancestors_and_self(rows["commit_index"].to_pylist())

    def never_landed(self, most: int, but: list[int]) -> tuple[PlacedLines, PlacedLines]:
        """Return what commits that never landed added, and what they removed.

        Commits that added more than `most` lines are left out, and so are those in `but`.
        """
        return self._patches(
            "change_index is null and lines_added <= $most"
            " and commit_index not in (select unnest($but::integer[]))",
            {"most": most, "but": but},
        )

    def like_a_branch(self) -> PlacedLines:
        """Return the landed lines whose text a commit that never landed has on the same path."""
        return PlacedLines.from_arrow(self._ask(_LIKE_A_BRANCH))

    def shared_texts(
        self, landed: list[int], sources: list[int]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return which commits share texts with which, path by path, and how many lines."""
        rows = self._ask(_SHARED, landed=landed, sources=sources)
        return rows["landed"].to_numpy(), rows["source"].to_numpy(), rows["lines"].to_numpy()

    def commits_of(self, lines: Integers) -> list[int]:
        """Return the distinct commits in which these lines were born."""
        rows = self._ask(_BORN_IN, lines=lines.tolist())
        commits: list[int] = rows["commit_index"].to_pylist()
        return commits

    def duplicates(self) -> Links:
        """Return the lines that stand in a second place, with the lines that they duplicate."""
        return _links(self._ask(_DUPLICATES))

    def links(self) -> pa.Table:
        """Return all links: line, predecessor, rule, rank."""
        return self._ask(_LINKS)


def _links(rows: pa.Table) -> Links:
    return Links(
        rows["line"].to_numpy().astype(np.int32), rows["predecessor"].to_numpy().astype(np.int32)
    )


def _pairs(rows: pa.Table, first: str, second: str) -> list[CommitPair]:
    return list(zip(rows[first].to_pylist(), rows[second].to_pylist(), strict=True))
