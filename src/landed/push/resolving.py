"""Where sessions and edits lie, told without a folder of this machine.

What this machine knows (clones on disk, and the store of its user, where repositories were read)
is asked as a local sync asks it; a server is told the address of the repository, the path in it,
and a keyed hash of the working tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from landed.attribution.sessions.known import Known, known_repositories
from landed.attribution.sessions.people import configured_email
from landed.attribution.sessions.placing import Place, Placing
from landed.attribution.sessions.pushed import file_name, hidden, name_within, tree_name
from landed.config import Settings
from landed.errors import LandedError
from landed.push.kinds import ADDRESS, COMMIT, PATH, PERSON
from landed.sources.git.location import GitLocation, locate
from landed.sources.git.process import run_git
from landed.sources.git.reflog import NO_COMMIT, HeadMovement, head_movements
from landed.store import Store

_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Names:
    """What names are made with: the organisation's key, and what tells this machine from others."""

    key: bytes
    machine: str

    def tree(self, top: str, address: str) -> str:
        """The name of a working tree."""
        return tree_name(self.key, f"{self.machine}\0{top}", address)

    def file(self, path: str) -> str:
        """The name of a file outside every repository."""
        return file_name(self.key, f"{self.machine}\0{path}")

    def hidden(self, text: str) -> str:
        """What stands in the place of a value that does not leave."""
        return hidden(self.key, text)

    def address(self, remote: str) -> str:
        """The address of a repository; a path of this machine, or anything odd, is hidden."""
        return remote if ADDRESS.takes(remote) else self.hidden(remote)


@dataclass(frozen=True)
class Told:
    """What a server is told of where one session worked."""

    place: Place
    tree: str | None
    address: str
    commit: str | None
    person: str


class Resolver:
    """Resolves the sessions that were read for a server.

    `own` is the store of this user, or the one of the sessions where there is none; `only` are
    globs of addresses: with any, sessions in other repositories are not told of.
    """

    def __init__(
        self, own: Store, settings: Settings, names: Names, only: Iterable[str] = ()
    ) -> None:
        self.names = names
        self._settings = settings
        self.only = [glob.lower() for glob in only]
        self._known = known_repositories(own)
        self._placing = Placing(own, settings, self._known)
        self._remotes = {repository: at for at, repository in self._known.by_remote.items()}
        self._addresses: dict[tuple[str, str | None], str] = {}
        self._movements: dict[str, dict[str, list[HeadMovement]]] = {}
        self._people: dict[str, str] = {
            login.lower(): person.emails[0].lower()
            for person in settings.people
            for login in person.logins
        }

    def learn(self, directories: Iterable[str]) -> None:
        """Note the clones around the directories of sessions, as if each had been read."""
        folders = self._placing.folders
        for directory in directories:
            folder = folders.find(folders.mapped(directory))
            if folder.location is not None:
                _note(self._known, folder.location, whole=not folder.exists)

    def session(self, row: dict[str, Any], edited: Iterable[str]) -> Told | None:
        """What to tell of a row of the table `session`; None where it is not to be told of."""
        place = self._placing.session(row, edited)
        address = self._address(place.top or "", place.belongs_to) or self._remote(row["remote"])
        if self.only and not any(fnmatchcase(address.lower(), glob) for glob in self.only):
            return None
        cwd = row["cwd"]
        top = place.top or (self._placing.folders.mapped(cwd) if cwd else None)
        tree = None if top is None else self.names.tree(top, address)
        return Told(place, tree, address, self._commit(row, place), self._person(row, place))

    def path(self, directory: str, path: str, told: Told) -> str:
        """The name of an edited file of a session."""
        at = self._placing.path(directory, path, told.place)
        if at.path is None or at.worktree is None:
            return self.names.file(path)
        if at.worktree == told.place.top:
            address = told.address
        else:
            address = self._address(at.worktree, at.belongs_to)
        if self.only and not any(fnmatchcase(address.lower(), glob) for glob in self.only):
            return self.names.file(path)
        name = name_within(self.names.tree(at.worktree, address), at.path)
        return name if PATH.takes(name) else self.names.file(path)

    def worktree(self, path: str) -> str:
        """The name of a working tree that a session speaks of."""
        folder = self._placing.folders.find(self._placing.folders.mapped(path))
        top = folder.top if folder.exists and folder.top else folder.path
        return self.names.tree(top, self._address(top, None))

    def _remote(self, remote: str | None) -> str:
        return self.names.address(remote) if remote else ""

    def _address(self, top: str, repository: str | None) -> str:
        """The address of the repository of a working tree; empty where it has none."""
        asked = (top, repository)
        if asked not in self._addresses:
            location = self._location(top, repository)
            remotes = location.remotes if location is not None else []
            remote = remotes[0] if remotes else self._remotes.get(repository or "")
            self._addresses[asked] = self._remote(remote)
        return self._addresses[asked]

    def _location(self, top: str, repository: str | None) -> GitLocation | None:
        folder = self._placing.folders.find(top)
        if folder.exists and folder.location is not None:
            return folder.location
        directory = self._known.git_directories.get(repository or "")
        if directory is None:
            return None
        try:
            return locate(Path(directory))
        except LandedError:
            return None

    def _commit(self, row: dict[str, Any], place: Place) -> str | None:
        """HEAD at the beginning: what the log tells, else what git's own log of HEAD tells."""
        if row["commit"]:
            return row["commit"] if COMMIT.takes(row["commit"]) else None
        location = self._location(place.top or "", place.belongs_to) if place.top else None
        if location is None or place.top is None:
            return None
        directory = str(location.common_dir)
        if directory not in self._movements:
            trees = self._movements[directory] = {}
            for movement in head_movements(location):
                trees.setdefault(movement.worktree, []).append(movement)
        began = int(row["started_at"].timestamp())
        before = [m.new for m in self._movements[directory].get(place.top, ()) if m.at < began]
        return before[-1] if before and not NO_COMMIT.match(before[-1]) else None

    def _person(self, row: dict[str, Any], place: Place) -> str:
        """The address that git knows the user by; the login itself never leaves."""
        login = row["machine_user"]
        email = self._people.get(login.lower()) or self._placing.email_of(place)
        if email is None:
            homes = [home.expanduser() for home in self._settings.sessions.homes]
            home = next((home for home in homes if home.name == login), Path.home())
            email = configured_email(home / ".gitconfig", home / ".config/git/config")
        if email is not None and PERSON.takes(email):
            return email
        return self.names.hidden(f"{self.names.machine}\0{login}")


def _note(known: Known, location: GitLocation, *, whole: bool) -> None:
    """Take a clone in; its paths too where a folder in it is gone, to find where that lay."""
    directory = str(location.common_dir)
    repository = known.by_directory.setdefault(directory, f"git:{directory}")
    known.git_directories.setdefault(repository, directory)
    if location.remote:
        known.by_remote.setdefault(location.remote, repository)
    if repository.startswith("git:") and repository not in known.paths:
        known.paths[repository] = _paths(location) if whole else frozenset()


def _paths(location: GitLocation) -> frozenset[str]:
    try:
        listing = run_git(
            ["ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD"],
            git_dir=location.git_dir,
        )
    except LandedError:
        return frozenset()
    return frozenset(listing.decode(errors="replace").split("\0"))
