"""What HEAD of each working tree pointed at, which commits were made there, and what else moved."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from landed.attribution.generated.edits import SECOND, Edit
from landed.store import Store

_MOVEMENTS = """
select worktree, epoch_us(happened_at) as happened_at, "commit", action
from head_movement where repository = $1
order by worktree, happened_at, ordinal
"""
_COMMANDS = """
select session_place.worktree, epoch_us(edit.happened_at) as happened_at
from edit
join session_place
    on session_place.repository = edit.repository and session_place.agent = edit.agent
    and session_place.session = edit.session
where edit.repository = 'agents' and edit.kind = 'shell' and edit.status = 'applied'
    and session_place.belongs_to = $1 and session_place.worktree is not null
order by edit.happened_at
"""
_SAME_TIME = 2 * SECOND
"""A commit's time and that of the movement which made it differ by no more."""


@dataclass
class Worktree:
    """One working tree: the movements of its HEAD, and commands that may have changed files.

    Times are in microseconds, in order.
    """

    moved: list[int] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)
    commands: list[int] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    committed: list[int] = field(default_factory=list)

    def heads_at(self, at: int) -> list[str]:
        """Return what HEAD pointed at, the latest first, from just before a moment backwards.

        The log of HEAD has whole seconds: of movements in the second of `at` it is not known
        whether they came first, so that the commit before them is the answer.
        """
        return self.commits[: bisect_left(self.moved, at // SECOND * SECOND)][::-1]

    def is_explained(self, since: int, until: int) -> bool:
        """Tell whether a command, a checkout, merge or reset may have changed files meanwhile."""
        return _any_within(self.commands, since, until) or _any_within(
            self.changes, since // SECOND * SECOND, until
        )

    def has_commit(self, since: int, until: int) -> bool:
        """Tell whether a commit was made meanwhile, whose hooks may have changed files."""
        return _any_within(self.committed, since // SECOND * SECOND, until)


class Worktrees:
    """All working trees of one repository."""

    def __init__(
        self, movements: pa.Table, edits: Iterable[Edit], commands: pa.Table | None = None
    ) -> None:
        """Take the rows of `head_movement`, the edits, of which those by a shell count, and
        commands that sessions ran in other folders: they may have changed files here too.
        """
        self._known: dict[str, Worktree] = {}
        self._made: dict[str, list[tuple[str, int]]] = {}
        for row in movements.to_pylist():
            self._move(row["worktree"], row["happened_at"], row["commit"], row["action"])
        for edit in edits:
            if edit.kind == "shell" and edit.status == "applied":
                self.of(edit.worktree).commands.append(edit.at)
        for row in commands.to_pylist() if commands is not None else ():
            insort(self.of(row["worktree"]).commands, row["happened_at"])

    @classmethod
    def read(cls, store: Store, repository: str, edits: Iterable[Edit]) -> Worktrees:
        """Read them from the store."""
        movements = store.query(_MOVEMENTS, [repository])
        return cls(movements, edits, store.query(_COMMANDS, [repository]))

    def of(self, name: str) -> Worktree:
        """Return the working tree of that name."""
        return self._known.setdefault(name, Worktree())

    def made(self, commit: str, committed: int) -> frozenset[str]:
        """Return the working trees in which a commit was made; empty where that is not known."""
        return frozenset(
            name for name, at in self._made.get(commit, ()) if abs(at - committed) <= _SAME_TIME
        )

    def _move(self, name: str, at: int, commit: str, action: str) -> None:
        tree = self.of(name)
        tree.moved.append(at)
        tree.commits.append(commit)
        if action.startswith("commit"):
            tree.committed.append(at)
        else:
            tree.changes.append(at)
        if not action.startswith(("checkout", "reset", "clone", "branch")):
            self._made.setdefault(commit, []).append((name, at))


def _any_within(times: list[int], since: int, until: int) -> bool:
    return bisect_left(times, since) < bisect_right(times, until)
