"""A GitHub made from the history of a real repository (`real_past.py`).

Numbers, titles, branches, commits and times of merged requests, and releases, are real. A request
that was not merged stands as open where its last commit is younger than 90 days, else as closed a
month after it. Made up, always the same from the commit ids: reviews, comments, checks,
deployments (a day after each release), incidents, and minutes between the first commit and the
opening; and user names where neither the branch nor a private address of GitHub's gives one.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from benchmarks.real_past import Commit, Past, Request, version
from tests.servers import github_model as forge

PRIVATE = re.compile(r"(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com")
STALE = timedelta(days=90)
"""A request without a commit for so long stands as closed."""
REVIEWERS = 6
"""So many people who merge most review."""


class Logins:
    """User names: of private addresses and of owners of branches; made from names otherwise."""

    def __init__(self, past: Past, owner: str) -> None:
        told: dict[str, Counter[str]] = {}
        for request in past.requests:
            if request.owner and request.owner.lower() != owner.lower():
                author = request.commits[-1].email
                told.setdefault(author, Counter())[request.owner] += 1
        self._of_email = {email: each.most_common(1)[0][0] for email, each in told.items()}
        self._of_name: dict[str, str] = {}
        self.names: dict[str, str] = {}
        for commit in past.commits.values():
            login = self._known(commit)
            if login is not None:
                self._of_name.setdefault(commit.author.lower(), login)
                self.names.setdefault(login, commit.author)

    def _known(self, commit: Commit) -> str | None:
        found = PRIVATE.fullmatch(commit.email)
        if commit.author.endswith("[bot]"):
            return commit.author
        return found[1] if found else self._of_email.get(commit.email)

    def known(self, commit: Commit) -> str | None:
        """The user name of a commit's author, where GitHub would know the address."""
        return self._known(commit) or self._of_name.get(commit.author.lower())

    def of(self, commit: Commit) -> str:
        """The same, made from the name where it is not known."""
        made = re.sub(r"[^a-z0-9]+", "-", commit.author.lower()).strip("-") or "somebody"
        return self.known(commit) or made


@dataclass
class MadeUp:
    """A GitHub with the requests of a history, and what is made up beside them.

    Attributes:
        name: OWNER/NAME of the project.
        address: what git fetches it from.
    """

    past: Past
    name: str
    address: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1_000_000))

    def github(self) -> forge.GitHub:
        """All of it, to be served."""
        past = self.past
        logins = Logins(past, self.name.partition("/")[0])
        merging = Counter(
            logins.of(one.landing) for one in past.requests if one.how in ("merge", "hand")
        )
        authors = Counter(logins.of(one.commits[0]) for one in past.requests)
        people = [
            login
            for login, _ in [*merging.most_common(), *authors.most_common()]
            if not login.endswith("[bot]") and login != "github"
        ]
        reviewers = list(dict.fromkeys(people))[:REVIEWERS]
        held = forge.Repository(
            number=4711,
            name=self.name,
            address=self.address,
            default_branch=past.default_branch,
            pull_requests=[self._request(one, logins, reviewers) for one in past.requests],
            releases=[
                forge.Release(
                    next(self.numbers), tag, tag, people[0] if people else "owner", at, at
                )
                for tag, _, at in past.releases
            ],
        )
        held.deployments = list(self._deployments())
        held.issues = list(self._incidents(held))
        held.labels = ["incident"]
        return forge.GitHub(repositories=[held], names=logins.names)

    def _request(self, one: Request, logins: Logins, reviewers: Sequence[str]) -> forge.PullRequest:
        author = logins.of(one.commits[-1])
        inside = one.owner is None or one.owner.lower() == self.name.partition("/")[0].lower()
        if not inside and one.owner is not None:
            author = one.owner
        merged = one.how != "unmerged"
        last = one.landing.committed if merged else one.landing.committed + timedelta(days=30)
        newest = self.past.commits[self.past.main[-1]].committed
        still_open = not merged and newest - one.landing.committed < STALE
        first = min(commit.authored for commit in one.commits)
        opened = first + timedelta(minutes=5 + _chance(one, "opened", 115))
        opened = max(min(opened, last - timedelta(minutes=1)), last - timedelta(days=700))
        commits = [self._commit(each, logins) for each in one.commits]
        self._check(one, commits, opened)
        return forge.PullRequest(
            number=one.number,
            title=one.title,
            author=author,
            head_ref=one.branch,
            base_ref=one.base,
            fork=not inside,
            created_at=opened,
            updated_at=last,
            state="MERGED" if merged else "OPEN" if still_open else "CLOSED",
            merged_at=last if merged else None,
            closed_at=None if still_open else last,
            merged_by=logins.of(one.landing) if merged else None,
            merge_commit=self._commit(one.landing, logins) if merged else None,
            additions=one.changed[0],
            deletions=one.changed[1],
            changed_files=one.changed[2],
            commits=commits,
            reviews=list(self._reviews(one, author, reviewers, (opened, last))),
        )

    @staticmethod
    def _commit(commit: Commit, logins: Logins) -> forge.Commit:
        login = logins.known(commit)
        return forge.Commit(commit.oid, commit.email, commit.authored, login, commit.committed)

    def _check(self, one: Request, commits: list[forge.Commit], opened: datetime) -> None:
        """A check on the last commit that is green mostly, and a red one on one before it."""
        ended = opened + timedelta(minutes=4 + _chance(one, "check", 20))
        outcome = "FAILURE" if _chance(one, "red", 100) < 6 else "SUCCESS"
        commits[-1].checks = [
            forge.Check(next(self.numbers), "tests", outcome, opened, ended),
            forge.Check(
                next(self.numbers), "lint", "SUCCESS", opened, opened + timedelta(minutes=1)
            ),
        ]
        if len(commits) > 1 and _chance(one, "earlier", 3) == 0:
            number = next(self.numbers)
            commits[-2].checks = [forge.Check(number, "tests", "FAILURE", opened, ended)]

    def _reviews(
        self, one: Request, author: str, reviewers: Sequence[str], span: tuple[datetime, datetime]
    ) -> Iterator[forge.Review]:
        """None for one request of five; else comments for one of two, and an approval if merged."""
        others = [login for login in reviewers if login != author]
        if not others or _chance(one, "reviewed", 5) == 0:
            return
        by = others[_chance(one, "by", len(others))]
        opened, whole = span[0], span[1] - span[0]
        head = one.commits[-1].oid
        if _chance(one, "rounds", 2):
            at = opened + whole * 0.4
            comments = [
                forge.Comment(next(self.numbers), by, at, "Made up.")
                for _ in range(1 + _chance(one, "comments", 3))
            ]
            state = "CHANGES_REQUESTED" if _chance(one, "asked", 3) == 0 else "COMMENTED"
            yield forge.Review(next(self.numbers), by, state, at, head, comments)
        if one.how != "unmerged":
            yield forge.Review(next(self.numbers), by, "APPROVED", opened + whole * 0.8, head)

    def _deployments(self) -> Iterator[forge.Deployment]:
        """Every release a day after its tag; one of seven fails before, one of 13 is taken back.

        What is older than the newest version goes to a production of its major version.
        """
        newest: tuple[int, ...] = ()
        before: dict[str, str] = {}
        for place, (tag, oid, tagged) in enumerate(self.past.releases):
            number = version(tag)
            where = "production" if number >= newest else f"production-{number[0]}"
            newest = max(newest, number)
            at = tagged + timedelta(days=1)
            if place % 7 == 3:
                yield self._deployment(where, oid, tag, at - timedelta(hours=1), "FAILURE")
            yield self._deployment(where, oid, tag, at, "SUCCESS")
            if place % 13 == 9 and where in before:
                back, again = at + timedelta(hours=2), at + timedelta(hours=20)
                yield self._deployment(where, before[where], tag, back, "SUCCESS")
                yield self._deployment(where, oid, tag, again, "SUCCESS")
            before[where] = oid

    def _deployment(
        self, where: str, oid: str, tag: str, at: datetime, state: str
    ) -> forge.Deployment:
        started = at - timedelta(minutes=8)
        told = [("IN_PROGRESS", started), (state, at)]
        return forge.Deployment(next(self.numbers), where, oid, started, tag, statuses=told)

    def _incidents(self, held: forge.Repository) -> Iterator[forge.Issue]:
        """After one release of nine; half of them name the request that was merged last before."""
        merged = [
            one
            for one in held.pull_requests
            if one.base_ref == held.default_branch and one.state == "MERGED"
        ]
        for place, (_, _, tagged) in enumerate(self.past.releases):
            earlier = [one for one in merged if one.merged_at and one.merged_at < tagged]
            if place % 9 != 5 or not earlier:
                continue
            at = tagged + timedelta(days=1, hours=3)
            yield forge.Issue(
                number=10_000_000 + place,
                title="Made up trouble",
                created_at=at,
                updated_at=at + timedelta(hours=5),
                closed_at=at + timedelta(hours=5),
                body=f"Caused by #{earlier[-1].number}" if place % 2 else "",
                labels=["incident"],
            )


def _chance(one: Request, what: str, below: int) -> int:
    """A number that looks random and is always the same."""
    digest = hashlib.sha256(f"{one.landing.oid} {one.number} {what}".encode()).digest()
    return int.from_bytes(digest[:4]) % below
