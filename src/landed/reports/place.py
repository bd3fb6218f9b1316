"""What a person means by FILE and REV: the repository, the commit, and the path in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from landed.config import Settings
from landed.errors import RepositoryError, UsageError
from landed.ledger.exclusion import attribute_rows, exclusions
from landed.sources.git.files import find_entry, is_binary, resolve_revision
from landed.sources.git.names import path_to_text
from landed.sources.git.scratch import Scratch

_SYMLINK = "120000"


@dataclass(frozen=True)
class Place:
    """A text file at a commit; `name` is the path as text, `revision` as the person named it."""

    commit: str
    path: bytes
    revision: str

    @property
    def name(self) -> str:
        """The path from the top of the repository, as text."""
        return path_to_text(self.path)


def find_repository(file: str, repo: Path | None) -> Path:
    """Return a path in the repository that `file` lies in: `repo`, else the file's own folder.

    Without `repo` and where the file's folder does not exist it is the current directory.
    """
    if repo is not None:
        return repo
    folder = Path(file).expanduser().parent
    return folder if folder.is_dir() else Path()


def open_scratch(repository: Path, settings: Settings) -> Scratch:
    """Open a scratch repository in which the rules of exclusion hold.

    Raises:
        RepositoryError: there is no readable repository.
    """
    rules = exclusions(settings.ledger.exclude, settings.ledger.include)
    return Scratch.open(repository, settings.workspace, attribute_rows(rules))


def find_place(scratch: Scratch, file: str, revision: str | None, settings: Settings) -> Place:
    """Return the file that is meant, at the named revision or HEAD.

    `file` is relative to the current directory, or to the top of the repository.

    Raises:
        UsageError: no such revision, no such file there, not text, or left out by the rules.
        RepositoryError: there is no commit yet.
    """
    commit = resolve_revision(scratch, revision or "HEAD")
    if commit is None:
        if revision is None:
            raise RepositoryError(
                f"{scratch.location.top} has no commit at HEAD. Name a revision with --rev."
            )
        raise UsageError(f"there is no revision {revision}: name a branch, a tag or a commit id")
    shown = revision or "HEAD"
    for path in _candidates(scratch.location.top, file):
        entry = find_entry(scratch, commit, path)
        if entry is None:
            continue
        _require_text(scratch, file, shown, entry.mode, entry.kind, entry.object_id)
        _require_included(scratch, path, file, settings)
        return Place(commit, path, shown)
    raise UsageError(f"there is no file {file} at {shown}")


def place_of(scratch: Scratch, commit: str, path: bytes, settings: Settings) -> Place:
    """Return the text file at exactly this path of a commit, named by its id.

    Raises:
        UsageError: no such file there, not text, or left out by the rules.
    """
    name = path_to_text(path)
    entry = find_entry(scratch, commit, path)
    if entry is None:
        raise UsageError(f"there is no file {name} at {commit[:10]}")
    _require_included(scratch, path, name, settings)
    _require_text(scratch, name, commit[:10], entry.mode, entry.kind, entry.object_id)
    return Place(commit, path, commit)


def _candidates(top: Path, file: str) -> list[bytes]:
    """Return the paths from the top that `file` may stand for, the likeliest first."""
    given = Path(file).expanduser()
    # Only the folder's links are followed: the file itself may be one, or be gone by now.
    absolute = given.parent.resolve() / given.name
    found = []
    if absolute.is_relative_to(top):
        found.append(os.fsencode(absolute.relative_to(top)))
    if not given.is_absolute():
        found.append(os.fsencode(os.path.normpath(file)))
    return list(dict.fromkeys(found))


def _require_text(
    scratch: Scratch, file: str, revision: str, mode: str, kind: str, object_id: str
) -> None:
    if kind == "tree":
        raise UsageError(f"{file} is a directory at {revision}: name a file")
    if kind == "commit":
        raise UsageError(f"{file} is a submodule at {revision}: it has no lines here")
    if mode == _SYMLINK:
        raise UsageError(f"{file} is a symbolic link at {revision}: name the file it points to")
    if is_binary(scratch, object_id):
        raise UsageError(f"{file} is binary at {revision}: it has no lines")


def _require_included(scratch: Scratch, path: bytes, file: str, settings: Settings) -> None:
    rules = exclusions(settings.ledger.exclude, settings.ledger.include)
    told = scratch.run("check-attr", "-z", "--stdin", "landed", stdin=path + b"\0").split(b"\0")
    if told[2].isdigit():
        rule = rules[int(told[2])]
        raise UsageError(
            f"{file} is left out ({rule.reason}, by the pattern {rule.pattern}): "
            "take it in with ledger.include in landed.toml"
        )
