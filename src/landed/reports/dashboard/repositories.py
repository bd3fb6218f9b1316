"""Repositories: what stands in each, how much of it AI wrote, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from landed.reports.dashboard.grouped import without_agents, without_few_agents
from landed.reports.dashboard.look import Look, Row, statement
from landed.reports.model import Authored, Coverage, Notice, Range
from landed.reports.tallies import coverage_of, range_of
from landed.rollups import Filter

CONNECTED = (
    ("has_forge", "changes"),
    ("has_reviews", "reviews"),
    ("has_checks", "checks"),
    ("has_deployments", "deployments"),
    ("has_incidents", "incidents"),
)
"""What can be connected to a repository: its column in repository_scope, and what it is called."""


@dataclass(frozen=True)
class Standing:
    """Lines that stand on the default branch now, whatever time is looked at."""

    alive: int
    ai: Range
    evidence_share: float | None
    authorship: list[Authored]


@dataclass(frozen=True)
class Flow:
    """Lines that landed in the time, and of those watched for the window how many were reworked.

    `ai` are AI's among the landed ones, without and with declared evidence.
    """

    landed: int
    ai: Range
    watched: int
    reworked: int

    @property
    def rework_share(self) -> float | None:
        """Reworked lines, of those that could be watched for so long."""
        return self.reworked / self.watched if self.watched else None


@dataclass(frozen=True)
class Repository:
    """One repository. `standing` and `flow` are null where `hidden` or `flow_hidden` says why.

    `connected` and `missing` are what is, and is not, connected to it. `problems` counts what could
    not be read.
    """

    repository: str
    name: str
    branch: str
    head: str | None
    shallow: bool
    first_commit_at: datetime | None
    last_commit_at: datetime | None
    standing: Standing | None
    flow: Flow | None
    hidden: str | None
    flow_hidden: str | None
    connected: tuple[str, ...]
    missing: tuple[str, ...]
    problems: int


@dataclass(frozen=True)
class RepositoriesPage:
    """All repositories. `whole` are the lines of all of them, null where `hidden` says why.

    `ignored` names what the filter restricts and lines of repositories do not know.
    """

    since: date
    until: date
    repositories: list[Repository]
    whole: Coverage | None
    hidden: str | None
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class Deployed:
    """One deployment to production."""

    environment: str | None
    service: str | None
    at: datetime | None
    succeeded: bool
    kind: str | None
    changes: int | None
    lines: int | None
    failed: bool | None


@dataclass(frozen=True)
class Released:
    """A release tag."""

    tag: str
    at: datetime


@dataclass(frozen=True)
class RepositoryPage:
    """One repository with what could not be read of it, and how it is delivered."""

    since: date
    until: date
    repository: Repository
    notices: list[Notice]
    releases: list[Released]
    release_count: int
    deployments: list[Deployed]
    rework_days: int


def repositories_of(look: Look) -> RepositoriesPage:
    """What the page of all repositories says."""
    whole = code_look(look)
    chosen = look.asked.repository
    found = _repositories(whole)
    if chosen:
        found = [one for one in found if one.repository in chosen]
    decision = whole.asking(whole.asked.between(None, None)).decision("commits")
    return RepositoriesPage(
        since=look.since,
        until=look.until,
        repositories=found,
        whole=coverage_of(without_agents(whole.rows("coverage"))) if decision.shown else None,
        hidden=None if decision.shown else decision.why,
        ignored=tuple(name for name in look.asked.restricted if name != "repository"),
    )


def repository_of(look: Look, repository: str) -> RepositoryPage | None:
    """What the page of one repository says; None where there is no such repository."""
    own = code_look(look, repository)
    found = _repositories(own)
    if not found:
        return None
    one = found[0]
    if one.standing is not None:
        # all who ever worked there stand behind today's lines
        everybody = look.asking(Filter(repository=(repository,)))
        told = without_few_agents(everybody, own.rows("coverage"))
        one = replace(one, standing=_standing(told))
    releases = [] if one.hidden else _asked(own, "repository_releases", repository)
    deployments = []
    if one.hidden is None:
        deployments = own.series("repository_deliveries", ("deployment_fact",), {"own": repository})
    return RepositoryPage(
        since=own.since,
        until=own.until,
        repository=one,
        notices=_notices(own, one),
        releases=[Released(row["tag"], row["released_at"]) for row in releases],
        release_count=releases[0]["releases"] if releases else 0,
        deployments=[_deployed(row) for row in deployments],
        rework_days=look.settings.rework_window_days,
    )


def code_look(look: Look, repository: str | None = None) -> Look:
    """The same look at what stands in repositories: no line knows a team, a model or a feature.

    An agent would leave only its own lines, so that no share could be told. With `repository` it
    is at that one alone, at a time that tells of no few people.
    """
    asked = look.asked.without("team", "agent", "model", "feature")
    if repository is not None:
        asked = look.privacy.window(asked.having("repository", repository), "commits")
    return look.asking(asked)


def may_show(look: Look, repository: str) -> str | None:
    """Why facts of a repository's lines may not be shown; None where they may.

    They are those of today, so all who ever made a commit there stand behind them.
    """
    decision = look.privacy.decision(Filter(repository=(repository,)), "commits")
    return None if decision.shown else decision.why or ""


def _repositories(look: Look) -> list[Repository]:
    told = look.rollups.answer("select * from known_repository", ("known_repository",)).to_pylist()
    scopes = look.series("repository_scope", ("repository_scope",))
    known = {row["repository"]: row for row in scopes}
    coverage = _by_repository(look.rows("coverage"))
    landed = _by_repository(look.rows("lines_landed"))
    rework = _by_repository(look.rows("rework"))
    problems = _problem_counts(look)
    found = []
    for row in told:
        name = row["repository"]
        hidden = may_show(look, name)
        flow_hidden = hidden
        if hidden is None:
            decision = look.privacy.decision(look.asked.having("repository", name), "commits")
            nobody = not landed.get(name)
            flow_hidden = None if decision.shown or nobody else decision.why or ""
        scope = known.get(name, {})
        found.append(
            Repository(
                repository=name,
                name=row["name"],
                branch=row["branch"],
                head=row["head"],
                shallow=bool(row["shallow"]),
                first_commit_at=row["first_commit_at"],
                last_commit_at=row["last_commit_at"] if hidden is None else None,
                standing=_standing(without_agents(coverage.get(name, [])))
                if hidden is None
                else None,
                flow=None
                if flow_hidden is not None
                else _flow(landed.get(name, []), rework.get(name, [])),
                hidden=hidden,
                flow_hidden=flow_hidden,
                connected=tuple(words for column, words in CONNECTED if scope.get(column)),
                missing=tuple(words for column, words in CONNECTED if not scope.get(column)),
                problems=problems.get(name, 0),
            )
        )
    return found


def _by_repository(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["repository"], []).append(row)
    return found


def _problem_counts(look: Look) -> dict[str, int]:
    rows = look.store.query(
        "select repository, cast(sum(count) as bigint) as count from problem group by repository"
    ).to_pylist()
    return {row["repository"]: row["count"] for row in rows}


def _standing(rows: list[Row]) -> Standing:
    found = coverage_of(rows)
    return Standing(found.alive, found.ai, found.evidence_share, found.authorship)


def _flow(landed: list[Row], rework: list[Row]) -> Flow:
    return Flow(
        landed=sum(row["lines"] for row in landed),
        ai=range_of(landed),
        watched=sum(row["watched"] for row in rework),
        reworked=sum(row["reworked"] for row in rework),
    )


def _asked(look: Look, name: str, repository: str) -> list[Row]:
    found: list[Row] = look.store.query(statement(name), {"own": repository}).to_pylist()
    return found


def _notices(look: Look, one: Repository) -> list[Notice]:
    """What could not be read of it."""
    found = []
    if one.shallow:
        found.append(
            Notice(
                one.name,
                "shallow",
                1,
                "the clone is shallow: lines older than its history count for the commits at its "
                "edge",
                "fetch the rest: git fetch --unshallow",
            )
        )
    excluded = _asked_count(look, one.repository)
    if excluded:
        found.append(
            Notice(
                one.name,
                "excluded",
                excluded,
                f"{excluded:,} {'path' if excluded == 1 else 'paths'} at the tip left out: lock, "
                "vendored, generated or minified files",
                "ledger.include in landed.toml brings them back",
            )
        )
    for row in _asked(look, "repository_problems", one.repository):
        # what a problem is about is a fact of the code: the name of a file, a commit
        what = f"{row['source']}: {row['kind']}"
        if one.hidden is None:
            more = row["subjects"] - 1
            where = f"{row['subject']}, and {more:,} more like it" if more else row["subject"]
            what = f"{str(row['detail']).rstrip('.')} ({where})"
        found.append(
            Notice(
                one.name,
                f"{row['source']}:{row['kind']}",
                row["count"],
                what,
                None,
            )
        )
    return found


def _asked_count(look: Look, repository: str) -> int:
    rows = look.store.query(
        "select count(*) as paths from excluded_path where repository = ?", [repository]
    )
    return int(rows["paths"][0].as_py())


def _deployed(row: Row) -> Deployed:
    second = row["second"] if row["second"] is not None else row["created_second"]
    return Deployed(
        row["environment"],
        row["service"],
        None if second is None else datetime.fromtimestamp(second, UTC),
        row["succeeded"],
        row["kind"],
        row["changes"],
        row["lines"],
        row["failed"],
    )
