"""The lines of commits that may carry generated lines.

These are births at which a lineage begins. A birth that continues an older line by layout, by a
move or after a revert may carry one too, for an agent's edit may have laid it out anew, moved it
or brought it back; who wrote it is then told by its lineage, not by the edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from landed.attribution.generated.edits import SECOND, Edit, Flags, Hashes, Numbers
from landed.attribution.generated.worktrees import Worktrees
from landed.attribution.lineage.graph import CommitGraph
from landed.attribution.lineage.reading import LedgerReader
from landed.store import Store

_COMMITS = """
select "commit"."commit", epoch_us(committed_at) as committed, epoch_us(authored_at) as authored,
    contact.canonical_email as person, author_email
from "commit"
left join contact
    on contact.repository = "commit".repository and contact.name = "commit".author_name
    and contact.email = "commit".author_email
where "commit".repository = $1 order by commit_index
"""
_PATHS = """
select path.path, path.path_index, renamed_to
from path
left join renamed_path
    on renamed_path.repository = path.repository and renamed_path.path_index = path.path_index
where path.repository = $1 order by path.path_index
"""
_BIRTHS = """
select line.line, line.commit_index, line.path_index, line.line_number, line.text_hash,
    line.token_hash, line.trivial, line_link.line is not null as continues
from line
join "commit"
    on "commit".repository = line.repository and "commit".commit_index = line.commit_index
left join line_link
    on line_link.repository = line.repository and line_link.line = line.line
    and line_link.rank = 0
where line.repository = $repository and line.origin_line is null
    and greatest(epoch_us(committed_at), epoch_us(authored_at)) >= $since
    and (line.path_index in (select unnest($paths::integer[]))
        or line.text_hash in (
            select text_hash from edit_line
            join edit_place as place
                on place.repository = edit_line.repository and place.edit = edit_line.edit
            where edit_line.repository = 'agents' and edit_line.added
                and place.belongs_to = $repository
        ))
    and (line_link.line is null or line_link.rule in ('format', 'indent', 'move', 'revert'))
"""
_MANY = 12


class Commits:
    """The commits of a repository, by commit_index, and one order that depends on git alone.

    Attributes:
        ids: commit ids.
        committed, authored: seconds.
        person: canonical address of the author, lower case.
        place: position of each commit in an order in which parents come before their children.
        stashes: commits that are parts of stashes: what is in them nobody committed.
    """

    def __init__(self, store: Store, repository: str) -> None:
        """Read them from the store."""
        rows = store.query(_COMMITS, [repository])
        reader = LedgerReader(store, repository)
        self.graph: CommitGraph = reader.commits().graph
        self.stashes: list[int] = reader.stashes()
        self.ids: list[str] = rows["commit"].to_pylist()
        self.index = {commit: at for at, commit in enumerate(self.ids)}
        self.committed: list[int] = (rows["committed"].to_numpy() // SECOND).tolist()
        self.authored: list[int] = (rows["authored"].to_numpy() // SECOND).tolist()
        self.person = [
            (canonical or email).lower()
            for canonical, email in zip(
                rows["person"].to_pylist(), rows["author_email"].to_pylist(), strict=True
            )
        ]
        self.place = self._places()
        self._twins: dict[tuple[str, int], list[int]] = {}
        for at, key in enumerate(zip(self.person, self.authored, strict=True)):
            self._twins.setdefault(key, []).append(at)
        self._descends: dict[tuple[int, int], bool] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def _places(self) -> npt.NDArray[np.int64]:
        latest: list[int] = []
        depth: list[int] = []
        for commit, at in enumerate(self.committed):
            parents = self.graph.parents(commit)
            latest.append(max([at, *(latest[parent] for parent in parents)]))
            depth.append(1 + max([0, *(depth[parent] for parent in parents)]))
        order = sorted(range(len(self)), key=lambda at: (latest[at], depth[at], self.ids[at]))
        place = np.empty(len(self), dtype=np.int64)
        place[order] = np.arange(len(self))
        return place

    def descends(self, commit: int, head: int) -> bool:
        """Tell whether a commit builds on `head`, or on a rewritten version of it.

        Git keeps author and author date when it rewrites a commit (amend, rebase, cherry-pick).
        """
        known = self._descends.get((commit, head))
        if known is None:
            twins = self._twins[self.person[head], self.authored[head]]
            # more commits than this with one author and date come from a tool's clock
            twins = twins if len(twins) <= _MANY else [head]
            known = any(self.graph.is_ancestor(twin, commit) for twin in twins)
            self._descends[commit, head] = known
        return known


class Heads:
    """From which commits an edit's lines can have been committed."""

    def __init__(self, commits: Commits, worktrees: Worktrees, edits: Sequence[Edit]) -> None:
        self._commits = commits
        self._worktrees = worktrees
        self._head = [self._head_of(edit) for edit in edits]

    def _head_of(self, edit: Edit) -> int | None:
        """Return HEAD at the time of an edit, or the last one before it that git still has."""
        index = self._commits.index
        for commit in self._worktrees.of(edit.worktree).heads_at(edit.at):
            if commit in index:
                return index[commit]
        return index.get(edit.head or "")

    def allow(self, edit: Edit, commit: int, made_in: frozenset[str]) -> bool:
        """Tell whether a commit is late enough and builds on what the edit was made on.

        A commit that is known to be made in the edit's own working tree need not: HEAD may have
        been rewritten, or changes carried to another branch.
        """
        if self._commits.committed[commit] < edit.second:
            return False
        head = self._head[edit.number]
        if head is None or edit.worktree in made_in:
            return True
        return self._commits.descends(commit, head)


class Paths:
    """The paths of a repository, and which of them are one file under several names."""

    def __init__(self, store: Store, repository: str) -> None:
        rows = store.query(_PATHS, [repository])
        self.names: list[str] = rows["path"].to_pylist()
        self.index = {name: at for at, name in enumerate(self.names)}
        renamed: list[int | None] = rows["renamed_to"].to_pylist()
        self.last = [self._follow(renamed, at) for at in range(len(renamed))]
        self._names_of: dict[int, list[int]] = {}
        for at, last in enumerate(self.last):
            self._names_of.setdefault(last, []).append(at)

    @staticmethod
    def _follow(renamed: Sequence[int | None], path: int) -> int:
        seen = {path}
        while (further := renamed[path]) is not None and further not in seen:
            path = further
            seen.add(path)
        return path

    def same_file(self, name: str) -> list[int]:
        """Return all paths that the file of this name has had."""
        at = self.index.get(name)
        return [] if at is None else self._names_of[self.last[at]]


@dataclass(frozen=True)
class Births:
    """Lines born in one commit at one path, or in several, one row each, in columns.

    Ordered by commit, path and line number. `continues` tells of births that go on from an older
    line.
    """

    line: Numbers
    commit: Numbers
    path: Numbers
    number: Numbers
    text: Hashes
    token: Hashes
    trivial: Flags
    continues: Flags

    def __len__(self) -> int:
        return len(self.line)

    def take(self, rows: npt.NDArray[np.integer] | Flags) -> Births:
        """Return the rows at these positions, or where the mask holds."""
        return Births(
            *(getattr(self, name)[rows] for name in self.__dataclass_fields__)  # in their order
        )

    def groups(self) -> Iterator[tuple[int, int, slice]]:
        """Yield (commit, path, rows) of each path of each commit."""
        if not len(self):
            return
        edges = (self.commit[1:] != self.commit[:-1]) | (self.path[1:] != self.path[:-1])
        bounds = [0, *(np.flatnonzero(edges) + 1).tolist(), len(self)]
        for start, stop in pairwise(bounds):
            yield int(self.commit[start]), int(self.path[start]), slice(start, stop)


def read_births(store: Store, repository: str, since: int, paths: Iterable[int]) -> Births:
    """Read the candidates from the second `since` on: at these paths, or of generated text."""
    rows = store.query(
        _BIRTHS,
        {
            "repository": repository,
            "since": since * SECOND,
            "paths": sorted(set(paths)),
        },
    )
    columns: Mapping[str, str] = {
        "line": "line",
        "commit": "commit_index",
        "path": "path_index",
        "number": "line_number",
    }
    births = Births(
        **{name: rows[column].to_numpy().astype(np.int64) for name, column in columns.items()},
        text=rows["text_hash"].to_numpy().astype(np.uint64),
        token=rows["token_hash"].to_numpy().astype(np.uint64),
        trivial=rows["trivial"].to_numpy().astype(np.bool_),
        continues=rows["continues"].to_numpy().astype(np.bool_),
    )
    return births.take(np.lexsort((births.number, births.path, births.commit)))
