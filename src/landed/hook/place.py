"""Where the hook works: one worktree of one repository, asked of git in one process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_KEPT = frozenset(
    {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_COMMON_DIR",
        "GIT_CEILING_DIRECTORIES",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    }
)
DIRECTORY = "landed"
"""What the hook keeps lies in this folder of the git directory, which all worktrees share."""


class GitFailed(Exception):
    """A git command of the hook ended with an exit code that was not expected."""


@dataclass(frozen=True)
class Place:
    """A worktree: its root (without symbolic links), its git directory, and the shared one."""

    root: str
    git_dir: Path
    common_dir: Path

    @property
    def kept(self) -> Path:
        """The folder of what the hook keeps."""
        return self.common_dir / DIRECTORY

    def worktrees(self) -> list[str]:
        """The roots of all worktrees of the repository that are known, this one included."""
        roots = {self.root}
        if self.common_dir.name == ".git":
            roots.add(str(self.common_dir.parent))
        for pointer in self.common_dir.glob("worktrees/*/gitdir"):
            roots.add(os.path.realpath(Path(pointer.read_text().strip()).parent))
        return sorted(roots)

    def git(
        self, *arguments: str, given: bytes | None = None, accept: Sequence[int] = (0,)
    ) -> bytes:
        """Run git here and return what it prints.

        Raises GitFailed where its exit code is not among those to `accept`.
        """
        return run_git(Path(self.root), *arguments, given=given, accept=accept)


def find_place(directory: Path) -> Place:
    """Return the worktree that `directory` lies in.

    Raises GitFailed where it lies in none.
    """
    told = run_git(
        directory,
        "rev-parse",
        "--path-format=absolute",
        "--show-toplevel",
        "--git-dir",
        "--git-common-dir",
    )
    root, git_dir, common_dir = os.fsdecode(told).splitlines()
    return Place(os.path.realpath(root), Path(git_dir), Path(common_dir))


def run_git(
    directory: Path, *arguments: str, given: bytes | None = None, accept: Sequence[int] = (0,)
) -> bytes:
    """Run git in `directory` and return what it prints; see `Place.git`."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        env=_environment(),
    )
    if done.returncode not in accept:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise GitFailed(f"git {arguments[0]} ended with exit code {done.returncode}: {said}")
    return done.stdout


def _environment() -> dict[str, str]:
    """The environment without what a commit in progress sets for itself, such as its index."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith("GIT_CONFIG")
    }
    for part in ("NAME", "EMAIL"):
        if f"GIT_COMMITTER_{part}" in kept:
            kept[f"GIT_AUTHOR_{part}"] = kept[f"GIT_COMMITTER_{part}"]
    return kept | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
