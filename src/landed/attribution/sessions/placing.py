"""Finding the repository, the working tree and the path in it of what a session names."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from landed.attribution.sessions.folders import Folder, Folders, joined, normalised_remote
from landed.attribution.sessions.known import Known
from landed.attribution.sessions.people import configured_email
from landed.attribution.sessions.pushed import (
    address_of,
    is_pushed,
    names_of,
    pushed_file,
    repository_at,
)
from landed.config import Settings, organisation_key
from landed.sources.git.location import GitLocation
from landed.store import Store

_SHORTEST_COMMIT = 7


@dataclass(frozen=True)
class Place:
    """Where one session worked; `top` is the working tree's top directory on this machine, or the
    name under which a laptop pushed it."""

    belongs_to: str | None
    top: str | None
    name: str
    how: str


class PathPlace(NamedTuple):
    """Repository, working tree and path in it of an edited file, each null where there is none."""

    belongs_to: str | None
    worktree: str | None
    path: str | None


NOWHERE = Place(None, None, "", "none")
OUTSIDE_ALL = PathPlace(None, None, None)


class Placing:
    """Looks up where sessions and their edits belong, in what one store and this machine know."""

    def __init__(self, store: Store, settings: Settings, known: Known) -> None:
        self.folders = Folders(settings.sessions.paths)
        self.known = known
        self._store = store
        self._settings = settings
        self._emails: dict[str, str | None] = {}
        self._owners: dict[str, tuple[str | None, str]] = {}
        self._holders: dict[str, str | None] = {}

    def session(self, session: dict[str, Any], edited: Iterable[str]) -> Place:
        """Where a row of the table `session` worked; `edited` are the paths that it edited."""
        cwd = session["cwd"]
        if is_pushed(cwd):
            return self._pushed_session(session)
        folder = self.folders.find(self.folders.mapped(cwd)) if cwd else Folder("", False, None)
        removed = self._removed_worktree(folder)
        if removed is not None:
            name = self.known.names.get(removed[0], removed[0])
            return Place(*removed, name, "worktree")
        here = folder.exists and folder.location is not None
        by_address = None if here else self._by_address(session)
        if folder.location is not None and by_address is None:
            known, how = self._of_location(folder.location)
            if cwd and self.folders.is_mapped(cwd):
                how = "mapping"
            top = folder.top
            if known is not None and not folder.exists:
                top = self._top_of_gone(known, folder.path, folder.top or "", edited)
            name = self.known.names.get(known or "") or self.folders.name(folder.location)
            return Place(known, top, name, how if known else "inside")
        if by_address is not None:
            known, how = by_address
            top = self._top_of_gone(known, folder.path, "", edited) if cwd else None
            return Place(known, top, self.known.names.get(known, known), how)
        in_one = any(session[name] for name in ("branch", "commit", "remote"))
        name = session["remote"] or posixpath.basename(folder.path) or "unknown"
        top = folder.path if in_one and cwd else None
        return Place(None, top, name, "inside" if in_one else "none")

    def _removed_worktree(self, folder: Folder) -> tuple[str, str] | None:
        """Return repository and top of the working tree that a folder which is gone lay in.

        None where what is left around it is deeper than any working tree that is known.
        """
        if folder.exists or not folder.path:
            return None
        found = self.known.around(folder.path)
        if found is None or (folder.top is not None and len(folder.top) >= len(found[1])):
            return None
        return found

    def _of_location(self, location: GitLocation) -> tuple[str | None, str]:
        """Return the repository that a clone on disk belongs to, and how that is known."""
        key = str(location.git_dir)
        if key not in self._owners:
            self._owners[key] = self._owner(location)
        return self._owners[key]

    def _owner(self, location: GitLocation) -> tuple[str | None, str]:
        found = self.known.by_directory.get(str(location.common_dir))
        if found is not None:
            return found, "worktree"
        remote = location.remote
        if remote is not None and remote in self.known.by_remote:
            return self.known.by_remote[remote], "remote"
        head = self.folders.head(location)
        found = self._with_commit(head) if head else None
        return found, "commit"

    def _by_address(self, session: dict[str, Any]) -> tuple[str, str] | None:
        """Return the repository that the log itself names, by its remote or a commit."""
        if session["remote"]:
            found = self.known.by_remote.get(normalised_remote(session["remote"]))
            if found is None and is_pushed(session["cwd"]):
                found = self._at_address(session["remote"])
            if found is not None:
                return found, "remote"
        named = [session["commit"]] if session["commit"] else []
        named += self.known.made.get((session["agent"], session["session"]), [])
        for commit in named:
            found = self._with_commit(commit)
            if found is not None:
                return found, "commit"
        return None

    def _with_commit(self, commit: str) -> str | None:
        """Return the only repository that has a commit, given by the beginning of its id."""
        if len(commit) < _SHORTEST_COMMIT or not all(c in "0123456789abcdef" for c in commit):
            return None
        if commit not in self._holders:
            rows = self._store.query(
                'select distinct repository from "commit" where starts_with("commit", ?) limit 2',
                [commit],
            )["repository"].to_pylist()
            self._holders[commit] = rows[0] if len(rows) == 1 else None
        return self._holders[commit]

    def _top_of_gone(
        self, repository: str, directory: str, existing: str, edited: Iterable[str]
    ) -> str:
        """Return where the top of a working tree was that is gone.

        The directory or the ancestor under which most of the edited paths are paths of the
        repository; the directory itself where none is.
        """
        if repository not in self.known.paths:
            rows = self._store.query("select path from path where repository = ?", [repository])
            self.known.paths[repository] = frozenset(rows["path"].to_pylist())
        known = self.known.paths[repository]
        plain = [self.folders.mapped(joined(directory, path)) for path in edited]
        best, most = directory or existing, 0
        candidate = directory
        while len(candidate) > max(len(existing) - 1, 1):
            prefix = f"{candidate}/"
            hits = sum(path.startswith(prefix) and path[len(prefix) :] in known for path in plain)
            if hits > most:
                best, most = candidate, hits
            candidate = posixpath.dirname(candidate)
        return best

    def path(self, directory: str, path: str, place: Place) -> PathPlace:
        """Where a path lies that a session at `place` names, of which `directory` was its own."""
        if is_pushed(path):
            return self._pushed_path(path, place)
        return self._path(self.folders.mapped(joined(directory, path)), place)

    def _path(self, full: str, place: Place) -> PathPlace:
        folder = self.folders.find(full if full == place.top else posixpath.dirname(full))
        removed = self._removed_worktree(folder)
        if removed is not None:
            return PathPlace(*removed, full[len(removed[1]) + 1 :])
        gone = not folder.exists and place.top is not None
        if place.top is not None and (gone or folder.top == place.top):
            inside = _under(full, place.top)
            if inside is not None:
                return PathPlace(place.belongs_to, place.top, inside)
        if folder.location is not None and folder.top is not None:
            inside = _under(os.path.realpath(full), folder.top) or _under(full, folder.top)
            if inside is not None and not inside.startswith(".git/"):
                known, _ = self._of_location(folder.location)
                return PathPlace(known, folder.top, inside)
        return OUTSIDE_ALL

    def _pushed_session(self, session: dict[str, Any]) -> Place:
        """The repository of a working tree elsewhere: by its address, else by a commit."""
        tree = session["cwd"]
        known = self._at_address(address_of(tree))
        how = "remote"
        if known is None:
            known, how = self._by_address(session) or (None, "inside")
        if known is not None:
            return Place(known, tree, self.known.names.get(known, known), how)
        inside = bool(address_of(tree)) or any(session[n] for n in ("branch", "commit", "remote"))
        name = address_of(tree) or "unknown"
        return Place(None, tree, name, "inside") if inside else Place(None, None, name, "none")

    def _pushed_path(self, path: str, place: Place) -> PathPlace:
        found = pushed_file(path)
        if found is None:
            return OUTSIDE_ALL
        if found.tree == place.top:
            return PathPlace(place.belongs_to, found.tree, found.path)
        return PathPlace(self._at_address(address_of(found.tree)), found.tree, found.path)

    def _at_address(self, address: str) -> str | None:
        return repository_at(self._names, address) if address else None

    @cached_property
    def _names(self) -> dict[str, str]:
        """Repository by the names under which laptops push the address of its remote."""
        return names_of(organisation_key(self._settings), self.known.by_remote.items())

    def email_of(self, place: Place) -> str | None:
        """Return the address that git is configured with in a working tree, removed or not."""
        if place.top is None:
            return None
        folder = self.folders.find(place.top)
        directory: str | None = None
        if folder.exists:
            directory = None if folder.location is None else str(folder.location.common_dir)
        elif place.how == "worktree" and place.belongs_to is not None:
            directory = self.known.git_directories.get(place.belongs_to)
        if directory is None:
            return None
        if directory not in self._emails:
            self._emails[directory] = configured_email(Path(directory) / "config")
        return self._emails[directory]


def _under(path: str, top: str) -> str | None:
    """Return a path from a directory, empty for itself; None where it does not lie in it."""
    if path == top:
        return ""
    return path[len(top) + 1 :] if path.startswith(f"{top}/") else None
