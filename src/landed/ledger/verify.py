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

from landed.errors import GitError
from landed.ledger.known_births import Keys, KnownBirths, birth_keys
from landed.sources.git.blame import BlameLine, blame
from landed.sources.git.names import path_to_text
from landed.sources.git.scratch import Scratch
from landed.sources.git.texts import text_files
from landed.store import Store

_SHOWN_DIFFERENCES = 20

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
            files = text_files(scratch, revision.commit)
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


def _blame(scratch: Scratch, commit: str, path: bytes) -> list[BlameLine] | None:
    try:
        return blame(scratch, commit, path)
    except GitError:
        return None


class _Births(KnownBirths):
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
                "repository": self.repository,
                "base": -1 if revision.base is None else revision.base,
                "tag": revision.beside or "",
            },
        )
        return np.sort(
            birth_keys(
                np.asarray(table["commit_index"]),
                np.asarray(table["path_index"]),
                np.asarray(table["line_number"]),
            )
        )


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
