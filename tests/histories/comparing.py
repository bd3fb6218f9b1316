"""Holds what the ledger says of every file at every commit against what git blame says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.histories.blame import BirthOfLine, blame_all
from tests.histories.builder import History
from tests.histories.objects import EXECUTABLE, FILE, run_git

from landed.ledger.observing import mine

KEY = bytes(range(16))
BYTES_LOOKED_AT = 8000
Seen = dict[str, dict[bytes, list[BirthOfLine] | None]]
"""By commit id and path: the births of a file's lines in order; None where it is opaque."""


def observe(repository: Path, workspace: Path) -> Seen:
    """Mines a repository without exclusions and keeps all that the miner shows."""
    seen: Seen = {}

    def observer(commit: str, files: Mapping[bytes, Sequence[BirthOfLine] | None]) -> None:
        assert commit not in seen, f"{commit} was shown twice"
        seen[commit] = {
            path: None if births is None else list(births) for path, births in files.items()
        }

    mine(repository, workspace, KEY, exclusions=(), observer=observer)
    return seen


def is_binary(content: bytes) -> bool:
    """Whether git takes a file for binary: a NUL byte among the first 8,000 bytes."""
    return b"\0" in content[:BYTES_LOOKED_AT]


def assert_equal_to_blame(
    repository: Path, seen: Seen, contents: Mapping[str, Mapping[bytes, bytes]]
) -> int:
    """Compares every text file of every commit with git blame; returns the lines compared.

    `contents` gives the regular files of every commit that should have been seen.
    """
    assert seen.keys() == contents.keys()
    texts: list[tuple[str, bytes]] = []
    for commit, files in contents.items():
        assert set(seen[commit]) == set(files), f"other files than git's at {commit}"
        for path, content in files.items():
            opaque = seen[commit][path] is None
            assert opaque == is_binary(content), f"{path!r} at {commit}: opaque is {opaque}"
            if not opaque:
                texts.append((commit, path))
    compared = 0
    for (commit, path), expected in zip(texts, blame_all(repository, texts), strict=True):
        ours = seen[commit][path] or []
        if ours != expected:
            raise AssertionError(_first_difference(commit, path, ours, expected))
        compared += len(expected)
    return compared


def regular_files(history: History, commits: Sequence[str]) -> dict[str, dict[bytes, bytes]]:
    """Content of every regular file of the commits, by commit and path."""
    found: dict[str, dict[bytes, bytes]] = {}
    for commit in commits:
        found[commit] = {
            path: run_git(history.path, "cat-file", "blob", entry.object_id).stdout
            for path, entry in history.files(commit).items()
            if entry.mode in (FILE, EXECUTABLE)
        }
    return found


def assert_history_equal_to_blame(history: History, workspace: Path) -> Seen:
    """Mines a built history and compares all commits that its refs reach with git blame."""
    commits = history.git("rev-list", "--all").decode().split()
    seen = observe(history.path, workspace)
    assert_equal_to_blame(history.path, seen, regular_files(history, commits))
    return seen


def _first_difference(
    commit: str, path: bytes, ours: list[BirthOfLine], expected: list[BirthOfLine]
) -> str:
    where = f"{path!r} at {commit}"
    if len(ours) != len(expected):
        return f"{where}: {len(ours)} lines instead of {len(expected)}"
    pairs = zip(ours, expected, strict=True)
    number = next(at for at, (our, blames) in enumerate(pairs, 1) if our != blames)
    return (
        f"{where}, line {number}: the ledger says {ours[number - 1]}, "
        f"git blame says {expected[number - 1]}"
    )
