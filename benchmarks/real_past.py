"""What the history of a real repository tells of its pull requests and releases.

- `Merge pull request #N from OWNER/BRANCH`: the commits that the merge brought;
- `Subject (#N)` where `refs/pull/N/head` is there: a squash; the commits are those of that ref;
- a `refs/pull/N/head` that came with some other merge: merged by hand;
- one that left none of these: unmerged; whether it is open or closed, history does not tell.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

MERGE = re.compile(r"Merge pull request #(\d+) from ([^/\s]+)/(\S+)")
SQUASH = re.compile(r"(.*\S) \(#(\d+)\)")
RELEASE = re.compile(r"v?\d+(\.\d+)+")
PULL = re.compile(r"refs/pull/(\d+)/head")
MOST_COMMITS = 250
"""GitHub lists no more commits of a request."""
LATE_TAG = timedelta(days=30)

_FORMAT = "%x1e" + "%x1f".join(("%H", "%P", "%an", "%ae", "%at", "%ct", "%s", "%b"))


@dataclass(frozen=True)
class Commit:
    """A commit of the repository; `title` is the first line of its message after the subject."""

    oid: str
    parents: tuple[str, ...]
    author: str
    email: str
    authored: datetime
    committed: datetime
    subject: str
    title: str


@dataclass(frozen=True)
class Request:
    """A pull request; `how` is merge, squash, hand (merged by hand) or unmerged.

    `landing` is the commit that merged it; of an unmerged one the last on its branch.
    """

    number: int
    title: str
    how: str
    base: str
    owner: str | None
    branch: str
    landing: Commit
    commits: tuple[Commit, ...]
    changed: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Lines added, lines removed, files: of one that is unmerged the sum over its commits."""


def git(repository: Path, *arguments: str, given: str | None = None) -> str:
    """What git prints in the repository."""
    return subprocess.run(
        ["git", "-C", str(repository), *arguments],
        input=given,
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
    ).stdout


class Past:
    """The history of a repository, read once."""

    def __init__(self, repository: Path) -> None:
        self.repository = repository
        self.commits = {one.oid: one for one in _commits(repository)}
        self.default_branch = git(repository, "symbolic-ref", "--short", "HEAD").strip()
        refs = git(repository, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        self.refs = dict(row.split(" ", 1) for row in refs)
        self.heads = {
            int(found[1]): oid for name, oid in self.refs.items() if (found := PULL.fullmatch(name))
        }
        self.main = self.first_parents(self.refs[f"refs/heads/{self.default_branch}"])[::-1]
        self.step = {oid: place for place, oid in enumerate(self.main)}
        self.landed = self._landed()
        self.left_out: Counter[str] = Counter()

    def first_parents(self, oid: str, until: frozenset[str] = frozenset()) -> list[str]:
        """A commit and its first parents, newest first."""
        found = []
        at: str | None = oid
        while at is not None and at in self.commits and at not in until:
            found.append(at)
            at = next(iter(self.commits[at].parents), None)
        return found

    def _landed(self) -> dict[str, int]:
        """The step of the main line that brought each commit."""
        landed: dict[str, int] = {}
        for step, oid in enumerate(self.main):
            waiting = [oid]
            while waiting:
                each = waiting.pop()
                if each not in landed and each in self.commits:
                    landed[each] = step
                    waiting.extend(self.commits[each].parents)
        return landed

    def brought(self, tip: str, landing: str) -> list[Commit]:
        """The commits that `tip` has and the first parent of `landing` has not, oldest first."""
        step = self.step.get(landing, len(self.main))
        if step == len(self.main) and tip != landing:
            before = self.commits[landing].parents[0]
            told = git(self.repository, "rev-list", "--reverse", "--topo-order", tip, f"^{before}")
            return [self.commits[oid] for oid in told.split() if oid in self.commits]
        found: list[Commit] = []
        seen = {tip}
        waiting = [(tip, False)]
        while waiting:
            oid, done = waiting.pop()
            if done:
                found.append(self.commits[oid])
                continue
            waiting.append((oid, True))
            for parent in self.commits[oid].parents:
                known = parent in self.commits and parent not in seen
                if known and self.landed.get(parent, step) >= step:
                    seen.add(parent)
                    waiting.append((parent, False))
        return found

    @cached_property
    def requests(self) -> list[Request]:
        """The requests, in the order in which they were merged or last pushed to."""
        named: dict[int, tuple[str, str, Commit]] = {}
        for base, oid in self._on_branches():
            commit = self.commits[oid]
            number, how = _named(commit)
            if number and number not in named and (how == "merge" or number in self.heads):
                named[number] = (base, how, commit)
            elif number and how == "squash" and number not in self.heads:
                self.left_out["squashed commits that name no request of which there is a ref"] += 1
        landings = {commit.oid for _, _, commit in named.values()}
        for number, oid in sorted(self.heads.items()):
            if number in named:
                continue
            step = self.landed.get(oid)
            if step is None:
                named[number] = (self.default_branch, "unmerged", self.commits[oid])
            elif self.main[step] == oid or self.main[step] in landings:
                self.left_out["requests whose last commit came with another's, or is a step"] += 1
            else:
                named[number] = (self.default_branch, "hand", self.commits[self.main[step]])
        found = [
            request
            for number, (base, how, landing) in named.items()
            if (request := self._request(number, base, how, landing))
        ]
        self._count_changed(found)
        return sorted(found, key=lambda one: (one.landing.committed, one.number))

    def _on_branches(self) -> Iterator[tuple[str, str]]:
        """Commits with the branch on whose first-parent line they are, the default branch first."""
        yield from ((self.default_branch, oid) for oid in reversed(self.main))
        seen = set(self.main)
        for name, tip in sorted(self.refs.items()):
            if name.startswith("refs/heads/"):
                for oid in self.first_parents(tip, frozenset(seen)):
                    seen.add(oid)
                    yield name.removeprefix("refs/heads/"), oid
        # the default branch of former days, where a pull turned its line aside
        rest = [
            oid for oid in self.landed if oid not in seen and len(self.commits[oid].parents) > 1
        ]
        yield from ((self.default_branch, oid) for oid in rest)

    def _request(self, number: int, base: str, how: str, landing: Commit) -> Request | None:
        owner, branch, title = None, f"change-{number}", landing.subject
        if how == "merge":
            found = MERGE.match(landing.subject)
            assert found is not None
            owner, branch = found[2], found[3]
            tip = landing.parents[1]
        else:
            tip = self.heads[number]
        if how == "squash":
            found = SQUASH.fullmatch(landing.subject)
            assert found is not None
            title = found[1]
        late = landing.committed + timedelta(days=1)
        alone = tip == landing.oid and how != "unmerged"
        commits = [] if alone else self.brought(tip, landing.oid)
        own = tuple(one for one in commits if one.committed <= late)[-MOST_COMMITS:]
        if not own:
            self.left_out["requests without a commit of their own"] += 1
            return None
        if how == "merge" and landing.title:
            title = landing.title
        if how in ("hand", "unmerged"):
            title = own[-1].subject
        return Request(number, title, how, base, owner, branch, landing, own)

    def _count_changed(self, requests: Sequence[Request]) -> None:
        """Count the lines and files that requests change, against first parents."""
        wanted: dict[str, list[Request]] = {}
        for one in requests:
            for commit in one.commits if one.how == "unmerged" else (one.landing,):
                wanted.setdefault(commit.oid, []).append(one)
        asked = ("log", "--no-walk=unsorted", "--stdin", "--first-parent", "-m", "--no-renames")
        waiting = list(wanted)
        while waiting:
            ran = subprocess.run(
                ["git", "-C", self.repository, *asked, "--numstat", "--format=%x1e%H"],
                input="\n".join(waiting),
                capture_output=True,
                text=True,
                errors="replace",
            )
            parts = ran.stdout.split("\x1e")[1:]
            for part in parts:
                oid, _, rest = part.partition("\n")
                rows = [row.split("\t") for row in rest.splitlines() if row.count("\t") == 2]
                for one in wanted[oid]:
                    for column in (0, 1):
                        lines = (int(row[column]) for row in rows if row[column] != "-")
                        one.changed[column] += sum(lines)
                    one.changed[2] += len(rows)
            # git stops at the first commit of which objects are missing; the others follow
            waiting = waiting[max(len(parts), 1) :] if ran.returncode else []

    @cached_property
    def releases(self) -> list[tuple[str, str, datetime]]:
        """Release tags without previews: name, commit and time of tagging, in order.

        Where the tag was only made long after its commit, as after a move from elsewhere, the
        commit's time counts.
        """
        told = git(
            self.repository,
            *("for-each-ref", "refs/tags", "--sort=creatordate"),
            "--format=%(refname:strip=2) %(if)%(*objectname)%(then)%(*objectname)"
            "%(else)%(objectname)%(end) %(creatordate:unix)",
        )
        found = []
        for row in told.splitlines():
            name, oid, at = row.rsplit(" ", 2)
            if RELEASE.fullmatch(name) and oid in self.commits and at:
                tagged, made = datetime.fromtimestamp(int(at), UTC), self.commits[oid].committed
                found.append((name, oid, made if tagged - made > LATE_TAG else tagged))
        return sorted(found, key=lambda one: (one[2], version(one[0])))


def version(tag: str) -> tuple[int, ...]:
    """The numbers in the name of a release."""
    return tuple(map(int, re.findall(r"\d+", tag)))


def _named(commit: Commit) -> tuple[int, str]:
    """The request that a commit says it merges, and how; 0 = none."""
    found = MERGE.match(commit.subject)
    if found is not None and len(commit.parents) > 1:
        return int(found[1]), "merge"
    found = SQUASH.fullmatch(commit.subject)
    if found is not None and len(commit.parents) == 1:
        return int(found[2]), "squash"
    return 0, ""


def _commits(repository: Path) -> Iterator[Commit]:
    told = git(
        repository,
        *("log", "--branches", "--tags", "--glob=refs/pull/*/head", f"--format={_FORMAT}"),
    )
    for part in told.split("\x1e")[1:]:
        oid, parents, author, email, authored, committed, subject, body = part.split("\x1f", 7)
        yield Commit(
            oid,
            tuple(parents.split()),
            author,
            email.lower(),
            datetime.fromtimestamp(int(authored), UTC),
            datetime.fromtimestamp(int(committed), UTC),
            subject,
            next(iter(body.strip().splitlines()), ""),
        )
