"""The repositories that were read, by what sessions tell of them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from pathlib import Path

from landed.errors import RepositoryError
from landed.records import AGENTS
from landed.sources.git.location import locate
from landed.store import Store

_COMMITS_LOOKED_UP = 5
_WORKTREES = """
    select worktree, min(repository) as repository from head_movement
    where worktree <> '' group by worktree having count(distinct repository) = 1
"""


@dataclass
class Known:
    """The repositories that were read.

    Attributes:
        by_directory: repository by the git directory that all its working trees share.
        by_remote: repository by the address of its remote.
        names: name to show, by repository.
        paths: all paths that a repository ever had, as far as they were asked for.
        git_directories: shared git directory, by repository.
        worktrees: repository by the top of each working tree that it has or had.
        made: the first commits that each session made, by agent and session.
    """

    by_directory: dict[str, str] = field(default_factory=dict)
    by_remote: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    paths: dict[str, frozenset[str]] = field(default_factory=dict)
    git_directories: dict[str, str] = field(default_factory=dict)
    worktrees: dict[str, str] = field(default_factory=dict)
    made: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def around(self, path: str) -> tuple[str, str] | None:
        """Return the repository and the top of the innermost working tree there was around a path.

        It is of those whose logs of HEAD were read, so that one removed since is known still.
        """
        candidate = path
        while len(candidate) > 1:
            found = self.worktrees.get(candidate)
            if found is not None:
                return found, candidate
            candidate = posixpath.dirname(candidate)
        return None


def known_repositories(store: Store) -> Known:
    """Read which repositories there are, and what tells them apart."""
    known = Known(made=_commits_made(store))
    for row in store.query("select * from location order by path").to_pylist():
        repository = row["repository"]
        known.names.setdefault(repository, row["name"])
        if row["remote"]:
            known.by_remote.setdefault(row["remote"], repository)
        directory = _common_directory(row["path"])
        known.by_directory.setdefault(directory, repository)
        known.git_directories.setdefault(repository, directory)
    for row in store.query(_WORKTREES).to_pylist():
        known.worktrees[row["worktree"]] = row["repository"]
    return known


def _common_directory(git_directory: str) -> str:
    try:
        return str(locate(Path(git_directory)).common_dir)
    except RepositoryError:
        return git_directory


def _commits_made(store: Store) -> dict[tuple[str, str], list[str]]:
    """Return the first commits that each session made, by agent and session."""
    rows = store.query(
        "select agent, session, value from session_reference"
        " where repository = ? and kind = 'commit'"
        " qualify row_number() over (partition by agent, session order by happened_at, value)"
        f" <= {_COMMITS_LOOKED_UP} order by agent, session, happened_at, value",
        [AGENTS],
    )
    found: dict[tuple[str, str], list[str]] = {}
    for agent, session, value in zip(*(c.to_pylist() for c in rows.columns), strict=True):
        found.setdefault((agent, session), []).append(value)
    return found
