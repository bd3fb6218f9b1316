"""Choosing what to read: the main line's branch, the releases, the other branches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from landed.errors import RepositoryError
from landed.sources.git.scratch import Scratch

_REMOTE_HEAD = "refs/remotes/origin/HEAD"
_USUAL_NAMES = ("main", "master", "trunk")
_TAGGER = re.compile(rb"^tagger .*> (\d+) [+-]\d{4}$", re.MULTILINE)


class Tag(NamedTuple):
    """A tag that points at a commit; `tagged` is the tagger's time in seconds, if it has one."""

    name: str
    commit: bytes
    tagged: int | None


@dataclass(frozen=True)
class Tips:
    """Where reading starts.

    Attributes:
        branch: short name of the branch that counts as the main line.
        head: its tip.
        tags: tags that point at commits, by name.
        others: tips of all other branches.
        broken: refs that cannot be read, and why.
    """

    branch: str
    head: bytes
    tags: tuple[Tag, ...]
    others: frozenset[bytes]
    broken: dict[str, str]

    @property
    def all(self) -> set[bytes]:
        """Every commit from which history is read."""
        return {self.head, *self.others, *(tag.commit for tag in self.tags)}


def find_tips(scratch: Scratch, ref: str | None = None, more: Sequence[str] = ()) -> Tips:
    """Choose the default branch and collect the tips.

    The default branch is `ref` if given; else the one that the remote `origin` names as its
    default (the local branch of that name where it only adds to it); else the branch that HEAD
    is on, unless that is a side branch of a working tree that has a main, master or trunk.
    `more` are globs of further refs, such as `refs/pull/*/head`.

    Raises:
        RepositoryError: there is no commit, or no branch can be chosen.
    """
    refs = scratch.refs
    broken = dict(refs.broken)
    wanted = {
        name: oid
        for name, oid in refs.targets.items()
        if name.startswith(("refs/heads/", "refs/remotes/", "refs/tags/"))
        or any(fnmatchcase(name, pattern) for pattern in more)
    }
    if refs.detached is not None:
        wanted["HEAD"] = refs.detached
    commits, tagged = _peel(scratch, wanted, broken)
    branch, head = _default_branch(scratch, commits, ref)
    tags = tuple(
        Tag(name.removeprefix("refs/tags/"), commit, tagged.get(name))
        for name, commit in sorted(commits.items())
        if name.startswith("refs/tags/")
    )
    others = frozenset(
        commit
        for name, commit in commits.items()
        if not name.startswith("refs/tags/") and name != "HEAD"
    )
    return Tips(branch, head, tags, others - {head}, broken)


def _peel(
    scratch: Scratch, wanted: dict[str, bytes], broken: dict[str, str]
) -> tuple[dict[str, bytes], dict[str, int]]:
    """Return the commit each ref leads to, and the time of annotated tags."""
    names = list(wanted)
    asked = b"".join(b"%b\n%b^{commit}\n" % (wanted[name], wanted[name]) for name in names)
    answers = scratch.run("cat-file", "--batch-check=%(objectname)", stdin=asked).splitlines()
    commits: dict[str, bytes] = {}
    for name, target, commit in zip(names, answers[0::2], answers[1::2], strict=True):
        if b" " not in commit:
            commits[name] = commit
        elif b" " in target or not name.startswith("refs/tags/"):
            # A tag may point at a file or a folder; a branch may not, and nothing may be missing.
            broken[name] = "points at no commit that can be read"
    annotated = [
        name for name in commits if name.startswith("refs/tags/") and commits[name] != wanted[name]
    ]
    return commits, _tagging_times(scratch, {name: wanted[name] for name in annotated})


def _tagging_times(scratch: Scratch, tags: dict[str, bytes]) -> dict[str, int]:
    times = {}
    asked = b"".join(oid + b"\n" for oid in tags.values())
    content = scratch.run("cat-file", "--batch", stdin=asked) if tags else b""
    at = 0
    for name in tags:
        header_end = content.index(b"\n", at)
        size = int(content[at:header_end].split()[2])
        found = _TAGGER.search(content, header_end, header_end + 1 + size)
        if found:
            times[name] = int(found[1])
        at = header_end + size + 2
    return times


def _default_branch(
    scratch: Scratch, commits: dict[str, bytes], ref: str | None
) -> tuple[str, bytes]:
    refs = scratch.refs
    if ref is not None:
        for name in (f"refs/heads/{ref}", f"refs/remotes/origin/{ref}", f"refs/remotes/{ref}", ref):
            if name in commits:
                return _short(name), commits[name]
        resolved = scratch.resolve(ref)
        if resolved is None:
            raise RepositoryError(
                f"There is no branch or commit {ref!r}. List branches: git branch -a"
            )
        return ref, resolved.encode()
    remote = refs.symbolic.get(_REMOTE_HEAD)
    if remote in commits:
        return _newer_of(scratch, commits, remote, f"refs/heads/{_short(remote)}")
    if refs.head is not None and refs.head in commits:
        name = refs.head
        working_tree = scratch.location.top != scratch.location.git_dir
        if working_tree and _short(name) not in _USUAL_NAMES:
            name = next(
                (
                    f"refs/heads/{usual}"
                    for usual in _USUAL_NAMES
                    if f"refs/heads/{usual}" in commits
                ),
                name,
            )
        return _short(name), commits[name]
    if refs.detached is not None:
        raise RepositoryError(
            "HEAD is detached and no default branch is known. Name the main line: --ref BRANCH"
            + _known_branches(commits)
        )
    if not any(name.startswith(("refs/heads/", "refs/remotes/")) for name in commits):
        raise RepositoryError(
            f"{scratch.location.top} has no commits yet. Commit something, then run again."
        )
    raise RepositoryError(
        f"HEAD names {_short(refs.head or 'nothing')}, which has no commits. Name the main line: "
        f"--ref BRANCH{_known_branches(commits)}"
    )


def _newer_of(
    scratch: Scratch, commits: dict[str, bytes], remote: str, local: str
) -> tuple[str, bytes]:
    """Return the remote branch, or the local one where it only adds commits to the remote's."""
    short = _short(remote)
    if local in commits and commits[local] != commits[remote]:
        base = scratch.run(
            "rev-list", "--max-count=1", commits[remote].decode(), f"^{commits[local].decode()}"
        )
        if not base:
            return short, commits[local]
    return short, commits[remote]


def _short(name: str) -> str:
    for prefix in ("refs/heads/", "refs/remotes/origin/", "refs/remotes/", "refs/tags/"):
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _known_branches(commits: dict[str, bytes]) -> str:
    names = sorted({_short(name) for name in commits if name.startswith("refs/heads/")})
    return f" (one of: {', '.join(names[:5])})" if names else ""
