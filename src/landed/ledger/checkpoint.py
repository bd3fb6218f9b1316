"""The checkpoint: what a later run needs to go on where this one ended.

It holds the main line's files, the files that each of the latest commits changed, the lines that
stand on the main line, and the releases' differences from it. The files of any recent commit are
the tip's with changes taken back, or those with a side branch's changes applied. It is a folder of
Arrow files, replaced as a whole; the store names the one that belongs to its rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather

from landed.errors import LandedError
from landed.ledger.mainline import SideLines
from landed.ledger.mining import Delta
from landed.ledger.tree import Change, File, LineIds, Opaque, State, Tree

RECENT_COMMITS = 2000
_RECENT_LINES = 16_000_000
"""At most this many line ids are kept for recent commits (64 MB): huge files shorten the reach."""


class OutOfReach(LandedError):
    """A commit is older than the checkpoint reaches; the ledger must be built anew."""


class Checkpoint:
    """What one run left behind.

    Attributes:
        head: the newest main-line commit that was mined.
        tree_at_head: its files.
        waiting: files of older commits that still have children to be mined.
        recent: changes of the latest commits, oldest first.
        alive: lines on the main line, and the steps at which they entered.
        sides: releases' differences from the main line.
        origin_of: duplicated lines and what they duplicate.
    """

    def __init__(
        self,
        head: bytes,
        tree: Tree,
        recent: Iterable[Delta],
        alive: tuple[LineIds, LineIds],
        sides: dict[bytes, SideLines],
        origin_of: dict[int, int],
        waiting: dict[bytes, Tree] | None = None,
    ):
        """Keep as many of the `recent` changes, from the latest back, as the limits allow."""
        self.head = head
        self.tree_at_head = tree
        self.recent = _within_limits(list(recent))
        self.alive = alive
        self.sides = sides
        self.origin_of = origin_of
        self.waiting = waiting or {}
        self._deltas = {delta.commit: delta for delta in self.recent}
        self._rebuilt: dict[bytes, Tree] = {}

    def tree(self, commit: bytes) -> Tree:
        """Return the files of a recent commit, to be forked, not changed.

        Raises:
            OutOfReach: the commit is too old.
        """
        if commit in self.waiting:
            return self.waiting[commit]
        if not self._rebuilt:
            self._undo_main_line()
        path: list[Delta] = []
        at = commit
        while at not in self._rebuilt:
            delta = self._deltas.get(at)
            if delta is None or delta.parent is None:
                raise OutOfReach(f"commit {commit.decode()} is older than the checkpoint")
            path.append(delta)
            at = delta.parent
        tree = self._rebuilt[at]
        for delta in reversed(path):
            tree = tree.fork()
            _replace(tree, delta.files, 2)
            self._rebuilt[delta.commit] = tree
        return tree

    def changes(self, commit: bytes) -> list[Change]:
        """Return the files that a recent commit changed against its first parent.

        Raises:
            OutOfReach: the commit is too old.
        """
        delta = self._deltas.get(commit)
        if delta is None:
            raise OutOfReach(f"commit {commit.decode()} is older than the checkpoint")
        return list(delta.files)

    def moved_to(self, commit: bytes) -> Checkpoint:
        """Return the same with another recent commit as its head.

        Raises:
            OutOfReach: the commit is too old.
        """
        return Checkpoint(
            commit,
            self.tree(commit),
            self.recent,
            self.alive,
            self.sides,
            self.origin_of,
            self.waiting,
        )

    def side(self, commit: bytes) -> SideLines:
        """Return a commit's difference from the main line.

        Raises:
            OutOfReach: the commit is on no release's chain that was followed.
        """
        try:
            return self.sides[commit]
        except KeyError:
            raise OutOfReach(f"commit {commit.decode()} was not followed") from None

    def _undo_main_line(self) -> None:
        self._rebuilt[self.head] = tree = self.tree_at_head
        at = self.head
        while (delta := self._deltas.get(at)) is not None and delta.parent is not None:
            tree = tree.fork()
            _replace(tree, delta.files, 1)
            at = delta.parent
            self._rebuilt[at] = tree

    def save(self, directory: Path) -> None:
        """Write the checkpoint to a new folder."""
        directory.mkdir(parents=True)
        pool = _Pool()
        trees = {self.head: self.tree_at_head, **self.waiting}
        tree = [
            (commit, path, pool.add(state))
            for commit, files in trees.items()
            for path, state in files.items()
        ]
        changes = []
        for number, delta in enumerate(self.recent):
            for path, old, new in delta.files:
                changes.append((number, path, pool.add(old), pool.add(new)))
        tables = {
            "tree": pa.table(
                {
                    "commit": pa.array([row[0] for row in tree], pa.binary()),
                    "path": pa.array([row[1] for row in tree], pa.binary()),
                    "state": pa.array([row[2] for row in tree], pa.int32()),
                }
            ),
            "recent": pa.table(
                {
                    "commit": pa.array([delta.commit for delta in self.recent], pa.binary()),
                    "parent": pa.array([delta.parent for delta in self.recent], pa.binary()),
                }
            ),
            "change": pa.table(
                {
                    "recent": pa.array([row[0] for row in changes], pa.int32()),
                    "path": pa.array([row[1] for row in changes], pa.binary()),
                    "old": pa.array([row[2] for row in changes], pa.int32()),
                    "new": pa.array([row[3] for row in changes], pa.int32()),
                }
            ),
            "alive": pa.table({"line": self.alive[0], "entered": self.alive[1]}),
            "side": _side_table(self.sides),
            "origin": pa.table(
                {
                    "line": pa.array(self.origin_of.keys(), pa.int32()),
                    "origin": pa.array(self.origin_of.values(), pa.int32()),
                }
            ),
            "heads": pa.table({"head": pa.array(trees, pa.binary())}),
            **pool.tables(),
        }
        for name, table in tables.items():
            feather.write_feather(table, directory / f"{name}.arrow", compression="lz4")

    @classmethod
    def load(cls, directory: Path) -> Checkpoint:
        """Read a checkpoint.

        Raises:
            OutOfReach: it is missing or damaged.
        """
        try:
            return cls._load(directory)
        except (OSError, pa.ArrowException, KeyError) as error:
            raise OutOfReach(f"the checkpoint in {directory} cannot be read: {error}") from None

    @classmethod
    def _load(cls, directory: Path) -> Checkpoint:
        def read(name: str) -> pa.Table:
            return feather.read_table(directory / f"{name}.arrow")

        states = _load_states(read("state"), read("pool"))
        states.append(None)  # the state of -1: there is no file
        heads: list[bytes] = read("heads")["head"].to_pylist()
        trees = {commit: Tree() for commit in heads}
        table = read("tree").to_pydict()
        for commit, path, number in zip(
            table["commit"], table["path"], table["state"], strict=True
        ):
            state = states[number]
            assert state is not None
            trees[commit].set(path, state)
        recent = read("recent")
        deltas = [
            Delta(commit, parent, [])
            for commit, parent in zip(
                recent["commit"].to_pylist(), recent["parent"].to_pylist(), strict=True
            )
        ]
        change = read("change").to_pydict()
        for number, path, old, new in zip(
            change["recent"], change["path"], change["old"], change["new"], strict=True
        ):
            deltas[number].files.append((path, states[old], states[new]))
        alive = read("alive")
        origin = read("origin").to_pydict()
        return cls(
            heads[0],
            trees.pop(heads[0]),
            deltas,
            (_numpy(alive["line"]), _numpy(alive["entered"])),
            _load_sides(read("side")),
            dict(zip(origin["line"], origin["origin"], strict=True)),
            trees,
        )


def remove_checkpoints(directory: Path, *, but: Path | None = None) -> None:
    """Remove the checkpoints in a repository's folder, but for one."""
    if directory.is_dir():
        for entry in directory.iterdir():
            if entry != but and entry.name.startswith("checkpoint-"):
                shutil.rmtree(entry, ignore_errors=True)


def _replace(tree: Tree, files: list[Change], side: int) -> None:
    """Bring the files of a change into the state before (1) or after (2) it."""
    for change in files:
        if change[side] is None:
            tree.remove(change[0])
    for change in files:
        state = change[side]
        if isinstance(state, File | Opaque):
            tree.set(change[0], state)


def _within_limits(deltas: list[Delta]) -> list[Delta]:
    size = 0
    seen: set[int] = set()
    kept = 0
    for delta in reversed(deltas[-RECENT_COMMITS:]):
        for _, *states in delta.files:
            for state in states:
                if isinstance(state, File) and id(state) not in seen:
                    seen.add(id(state))
                    size += len(state.lines)
        if size > _RECENT_LINES:
            break
        kept += 1
    return deltas[len(deltas) - kept :]


class _Pool:
    """Numbers file states so that shared ones are written once."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._states: list[State] = []

    def add(self, state: State | None) -> int:
        """Return the state's number, -1 for none; sources get lower numbers than what they feed."""
        if state is None:
            return -1
        waiting = [state]
        while waiting:
            top = waiting[-1]
            missing = [
                source
                for source in (top.sources if isinstance(top, Opaque) else ())
                if id(source) not in self._numbers
            ]
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            if id(top) not in self._numbers:
                self._numbers[id(top)] = len(self._states)
                self._states.append(top)
        return self._numbers[id(state)]

    def tables(self) -> dict[str, pa.Table]:
        lines = [
            state.lines if isinstance(state, File) else np.empty(0, dtype=np.int32)
            for state in self._states
        ]
        opaque = [state if isinstance(state, Opaque) else None for state in self._states]
        return {
            "pool": pa.table({"line": np.concatenate([np.empty(0, dtype=np.int32), *lines])}),
            "state": pa.table(
                {
                    "blob": pa.array([state.blob for state in self._states], pa.binary()),
                    "lines": pa.array([len(array) for array in lines], pa.int32()),
                    "commit": pa.array(
                        [state.commit if state else None for state in opaque], pa.int32()
                    ),
                    "path": pa.array(
                        [state.path if state else None for state in opaque], pa.binary()
                    ),
                    "sources": pa.array(
                        [
                            [self._numbers[id(source)] for source in state.sources]
                            if state
                            else None
                            for state in opaque
                        ],
                        pa.list_(pa.int32()),
                    ),
                }
            ),
        }


def _load_states(table: pa.Table, pool: pa.Table) -> list[State | None]:
    lines = _numpy(pool["line"])
    states: list[State | None] = []
    at = 0
    rows = table.to_pydict()
    for blob, count, commit, path, sources in zip(
        rows["blob"], rows["lines"], rows["commit"], rows["path"], rows["sources"], strict=True
    ):
        if commit is None:
            states.append(File(blob, lines[at : at + count]))
            at += count
        else:
            known = tuple(state for number in sources if (state := states[number]) is not None)
            states.append(Opaque(blob, commit, path, known))
    return states


def _side_table(sides: dict[bytes, SideLines]) -> pa.Table:
    rows = [
        (commit, lines, present)
        for commit, side in sides.items()
        for lines, present in ((side.present, True), (side.absent, False))
    ]
    return pa.table(
        {
            "commit": pa.array([row[0] for row in rows], pa.binary()),
            "present": pa.array([row[2] for row in rows], pa.bool_()),
            "lines": pa.array([row[1] for row in rows], pa.list_(pa.int32())),
        }
    )


def _load_sides(table: pa.Table) -> dict[bytes, SideLines]:
    found: dict[bytes, dict[bool, LineIds]] = {}
    for commit, present, lines in zip(
        table["commit"].to_pylist(), table["present"].to_pylist(), table["lines"], strict=True
    ):
        found.setdefault(commit, {})[present] = _numpy(lines.values)
    return {commit: SideLines(lines[True], lines[False]) for commit, lines in found.items()}


def _numpy(column: pa.ChunkedArray | pa.Array) -> LineIds:
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    array: LineIds = values.to_numpy(zero_copy_only=False)
    return array
