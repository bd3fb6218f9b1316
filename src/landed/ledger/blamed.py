"""How the tree of a commit differs from an earlier one's, in lines of the ledger, by git blame.

The ledger follows the main line and releases. Any other commit can be put beside them exactly as
well: a line of the ledger is a birth (commit, path, line number), and blame tells the births of a
file's lines at any commit. Only files that a commit on the way touched can differ, even where
their text is the same at both ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain as chained
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from landed.ledger.context import split_lines
from landed.ledger.known_births import Keys, KnownBirths, birth_keys, commits_of
from landed.ledger.tree import NO_LINES, LineIds
from landed.sources.git.blame import BlameLine, blame
from landed.sources.git.objects import read_objects
from landed.sources.git.scratch import Scratch
from landed.sources.git.texts import text_blobs, text_files
from landed.store import Store

_LINES = """
    select line, commit_index, path_index, line_number, origin_line is not null as copy
    from line where repository = ? and commit_index in (select unnest(?::integer[])) order by line
"""
_STANDING = """
    select line from line_interval
    where repository = $repository and entered <= $step and ("left" is null or "left" > $step)
"""


class Step(NamedTuple):
    """A commit, and its first parent (None for a root)."""

    commit: str
    parent: str | None


class Moved(NamedTuple):
    """Line ids that came and went between two commits.

    `unfound` counts lines that blame shows and the ledger has no id for.
    """

    came: LineIds
    went: LineIds
    unfound: int


def standing_at(store: Store, repository: str, step: int) -> LineIds:
    """Return the sorted ids of the lines that stand on the main line after a step."""
    rows = store.query(_STANDING, {"repository": repository, "step": step})
    lines: LineIds = np.sort(np.asarray(rows["line"]).astype(np.int32))
    return lines


def moved_between(
    store: Store,
    scratch: Scratch,
    births: KnownBirths,
    chain: Sequence[Step],
    standing: LineIds,
) -> Moved:
    """Return what came and went through the commits of `chain`.

    `chain` is a piece of one first-parent chain, its last commit first. `standing` are the sorted
    ids of the lines that stand before its first commit. Of a line that stands twice, which of its
    two ids comes or goes is not known; how many of them stand is.

    Raises:
        GitError: objects are missing.
    """
    touched = _touched(scratch, chain)
    earlier, later = chain[-1].parent, chain[0].commit
    differing = None if earlier is None else _differing(scratch, births, earlier, later, touched)
    if differing is None:
        after = _births_in(scratch, births, later, touched)
        before = _births_in(scratch, births, earlier, touched)
    else:
        after, before = differing
    keys, net = _net(after, before)
    rows = store.query(_LINES, [births.repository, commits_of(keys)])
    lines = np.asarray(rows["line"]).astype(np.int32)
    key = birth_keys(*(np.asarray(rows[name]) for name in rows.column_names[1:4]))
    copy = np.asarray(rows["copy"]).astype(np.bool_)
    stands = np.isin(lines, standing, assume_unique=True)
    # an original comes before its copies, and a copy goes before its original
    came = _chosen(keys, net, key, lines, ~stands, np.lexsort((lines, copy)))
    went = _chosen(keys, -net, key, lines, stands, np.lexsort((-lines, ~copy)))
    wanted = int(net[net > 0].sum())
    return Moved(came, went, wanted - len(came))


def _touched(scratch: Scratch, chain: Sequence[Step]) -> set[bytes]:
    """Return the paths that any of these commits changed against its first parent."""
    asked = "".join(f"{step.commit} {step.parent or ''}".rstrip() + "\n" for step in chain)
    told = scratch.run(
        *("diff-tree", "--stdin", "--root", "-r", "-z", "--name-only"),
        *("--no-commit-id", "--no-renames", "--no-relative", "--ignore-submodules=none"),
        stdin=asked.encode(),
    )
    return set(told.split(b"\0")[:-1])


def _differing(
    scratch: Scratch, births: KnownBirths, earlier: str, later: str, touched: set[bytes]
) -> tuple[Keys, Keys] | None:
    """Return the births of the lines that only the later, and that only the earlier commit has.

    Blame goes back to the earlier commit only, and what stood there it is asked about the lines
    alone that are gone. None where that does not tell: a line came by another way than from the
    earlier commit, or stands twice.
    """
    files = text_blobs(scratch, earlier, touched)
    kept: dict[bytes, set[int]] = {path: set() for path in files}
    came: list[BlameLine] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        blamed = pool.map(
            partial(blame, scratch, f"{earlier}..{later}"), text_files(scratch, later, touched)
        )
        for line in chained.from_iterable(blamed):
            if not line.boundary:
                came.append(line)
            elif line.commit != earlier or line.born_line in kept.get(line.path, (line.born_line,)):
                return None
            else:
                kept[line.path].add(line.born_line)
        gone = {}
        for path, content in zip(files, read_objects(scratch, files.values()), strict=True):
            if content.body is None:
                return None
            gone[path] = _ranges(kept[path], len(split_lines(content.body)))
        asked = [(path, ranges) for path, ranges in gone.items() if ranges]
        went = list(
            chained.from_iterable(
                pool.map(lambda file: blame(scratch, earlier, file[0], *file[1]), asked)
            )
        )
    return births.of(came), births.of(went)


def _ranges(kept: set[int], length: int) -> list[tuple[int, int]]:
    """Return the runs of line numbers up to `length` that are not kept."""
    gone = np.setdiff1d(np.arange(1, length + 1), np.fromiter(kept, dtype=np.int64))
    runs = np.split(gone, np.flatnonzero(np.diff(gone) > 1) + 1)
    return [(int(run[0]), int(run[-1])) for run in runs if len(run)]


def _births_in(
    scratch: Scratch, births: KnownBirths, commit: str | None, touched: set[bytes]
) -> Keys:
    """Return the births of all lines of the touched files at a commit."""
    found: list[Keys] = [np.empty(0, dtype=np.uint64)]
    if commit is not None:
        with ThreadPoolExecutor(max_workers=2) as pool:
            blamed = pool.map(partial(blame, scratch, commit), text_files(scratch, commit, touched))
            found += [births.of(lines) for lines in blamed]
    return np.concatenate(found)


def _net(after: Keys, before: Keys) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Return the births that stand more or less often after than before, and by how much."""
    keys, code = np.unique(np.concatenate([after, before]), return_inverse=True)
    gained = np.bincount(code[: len(after)], minlength=len(keys))
    lost = np.bincount(code[len(after) :], minlength=len(keys))
    net = (gained - lost).astype(np.int64)
    return keys[net != 0], net[net != 0]


def _chosen(
    keys: Keys,
    wanted: npt.NDArray[np.int64],
    key: Keys,
    lines: LineIds,
    free: npt.NDArray[np.bool_],
    order: npt.NDArray[np.intp],
) -> LineIds:
    """Return for each of `keys` the first `wanted` of the free lines with that birth."""
    if not len(keys):
        return NO_LINES
    row = order[free[order]]
    row = row[np.argsort(key[row], kind="stable")]
    place = np.searchsorted(keys, key[row])
    inside = place < len(keys)
    inside[inside] = keys[place[inside]] == key[row[inside]]
    row, place = row[inside], place[inside]
    nth = np.arange(len(row)) - np.searchsorted(place, place, side="left")
    chosen: LineIds = lines[row[nth < wanted[place]]]
    return np.sort(chosen)
