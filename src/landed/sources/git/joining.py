"""The refs of a clone together with those of its mirror: what the server has now, seen from here.

To a clone the server's branch `x` is `refs/remotes/origin/x`, and what it knows of it may be old.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from landed.sources.git.location import Refs

_HEADS = "refs/heads/"
_REMOTE = "refs/remotes/origin/"
_REMOTE_HEAD = "refs/remotes/origin/HEAD"
_NOTES = "refs/notes/"
_TIME = re.compile(rb"^committer [^\n]*> (\d+) [+-]\d{4}$", re.MULTILINE)


@dataclass(frozen=True)
class Joining:
    """Joins refs, asking about commits where it must.

    Attributes:
        run: runs git where the objects of both are found.
    """

    run: Callable[..., bytes]

    def joined(self, clone: Refs, mirror: Refs) -> Refs:
        """Return the refs of `clone` with those of `mirror` added.

        A branch of the mirror stands as the clone's remote branch where the clone has none or an
        older one; the later committed one is newer, and of the default branch the one that goes
        on from the other. Other refs of the mirror stand under their own name where the clone has
        none of that name. Notes that both have are both kept, the mirror's as `NAME-mirror`.
        """
        targets = dict(clone.targets)
        differing: dict[str, bytes] = {}
        for name, target in mirror.targets.items():
            if name.startswith(_HEADS):
                here = _REMOTE + name.removeprefix(_HEADS)
                if targets.setdefault(here, target) != target:
                    differing[here] = target
            elif name.startswith(_NOTES) and targets.get(name, target) != target:
                targets[f"{name}-mirror"] = target
            else:
                targets.setdefault(name, target)
        main = None
        symbolic = dict(clone.symbolic)
        if mirror.head is not None and mirror.head in mirror.targets:
            main = _REMOTE + mirror.head.removeprefix(_HEADS)
            symbolic[_REMOTE_HEAD] = main
        targets |= self._newer(clone, differing, main)
        if main is not None:
            targets[_REMOTE_HEAD] = targets[main]
        return replace(clone, targets=targets, symbolic=symbolic)

    def _newer(
        self, clone: Refs, differing: dict[str, bytes], main: str | None
    ) -> dict[str, bytes]:
        """Return those of `differing` that are newer than what the clone has under their name."""
        if not differing:
            return {}
        names = list(differing)
        here = self._times([clone.targets[name] for name in names])
        there = self._times([differing[name] for name in names])
        newer = {}
        for name, ours, theirs in zip(names, here, there, strict=True):
            if theirs is None:
                continue
            tied = name == main or theirs == ours
            if ours is None or (
                self._goes_on_from(differing[name], clone.targets[name]) if tied else theirs > ours
            ):
                newer[name] = differing[name]
        return newer

    def _goes_on_from(self, later: bytes, earlier: bytes) -> bool:
        found = self.run("rev-list", "--max-count=1", earlier.decode(), f"^{later.decode()}")
        return not found

    def _times(self, commits: Sequence[bytes]) -> list[int | None]:
        """Return when each was committed, in seconds; None for what is no commit that is there."""
        asked = b"".join(commit + b"\n" for commit in commits)
        content = self.run("cat-file", "--batch", "--buffer", stdin=asked)
        return list(_parsed(content, len(commits)))


def _parsed(content: bytes, count: int) -> Iterable[int | None]:
    at = 0
    for _ in range(count):
        end = content.index(b"\n", at)
        head = content[at:end].split()
        at = end + 1
        if len(head) != 3:
            yield None
            continue
        size = int(head[2])
        found = _TIME.search(content, at, at + size) if head[1] == b"commit" else None
        yield int(found[1]) if found else None
        at += size + 1
