"""Finding a repository on disk and reading its refs, never under its own configuration."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from landed.errors import GitError, RepositoryError
from landed.sources.git.process import run_git

_OBJECT_ID = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_REMOTE_URL = r"^remote\..*\.url$"
_SYMBOLIC_DEPTH = 5
_MAXIMUM_SIZE = 256 << 20


@dataclass(frozen=True)
class GitLocation:
    """Where a repository's parts lie: `git_dir` has HEAD, `common_dir` has objects and refs."""

    git_dir: Path
    common_dir: Path
    top: Path

    @property
    def objects(self) -> Path:
        """The directory of the repository's objects."""
        return self.common_dir / "objects"

    @property
    def shallow(self) -> bytes | None:
        """The commits where history was cut off, a line each; None where it is whole."""
        return read_plain_file(self.common_dir / "shallow")

    @property
    def remote(self) -> str | None:
        """The address of `origin` without credentials, scheme and `.git`, if there is one."""
        address = self.setting("remote.origin.url")
        return _plainly(address) if address else None

    @property
    def remotes(self) -> list[str]:
        """The addresses of all remotes like that of `remote`: `origin` first, then by name."""
        config = self.common_dir / "config"
        if read_plain_file(config) is None:
            return []
        asked = ["config", "--file", str(config), "--no-includes", "--get-regexp", _REMOTE_URL]
        try:
            told = run_git(asked, git_dir=self.git_dir).decode(errors="replace")
        except GitError:
            return []
        named = sorted(row.split(" ", 1) for row in told.splitlines() if " " in row)
        named.sort(key=lambda row: row[0] != "remote.origin.url")
        return list(dict.fromkeys(_plainly(address) for _, address in named))

    @property
    def name(self) -> str:
        """A name to show: owner and repository of a hosted one, else the folder's name."""
        remote = self.remote
        if remote and re.search(r"^[^/:]+\.[^/:]+[:/]", remote):
            return "/".join(re.split(r"[:/]", remote)[-2:])
        folder = self.top if self.top.name != ".git" else self.top.parent
        return folder.name.removesuffix(".git") or str(folder)

    def setting(self, key: str) -> str | None:
        """Return one value of the repository's own configuration file; includes are not read."""
        config = self.common_dir / "config"
        if read_plain_file(config) is None:
            return None
        try:
            value = run_git(
                ["config", "--file", str(config), "--no-includes", key], git_dir=self.git_dir
            )
        except GitError:
            return None
        return value.decode(errors="replace").strip()

    @property
    def object_format(self) -> str:
        """`sha1` or `sha256`."""
        config = read_plain_file(self.common_dir / "config")
        if config is None or b"objectformat" not in config.lower():
            return "sha1"
        return self.setting("extensions.objectFormat") or "sha1"


@dataclass
class Refs:
    """The refs of a repository: full name to object id, and the ones that could not be read."""

    head: str | None
    detached: bytes | None
    targets: dict[str, bytes]
    symbolic: dict[str, str]
    broken: dict[str, str] = field(default_factory=dict)


def _plainly(address: str) -> str:
    """An address without scheme, credentials and `.git`."""
    plain = re.sub(r"^[a-z+]+://", "", address.strip())
    plain = re.sub(r"^[^/]*@", "", plain)
    return plain.removesuffix("/").removesuffix(".git")


def locate(path: Path) -> GitLocation:
    """Find the repository that `path` lies in.

    Raises:
        RepositoryError: the path does not exist, may not be read, or lies in no repository.
    """
    try:
        here = path.expanduser().resolve(strict=True)
    except FileNotFoundError:
        raise RepositoryError(f"There is no such path: {path}. Name a git repository.") from None
    except (OSError, RuntimeError) as error:
        raise RepositoryError(f"Cannot read {path}: {error.__class__.__name__}.") from None
    if here.is_file():
        here = here.parent
    for candidate in (here, *here.parents):
        found = _git_dir_at(candidate)
        if found is not None:
            return _location(found, candidate)
        if not os.access(candidate, os.R_OK | os.X_OK):
            raise RepositoryError(f"No permission to read {candidate}. Check its access rights.")
    raise RepositoryError(
        f"{path} is not in a git repository. Name a working tree or a bare repository."
    )


def _git_dir_at(directory: Path) -> Path | None:
    dot_git = directory / ".git"
    try:
        if dot_git.is_file():
            text = read_plain_file(dot_git) or b""
            if text.startswith(b"gitdir:"):
                target = Path(os.fsdecode(text[len(b"gitdir:") :].strip()))
                return (directory / target).resolve()
        for candidate in (dot_git, directory):
            if (candidate / "HEAD").is_file() and (
                (candidate / "objects").is_dir() or (candidate / "commondir").is_file()
            ):
                return candidate
    except PermissionError:
        raise RepositoryError(
            f"No permission to read {directory}. Check its access rights."
        ) from None
    return None


def _location(git_dir: Path, top: Path) -> GitLocation:
    common = git_dir
    pointer = git_dir / "commondir"
    if pointer.is_file():
        common = (git_dir / os.fsdecode(_read_file(pointer).strip())).resolve()
    objects = common / "objects"
    if not objects.is_dir():
        raise RepositoryError(f"{git_dir} has no objects: the repository is damaged or incomplete.")
    if not os.access(objects, os.R_OK | os.X_OK):
        raise RepositoryError(f"No permission to read {objects}. Check its access rights.")
    return GitLocation(git_dir, common, top)


def read_refs(location: GitLocation) -> Refs:
    """Read every ref of a repository from its files.

    A ref that holds no object id is listed in `broken` with the reason.
    """
    refs = Refs(head=None, detached=None, targets={}, symbolic={})
    if (location.common_dir / "reftable").is_dir():
        _read_reftable(location, refs)
    else:
        _read_packed(location.common_dir / "packed-refs", refs)
        for name, value in _loose_refs(location.common_dir):
            _take(refs, name, value)
        for name, target in refs.symbolic.items():
            resolved = _follow(refs, target)
            if resolved is not None:
                refs.targets[name] = resolved
    head = _read_file(location.git_dir / "HEAD")
    if head.startswith(b"ref:"):
        refs.head = os.fsdecode(head[4:].strip())
    elif _OBJECT_ID.match(head):
        refs.detached = head
    return refs


def _read_reftable(location: GitLocation, refs: Refs) -> None:
    listing = run_git(
        ["for-each-ref", "--format=%(objectname) %(symref) %(refname)"],
        git_dir=location.common_dir,
    )
    for row in listing.splitlines():
        oid, symref, name = row.split(b" ", 2)
        refs.targets[os.fsdecode(name)] = oid
        if symref:
            refs.symbolic[os.fsdecode(name)] = os.fsdecode(symref)


def _read_packed(path: Path, refs: Refs) -> None:
    for row in _read_file(path).splitlines():
        if row.startswith((b"#", b"^")) or not row:
            continue
        oid, _, name = row.partition(b" ")
        _take(refs, os.fsdecode(name), oid)


def _loose_refs(common_dir: Path) -> Iterator[tuple[str, bytes]]:
    top = os.fspath(common_dir)
    for folder, _, files in os.walk(os.path.join(top, "refs")):  # noqa: PTH118
        for name in files:
            full = os.path.join(folder, name)  # noqa: PTH118
            if not name.endswith(".lock"):
                yield os.path.relpath(full, top), _read_file(Path(full))


def _take(refs: Refs, name: str, value: bytes) -> None:
    refs.broken.pop(name, None)
    if value.startswith(b"ref:"):
        refs.symbolic[name] = os.fsdecode(value[4:].strip())
    elif _OBJECT_ID.match(value):
        refs.targets[name] = value
    else:
        refs.targets.pop(name, None)
        refs.broken[name] = "holds no object id"


def _follow(refs: Refs, name: str) -> bytes | None:
    for _ in range(_SYMBOLIC_DEPTH):
        if name not in refs.symbolic:
            return refs.targets.get(name)
        name = refs.symbolic[name]
    return None


def read_plain_file(path: Path) -> bytes | None:
    """Return a file's content; None where it is no plain file of a sensible size, or unreadable.

    A pipe would block, a device never end, and a link could lead outside of the repository.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MAXIMUM_SIZE:
            return None
        try:
            return file.read(_MAXIMUM_SIZE)
        except OSError:
            return None


def _read_file(path: Path) -> bytes:
    return (read_plain_file(path) or b"").rstrip(b"\n")
