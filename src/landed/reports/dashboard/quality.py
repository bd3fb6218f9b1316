"""Is it holding: survival and rework, failures and incidents, reviews, and time spent mending."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from landed.compare import Comparison
from landed.reports.dashboard.grouped import USING, agents_of_few, without_few_agents
from landed.reports.dashboard.look import Look, Row
from landed.reports.dashboard.times import months_joined
from landed.reports.delivery import (
    causes_of,
    change_counts_of,
    connected_of,
    deployment_months_of,
    dora_of,
    failures_of,
    incidents_of,
    reviewing_of,
    stage_times_of,
    unconnected_of,
    unreviewed_of,
)
from landed.reports.delivery_model import (
    Causes,
    ChangeCounts,
    ChangeFailures,
    Connected,
    Dora,
    IncidentRate,
    MonthDeployments,
    Reviewing,
    StageTime,
    Unconnected,
    Unreviewed,
)
from landed.reports.lasting import lasting_of
from landed.reports.model import AgeLines, GroupSurvival, ReworkBy
from landed.reports.tallies import ages_of, rework_by_of
from landed.rollups.privacy import POPULATIONS

_MINUTE = 60_000


@dataclass(frozen=True)
class Lasting:
    """How long lines stay on the default branch, and by whom they were reworked."""

    survival: list[GroupSurvival]
    rework: Comparison | None
    rework_days: int
    rework_by: list[ReworkBy]
    ages: list[AgeLines]


@dataclass(frozen=True)
class Delivered:
    """How changes fare: DORA, stages, failures, reviews."""

    connected: list[Connected]
    missing: list[Unconnected]
    changes: list[ChangeCounts]
    dora: Dora
    stages: list[StageTime]
    failures: ChangeFailures
    reviewing: Reviewing | None
    unreviewed: list[Unreviewed]
    incidents: list[IncidentRate]
    causes: list[Causes]
    months: list[MonthDeployments]


@dataclass(frozen=True)
class Mending:
    """Minutes with agents, and how much of agents' work mended what agents had generated."""

    people: int
    attended_minutes: float
    unattended_minutes: float
    turns: int
    fixing_turns: int
    fixing_share: float | None


@dataclass(frozen=True)
class QualityPage:
    """What the page says; a part is null where it may not be shown, and `hidden` says why.

    `hidden` has a reason by population: commits (lasting), changes (delivered), sessions (mending).
    `ignored` names by part what the filter restricts and the part does not know.
    """

    since: date
    until: date
    lasting: Lasting | None
    delivered: Delivered | None
    mending: Mending | None
    hidden: dict[str, str]
    ignored: dict[str, tuple[str, ...]]


def quality_of(look: Look) -> QualityPage:
    """What the page says."""
    hidden: dict[str, str] = {}
    for population in POPULATIONS:
        decision = look.decision(population)
        if not decision.shown:
            hidden[population] = decision.why or ""
    if look.asked.agent and "commits" not in hidden:
        # lines know their agent, the people who committed them do not
        hidden |= {"commits": hidden[USING]} if USING in hidden else {}
    return QualityPage(
        since=look.since,
        until=look.until,
        lasting=None if "commits" in hidden else _lasting(look),
        delivered=None if "changes" in hidden else _delivered(look),
        mending=None if "sessions" in hidden else _mending(look),
        hidden=hidden,
        ignored={
            "lasting": look.rollups.ignored("survival"),
            "changes": look.rollups.ignored("change_lead_time"),
            "deployments": look.rollups.ignored("change_fail_rate"),
            "incidents": look.rollups.ignored("incident_rate"),
            "unreviewed": look.rollups.ignored("unreviewed_lines"),
            "mending": look.rollups.ignored_of(("person_day",)),
        },
    )


def _lasting(look: Look) -> Lasting:
    days = look.settings.rework_window_days
    survival, rework = look.estimated("survival", lambda: lasting_of(look, days))
    few = agents_of_few(look)
    reworked = without_few_agents(look, look.rows("rework_by"), ("agent", "by_agent"))
    return Lasting(
        [one for one in survival if one.group.agent not in few],
        rework,
        days,
        rework_by_of(reworked),
        ages_of(without_few_agents(look, look.rows("alive_by_age"))),
    )


def _delivered(look: Look) -> Delivered | None:
    scopes = look.series("repository_scope", ("repository_scope",))
    connected = connected_of(scopes, look.names)
    if not any(
        row["has_forge"] or row["has_deployments"] or row["has_incidents"] for row in scopes
    ):
        return None
    found = look.estimated("delivered", lambda: _estimated(look, connected))
    # the others are kept for everybody; whose months are joined is decided for each viewer anew
    months = months_joined(look, "changes", look.rows("deployments_by_month"))
    return replace(found, months=deployment_months_of(months))


def _estimated(look: Look, connected: list[Connected]) -> Delivered:
    leads = look.rows("change_lead_time")
    (scope,) = look.series("delivery_scope", ("delivery_scope",))
    return Delivered(
        connected=connected,
        missing=unconnected_of(connected),
        changes=change_counts_of(look.rows("merge_rate")),
        dora=dora_of(look.rows, leads),
        stages=stage_times_of(leads),
        failures=failures_of(look.rows("change_failure")),
        reviewing=reviewing_of(look.rows("review_load"), scope),
        unreviewed=unreviewed_of(look.rows("unreviewed_lines")),
        incidents=incidents_of(look.rows("incident_rate")),
        causes=causes_of(look.rows("incident_causes")),
        months=[],
    )


def _mending(look: Look) -> Mending | None:
    (worked,) = look.series("time_worked", ("person_day",))
    if not worked["people"]:
        return None
    (fixed,) = look.series("time_fixing", ("fixing_day",))
    return Mending(
        people=worked["people"],
        attended_minutes=worked["attended_ms"] / _MINUTE,
        unattended_minutes=worked["unattended_ms"] / _MINUTE,
        turns=fixed["turns"],
        fixing_turns=fixed["fixing_turns"],
        fixing_share=_share(fixed),
    )


def _share(row: Row) -> float | None:
    return row["fixing_ms"] / row["worked_ms"] if row["worked_ms"] else None
