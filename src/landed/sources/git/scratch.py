"""The scratch repository: ours in everything but the objects, which it borrows from the user's.

Where there is a mirror of the repository too, its objects and refs are read along with the clone's.

The user's attributes could hide lines that blame shows, the configuration could run programs, and
hooks, filters and replace refs could change what is read. None of them reaches a repository that
is only an `objects/info/alternates` entry. A bare clone, a working clone and a fresh clone of one
history therefore read the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from landed.errors import GitError, RepositoryError
from landed.sources.git.joining import Joining
from landed.sources.git.location import GitLocation, Refs, locate, read_refs
from landed.sources.git.process import GitProcess, run_git

_EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}

_LONGEST_RUN = 86_400
"""Seconds after which nobody works in a scratch repository any more."""


class Scratch:
    """A bare repository of ours for one process, removed when it is closed.

    Attributes:
        location: where the user's repository lies.
        mirror: where its mirror lies; None where none is read along.
        refs: their refs, read from their files when the scratch repository was made.
        shallow: the commits where history is cut off, a line each; None where it is whole.
        git_dir: the scratch repository.
        object_format: `sha1` or `sha256`.
    """

    def __init__(
        self,
        location: GitLocation,
        directory: Path,
        attributes: Sequence[str] = (),
        mirror: GitLocation | None = None,
    ):
        """Make the scratch repository in `directory`, which must not exist."""
        self.location = location
        self.mirror = mirror
        self.git_dir = directory
        self.object_format = location.object_format
        (directory / "refs" / "heads").mkdir(parents=True, mode=0o700)
        (directory / "objects" / "info").mkdir(parents=True)
        (directory / "info").mkdir()
        (directory / "HEAD").write_text("ref: refs/heads/none\n")
        borrowed = [place.objects for place in (location, mirror) if place is not None]
        (directory / "objects" / "info" / "alternates").write_bytes(
            b"".join(_quoted(os.fsencode(objects)) + b"\n" for objects in borrowed)
        )
        (directory / "info" / "attributes").write_text("".join(f"{row}\n" for row in attributes))
        self._write_config()
        self.shallow = _cut_off(location, mirror)
        if self.shallow is not None:
            (directory / "shallow").write_bytes(self.shallow)
        self.refs: Refs = read_refs(location)
        if mirror is not None:
            self.refs = Joining(self.run).joined(self.refs, read_refs(mirror))

    @classmethod
    def open(
        cls,
        path: Path,
        workspace: Path,
        attributes: Sequence[str] = (),
        mirror: Path | None = None,
    ) -> Scratch:
        """Make a scratch repository under `workspace` for the repository that `path` lies in.

        `mirror` is where a mirror of the same repository lies that is to be read along.

        Raises:
            RepositoryError: there is no readable repository, or the mirror is of another one.
        """
        location = locate(path)
        beside = _mirror_at(mirror) if mirror is not None else None
        if beside is not None and beside.git_dir == location.git_dir:
            beside = None
        if beside is not None and beside.object_format != location.object_format:
            raise RepositoryError(
                f"{beside.git_dir} is no mirror of {location.top}: their objects are of different "
                "formats. Remove it; it is then fetched anew."
            )
        _sweep(workspace.resolve() / "scratch")
        name = hashlib.sha256(os.fsencode(location.git_dir)).hexdigest()[:12]
        directory = workspace.resolve() / "scratch" / f"{name}-{os.getpid()}-{os.urandom(3).hex()}"
        return cls(location, directory, attributes, beside)

    def _write_config(self) -> None:
        rows = [
            "[core]",
            "\trepositoryformatversion = 1",
            "\tbare = true",
            f"\tattributesFile = {os.devnull}",
            f"\thooksPath = {os.devnull}",
            "\tcommitGraph = true",
            "[attr]",
            f"\ttree = {_EMPTY_TREE[self.object_format]}",
            "[gc]",
            "\tauto = 0",
        ]
        if self.object_format != "sha1":
            rows += ["[extensions]", f"\tobjectFormat = {self.object_format}"]
        (self.git_dir / "config").write_text("\n".join(rows) + "\n")

    @property
    def place(self) -> str:
        """What is read: the git directory, and where a mirror is read along that one's too."""
        places = [self.location.git_dir, *([self.mirror.git_dir] if self.mirror else [])]
        return "\n".join(str(place) for place in places)

    @property
    def is_partial(self) -> bool:
        """True where objects were left out on purpose when the repository was cloned.

        What a clone lacks its mirror has.
        """
        if self.mirror is not None:
            return False
        packs = self.location.objects / "pack"
        return packs.is_dir() and any(packs.glob("*.promisor"))

    def cut_history_at(self, commit: str) -> None:
        """Treat `commit` as having no parents, because they cannot be read."""
        with (self.git_dir / "shallow").open("a") as file:
            file.write(commit + "\n")

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run git in the scratch repository and return its output.

        Raises:
            GitError: git's exit code is not 0.
        """
        return run_git(arguments, git_dir=self.git_dir, stdin=stdin)

    def holds(self, commit: str) -> bool:
        """Whether an object, named by its full id, is there."""
        answer = self.run("cat-file", "--batch-check", stdin=commit.encode() + b"\n")
        return not answer.rstrip().endswith(b"missing")

    def start(self, *arguments: str, stdin: bytes | None = None) -> GitProcess:
        """Start a git process that stays open."""
        return GitProcess(arguments, git_dir=self.git_dir, stdin=stdin)

    def resolve(self, revision: str) -> str | None:
        """Return the commit id that a branch, tag or object id of the user's repository names."""
        names = [revision] if revision.startswith("refs/") else []
        names += [
            f"{prefix}{revision}" for prefix in ("refs/heads/", "refs/tags/", "refs/remotes/")
        ]
        target = next(
            (self.refs.targets[name] for name in names if name in self.refs.targets), None
        )
        if revision == "HEAD":
            target = self.refs.detached or self.refs.targets.get(self.refs.head or "")
        base = target.decode() if target else revision
        if base.startswith("-"):
            return None
        try:
            answer = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^0")
        except GitError:
            return None
        return answer.decode().split("\n")[-2]

    def close(self) -> None:
        """Remove the scratch repository."""
        shutil.rmtree(self.git_dir, ignore_errors=True)

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _mirror_at(directory: Path) -> GitLocation:
    """Return a mirror; a directory that only lies in some repository is none."""
    found = locate(directory)
    if found.git_dir != directory.resolve():
        raise RepositoryError(f"{directory} is no mirror. Remove it; it is then fetched anew.")
    return found


def _sweep(folder: Path) -> None:
    """Remove what killed runs have left: no run takes a day."""
    with contextlib.suppress(OSError):
        for left in folder.iterdir():
            if time.time() - left.stat().st_mtime > _LONGEST_RUN:
                shutil.rmtree(left, ignore_errors=True)


def _cut_off(location: GitLocation, mirror: GitLocation | None) -> bytes | None:
    """Return where history is cut off: where the clone's is, and the mirror does not go on."""
    shallow = location.shallow
    if shallow is None or mirror is None:
        return shallow
    answers = run_git(
        ["cat-file", "--batch-check=%(objectname)"], git_dir=mirror.git_dir, stdin=shallow
    )
    rest = [row.split(b" ")[0] for row in answers.splitlines() if row.endswith(b" missing")]
    return b"".join(row + b"\n" for row in rest) or None


def _quoted(path: bytes) -> bytes:
    """Quote a path for `info/alternates`, where `"` begins a C-style quoted name."""
    if b"\n" not in path and not path.startswith((b'"', b"#")):
        return path
    escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'
