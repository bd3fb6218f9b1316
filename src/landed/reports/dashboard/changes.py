"""Every pull or merge request, a part of the list at a time.

A change is one person's work: nobody's name stands beside it, and what its sessions took is told to
its author alone. Everybody else sees what the repository and its forge show anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from landed.reports.dashboard.look import Look, Row, statement
from landed.reports.journeys_model import Money

State = Literal["open", "merged", "closed", "all"]
STATES: tuple[State, ...] = ("merged", "open", "closed", "all")
Key = Literal["merged", "opened", "lines", "ai", "rounds", "lead", "live"]
_RELATIONS = ("change_fact", "known_repository")
_KEPT = (
    "project",
    "number",
    "title",
    "draft",
    "agent",
    "automation",
    "until_deploy",
    "until_merge",
    "additions",
    "deletions",
    "lines",
    "ai_low",
    "ai_high",
    "rounds",
    "reviews",
    "approvals",
    "reviewed",
    "green",
    "live_lines",
    "reworked_lines",
    "hotfix",
    "revert",
    "reverted",
    "failed",
    "own",
    "sessions",
    "turns",
)


@dataclass(frozen=True)
class Asked:
    """Which part of the list: `text` is looked for in titles and names of repositories, or is a
    number; `key` is what it is sorted by."""

    state: State = "merged"
    text: str = ""
    key: Key = "merged"
    descending: bool = True
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class ChangeListed:
    """One change; what nothing tells of is null.

    `state` is as of the end of the time. `until_deploy` and `until_merge` are seconds from the
    first commit. `lines` are those that landed with it, else those of its branch; `ai_low` of them
    are AI's without evidence that is only declared, `ai_high` with it. `own`: the viewer is its
    author; `cost`, `sessions` and `turns` are null for everybody else.
    """

    repository: str
    project: str
    number: int
    title: str
    state: str
    draft: bool
    agent: str | None
    automation: bool
    opened_at: datetime
    merged_at: datetime | None
    closed_at: datetime | None
    deployed_at: datetime | None
    until_deploy: int | None
    until_merge: int | None
    additions: int | None
    deletions: int | None
    lines: int | None
    ai_low: int | None
    ai_high: int | None
    rounds: int | None
    reviews: int | None
    approvals: int | None
    reviewed: bool | None
    green: bool | None
    live_lines: int | None
    reworked_lines: int | None
    hotfix: bool | None
    revert: bool | None
    reverted: bool | None
    failed: bool | None
    own: bool
    cost: Money | None
    sessions: int | None
    turns: int | None


@dataclass(frozen=True)
class StateCount:
    """Changes of one state, and their lines: without and with declared evidence AI's."""

    state: str
    changes: int
    lines: int
    ai_low: int
    ai_high: int


@dataclass(frozen=True)
class ChangesPage:
    """What the page says; without `changes` where they may not be shown, and `hidden` says why.

    `known`: some forge tells of changes at all. `states` counts what the search finds.
    """

    since: date
    until: date
    asked: Asked
    known: bool
    changes: list[ChangeListed]
    states: list[StateCount]
    hidden: str | None
    ignored: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many changes the list has, all parts together."""
        return sum(one.changes for one in self.states if self.asked.state in ("all", one.state))


def changes_of(look: Look, asked: Asked | None = None) -> ChangesPage:
    """What the page says."""
    wanted = asked or Asked()
    decision = look.decision("changes")
    (known,) = look.store.query("select count(*) > 0 as known from rollup.change_fact").to_pylist()
    return ChangesPage(
        since=look.since,
        until=look.until,
        asked=wanted,
        known=known["known"],
        changes=_listed(look, wanted) if decision.shown else [],
        states=_counted(look, wanted) if decision.shown else [],
        hidden=None if decision.shown else decision.why,
        ignored=look.rollups.ignored_of(_RELATIONS[:1]),
    )


def _listed(look: Look, asked: Asked) -> list[ChangeListed]:
    parameters: dict[str, Any] = {
        "state": asked.state,
        "text": asked.text.strip().lower(),
        "own": sorted(person.lower() for person in look.own),
        "key": asked.key,
        "descending": asked.descending,
        "limit": asked.limit,
        "offset": asked.offset,
    }
    return [listed(row) for row in _answered(look, "changes", parameters)]


def _answered(look: Look, name: str, parameters: dict[str, Any]) -> list[Row]:
    """Rows that are not kept: what is searched for differs each time."""
    found: list[Row] = look.rollups.answer(statement(name), _RELATIONS, parameters).to_pylist()
    return found


def listed(row: Row) -> ChangeListed:
    """A change from a row of the statement changes."""
    kept: dict[str, Any] = {name: row[name] for name in _KEPT}
    return ChangeListed(
        repository=row["name"],
        state=row["standing"],
        opened_at=datetime.fromtimestamp(row["opened_second"], UTC),
        merged_at=moment_of(row["merged_second"]),
        closed_at=moment_of(row["closed_second"]),
        deployed_at=moment_of(row["deployed_second"]),
        cost=Money(row["list_microdollars"], row["cash_microdollars"] or 0) if row["own"] else None,
        **kept,
    )


def _counted(look: Look, asked: Asked) -> list[StateCount]:
    text = {"text": asked.text.strip().lower()}
    rows = _answered(look, "changes_by_state", text)
    return [
        StateCount(row["standing"], row["changes"], row["lines"], row["ai_low"], row["ai_high"])
        for row in rows
    ]


def moment_of(second: int | None) -> datetime | None:
    """A time from its second; null where there is none."""
    return None if second is None else datetime.fromtimestamp(second, UTC)
