"""Commits that no ref reaches but that are still there: amended, rebased, deleted with a branch.

They are history that never landed, and often the only witness of who wrote a line: a squash made
on a server keeps nothing of the branch, while the laptop it was written on still has its commits.
Reflogs, the list of stashes and loose objects tell of them.

What is left out:

- Commits that lack an object, and their descendants: git throws objects away one by one.
- History that does not grow from any that is known (old notes, another project's).
- Dropped stashes, and snapshots that tools make of a working tree: nobody committed those. Stashes
  that `git stash list` shows are read.
- What another ref reaches, one that is not to be read.
- Old or very many tips; these are counted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from landed.errors import GitError
from landed.sources.git.loose import loose_commits, loose_state
from landed.sources.git.process import GitProcess
from landed.sources.git.reflog import NO_COMMIT, listed_stashes, read_reflogs, reflog_state
from landed.sources.git.scratch import Scratch

OLDEST_DAYS = 400
"""A tip written so many days before the main line's tip, or earlier, is not read."""
MOST_TIPS = 2_000
"""So many tips are read, the latest first."""

_MOST_COMMITS = 50_000
_MOST_CHECKS = 200
_DAY = 86_400
_SNAPSHOTS = (
    re.compile(rb"^author [^\n]*<snapshot@codex\.local>", re.MULTILINE),
    re.compile(rb"^author [^\n]*<hi@zed\.dev>(?s:.*)\n\nCheckpoint\s*\Z", re.MULTILINE),
)
_PARENT = re.compile(rb"^parent ([0-9a-f]{40,64})$", re.MULTILINE)
_DATE = re.compile(rb"^(?:author|committer) [^\n]*> (\d{1,12}) [+-]\d+$", re.MULTILINE)


@dataclass(frozen=True)
class Unreachable:
    """History beside all refs.

    Attributes:
        tips: its ends.
        grows_from: the known commits that it grew from.
        left_out: how many tips were left out, by reason.
        malformed: how many lines of a reflog could not be read, by the log's path.
    """

    tips: frozenset[bytes] = frozenset()
    grows_from: frozenset[bytes] = frozenset()
    left_out: dict[str, int] = field(default_factory=dict)
    malformed: dict[str, int] = field(default_factory=dict)


def unreachable_state(scratch: Scratch) -> list[object]:
    """Return what changes with anything that `find_unreachable` finds; no git is run."""
    location = scratch.location
    return [reflog_state(location), loose_state(location.objects)]


def find_unreachable(
    scratch: Scratch, known: Container[bytes], latest: int, memory: Path
) -> Unreachable:
    """Find the history that is there beside the commits that are `known`.

    `latest` is the time of the main line's tip, in seconds: what is too old is measured from it.
    `memory` is a file of ours that saves looking at loose objects twice.
    """
    logs = read_reflogs(scratch.location)
    logged = {name for move in logs.movements for name in (move.old, move.new)}
    named = {name.encode() for name in logged if not NO_COMMIT.match(name)}
    wanted = sorted(name for name in named | loose_commits(scratch, memory) if name not in known)
    if not wanted:
        return Unreachable(malformed=logs.malformed)
    stashes = {name.encode() for name in listed_stashes(scratch.location)}
    side = _Side(known, *_read(scratch, wanted, known))
    side.leave_out(side.dropped_stashes(stashes) | side.snapshots())
    left_out: dict[str, int] = {}
    tips = side.tips()
    try:
        tips = _without_other_refs(scratch, tips, known)
    except GitError:
        left_out["unclear"], tips = len(tips), set()
    tips, left_out["incomplete"] = _complete(scratch, side, tips)
    recent = {tip for tip in tips if side.commits[tip].latest > latest - OLDEST_DAYS * _DAY}
    left_out["old"] = len(tips) - len(recent)
    ordered = sorted(recent, key=lambda tip: (-side.commits[tip].latest, tip))
    left_out["many"] = len(ordered[MOST_TIPS:])
    chosen = frozenset(ordered[:MOST_TIPS])
    return Unreachable(
        chosen,
        frozenset(side.grows_from(chosen)),
        {reason: count for reason, count in left_out.items() if count},
        logs.malformed,
    )


class _Commit(NamedTuple):
    parents: tuple[bytes, ...]
    latest: int
    body: bytes

    @classmethod
    def parse(cls, body: bytes, *, cut: bool) -> _Commit:
        """Take a raw commit; one where history is `cut` off has no parents."""
        head, _, _ = body.partition(b"\n\n")
        parents = () if cut else tuple(_PARENT.findall(head))
        dates = [int(date) for date in _DATE.findall(head)]
        return cls(parents, max(dates, default=0), body)

    @property
    def message(self) -> bytes:
        return self.body.partition(b"\n\n")[2]


def _read(
    scratch: Scratch, wanted: Iterable[bytes], known: Container[bytes]
) -> tuple[dict[bytes, _Commit], set[bytes]]:
    """Read commits and their ancestors down to known ones; return them, and what is missing."""
    cut = set((scratch.shallow or b"").split())
    commits: dict[bytes, _Commit] = {}
    missing: set[bytes] = set()
    reader = _CommitReader(scratch)
    waiting = list(wanted)
    try:
        while waiting:
            name = waiting.pop()
            if name in commits or name in missing or name in known:
                continue
            body = reader.read(name) if len(commits) < _MOST_COMMITS else None
            if body is None:
                missing.add(name)
                continue
            commits[name] = commit = _Commit.parse(body, cut=name in cut)
            waiting.extend(commit.parents)
    finally:
        reader.close()
    return commits, missing


class _CommitReader:
    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._process: GitProcess | None = None

    def read(self, name: bytes) -> bytes | None:
        """Return a raw commit; None where it is missing, damaged, or something else."""
        try:
            if self._process is None:
                self._process = self._scratch.start("cat-file", "--batch")
            self._process.write(name + b"\n")
            header = self._process.read_until(b"\n").split()
            if len(header) != 3:
                return None
            body = self._process.read_exactly(int(header[2]) + 1)[:-1]
        except GitError:
            self._process = None
            return None
        return body if header[1] == b"commit" else None

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()


class _Side:
    """Commits beside the known ones, as far as their history can be read."""

    def __init__(
        self, known: Container[bytes], commits: dict[bytes, _Commit], missing: set[bytes]
    ) -> None:
        self.commits = commits
        self._known = known
        self._left_out: set[bytes] = set()
        self._usable: set[bytes] = set()
        self._joined: set[bytes] = set()
        for name in self._parents_first():
            parents = commits[name].parents
            if missing.isdisjoint(parents) and all(
                parent in self._usable or parent in known for parent in parents
            ):
                self._usable.add(name)
            if any(parent in known or parent in self._joined for parent in parents):
                self._joined.add(name)

    def _parents_first(self) -> list[bytes]:
        ordered: dict[bytes, None] = {}
        for start in self.commits:
            waiting = [start]
            while waiting:
                top = waiting[-1]
                before = [
                    parent
                    for parent in self.commits[top].parents
                    if parent in self.commits and parent not in ordered
                ]
                if before and top not in ordered:
                    waiting.extend(before)
                    continue
                ordered[waiting.pop()] = None
        return list(ordered)

    def dropped_stashes(self, listed: Collection[bytes]) -> set[bytes]:
        """Return the commits of stashes that are not in the list of stashes any more."""
        found: set[bytes] = set()
        kept: set[bytes] = set()
        for name, commit in self.commits.items():
            index = self.commits.get(commit.parents[1]) if len(commit.parents) > 1 else None
            if index is not None and index.message.startswith(b"index on "):
                (kept if name in listed else found).update((name, *commit.parents[1:]))
        return found - kept

    def snapshots(self) -> set[bytes]:
        """Return the commits that tools made to remember a working tree."""
        return {
            name
            for name, commit in self.commits.items()
            if any(mark.search(commit.body) for mark in _SNAPSHOTS)
        }

    def leave_out(self, names: Collection[bytes]) -> None:
        """Take commits for no tips; they are still read where others grew from them."""
        self._left_out.update(names)

    def tips(self) -> set[bytes]:
        """Return the commits that can be read, grow from known ones, and have no children."""
        chosen = (self._usable & self._joined) - self._left_out
        return chosen - {parent for name in chosen for parent in self.commits[name].parents}

    def history(self, tips: Iterable[bytes]) -> set[bytes]:
        """Return the commits that `tips` lead to, themselves included, known ones left out."""
        found: set[bytes] = set()
        waiting = list(tips)
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.commits:
                found.add(name)
                waiting.extend(self.commits[name].parents)
        return found

    def grows_from(self, tips: Iterable[bytes]) -> set[bytes]:
        """Return the known commits that the history of `tips` grew from."""
        return {
            parent
            for name in self.history(tips)
            for parent in self.commits[name].parents
            if parent in self._known
        }


def _without_other_refs(scratch: Scratch, tips: set[bytes], known: Container[bytes]) -> set[bytes]:
    """Leave out the tips that some ref reaches after all, one that is not to be read."""
    others = {
        target
        for name, target in scratch.refs.targets.items()
        if target not in known and name != "refs/stash"
    }
    if not tips or not others:
        return tips
    asked = [*sorted(tips), *(b"^" + other for other in sorted(others))]
    found = scratch.run(
        "rev-list", "--ignore-missing", "--stdin", stdin=b"".join(name + b"\n" for name in asked)
    )
    return tips & set(found.split())


def _complete(scratch: Scratch, side: _Side, tips: set[bytes]) -> tuple[set[bytes], int]:
    """Return the tips whose objects are all there, and how many are not.

    Of an incomplete tip its parents are asked instead, as long as that may take.
    """
    if not tips or _all_there(scratch, side, tips):
        return tips, 0
    complete: set[bytes] = set()
    incomplete: set[bytes] = set()
    waiting = sorted(tips)
    checks = 0
    while waiting:
        tip = waiting.pop()
        if tip in complete or tip in incomplete:
            continue
        checks += 1
        if checks <= _MOST_CHECKS and _all_there(scratch, side, {tip}):
            complete.add(tip)
            continue
        incomplete.add(tip)
        waiting.extend(parent for parent in side.commits[tip].parents if parent in side.commits)
    behind = side.history({parent for tip in complete for parent in side.commits[tip].parents})
    return complete - behind, len(tips & incomplete)


def _all_there(scratch: Scratch, side: _Side, tips: set[bytes]) -> bool:
    asked = [*sorted(tips), *(b"^" + name for name in sorted(side.grows_from(tips)))]
    try:
        listing = scratch.run(
            "rev-list",
            "--objects",
            "--missing=print",
            "--stdin",
            stdin=b"".join(name + b"\n" for name in asked),
        )
    except GitError:
        return False
    return not any(row.startswith(b"?") for row in listing.splitlines())
