"""A working tree on somebody's laptop, where git itself does everything and keeps its reflogs.

    laptop = Laptop(tmp_path / "shop")
    laptop.write("cart.py", "total = 0\n")
    first = laptop.commit("Add the cart", by=ANA)
    laptop.git("commit", "-q", "--amend", "-m", "Add the cart again")

Every command happens an hour after the one before, the first at noon of 2025-01-01 UTC.
"""

from __future__ import annotations

from pathlib import Path

from tests.histories.builder import ANA, FIRST_COMMIT_AT, HOUR
from tests.histories.objects import Person, run_git


class Laptop:
    """A repository with a working tree; `path` is where it lies."""

    def __init__(self, path: Path, *, clone: Path | None = None) -> None:
        self.path = path
        self.git_dir = path / ".git"
        self._now = FIRST_COMMIT_AT - HOUR
        if clone is None:
            path.mkdir(parents=True)
            run_git(path, "init", "-q", "-b", "main", ".")
        else:
            run_git(path.parent, "clone", "-q", clone, path)

    def git(self, *arguments: str, by: Person = ANA, check: bool = True) -> str:
        """Run git an hour later as somebody; return what it printed."""
        self._now += HOUR
        date = f"@{self._now} +0000"
        environment = {
            "GIT_AUTHOR_NAME": by[0],
            "GIT_AUTHOR_EMAIL": by[1],
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": by[0],
            "GIT_COMMITTER_EMAIL": by[1],
            "GIT_COMMITTER_DATE": date,
            "GIT_EDITOR": "true",
            "GIT_SEQUENCE_EDITOR": "true",
        }
        ran = run_git(self.path, *arguments, environment=environment, check=check)
        return ran.stdout.decode().strip()

    def write(self, path: str, text: str) -> None:
        """Write a file of the working tree."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self, message: str = "Change", *, by: Person = ANA, amend: bool = False) -> str:
        """Commit everything in the working tree; return the commit's id."""
        self.git("add", "--all", by=by)
        how = ["--amend"] if amend else []
        self.git("commit", "-q", "--allow-empty", "-m", message, *how, by=by)
        return self.head()

    def save(self, path: str, text: str, message: str = "Change", *, by: Person = ANA) -> str:
        """Write one file and commit it."""
        self.write(path, text)
        return self.commit(message, by=by)

    def head(self) -> str:
        """The commit that HEAD is at."""
        return self.rev("HEAD")

    def rev(self, name: str) -> str:
        """The object id that a revision names."""
        return run_git(self.path, "rev-parse", name).stdout.decode().strip()

    def forget_reflogs(self) -> None:
        """Let every line of every reflog expire, and throw away what nothing leads to then."""
        self.git("reflog", "expire", "--expire=now", "--all")
        self.git("gc", "-q", "--prune=now")
