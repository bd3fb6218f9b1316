"""Where lines and dollars went: the funnel, the buckets, and by whom the lines were generated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from landed.reports.dashboard.grouped import folded
from landed.reports.dashboard.look import Look
from landed.reports.journeys import (
    buckets_of,
    lasting_lines,
    line_costs_of,
    money_of,
    price_known,
    ratio_of,
    stages_of,
    turn_costs_of,
    waste_of,
)
from landed.reports.journeys_groups import group_of
from landed.reports.journeys_model import (
    BucketLines,
    FunnelGroup,
    LineCost,
    Money,
    Ratio,
    Stage,
    TurnCost,
    Waste,
)
from landed.rollups import Dimension

RATIOS = ("acceptance", "ship_rate", "completion", "manual_rework")
KINDS: tuple[Dimension, ...] = ("agent", "model", "team", "repository")


@dataclass(frozen=True)
class JourneyPage:
    """The journey of the lines that agents generated, and of all dollars.

    `hidden` says why nothing is shown; then all lists are empty. `groups` are by agent, model, team
    and repository; those of too few people stand together as `others`. `cohorts` are months in
    which lines were generated.
    """

    since: date
    until: date
    hidden: str | None
    spent: Money
    generated: int
    stages: list[Stage]
    lasting: list[Ratio]
    buckets: list[BucketLines]
    turns: list[TurnCost]
    cost_per_line: list[LineCost]
    waste: Waste
    ratios: list[Ratio]
    groups: list[FunnelGroup]
    cohorts: list[FunnelGroup]
    missing: list[str]


def journey_of(look: Look) -> JourneyPage:
    """What the page says."""
    decision = look.decision("sessions")
    if not decision.shown:
        nothing = Money(None, 0)
        nowhere = Waste(nothing, None, None, None, None, None)
        return JourneyPage(
            look.since, look.until, decision.why, nothing, 0, [], [], [], [], [], nowhere, [], [],
            [], [],
        )  # fmt: skip
    funnel, turns = look.rows("funnel"), look.rows("turn_costs")
    known = price_known(turns)
    in_production = not funnel or any(row["deployed"] is not None for row in funnel)
    missing = look.store.query("select distinct what from rollup.missing order by what")
    return JourneyPage(
        since=look.since,
        until=look.until,
        hidden=None,
        spent=money_of(turns, known),
        generated=sum(row["generated"] for row in funnel),
        stages=stages_of(funnel, known),
        lasting=lasting_lines(funnel),
        buckets=buckets_of(look.rows("buckets"), known),
        turns=turn_costs_of(turns),
        cost_per_line=line_costs_of(look.rows("cost_per_line"), in_production),
        waste=waste_of(look.rows("waste"), known),
        ratios=[ratio_of(name, look.rows(name)) for name in RATIOS],
        groups=[group for kind in KINDS for group in _groups(look, kind, known)],
        cohorts=_cohorts(look, known),
        missing=missing["what"].to_pylist(),
    )


def _groups(look: Look, kind: Dimension, known: bool) -> list[FunnelGroup]:
    """The funnel by one dimension, most lines first, those who are few together at the end."""
    if kind == "repository":
        rows = [row | {"member": row["repository"]} for row in look.rows("funnel")]
    else:
        rows = [row for row in look.rows("funnel_by") if row["kind"] == kind]
    found = [
        group_of(kind, name, own, known) for name, own in folded(look, kind, rows, "member").items()
    ]
    return found if len(found) > 1 else []


def _cohorts(look: Look, known: bool) -> list[FunnelGroup]:
    """The funnel by the month of generation; months of too few people are joined."""
    spans = look.privacy.cells(look.asked, "sessions", unit="month")
    rows = [row for row in look.rows("funnel_by") if row["kind"] == "month"]
    found = []
    for first, last in spans:
        months = f"{first:%Y-%m}", f"{last:%Y-%m}"
        own = [row for row in rows if months[0] <= row["member"] <= months[1]]
        if own:
            name = months[0] if months[0] == months[1] else f"{months[0]} … {months[1]}"
            found.append(group_of("month", name, own, known))
    return found
