"""The script of the organisation: who requests what, when it is merged, what goes wrong.

Each repository takes its requests through the same cycle of twenty kinds, one every 91 hours.
Requests of a person with logs ("logged") were written by an agent on that person's machine;
those "by trailer" by an agent on a machine whose logs nobody has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NAMES = ("api", "web", "jobs")
SIZES = {"api": 67, "web": 67, "jobs": 66}
BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
END = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
PACE = timedelta(hours=91)
HOUR = timedelta(hours=1)

ANA = ("Ana", "ana@acme.example")
BEN = ("Ben", "ben@acme.example")
CARA = ("Cara", "cara@acme.example")
BOT = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
LOGINS = {ANA: "ana", BEN: "ben", CARA: "cara", BOT: "dependabot"}


@dataclass(frozen=True)
class Kind:
    """One kind of request.

    `by` is logged, trailer, hand or bot; `method` is merge, squash, rebase, fast-forward, closed,
    stacked (into the branch of the request before it) or open. `lines` are those that it adds by
    agent, or by hand where no agent is at work; `dropped` of them go before the merge. `undoes` is
    revert, fix or replace: what it does to the request so many places `back`.
    """

    by: str
    method: str
    lines: int
    commits: int = 1
    dropped: int = 0
    undoes: str | None = None
    back: int = 0
    refused: int = 0
    unused: int = 0


CYCLE = (
    Kind("logged", "merge", 12),
    Kind("logged", "squash", 30, commits=2),
    Kind("logged", "rebase", 20, commits=2),
    Kind("hand", "merge", 14),
    Kind("hand", "squash", 25, commits=2),
    Kind("trailer", "squash", 18),
    Kind("logged", "squash", 14, commits=2, dropped=6),
    Kind("logged", "closed", 10),
    Kind("hand", "merge", 9, undoes="replace", back=8),
    Kind("logged", "squash", 12),
    Kind("hand", "merge", 0, undoes="revert", back=1),
    Kind("logged", "merge", 15, commits=2),
    Kind("hand", "squash", 2, undoes="fix", back=1),
    Kind("bot", "squash", 1),
    Kind("logged", "fast-forward", 10),
    Kind("logged", "merge", 8),
    Kind("logged", "stacked", 7),
    Kind("logged", "open", 6),
    Kind("hand", "rebase", 17, commits=2),
    Kind("logged", "squash", 5, refused=3, unused=4),
)
"""The twentieth request is followed by the first kind again."""

OPEN_FROM = END - timedelta(days=60)
"""Requests of the kind `open` that were opened before this day were closed a week later."""


@dataclass(frozen=True)
class Request:
    """A request as it was made; times in order."""

    repository: str
    number: int
    kind: Kind
    method: str
    author: tuple[str, str]
    opened: datetime
    closed: datetime | None

    @property
    def branch(self) -> str:
        """The branch that it brings."""
        return f"topic/{self.number}"

    @property
    def path(self) -> str:
        """The file that it adds."""
        return f"src/part_{self.number:03}.py"

    @property
    def merged(self) -> datetime | None:
        """When it was merged, on whatever branch."""
        return None if self.method in ("closed", "open") else self.closed

    @property
    def written(self) -> datetime:
        """The date of its first commit: an hour before it was opened."""
        return self.opened - HOUR

    @property
    def agent(self) -> bool:
        """An agent wrote most of it."""
        return self.kind.by in ("logged", "trailer")

    @property
    def reviewed(self) -> datetime | None:
        """First review by another person: every fifth request has none, and bots' have none."""
        if self.number % 5 == 0 or self.kind.by == "bot":
            return None
        return self.opened + (4 if self.agent else 2) * HOUR

    @property
    def approved(self) -> datetime | None:
        """An hour after the first review."""
        return None if self.reviewed is None else self.reviewed + HOUR

    @property
    def green(self) -> bool:
        """Its checks succeeded; every seventh was merged or closed all the same."""
        return self.number % 7 != 0

    @property
    def title(self) -> str:
        """What the request is called."""
        told = {"revert": "Revert part", "fix": "Fix part", "replace": "Rework part"}
        return f"{told.get(self.kind.undoes or '', 'Add part')} {self.number - self.kind.back}"


def requests_of(repository: str) -> list[Request]:
    """All requests of one repository, by number from 1."""
    found = []
    for number in range(1, SIZES[repository] + 1):
        kind = CYCLE[(number - 1) % len(CYCLE)]
        opened = BEGINNING + number * PACE + NAMES.index(repository) * 2 * HOUR
        author = {"logged": ANA, "trailer": CARA, "hand": BEN, "bot": BOT}[kind.by]
        method, closed = kind.method, opened + (8 if kind.by in ("logged", "trailer") else 5) * HOUR
        if kind.method == "stacked":
            # opened while the request before it is open, and merged into its branch first
            opened = found[-1].opened + HOUR
            closed = found[-1].opened + 4 * HOUR
        if kind.method == "open":
            method = "open" if opened >= OPEN_FROM else "closed"
            closed = opened + timedelta(days=7)
        found.append(
            Request(
                repository,
                number,
                kind,
                method,
                author,
                opened,
                None if method == "open" else closed,
            )
        )
    return found


@dataclass(frozen=True)
class Attempt:
    """A deployment as it was made: `of` says what it put into production."""

    repository: str
    number: int
    at: datetime
    state: str
    of: str
    environment: str = "production"


FRIDAYS = timedelta(days=7)
FIRST_FRIDAY = datetime(2026, 3, 13, 18, 0, tzinfo=UTC)
FAILING = (4, 14, 24)
"""Weeks whose first attempt fails; the second one, an hour later, succeeds."""
ROLLED_BACK = {"api": 12, "web": 20}
"""The week whose deployment is taken back two hours later, until the next Friday."""
HOTFIX = ("jobs", 13)
"""The request whose commit is picked onto the released version and deployed six hours after."""


def attempts_of(repository: str) -> list[Attempt]:
    """All deployments of one repository in order of time; `of` is tip, previous or hotfix."""
    found: list[Attempt] = []
    requests = requests_of(repository)

    def add(at: datetime, state: str, of: str, environment: str = "production") -> None:
        found.append(Attempt(repository, len(found) + 1, at, state, of, environment))

    week, friday = 1, FIRST_FRIDAY
    picked = requests[HOTFIX[1] - 1].closed if repository == HOTFIX[0] else None
    while friday < END:
        if picked is not None and picked + 6 * HOUR < friday:
            add(picked + 6 * HOUR, "success", "hotfix")
            picked = None
        add(friday - 4 * HOUR, "success", "tip", "staging")
        if week in FAILING:
            add(friday - HOUR, "failure", "tip")
        add(friday, "success", "tip")
        if ROLLED_BACK.get(repository) == week:
            add(friday + 2 * HOUR, "success", "previous")
        week, friday = week + 1, friday + FRIDAYS
    return found


@dataclass(frozen=True)
class Trouble:
    """An incident or a bug, and how it says what caused it.

    `rule` is link (names the request), root-cause (names the commit), deployment (names the
    deployment), fix (closed by the request that fixes it) or time (says nothing). `about` is the
    request that caused it, or that repaired it; of `deployment` the week.
    """

    repository: str
    number: int
    kind: str
    rule: str
    about: int
    started: datetime
    resolved: datetime


def troubles() -> list[Trouble]:
    """The five incidents, and a bug for each fix in the first repository."""
    api, web, jobs = (requests_of(name) for name in NAMES)

    def after(friday_of: datetime, hours: int) -> datetime:
        weeks = -((FIRST_FRIDAY - friday_of) // FRIDAYS)
        friday = FIRST_FRIDAY + weeks * FRIDAYS
        return friday + hours * HOUR

    def incident(
        repository: str, number: int, rule: str, about: int, started: datetime, hours: int
    ) -> Trouble:
        return Trouble(repository, number, "incident", rule, about, started, started + hours * HOUR)

    found = [
        incident("api", 901, "root-cause", 22, after(_time(api[21].merged), 10), 4),
        incident("api", 902, "deployment", 12, FIRST_FRIDAY + 11 * FRIDAYS + HOUR, 1),
        incident("web", 903, "link", 24, after(_time(web[23].merged), 20), 3),
        incident("web", 904, "time", 0, FIRST_FRIDAY + 30 * FRIDAYS + 5 * HOUR, 6),
        incident("jobs", 905, "fix", 33, _time(jobs[32].opened) - 3 * HOUR, 9),
    ]
    bugs = [request for request in api if request.kind.undoes == "fix"]
    for place, request in enumerate(bugs):
        found.append(
            Trouble(
                "api",
                910 + place,
                "bug",
                "fix",
                request.number,
                request.opened - 2 * HOUR,
                _time(request.merged),
            )
        )
    return found


def _time(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment
