"""The small shop of `tests/data/shop`: real agents' logs and the repository they worked in."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from landed.config import Settings

DATA = Path(__file__).parent / "data" / "shop"
WORKED_IN = "/home/dev/shop"
"""Where the repository lay when the agents worked in it."""
LAST_EVENT = datetime(2026, 11, 22, 0, 26, tzinfo=UTC)
"""Just after the last session."""


@dataclass(frozen=True)
class Shop:
    """The shop on this machine: its working tree, and the home directory with the logs."""

    path: Path
    home: Path

    def configure(self, more: str = "") -> None:
        """Write a `landed.toml` that says where the repository lies now."""
        config = self.home / ".config" / "landed"
        config.mkdir(parents=True, exist_ok=True)
        (config / "landed.toml").write_text(
            f'{more}\n[[sessions.paths]]\nlog = "{WORKED_IN}"\nhere = "{self.path}"\n', "utf-8"
        )

    def settings(self) -> Settings:
        """The settings as a command reads them."""
        return Settings.load()

    def logs(self) -> list[Path]:
        """Every agent's log, by path."""
        return sorted(self.home.rglob("*.jsonl"))

    def git(self, *arguments: str) -> str:
        """Run git in the working tree."""
        return _git(self.path, *arguments)


def build_shop(path: Path, home: Path, *, logs: bool = True) -> Shop:
    """Make the repository with its reflog and uncommitted file, and lay the logs under `home`."""
    path.mkdir(parents=True)
    _git(path, "init", "-q", "-b", "master")
    history = (DATA / "history.fast-export").read_bytes()
    _git(path, "fast-import", "--quiet", stdin=history)
    for ref in _git(path, "for-each-ref", "--format=%(refname)", "refs/keep").split():
        _git(path, "update-ref", "-d", ref)
    _git(path, "reset", "-q", "--hard", "master")
    _git(path, "config", "user.name", "Dev")
    _git(path, "config", "user.email", "dev@example.com")
    shutil.copy(DATA / "head.reflog", path / ".git" / "logs" / "HEAD")
    shutil.copy(DATA / "draft.py.uncommitted", path / "draft.py")
    shop = Shop(path, home)
    shop.configure()
    if logs:
        shutil.copytree(DATA / "home", home, dirs_exist_ok=True)
    return shop


def _git(path: Path, *arguments: str, stdin: bytes = b"") -> str:
    command = ["git", "-C", str(path), *arguments]
    finished = subprocess.run(command, input=stdin, check=True, capture_output=True)
    return finished.stdout.decode()
