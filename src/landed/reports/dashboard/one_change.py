"""One pull or merge request: its way, its lines and what became of them, its commits and checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from landed.journey.columns import NEVER, limit_of
from landed.metrics.registry import statements
from landed.reports.dashboard.changes import moment_of
from landed.reports.dashboard.look import Look, Row, statement
from landed.reports.journeys_model import Money

_FACTS = (
    "project",
    "number",
    "title",
    "state",
    "draft",
    "automation",
    "additions",
    "deletions",
    "files",
    "lines",
    "ai_low",
    "ai_high",
    "rounds",
    "reviews",
    "reviewers",
    "senior_reviewers",
    "approvals",
    "reviewed",
    "line_comments",
    "discussion_comments",
    "green",
    "check_seconds",
    "design",
    "hotfix",
    "revert",
    "reverted",
    "failed",
    "incidents",
    "live_lines",
    "reworked_lines",
)


@dataclass(frozen=True)
class Step:
    """Something that happened to the change; `after` is seconds since the step before it."""

    what: str
    at: datetime
    after: int | None


@dataclass(frozen=True)
class LinesBy:
    """Lines that came with the change, by who wrote them; the last three add up to `lines`."""

    who: str
    agent: str | None
    grade: str
    lines: int
    standing: int
    reworked: int
    replaced: int


@dataclass(frozen=True)
class CommitOf:
    """A commit of the change; `subject` is null where it is no longer in the repository."""

    commit: str
    authored_at: datetime | None
    subject: str | None
    lines_added: int | None
    lines_removed: int | None
    who: str | None
    agent: str | None
    grade: str | None


@dataclass(frozen=True)
class Signal:
    """What the change itself says of an agent: by which rule, and where it stands."""

    rule: str
    place: str
    who: str
    agent: str | None
    grade: str


@dataclass(frozen=True)
class Check:
    """A check: its last state, how often it ran, and its seconds in all."""

    name: str
    state: str
    runs: int
    seconds: int | None


@dataclass(frozen=True)
class Said:
    """What somebody else said: people are numbered in the order in which they spoke."""

    reviewer: int
    what: str
    state: str | None
    at: datetime
    in_time: bool


@dataclass(frozen=True)
class Brought:
    """A deployment that brought the change to production first; `failed_by` is null if it held."""

    environment: str
    service: str | None
    kind: str
    at: datetime
    failed_by: str | None


@dataclass(frozen=True)
class Traced:
    """An incident or bug traced to the deployment that brought the change, and by which rule."""

    kind: str
    title: str
    severity: str | None
    rule: str
    started_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True)
class OwnWork:
    """What the sessions of a change took, for its author alone."""

    cost: Money
    sessions: int
    turns: int
    generated_lines: int


@dataclass(frozen=True)
class OneChange:
    """Everything the page of a change says; facts that are not known are null.

    `facts` has the columns of change_fact that tell of code, reviews, checks and fate, and nobody's
    name. `author` is for the access log, never for the page. `own` is null for everybody but the
    author.
    """

    repository: str
    project_name: str
    facts: dict[str, Any]
    author: str | None
    steps: list[Step]
    lines: list[LinesBy]
    commits: list[CommitOf]
    signals: list[Signal]
    checks: list[Check]
    said: list[Said]
    brought: list[Brought]
    traced: list[Traced]
    own: OwnWork | None


def one_change_of(look: Look, project: str, number: int) -> OneChange | None:
    """What is known of one change, whatever the filter; null where there is no such change."""
    asked: dict[str, Any] = {"project": project, "number": number}
    rows = look.store.query(statement("change"), asked).to_pylist()
    if not rows:
        return None
    row = rows[0]
    own_repository = {"repository": row["repository"]}
    deployed = _deployed(look, row)
    traced = [_traced(one) for one in deployed if one["incident_kind"] is not None]
    return OneChange(
        repository=row["name"],
        project_name=row["project_name"] or project,
        facts={name: row[name] for name in _FACTS},
        author=row["author"],
        steps=_steps(row, traced),
        lines=[LinesBy(**one) for one in _rows(look, "change_lines", asked)],
        commits=[CommitOf(**one) for one in _rows(look, "change_commits", asked | own_repository)],
        signals=[
            Signal(one["rule"], one["place"], one["who"], one["agent"], one["grade"])
            for one in _rows(look, "change_signals", asked)
        ],
        checks=[Check(**one) for one in _checks(look, row, asked)],
        said=_said(look, row, asked),
        brought=_brought(deployed),
        traced=traced,
        own=_own(look, row),
    )


def _rows(look: Look, name: str, parameters: dict[str, Any]) -> list[Row]:
    found: list[Row] = look.store.query(statement(name), parameters).to_pylist()
    return found


def _steps(row: Row, traced: Sequence[Traced]) -> list[Step]:
    """What happened, in order of time."""
    opened, first = row["opened_second"], row["first_commit_second"]
    # commits that came to the branch later say nothing of when work began
    times = [
        ("first commit", moment_of(first if first is not None and first < opened else None)),
        ("opened", moment_of(row["opened_second"])),
        ("first review", moment_of(row["first_review_second"])),
        ("approved", moment_of(row["approved_second"])),
        ("merged", moment_of(row["merged_second"])),
        ("in production", moment_of(row["deployed_second"])),
    ]
    if row["state"] == "closed":
        times.append(("closed", moment_of(row["closed_second"])))
    times += [(f"{one.kind} began", one.started_at) for one in traced]
    known = sorted(((what, at) for what, at in times if at is not None), key=lambda one: one[1])
    found: list[Step] = []
    for what, at in known:
        after = int((at - found[-1].at).total_seconds()) if found else None
        found.append(Step(what, at, after))
    return found


def _deployed(look: Look, row: Row) -> list[Row]:
    if row["deployed_second"] is None:
        return []
    asked = {"repository": row["repository"], "second": row["deployed_second"]}
    return _rows(look, "change_deployments", asked)


def _brought(rows: Sequence[Row]) -> list[Brought]:
    found: dict[Brought, None] = {}
    for row in rows:
        at = moment_of(row["second"])
        assert at is not None
        one = Brought(row["environment"], row["service"], row["kind"], at, row["failed_by"])
        found[one] = None
    return list(found)


def _traced(row: Row) -> Traced:
    started = moment_of(row["started_second"])
    assert started is not None
    return Traced(
        row["incident_kind"],
        row["incident_title"],
        row["severity"],
        row["rule"],
        started,
        moment_of(row["resolved_second"]),
    )


def _checks(look: Look, row: Row, asked: dict[str, Any]) -> list[Row]:
    runs = statements("delivery_facts")["checks"].sql
    sql = f"with runs as ({runs})\n{statement('change_checks')}"
    given = asked | {"repository": row["repository"], "until": limit_of(NEVER)}
    found: list[Row] = look.store.query(sql, given).to_pylist()
    return found


def _said(look: Look, row: Row, asked: dict[str, Any]) -> list[Said]:
    """What others than the author said, programs left out, and nobody named."""
    voices = statements("delivery_facts")["voices"].sql
    given = asked | {
        "repository": row["repository"],
        "until": limit_of(NEVER),
        "bots": [name.lower() for name in look.settings.forges.bots],
    }
    rows = look.store.query(
        f"select * from ({voices}) as voices where project = $project and number = $number"
        " order by said_at, person, what",
        given,
    ).to_pylist()
    numbers: dict[str, int] = {}
    return [
        Said(
            numbers.setdefault(one["person"], len(numbers) + 1),
            one["what"],
            one["state"],
            one["said_at"],
            one["in_time"],
        )
        for one in rows
    ]


def _own(look: Look, row: Row) -> OwnWork | None:
    if (row["author"] or "").lower() not in {person.lower() for person in look.own}:
        return None
    sessions = row["sessions"] or 0
    return OwnWork(
        Money(row["list_microdollars"] if sessions else None, row["cash_microdollars"] or 0),
        sessions,
        row["turns"] or 0,
        row["generated_lines"] or 0,
    )
