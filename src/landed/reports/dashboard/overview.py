"""The first page: how much reached production, what it cost, is it holding, how sure are we."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from landed.compare import Comparison
from landed.reports.dashboard.grouped import name_of, subject_shown, without_agents
from landed.reports.dashboard.lasting import comparison_of
from landed.reports.dashboard.look import Look, Row
from landed.reports.dashboard.times import Cells, Moment, months_joined, spend_series
from landed.reports.delivery import failures_of
from landed.reports.delivery_model import ChangeFailures
from landed.reports.journeys import (
    deployments_of,
    landed_changes_of,
    line_costs_of,
    money_of,
    price_known,
    stages_of,
    waste_of,
    yield_of,
)
from landed.reports.journeys_model import (
    Deployments,
    LandedChanges,
    LineCost,
    Money,
    Stage,
    Waste,
    Yield,
)
from landed.reports.model import Coverage
from landed.reports.tallies import coverage_of, summed


@dataclass(frozen=True)
class Reached:
    """How much of what agents generated got how far."""

    generated: int
    stages: list[Stage]
    yield_30: Yield
    earlier_live_share: float | None


@dataclass(frozen=True)
class Cost:
    """What it cost; `surviving` is the line that is live, else the one on the default branch.

    `spent_change` is how much more a day it is than in the time before, as a share.
    """

    spent: Money
    unpriced_calls: int
    surviving: LineCost | None
    changes: LandedChanges | None
    deployments: Deployments | None
    waste: Waste
    spent_change: float | None
    weeks: list[Moment]


@dataclass(frozen=True)
class MonthLanded:
    """Lines that landed in one month: AI's without and with declared evidence, and all others.

    `month` is such as 2026-01, or 2026-01 … 2026-03 where one alone is of too few people.
    """

    month: str
    ai_low: int
    ai_high: int
    others: int


@dataclass(frozen=True)
class Holding:
    """Whether what landed stays: AI against the rest."""

    rework: Comparison | None
    failures: ChangeFailures | None
    landed: list[MonthLanded]


@dataclass(frozen=True)
class Leak:
    """A feature or branch that cost and left nothing."""

    repository: str
    subject: str
    sessions: int
    lines: int
    cost: Money


@dataclass(frozen=True)
class Overview:
    """The four answers. A part is null where it may not be shown, and `hidden` says why.

    `hidden` has a reason by part: sessions (reached, cost, leaks), commits (holding, sure),
    changes (failures). `ignored` names what the filter restricts and a part does not know.
    """

    since: date
    until: date
    reached: Reached | None
    cost: Cost | None
    holding: Holding | None
    sure: Coverage | None
    leaks: list[Leak]
    missing: list[str]
    hidden: dict[str, str]
    ignored: dict[str, tuple[str, ...]]


def overview_of(look: Look) -> Overview:
    """What the first page says."""
    hidden = {}
    for population in ("sessions", "commits", "changes"):
        decision = look.decision(population)
        if not decision.shown:
            hidden[population] = decision.why or ""
    if look.asked.agent and "changes" in hidden:
        # lines know their agent, the people who committed them do not
        hidden.setdefault("commits", hidden["changes"])
    sessions = "sessions" not in hidden
    commits = "commits" not in hidden
    known = price_known(look.rows("turn_costs")) if sessions else False
    return Overview(
        since=look.since,
        until=look.until,
        reached=_reached(look, known) if sessions else None,
        cost=_cost(look, known) if sessions else None,
        holding=_holding(look, with_failures="changes" not in hidden) if commits else None,
        sure=coverage_of(without_agents(look.rows("coverage"))) if commits else None,
        leaks=_leaks(look) if sessions else [],
        missing=_missing(look),
        hidden=hidden,
        ignored={
            "holding": look.rollups.ignored("survival"),
            "sure": look.rollups.ignored("coverage"),
            "failures": look.rollups.ignored("change_failure"),
        },
    )


def _reached(look: Look, known: bool) -> Reached:
    stages = stages_of(look.rows("funnel"), known)
    earlier = look.before()
    share = None
    if earlier is not None and earlier.decision("sessions").shown:
        before = {stage.stage: stage for stage in stages_of(earlier.rows("funnel"), known)}
        share = before["live"].share if "live" in before else None
    return Reached(
        generated=sum(row["generated"] for row in look.rows("funnel")),
        stages=stages,
        yield_30=look.estimated("yield", lambda: yield_of(look.rows("yield"), known)),
        earlier_live_share=share,
    )


def _cost(look: Look, known: bool) -> Cost:
    turns = look.rows("turn_costs")
    spent = money_of(turns, known)
    earlier = look.before()
    change = None
    if earlier is not None and earlier.decision("sessions").shown:
        rows = earlier.rows("turn_costs")
        before = money_of(rows, price_known(rows)).list_microdollars
        change = look.change_a_day(spent.list_microdollars, before, earlier)
    deliveries = look.rows("cost_per_delivery")
    funnel = look.rows("funnel")
    in_production = not funnel or any(row["deployed"] is not None for row in funnel)
    lines = line_costs_of(look.rows("cost_per_line"), in_production)
    return Cost(
        spent=spent,
        unpriced_calls=sum(row["unpriced_calls"] for row in turns),
        surviving=lines[-1] if lines else None,
        changes=look.estimated(
            "landed changes", lambda: landed_changes_of(look.rows("cost_per_change"), deliveries)
        ),
        deployments=deployments_of(deliveries),
        waste=waste_of(look.rows("waste"), known),
        spent_change=change,
        weeks=spend_series(look, Cells.weeks(look)),
    )


def _holding(look: Look, *, with_failures: bool) -> Holding:
    failures = None
    if with_failures and look.rows("change_failure"):
        failures = look.estimated(
            "change failures", lambda: failures_of(look.rows("change_failure"))
        )
    rework = look.estimated(
        "rework compared", lambda: comparison_of(look, look.settings.rework_window_days)
    )
    # lines know their agent, the people who committed them do not
    landed = months_joined(
        look, "changes" if look.asked.agent else "commits", look.rows("lines_landed")
    )
    return Holding(rework, failures, landed_by_month(landed))


def landed_by_month(rows: list[Row]) -> list[MonthLanded]:
    """Lines landed by month, of rows of the metric lines_landed."""
    months: dict[str, list[int]] = {}
    for row in summed(rows, ("month", "who", "grade"), ("lines",)):
        sums = months.setdefault(row["month"], [0, 0, 0])
        if row["who"] not in ("ai", "mixed"):
            sums[2] += row["lines"]
            continue
        sums[1] += row["lines"]
        if row["grade"] != "declared":
            sums[0] += row["lines"]
    return [MonthLanded(month, *months[month]) for month in sorted(months)]


def _leaks(look: Look) -> list[Leak]:
    """Features all of whose lines are gone, of enough people to be shown, dearest first."""
    return [
        Leak(
            name_of(look, "repository", row["repository"]),
            row["subject"],
            row["sessions"],
            row["lines"],
            money_of([row]),
        )
        for row in look.rows("leaks")
        if subject_shown(look, row)
    ]


def _missing(look: Look) -> list[str]:
    rows = look.store.query("select distinct what from rollup.missing order by what")
    found: list[str] = rows["what"].to_pylist()
    return found
