"""The repositories of the organisation, as a forge would hold them: main, branches, requests."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.organisation.plan import (
    BEGINNING,
    BEN,
    CARA,
    HOTFIX,
    HOUR,
    Attempt,
    Request,
    attempts_of,
    requests_of,
)

GITHUB = ("GitHub", "noreply@github.com")
WORDS = (Path(__file__).parent / "words.txt").read_text("utf-8").split()

Tree = dict[str, tuple[str, ...]]


@dataclass(eq=False)
class Commit:
    """A commit to be written; `sha` is known once it is."""

    mark: int
    parents: tuple[Commit, ...]
    tree: Tree
    author: tuple[str, str]
    authored: datetime
    committer: tuple[str, str]
    committed: datetime
    message: str
    sha: str = ""


@dataclass
class Landed:
    """What became of a request in git.

    `commits` are those of its branch in order, `head` its last version, `merge` the commit that
    the forge names as its merge commit, `steps` the commits of the main line that it made.
    """

    request: Request
    base: Commit
    commits: list[Commit] = field(default_factory=list)
    head: Commit | None = None
    merge: Commit | None = None
    steps: list[Commit] = field(default_factory=list)

    @property
    def tip(self) -> Commit:
        """The last version of its branch."""
        assert self.head is not None
        return self.head


class Writing:
    """The lines of one repository: no two have words in common that matter."""

    def __init__(self, repository: str) -> None:
        self._repository = repository
        self._random = Random(f"lines of {repository}")
        self._count = 0

    def lines(self, number: int) -> tuple[str, ...]:
        """So many new lines."""
        return tuple(self._line() for _ in range(number))

    def _line(self) -> str:
        self._count += 1
        one, two, three, four = self._random.sample(WORDS, 4)
        return f"{one}_{two} = {three}({self._count * 7919 % 100_003}, '{four} {self._repository}')"


@dataclass
class Repository:
    """One repository, and everything that happened in it.

    `generated` are, by request, what agents with logs wrote: `edits` in order.
    """

    name: str
    requests: dict[int, Landed] = field(default_factory=dict)
    steps: list[Commit] = field(default_factory=list)
    deployed: dict[int, Commit] = field(default_factory=dict)
    edits: dict[int, list[Edit]] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)

    @property
    def main(self) -> Commit:
        """The tip of the main line."""
        return self.steps[-1]


@dataclass(frozen=True)
class Edit:
    """An edit by an agent with logs: what was there and what it wrote; when, and whether it was
    refused or never committed."""

    at: datetime
    path: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    refused: bool = False
    unused: bool = False


class Historian:
    """Lets one repository happen, request by request."""

    def __init__(self, name: str) -> None:
        self.repository = Repository(name)
        self._write = Writing(name)
        self._deployed: Commit | None = None

    def tell(self) -> Repository:
        """Everything, in order of time."""
        repository = self.repository
        first = self._commit(
            (), {"README.md": (f"The {repository.name} service.",)}, BEN, BEGINNING, "Begin"
        )
        repository.steps.append(first)
        attempts = attempts_of(repository.name)
        requests = requests_of(repository.name)
        for place, request in enumerate(requests):
            if request.method == "stacked":
                continue
            attempts = self._deploy(attempts, request.opened)
            following = requests[place + 1] if place + 1 < len(requests) else None
            stacked = following if following and following.method == "stacked" else None
            self._take(request, stacked)
        self._deploy(attempts, None)
        return repository

    def _take(self, request: Request, stacked: Request | None) -> None:
        landed = self._branch(request, self.repository.main)
        if stacked is not None:
            upper = self._branch(stacked, landed.tip)
            assert stacked.merged is not None
            upper.merge = self._commit(
                (landed.tip, upper.tip),
                upper.tip.tree,
                GITHUB,
                stacked.merged,
                f"Merge pull request #{stacked.number} from acme/{stacked.branch}",
            )
            landed.commits += [*upper.commits, upper.merge]
            landed.head = upper.merge
        if request.number % 4 == 2 and request.method != "fast-forward":
            self._direct(request)
        if request.merged is not None:
            self._merge(landed, request.merged)

    def _direct(self, request: Request) -> None:
        """Somebody commits to the main line itself while the request is open."""
        at = request.opened + timedelta(minutes=30)
        tree = {**self.repository.main.tree, f"notes/{request.number:03}.md": self._write.lines(1)}
        self.repository.steps.append(
            self._commit((self.repository.main,), tree, BEN, at, f"Note {request.number}")
        )

    def _branch(self, request: Request, base: Commit) -> Landed:
        landed = Landed(request, base, head=base)
        self.repository.requests[request.number] = landed
        for files, author, at, message in self._contents(request, base):
            tree = {**landed.tip.tree, **files}
            tree = {path: lines for path, lines in tree.items() if lines}
            landed.head = self._commit((landed.tip,), tree, author, at, message)
            landed.commits.append(landed.head)
        return landed

    def _contents(
        self, request: Request, base: Commit
    ) -> list[tuple[Tree, tuple[str, str], datetime, str]]:
        """The commits of a request's branch: files, author, date and message of each."""
        kind, title = request.kind, request.title
        if kind.undoes is not None:
            return [self._undoing(request, base)]
        lines = self._write.lines(kind.lines)
        halves = [lines]
        if kind.commits == 2:
            halves = (
                [lines, lines[: -kind.dropped]]
                if kind.dropped
                else [lines[: len(lines) // 2], lines]
            )
        found = []
        if kind.by == "logged":
            self._note_edits(request, lines, halves)
        for place, held in enumerate(halves):
            files: Tree = {request.path: held}
            if place == 0 and kind.by == "logged":
                files[f"tests/test_{request.number:03}.py"] = self._write.lines(2)
            message = title if place == 0 else f"{title}, continued"
            if kind.by == "trailer":
                message += "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
            at = request.written + place * timedelta(minutes=20)
            found.append((files, request.author, at, message))
        return found

    def _undoing(
        self, request: Request, base: Commit
    ) -> tuple[Tree, tuple[str, str], datetime, str]:
        target = self.repository.requests[request.number - request.kind.back]
        path, held = target.request.path, base.tree[target.request.path]
        message = request.title
        if request.kind.undoes == "revert":
            assert target.merge is not None
            message = (
                f'Revert "{target.request.title}"\n\nThis reverts commit @{target.merge.mark}@.'
            )
            files: Tree = {path: (), f"tests/test_{target.request.number:03}.py": ()}
        elif request.kind.undoes == "fix":
            files = {path: (*self._write.lines(2), *held[3:])}
        else:
            files = {path: (*self._write.lines(4), *held[4:]), request.path: self._write.lines(5)}
        return files, request.author, request.written, message

    def _note_edits(
        self, request: Request, lines: tuple[str, ...], halves: list[tuple[str, ...]]
    ) -> None:
        """What the agent's log tells: each half by a turn of its own, ten minutes before."""
        noted = self.repository.edits.setdefault(request.number, [])
        written = [lines] if request.kind.dropped else halves
        before: tuple[str, ...] = ()
        for place, held in enumerate(written):
            at = request.written + place * timedelta(minutes=20) - timedelta(minutes=10)
            noted.append(Edit(at, request.path, before, held))
            before = held
        at = request.written - timedelta(minutes=9)
        if request.kind.refused:
            noted.append(
                Edit(at, "src/never.py", (), self._write.lines(request.kind.refused), refused=True)
            )
        if request.kind.unused:
            path = f"scratch_{request.number:03}.py"
            noted.append(Edit(at, path, (), self._write.lines(request.kind.unused), unused=True))

    def _merge(self, landed: Landed, at: datetime) -> None:
        request, main = landed.request, self.repository.main
        changed = {
            path: landed.tip.tree.get(path, ())
            for path in {*landed.base.tree, *landed.tip.tree}
            if landed.tip.tree.get(path) != landed.base.tree.get(path)
        }
        tree = {path: lines for path, lines in {**main.tree, **changed}.items() if lines}
        if request.method == "merge":
            message = f"Merge pull request #{request.number} from acme/{request.branch}"
            step = self._commit((main, landed.tip), tree, request.author, at, message, GITHUB)
            landed.steps = [step]
        elif request.method == "squash":
            message = f"{landed.commits[0].message.splitlines()[0]} (#{request.number})"
            if request.kind.by == "trailer":
                message += "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
            step = self._commit((main,), tree, request.author, at, message, GITHUB)
            landed.steps = [step]
        elif request.method == "rebase":
            landed.steps = self._rebased(landed, main, at)
        else:
            landed.steps = list(landed.commits)
        landed.merge = landed.steps[-1]
        self.repository.steps += landed.steps

    def _rebased(self, landed: Landed, main: Commit, at: datetime) -> list[Commit]:
        steps: list[Commit] = []
        former, onto = landed.base, main
        for commit in landed.commits:
            changed = {
                path: lines for path, lines in commit.tree.items() if former.tree.get(path) != lines
            }
            onto = self._commit(
                (onto,),
                {**onto.tree, **changed},
                commit.author,
                commit.authored,
                commit.message,
                GITHUB,
                at,
            )
            steps.append(onto)
            former = commit
        return steps

    def _deploy(self, attempts: list[Attempt], until: datetime | None) -> list[Attempt]:
        """Make the deployments that come before `until`; return the rest."""
        due = [attempt for attempt in attempts if until is None or attempt.at < until]
        for attempt in due:
            commit = self.repository.main
            if attempt.of == "previous":
                before = [
                    other
                    for other in attempts_of(self.repository.name)
                    if other.environment == "production"
                    and other.state == "success"
                    and other.at < attempt.at
                ]
                commit = self.repository.deployed[before[-2].number]
            elif attempt.of == "hotfix":
                assert self._deployed is not None
                commit = self._hotfix(self._deployed, attempt.at)
            self.repository.deployed[attempt.number] = commit
            if attempt.environment == "production" and attempt.state == "success":
                self._deployed = commit
        return attempts[len(due) :]

    def _hotfix(self, released: Commit, at: datetime) -> Commit:
        """The fix, picked onto what is in production."""
        fix = self.repository.requests[HOTFIX[1]]
        step = fix.steps[-1]
        path = self.repository.requests[HOTFIX[1] - 1].request.path
        tree = {**released.tree, path: step.tree[path]}
        message = f"{fix.request.title}\n\n(cherry picked from commit @{step.mark}@)"
        return self._commit((released,), tree, BEN, step.authored, message, BEN, at - HOUR)

    def _commit(
        self,
        parents: tuple[Commit, ...],
        tree: Tree,
        author: tuple[str, str],
        authored: datetime,
        message: str,
        committer: tuple[str, str] | None = None,
        committed: datetime | None = None,
    ) -> Commit:
        commit = Commit(
            len(self.repository.commits) + 1,
            parents,
            tree,
            author if author != GITHUB else CARA,
            authored,
            committer or author,
            committed or authored,
            message,
        )
        self.repository.commits.append(commit)
        return commit


def write(repository: Repository, path: Path) -> None:
    """Write a repository as the forge's bare one: main, open branches, the head of each request."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(path)], check=True)
    command = ["git", "-C", str(path), "fast-import", "--quiet", "--done"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        assert importer.stdout is not None
        for commit in repository.commits:
            commit.message = _naming(commit.message, repository.commits)
            importer.stdin.write(_stream(commit) + f"get-mark :{commit.mark}\n".encode())
            importer.stdin.flush()
            commit.sha = importer.stdout.readline().decode().strip()
        for name, commit in _refs(repository).items():
            importer.stdin.write(f"reset {name}\nfrom :{commit.mark}\n\n".encode())
        importer.stdin.write(b"reset refs/import/here\nfrom " + b"0" * 40 + b"\n\ndone\n")
    assert importer.returncode == 0


def _refs(repository: Repository) -> dict[str, Commit]:
    """What the forge has: deleted branches live on in the heads of their requests only."""
    refs = {"refs/heads/main": repository.main}
    for landed in repository.requests.values():
        refs[f"refs/pull/{landed.request.number}/head"] = landed.tip
        if landed.request.method == "open":
            refs[f"refs/heads/{landed.request.branch}"] = landed.tip
    for commit in repository.deployed.values():
        if "cherry picked" in commit.message:
            refs["refs/heads/release/1"] = commit
    return refs


def _naming(message: str, commits: list[Commit]) -> str:
    """The message with the ids of the commits that it names by their marks."""
    return re.sub(r"@(\d+)@", lambda found: commits[int(found[1]) - 1].sha, message)


def _stream(commit: Commit) -> bytes:
    """One commit in the language of git fast-import."""
    rows = [b"commit refs/import/here", b"mark :%d" % commit.mark]
    for role, person, moment in (
        ("author", commit.author, commit.authored),
        ("committer", commit.committer, commit.committed),
    ):
        rows.append(f"{role} {person[0]} <{person[1]}> {int(moment.timestamp())} +0000".encode())
    rows.append(_data(commit.message))
    former: Tree = {}
    if commit.parents:
        former = commit.parents[0].tree
        rows.append(b"from :%d" % commit.parents[0].mark)
    else:
        rows.append(b"deleteall")
    rows += [b"merge :%d" % parent.mark for parent in commit.parents[1:]]
    for path, lines in commit.tree.items():
        if former.get(path) != lines:
            text = "".join(f"{line}\n" for line in lines)
            rows += [f"M 100644 inline {path}".encode(), _data(text)]
    rows += [f"D {path}".encode() for path in former if path not in commit.tree]
    return b"\n".join(rows) + b"\n"


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%b" % (len(content), content)
