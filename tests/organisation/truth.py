"""What must be said of the organisation, reckoned from the texts of its lines and its script.

Nothing here looks at the product, at git or at a database: a line is where its text is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from tests.organisation.history import Commit, Edit, Landed, Repository
from tests.organisation.logs import CALL, turns
from tests.organisation.plan import END, Attempt, Request, attempts_of

WINDOW = timedelta(days=21)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """A line that the agent with logs wrote, and what became of it by the end.

    `shipped` are its stays in production; `reason` why it left the main line.
    """

    repository: str
    request: Request
    text: str
    written: datetime
    cost: int
    bucket: str
    reason: str | None
    accepted: bool
    committed: bool
    merged: bool
    shipped: tuple[tuple[datetime, datetime | None], ...]

    @property
    def deployed(self) -> datetime | None:
        """When it first reached production."""
        return self.shipped[0][0] if self.shipped else None

    def live_after(self, days: int) -> bool | None:
        """In production so many days after it first was; None where that day has not come."""
        if self.deployed is None:
            return None
        day = self.deployed + timedelta(days=days)
        return None if day > END else any(_holds(stay, day) for stay in self.shipped)

    def yielded(self) -> bool | None:
        """Deployed within 30 days and there 30 days after; None where it is too young."""
        if self.written + 60 * DAY > END:
            return None
        in_time = self.deployed is not None and self.deployed <= self.written + 30 * DAY
        return in_time and bool(self.live_after(30))


def _holds(stay: tuple[datetime, datetime | None], at: datetime) -> bool:
    return stay[0] <= at and (stay[1] is None or stay[1] > at)


class Truth:
    """Everything about one repository."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.name = repository.name
        self._main = [(_entered(repository, step), _texts(step)) for step in repository.steps]
        self._production = [
            (attempt.at, _texts(repository.deployed[attempt.number]))
            for attempt in self.successes()
        ]

    def successes(self) -> list[Attempt]:
        """The successful deployments to production, in order."""
        return [attempt for attempt in self.attempts() if attempt.state == "success"]

    def attempts(self) -> list[Attempt]:
        """All deployments to production, in order."""
        return [a for a in attempts_of(self.name) if a.environment == "production"]

    def requests(self) -> Iterator[Landed]:
        """All requests, by number."""
        return iter(self.repository.requests.values())

    def lines(self) -> list[Line]:
        """Every line that the agent with logs wrote."""
        found: list[Line] = []
        for number, edits in self.repository.edits.items():
            landed = self.repository.requests[number]
            for turn in turns(edits):
                written = [(edit, text) for edit in turn for text in edit.after[len(edit.before) :]]
                cost, left = divmod(CALL * len(turn), len(written))
                assert left == 0, "the script spreads every turn's dollars without remainder"
                found += [self._line(landed, edit, text, cost) for edit, text in written]
        return found

    def spent(self) -> int:
        """List price of all calls, in micro-dollars."""
        return CALL * sum(len(edits) for edits in self.repository.edits.values())

    def _line(self, landed: Landed, edit: Edit, text: str, cost: int) -> Line:
        stays, shipped = _stays(self._main, text), _stays(self._production, text)
        committed = any(text in _texts(commit) for commit in landed.commits)
        bucket, reason = self._bucket(landed, edit, text, stays, shipped, committed)
        return Line(
            self.name,
            landed.request,
            text,
            edit.at,
            cost,
            bucket,
            reason,
            not edit.refused,
            committed,
            bool(stays or shipped),
            tuple(shipped),
        )

    def _bucket(
        self,
        landed: Landed,
        edit: Edit,
        text: str,
        stays: list[tuple[datetime, datetime | None]],
        shipped: list[tuple[datetime, datetime | None]],
        committed: bool,
    ) -> tuple[str, str | None]:
        if edit.refused:
            return "rejected", "person"
        if shipped and shipped[-1][1] is None:
            return "live", None
        if stays:
            entered, left = stays[-1]
            if left is None:
                return "merged", None
            return ("reworked" if left - entered <= WINDOW else "replaced"), self._reason(text)
        if not committed:
            return "discarded", None
        if landed.request.method == "open":
            return ("unmerged" if text in _texts(landed.tip) else "rewritten_in_review"), None
        if landed.request.method == "closed":
            return "closed", None
        return "rewritten_in_review", None

    def _reason(self, text: str) -> str:
        """What the request did that took the line out."""
        undone = {"revert": "revert", "fix": "fix", "replace": "rewrite"}
        for landed in self.requests():
            before, after = _texts(landed.base), _texts(landed.tip)
            if landed.request.kind.undoes and text in before and text not in after:
                return undone[landed.request.kind.undoes]
        raise AssertionError(f"nothing took {text} out")

    def in_production(self) -> frozenset[str]:
        """The texts in production at the end."""
        return self._production[-1][1]

    def deployed(self, request: Request) -> datetime | None:
        """When a request's landing was first in production."""
        landed = self.repository.requests[request.number]
        steps = {step.mark for step in landed.steps}
        if request.method == "stacked":
            steps = {step.mark for step in self.repository.requests[request.number - 1].steps}
        for attempt in self.successes():
            if steps & _history(self.repository.deployed[attempt.number]):
                return attempt.at
        return None


def buckets(lines: list[Line]) -> Counter[str]:
    """Lines by bucket."""
    return Counter(line.bucket for line in lines)


def dollars(lines: list[Line]) -> Counter[str]:
    """Micro-dollars by bucket."""
    found: Counter[str] = Counter()
    for line in lines:
        found[line.bucket] += line.cost
    return found


def _entered(repository: Repository, step: Commit) -> datetime:
    """When a commit of the main line was there: its request's merge, else its own date."""
    for landed in repository.requests.values():
        if any(step.mark == other.mark for other in landed.steps):
            assert landed.request.merged is not None
            return landed.request.merged
    return step.committed


def _stays(
    trees: list[tuple[datetime, frozenset[str]]], text: str
) -> list[tuple[datetime, datetime | None]]:
    """When a text stood in one tree after the other."""
    found: list[tuple[datetime, datetime | None]] = []
    since: datetime | None = None
    for at, tree in trees:
        if text in tree and since is None:
            since = at
        elif text not in tree and since is not None:
            found.append((since, at))
            since = None
    return [*found, (since, None)] if since is not None else found


@cache
def _texts(commit: Commit) -> frozenset[str]:
    """All lines of a commit's tree."""
    return frozenset(line for lines in commit.tree.values() for line in lines)


def _history(commit: Commit) -> set[int]:
    """The marks of a commit and all that it descends from."""
    found: set[int] = set()
    waiting = [commit]
    while waiting:
        at = waiting.pop()
        if at.mark not in found:
            found.add(at.mark)
            waiting.extend(at.parents)
    return found
