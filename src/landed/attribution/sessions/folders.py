"""Which repository a folder named in a log lies in, now or when it was still there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landed.config import PathMapping
from landed.errors import RepositoryError
from landed.sources.git.location import GitLocation, locate, read_refs

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")


@dataclass(frozen=True)
class Folder:
    """A folder of a log: its name on this machine, and the repository around it, if any.

    `exists` is false for a folder that is gone; `location` is then that of its nearest ancestor.
    """

    path: str
    exists: bool
    location: GitLocation | None

    @property
    def top(self) -> str | None:
        """Top directory of the working tree."""
        return None if self.location is None else str(self.location.top)


class Folders:
    """Looks folders up on disk, each once."""

    def __init__(self, mappings: Sequence[PathMapping]) -> None:
        self._mappings = [
            (_plain(mapping.log).rstrip("/"), str(Path(mapping.here).expanduser()).rstrip("/"))
            for mapping in mappings
        ]
        self._found: dict[str, Folder] = {}
        self._heads: dict[str, str | None] = {}
        self._names: dict[str, str] = {}

    def mapped(self, path: str) -> str:
        """Return the path on this machine: the first configured mapping that fits, normalised."""
        plain = _plain(path)
        for log, here in self._mappings:
            if plain == log or plain.startswith(f"{log}/"):
                return here + plain[len(log) :]
        return plain

    def is_mapped(self, path: str) -> bool:
        """Tell whether a configured mapping has a say about the path."""
        return self.mapped(path) != _plain(path)

    def find(self, directory: str) -> Folder:
        """Return what is known of a directory, given by its path on this machine."""
        known = self._found.get(directory)
        if known is None:
            known = self._found[directory] = self._look_up(directory)
        return known

    def head(self, location: GitLocation) -> str | None:
        """Return the commit that HEAD of a repository is at; None for an empty one."""
        key = str(location.git_dir)
        if key not in self._heads:
            refs = read_refs(location)
            target = refs.targets.get(refs.head) if refs.head else refs.detached
            self._heads[key] = None if target is None else target.decode()
        return self._heads[key]

    def name(self, location: GitLocation) -> str:
        """Return the name to show of a repository, for which git is asked once."""
        key = str(location.git_dir)
        if key not in self._names:
            self._names[key] = location.name
        return self._names[key]

    def _look_up(self, directory: str) -> Folder:
        here = Path(directory)
        if not here.is_absolute():
            return Folder(directory, False, None)
        try:
            exists = here.is_dir()
            while not here.is_dir() and here != here.parent:
                here = here.parent
            return Folder(directory, exists, locate(here))
        except (RepositoryError, OSError, ValueError):
            return Folder(directory, False, None)


def joined(directory: str, path: str) -> str:
    """Return a path of a log as it is from the root: a Windows one begins with its drive."""
    return path if _DRIVE.match(path) else posixpath.join(directory, path)


def _plain(path: str) -> str:
    """Return a path of any system with forward slashes, normalised."""
    return posixpath.normpath(path.replace("\\", "/"))


def normalised_remote(address: str) -> str:
    """Return an address as the table `location` has it: no scheme, no credentials, no `.git`."""
    plain = address.split("://", 1)[-1]
    at = plain.find("@")
    if 0 <= at < (plain.find("/") if "/" in plain else len(plain)):
        plain = plain[at + 1 :]
    return plain.removesuffix("/").removesuffix(".git")
