"""What the made-up company's forge tells of a repository, as the forge readers would hand it on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from landed.demo.company import BOT, CONTRACTOR, HOST, ORGANISATION, PEOPLE, Person, Product
from landed.demo.script import Commit, History, Request, Trouble
from landed.records import (
    FORGES,
    Account,
    AccountEmail,
    Change,
    ChangeCommit,
    ChangeLabel,
    ChangeReference,
    CheckRun,
    Deployment,
    ForgeRelease,
    Incident,
    IncidentLink,
    Project,
    Review,
    ReviewComment,
    TeamMember,
)
from landed.sources.forges.contract import ForgeRecord, Page
from landed.sources.forges.keys import project_key

FORGE = "github"
_MINUTE = timedelta(minutes=1)


def people_page() -> Page:
    """Everybody with an account, and who is in which team."""
    records: list[ForgeRecord] = []
    for person in (*PEOPLE, CONTRACTOR, BOT):
        kind = "bot" if person is BOT else "user"
        records.append(Account(FORGES, HOST, person.login, kind, person.name, None))
        records.append(AccountEmail(FORGES, HOST, person.login, person.email))
        if person.team:
            records.append(TeamMember(FORGES, HOST, ORGANISATION, person.team, person.login))
    return Page(records, teams_of={ORGANISATION})


def pages(history: History, number: int, seed: int, end: datetime) -> Iterator[Page]:
    """Everything about one repository, the `number`th project of the forge."""
    told = _Told(history, number, seed, end)
    yield Page([told.project()])
    yield Page(
        [record for request in history.requests for record in told.request(request)],
        whole={request.number for request in history.requests},
    )
    yield Page([record for request in history.requests for record in told.checks(request)])
    yield Page([*told.deployments(), *told.releases()])
    yield Page([record for trouble in history.troubles for record in told.trouble(trouble)])


def key_of(number: int) -> str:
    """The key of the `number`th project."""
    return project_key(FORGE, HOST, number)


class _Told:
    """One repository as the forge tells of it."""

    def __init__(self, history: History, number: int, seed: int, end: datetime) -> None:
        self._history = history
        self._product: Product = history.product
        self._key = key_of(number)
        self._random = Random(f"{seed} forge {history.product.name}")
        self._end = end
        self._place = number

    def project(self) -> Project:
        """The project itself."""
        return Project(
            FORGES,
            self._key,
            FORGE,
            HOST,
            f"{ORGANISATION}/{self._product.name}",
            "main",
            self._product.address,
            private=True,
            archived=False,
            state="present",
            seen_at=self._end,
            belongs_to=None,
            how="unmatched",
        )

    def request(self, request: Request) -> Iterator[ForgeRecord]:
        """A request with its commits, labels, references and reviews."""
        key, number = self._key, request.number
        ended = request.ended
        files = {path for commit in request.commits for path in commit.files}
        yield Change(
            FORGES,
            key,
            number,
            request.title,
            request.outcome,
            draft=False,
            author=request.author.login,
            author_kind="bot" if request.author is BOT else "user",
            head_ref=request.branch,
            head_commit=request.commits[-1].sha,
            fork=False,
            base_ref="main",
            merge_commit=request.landed[-1].sha if request.landed else None,
            opened_at=request.opened,
            merged_at=request.merged,
            closed_at=ended,
            updated_at=max(moment for moment in (request.opened, ended) if moment is not None),
            merged_by=(request.reviewer or request.author).login if request.merged else None,
            additions=request.added,
            deletions=request.removed,
            files=len(files),
            commits=len(request.commits),
        )
        for ordinal, commit in enumerate(request.commits):
            author = commit.author
            yield ChangeCommit(
                FORGES,
                key,
                number,
                commit.sha,
                ordinal,
                author.login,
                author.email,
                commit.authored,
            )
        for label in self._labels(request):
            yield ChangeLabel(FORGES, key, number, label)
        for trouble in self._history.troubles:
            if trouble.mended_by == number:
                yield ChangeReference(FORGES, key, number, "closes", str(trouble.number))
        yield from self._reviews(request)

    def checks(self, request: Request) -> Iterator[ForgeRecord]:
        """Two checks on the last version and on what was merged."""
        head = request.commits[-1]
        yield from self._check(head, head.authored + 2 * _MINUTE, request.green)
        if request.landed:
            merge = request.landed[-1]
            yield from self._check(merge, merge.committed + 2 * _MINUTE, True)

    def deployments(self) -> Iterator[ForgeRecord]:
        """All attempts to bring something to production."""
        for attempt in self._history.deployments:
            ended = attempt.at + attempt.minutes * _MINUTE
            yield Deployment(
                FORGES,
                self._key,
                f"{FORGE}:{self._place * 100_000 + attempt.number}",
                "production",
                production=True,
                service=None,
                commit=attempt.commit.sha,
                ref="main",
                state="success" if attempt.succeeded else "failure",
                created_at=attempt.at,
                finished_at=ended,
                updated_at=ended,
                creator=attempt.creator.login,
                source=FORGE,
            )

    def releases(self) -> Iterator[ForgeRecord]:
        """All releases."""
        for tag, commit in self._history.tags:
            yield ForgeRelease(
                FORGES, self._key, tag, tag, False, commit.committed + 30 * _MINUTE, None
            )

    def trouble(self, trouble: Trouble) -> Iterator[ForgeRecord]:
        """An incident or bug, and what it says of its cause and repair."""
        name = f"{FORGE}:{trouble.number}"
        yield Incident(
            FORGES,
            self._key,
            name,
            trouble.number,
            trouble.kind,
            trouble.title,
            trouble.severity,
            service=None,
            environment="production" if trouble.kind == "incident" else None,
            started_at=trouble.started,
            resolved_at=trouble.resolved,
            updated_at=trouble.resolved or trouble.started,
            source=FORGE,
        )
        if trouble.caused_by is not None:
            target = str(trouble.caused_by)
            yield IncidentLink(FORGES, self._key, name, "caused-by-change", target, "root-cause")
        if trouble.mended_by is not None:
            target = str(trouble.mended_by)
            yield IncidentLink(FORGES, self._key, name, "fixed-by-change", target, "closes")

    def _labels(self, request: Request) -> list[str]:
        return {"fix": ["bug"], "bump": ["dependencies"], "rewrite": ["chore"]}.get(
            request.kind, ["feature"]
        )

    def _reviews(self, request: Request) -> Iterator[ForgeRecord]:
        reviewer, at = request.reviewer, request.reviewed
        until = request.ended or self._end
        if reviewer is None or at is None or at > until:
            return
        name = f"{self._place}-{request.number}"
        for place in range(request.comments):
            moment = min(at + place * _MINUTE, until)
            yield self._comment(request, f"{name}-{place}", reviewer, moment)
        for place in range(request.rounds):
            last = place == request.rounds - 1
            state = "changes-requested"
            if last:
                state = "approved" if request.outcome == "merged" else "commented"
            # the rounds lie between the first review and the end
            moment = at + (until - at) * place / (request.rounds + 1)
            yield Review(
                FORGES,
                self._key,
                f"{name}-{place}",
                request.number,
                reviewer.login,
                "user",
                state,
                moment,
                request.commits[-1].sha if last else request.commits[0].sha,
            )

    def _comment(self, request: Request, name: str, author: Person, at: datetime) -> ReviewComment:
        return ReviewComment(
            FORGES, self._key, name, request.number, author.login, "user", "line", at
        )

    def _check(self, commit: Commit, at: datetime, green: bool) -> Iterator[ForgeRecord]:
        for name, passes in (("tests", green), ("lint", True)):
            ended = at + self._random.randint(3, 16) * _MINUTE
            yield CheckRun(
                FORGES,
                self._key,
                f"check:{commit.sha[:20]}-{name}",
                commit.sha,
                name,
                "check",
                "success" if passes else "failure",
                at,
                ended,
                ended,
            )
