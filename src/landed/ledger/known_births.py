"""Births that the ledger knows as one number each, so that millions can be compared at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from landed.sources.git.blame import BlameLine
from landed.sources.git.names import text_to_path
from landed.store import Store

Keys = npt.NDArray[np.uint64]

_UNKNOWN = (1 << 20) - 1


class KnownBirths:
    """The commits and paths of one repository's ledger."""

    def __init__(self, store: Store, repository: str):
        """Read them from an open store."""
        self.repository = repository
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

    def of(self, lines: Sequence[BlameLine]) -> Keys:
        """Return the births that blame tells; an unknown commit or path has a key of its own."""
        return birth_keys(
            np.array([self._commits.get(line.commit, _UNKNOWN) for line in lines], dtype=np.int64),
            np.array([self._paths.get(line.path, _UNKNOWN) for line in lines], dtype=np.int64),
            np.array([line.born_line for line in lines], dtype=np.int64),
        )


def birth_keys(
    commits: npt.NDArray[np.integer],
    paths: npt.NDArray[np.integer],
    numbers: npt.NDArray[np.integer],
) -> Keys:
    """Return one number for each birth: commit and path by index, and the line number."""
    keys: Keys = commits.astype(np.uint64) << np.uint64(44)
    keys |= paths.astype(np.uint64) << np.uint64(24)
    keys |= numbers.astype(np.uint64)
    return keys


def commits_of(keys: Keys) -> list[int]:
    """Return the distinct commits, by index, of such numbers; unknown ones are left out."""
    found = np.unique(keys >> np.uint64(44))
    known: list[int] = found[found != _UNKNOWN].astype(np.int64).tolist()
    return known
