"""Bare mirrors of ours: what a forge has, refs of its changes included, without touching a clone.

A mirror is fetched in full from its server and shares no objects with any clone. Borrowing from a
clone of the user's would save the network once, but the clone may be moved, cleaned up or deleted
at any time, and would take the mirror's history along.

Branches, tags and notes that are gone at the server go here too. The refs of changes stay: some
forges throw them away a while after the change was closed, and they are often the only witness of
what was squashed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from landed.errors import ForgeError, GitError
from landed.progress import Progress, quiet
from landed.sources.git.addresses import checked_address
from landed.sources.git.fetching import Credentials, Server
from landed.sources.git.process import run_git

CHANGE_REFS = ("refs/pull/*/head", "refs/merge-requests/*/head")
"""Globs of the refs under which forges keep the branches of their changes."""

_FOLLOWED = ("refs/heads/*", "refs/tags/*", "refs/notes/*")
"""Globs of the refs that are removed where the server has them no more."""

_MOST_PACKS = 40
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.logAllRefUpdates": "false",
    "gc.auto": "0",
}


@dataclass(frozen=True, slots=True)
class MirrorFetched:
    """What a fetch did.

    Attributes:
        directory: where the mirror lies.
        mode: made, anew (it was broken), updated or unchanged.
        refs: how many refs it has now.
        head: short name of the server's default branch; None where it named none.
    """

    directory: Path
    mode: str
    refs: int
    head: str | None


def fetch_mirror(
    directory: Path,
    address: str,
    *,
    credentials: Credentials | None = None,
    more: Sequence[str] = (),
    plain_http: bool = False,
    local_files: bool = False,
    progress: Progress = quiet,
) -> MirrorFetched:
    """Make the mirror in `directory`, or bring it up to date with the server at `address`.

    Fetched are branches, tags, notes, the branches of changes, and refs of the globs `more`.
    `plain_http` allows http to other machines, `local_files` a path of this one. One process at a
    time fetches; others wait. Whatever fails, a mirror that was there stays as it was; one that
    git cannot use is made anew beside it and then takes its place.

    Raises:
        TokenRefused, ProjectGone, ForgeUnreachable: what the server answered, or that it did not.
        ForgeError: the address is not allowed, or leads elsewhere.
        GitError: git failed for another reason.
    """
    checked = checked_address(address, plain_http=plain_http, local_files=local_files)
    server = Server(checked, credentials)
    directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(directory, progress):
        for left_over in directory.parent.glob(f"{directory.name}.new-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        progress(f"asking {checked.host} for {checked.path}")
        told = _ask(server, directory.parent, (*CHANGE_REFS, *more))
        if not directory.exists():
            return _make(directory, server, told, "made", more, progress)
        mirror = _Mirror(directory, server, more)
        try:
            return mirror.update(told, progress)
        except (GitError, _Broken) as error:
            if isinstance(error, GitError) and mirror.is_whole():
                raise
            return _make(directory, server, told, "anew", more, progress)


class _Broken(ForgeError):
    """The mirror is not what we left."""


@dataclass(frozen=True)
class _Told:
    """What a server says it has: refs with object ids, and its default branch."""

    refs: dict[str, str]
    head: str | None

    @property
    def object_format(self) -> str:
        return "sha256" if any(len(name) == 64 for name in self.refs.values()) else "sha1"


def _ask(server: Server, directory: Path, changes: Sequence[str]) -> _Told:
    answer = server.run(["ls-remote", "--symref", "--", server.address.url], directory=directory)
    refs: dict[str, str] = {}
    head = None
    for row in answer.decode("utf-8", "surrogateescape").splitlines():
        value, _, name = row.partition("\t")
        if value.startswith("ref: ") and name == "HEAD":
            head = value.removeprefix("ref: ")
        elif not name.endswith("^{}") and _matches(name, (*_FOLLOWED, *changes)):
            refs[name] = value
    return _Told(refs, head if head in refs else None)


def _matches(name: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _make(
    directory: Path,
    server: Server,
    told: _Told,
    mode: str,
    more: Sequence[str],
    progress: Progress,
) -> MirrorFetched:
    """Fetch everything into a new directory, which then takes the place of `directory`."""
    new = directory.with_name(f"{directory.name}.new-{os.urandom(3).hex()}")
    new.mkdir(mode=0o700)
    try:
        run_git(
            ["init", "--quiet", "--bare", "--template=", f"--object-format={told.object_format}"],
            git_dir=new,
        )
        made = _Mirror(new, server, more).update(told, progress)
        if directory.exists():
            old = directory.with_name(f"{new.name}-old")
            directory.rename(old)
            new.rename(directory)
            shutil.rmtree(old, ignore_errors=True)
        else:
            new.rename(directory)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return MirrorFetched(directory, mode, made.refs, made.head)


class _Mirror:
    def __init__(self, directory: Path, server: Server, more: Sequence[str]) -> None:
        self._directory = directory
        self._server = server
        self._specs = [f"+{glob}:{glob}" for glob in (*_FOLLOWED, *CHANGE_REFS, *more)]

    def update(self, told: _Told, progress: Progress) -> MirrorFetched:
        """Fetch what the server has and the mirror has not; remove what is gone there.

        Raises:
            _Broken: refs or objects are damaged.
        """
        self._clear_remains()
        self._configure()
        held = self._refs()
        gone = [name for name in held if name not in told.refs and _matches(name, _FOLLOWED)]
        missing = {name for name, value in told.refs.items() if held.get(name) != value}
        # first, for a branch that is gone may stand in the way of a new one's folder
        self._remove(gone)
        if missing:
            progress(f"fetching {self._server.address.path} from {self._server.address.host}")
            self._fetch()
            run_git(["pack-refs", "--all"], git_dir=self._directory)
            self._join_packs()
        if told.head is not None:
            run_git(["symbolic-ref", "HEAD", told.head], git_dir=self._directory)
        mode = "updated" if missing or gone else "unchanged"
        refs = len(self._refs()) if missing or gone else len(held)
        head = told.head.removeprefix("refs/heads/") if told.head else None
        return MirrorFetched(self._directory, mode, refs, head)

    def is_whole(self) -> bool:
        """Whether every ref leads to objects that are all there; slow."""
        try:
            self._refs()
            run_git(["fsck", "--connectivity-only", "--no-dangling"], git_dir=self._directory)
        except (GitError, _Broken, OSError):
            return False
        return True

    def _clear_remains(self) -> None:
        """Remove what an interrupted git left; nobody else writes here while we hold the lock."""
        for pattern in ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "objects/*/tmp_obj_*"):
            for path in self._directory.glob(pattern):
                path.unlink(missing_ok=True)

    def _configure(self) -> None:
        settings = _SETTINGS | {"remote.origin.url": self._server.address.url}
        config = self._directory / "config"
        try:
            known = config.read_text(encoding="utf-8", errors="replace")
        except OSError:
            raise _Broken("the mirror has no settings") from None
        if self._server.address.url in known and "hooksPath" in known:
            return
        for key, value in settings.items():
            run_git(["config", "--file", str(config), key, value], git_dir=self._directory)

    def _refs(self) -> dict[str, str]:
        """Return every ref with what it names; all of it is there."""
        listing = run_git(
            ["for-each-ref", "--format=%(objectname) %(refname)"], git_dir=self._directory
        ).decode("utf-8", "surrogateescape")
        refs = {}
        for row in listing.splitlines():
            value, _, name = row.partition(" ")
            refs[name] = value
        asked = "".join(f"{value}\n" for value in refs.values()).encode()
        answer = run_git(
            ["cat-file", "--batch-check=%(objecttype)", "--buffer"],
            git_dir=self._directory,
            stdin=asked,
        )
        if b" missing" in answer:
            raise _Broken("objects of the mirror are missing")
        return refs

    def _remove(self, names: Sequence[str]) -> None:
        if names:
            commands = "".join(f"delete {name}\n" for name in names)
            run_git(
                ["update-ref", "--stdin"],
                git_dir=self._directory,
                stdin=commands.encode("utf-8", "surrogateescape"),
            )

    def _fetch(self) -> None:
        specs = "".join(f"{spec}\n" for spec in self._specs)
        self._server.run(
            [
                f"--git-dir={self._directory}",
                *("fetch", "--quiet", "--force", "--no-tags", "--no-recurse-submodules"),
                *("--no-write-fetch-head", "--update-head-ok", "--no-auto-maintenance"),
                *("--no-prune", "--stdin", "--", self._server.address.url),
            ],
            directory=self._directory,
            stdin=specs.encode(),
        )

    def _join_packs(self) -> None:
        """Join small packs now and then: every fetch adds one, and git looks through all."""
        if len(list(self._directory.glob("objects/pack/*.pack"))) > _MOST_PACKS:
            run_git(["repack", "--quiet", "-d", "--geometric=2"], git_dir=self._directory)


@contextmanager
def _alone(directory: Path, progress: Progress) -> Iterator[None]:
    """Let one process at a time fetch a mirror."""
    with directory.with_name(f"{directory.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            progress(f"waiting for another process that fetches {directory.name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
