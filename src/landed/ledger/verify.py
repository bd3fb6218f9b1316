"""Comparing the stored ledger with `git blame`, which is an independent implementation.

At a revision, every line that blame shows of a file must be in the ledger with the same birth
(commit, path, line number), and must stand on the main line (or in the release) there. Each ledger
line answers for one line of text only, so that nothing is counted twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from landed.errors import GitError
from landed.sources.git.blame import BlameLine, blame
from landed.sources.git.names import path_to_text, text_to_path
from landed.sources.git.objects import read_objects
from landed.sources.git.scratch import Scratch
from landed.store import Store

_BINARY_PROBE = 8000
_SHOWN_DIFFERENCES = 20

Keys = npt.NDArray[np.uint64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Difference:
    """A line whose birth in the ledger is not blame's."""

    revision: str
    path: str
    line: int
    commit: str
    born_path: str
    born_line: int


@dataclass
class Verification:
    """What was compared at the revisions.

    `lines` were blamed, `equal` of them are in the ledger with the same birth and stay.
    `unreadable` files could not be blamed because objects are missing.
    """

    revisions: list[str] = field(default_factory=list)
    files: int = 0
    lines: int = 0
    equal: int = 0
    unreadable: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def agreement(self) -> float | None:
        """The share of equal lines, or None where nothing could be compared."""
        return self.equal / self.lines if self.lines else None


class StoredLedger:
    """The part of a stored ledger that is to be compared, read at once to free the store."""

    def __init__(self, store: Store, repository: str, *, tags: int, seed: int):
        """Read the tip and up to `tags` tags, chosen at random with `seed`."""
        self._births = _Births(store, repository)
        self._seed = seed
        revisions = _revisions(store, repository, tags, random.Random(seed))
        self._alive = [(revision, self._births.alive_at(store, revision)) for revision in revisions]

    def compare(
        self, scratch: Scratch, *, sample: int | None, progress: Progress | None = None
    ) -> Verification:
        """Compare with git blame; `sample` files at each revision, or all of them where None."""
        chooser = random.Random(self._seed)
        result = Verification([revision.name for revision, _ in self._alive])
        work = []
        for revision, alive in self._alive:
            files = _text_files(scratch, revision.commit)
            chosen = files if sample is None else chooser.sample(files, min(sample, len(files)))
            work.append((revision, alive, sorted(chosen)))
        total = sum(len(files) for _, _, files in work)
        done = 0
        with ThreadPoolExecutor(max_workers=2) as pool:
            for revision, alive, files in work:
                blamed = pool.map(partial(_blame, scratch, revision.commit), files)
                for path, lines in zip(files, blamed, strict=True):
                    done += 1
                    if progress is not None:
                        progress(done, total)
                    if lines is None:
                        result.unreadable += 1
                    else:
                        _compare(result, revision, path, lines, self._births, alive)
        return result


@dataclass(frozen=True)
class _Revision:
    name: str
    commit: str
    base: int | None
    beside: str | None


def _revisions(store: Store, repository: str, tags: int, chooser: random.Random) -> list[_Revision]:
    tip = store.query(
        "select head, mainline_length from repository where repository = ?", [repository]
    )
    head = _Revision("tip", tip["head"][0].as_py(), tip["mainline_length"][0].as_py() - 1, None)
    releases = store.query(
        'select tag, c."commit", base_index, on_mainline from release '
        'join "commit" c using (repository, commit_index) where repository = ? order by tag',
        [repository],
    ).to_pylist()
    chosen = chooser.sample(releases, min(tags, len(releases)))
    return [
        head,
        *(
            _Revision(
                row["tag"],
                row["commit"],
                row["base_index"],
                None if row["on_mainline"] else row["tag"],
            )
            for row in sorted(chosen, key=lambda row: str(row["tag"]))
        ),
    ]


def _text_files(scratch: Scratch, commit: str) -> list[bytes]:
    """Return the regular text files of a commit that the rules do not leave out."""
    listing = scratch.run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")[:-1]
    files = {}
    for row in listing:
        about, _, path = row.partition(b"\t")
        mode, _, blob = about.split(b" ")
        if mode.startswith(b"100"):
            files[path] = blob
    names = b"".join(path + b"\0" for path in files)
    answer = scratch.run("check-attr", "-z", "--stdin", "diff", stdin=names).split(b"\0")
    left_out = {
        path for path, value in zip(answer[0::3], answer[2::3], strict=False) if value == b"unset"
    }
    binary = _binary(scratch, list(files.values()))
    return [path for path, blob in files.items() if path not in left_out and blob not in binary]


def _binary(scratch: Scratch, blobs: Sequence[bytes]) -> set[bytes]:
    """Return the blobs that git does not show as text, and those that are missing."""
    names = [blob.decode() for blob in blobs]
    return {
        found.name.encode()
        for found in read_objects(scratch, names)
        if found.body is None or b"\0" in found.body[:_BINARY_PROBE]
    }


def _blame(scratch: Scratch, commit: str, path: bytes) -> list[BlameLine] | None:
    try:
        return blame(scratch, commit, path)
    except GitError:
        return None


class _Births:
    """The ledger's births as one number each, so that millions can be compared at once."""

    def __init__(self, store: Store, repository: str):
        self._repository = repository
        commits = store.query(
            'select "commit", commit_index from "commit" where repository = ?', [repository]
        )
        paths = store.query("select path, path_index from path where repository = ?", [repository])
        self._commits = dict(
            zip(commits["commit"].to_pylist(), commits["commit_index"].to_pylist(), strict=True)
        )
        self._paths = {
            text_to_path(path): index
            for path, index in zip(
                paths["path"].to_pylist(), paths["path_index"].to_pylist(), strict=True
            )
        }

    def alive_at(self, store: Store, revision: _Revision) -> Keys:
        """Return the sorted births of the lines that stand at a revision."""
        table = store.query(
            "with standing as ("
            "  select line from line_interval where repository = $repository"
            '  and entered <= $base and ("left" is null or "left" > $base)'
            "  and line not in (select line from release_line where repository = $repository"
            "                   and tag = $tag and not present)"
            "  union all"
            "  select line from release_line where repository = $repository"
            "  and tag = $tag and present)"
            "select commit_index, path_index, line_number from standing "
            "join line using (line) where line.repository = $repository",
            {
                "repository": self._repository,
                "base": -1 if revision.base is None else revision.base,
                "tag": revision.beside or "",
            },
        )
        return np.sort(
            _keys(
                np.asarray(table["commit_index"]),
                np.asarray(table["path_index"]),
                np.asarray(table["line_number"]),
            )
        )

    def of(self, lines: Sequence[BlameLine]) -> Keys:
        """Return the births that blame tells; an unknown commit or path has a key of its own."""
        unknown = (1 << 20) - 1
        return _keys(
            np.array([self._commits.get(line.commit, unknown) for line in lines]),
            np.array([self._paths.get(line.path, unknown) for line in lines]),
            np.array([line.born_line for line in lines]),
        )


def _keys(
    commits: npt.NDArray[np.integer],
    paths: npt.NDArray[np.integer],
    numbers: npt.NDArray[np.integer],
) -> Keys:
    keys: Keys = commits.astype(np.uint64) << np.uint64(44)
    keys |= paths.astype(np.uint64) << np.uint64(24)
    keys |= numbers.astype(np.uint64)
    return keys


def _compare(
    result: Verification,
    revision: _Revision,
    path: bytes,
    lines: Sequence[BlameLine],
    births: _Births,
    alive: Keys,
) -> None:
    result.files += 1
    result.lines += len(lines)
    keys = births.of(lines)
    # A birth may stand in several places of a file, once for each line that the ledger has of it.
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    occurrence = np.arange(len(ranked)) - np.searchsorted(ranked, ranked, side="left")
    held = np.searchsorted(alive, ranked, side="right") - np.searchsorted(alive, ranked)
    equal = np.zeros(len(lines), dtype=np.bool_)
    equal[order] = occurrence < held
    result.equal += int(equal.sum())
    for position in np.flatnonzero(~equal).tolist():
        if len(result.differences) < _SHOWN_DIFFERENCES:
            line = lines[position]
            result.differences.append(
                Difference(
                    revision.name,
                    path_to_text(path),
                    line.line,
                    line.commit,
                    path_to_text(line.path),
                    line.born_line,
                )
            )
