"""From the metrics of sessions to what a report says of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from landed.compare import share_of
from landed.metrics import SessionBench, SessionFacts
from landed.metrics.registry import metric
from landed.reports.journeys_groups import groups_of, shipped_of
from landed.reports.journeys_model import (
    BucketLines,
    Deployments,
    Effort,
    IdleSeats,
    JourneysPart,
    LandedChanges,
    Leak,
    LineCost,
    ModelOutcome,
    Money,
    MonthSpend,
    Ratio,
    Return,
    SessionOutcome,
    Stage,
    TurnCost,
    Waste,
    Yield,
)

EXPENSIVE = 10
"""So many sessions are listed, those that cost most first."""
STAGES = ("accepted", "committed", "reviewed", "green", "merged", "deployed", "live")
PRICED = ("accepted", "committed", "merged", "deployed", "live")
"""The stages at which a line has a cost of its own."""
_RATIOS = ("acceptance", "ship_rate", "completion", "manual_rework")

_KEPT = (
    "agent",
    "session",
    "feature",
    "branch",
    "turns",
    "calls",
    "unpriced_calls",
    "lines",
    "landed",
    "standing",
    "open_lines",
    "gone",
    "wasted",
)
"""What a session's row and its part of a report have alike."""

Row = dict[str, Any]


def journeys_of(facts: SessionFacts, names: dict[str, str]) -> JourneysPart | None:
    """What the sessions of a report's repositories came to; None where there are none.

    `names` has the name to show of each repository.
    """
    if not facts.any:
        return None
    with SessionBench(facts) as bench:
        rows = bench.rows
        turn_costs, funnel = rows("turn_costs"), rows("funnel")
        in_production = not funnel or any(row["deployed"] is not None for row in funnel)
        sessions, changes = rows("session_outcome"), rows("cost_per_change")
        known = price_known(turn_costs)
        return JourneysPart(
            sessions=len({(row["agent"], row["session"]) for row in sessions}),
            generated=_sum(funnel, "generated"),
            spent=money_of(turn_costs, known),
            unpriced_calls=_sum(turn_costs, "unpriced_calls"),
            stages=stages_of(funnel, known),
            lasting=lasting_lines(funnel),
            groups=groups_of(rows("funnel_by"), funnel, names, known),
            buckets=buckets_of(rows("buckets"), known),
            turns=turn_costs_of(turn_costs),
            cost_per_line=line_costs_of(rows("cost_per_line"), in_production),
            yield_30=yield_of(rows("yield"), known),
            waste=waste_of(rows("waste"), known),
            ratios=[ratio_of(name, rows(name)) for name in _RATIOS],
            outcomes=outcomes_of(rows("outcome_by_model")),
            shipped=shipped_of(rows("shipped_by_model")),
            expensive=[session_outcome_of(row, names) for row in sessions[:EXPENSIVE]],
            leak=leak_of(rows("leaks"), names),
            changes=landed_changes_of(changes, rows("cost_per_delivery")),
            deployments=deployments_of(rows("cost_per_delivery")),
            effort=effort_of(rows("time_on_tasks"), rows("fixing_share")),
            economics=return_of(bench.rows),
            missing=list(dict.fromkeys(found.what for found in facts.journey.missing)),
        )


def price_known(rows: Sequence[Row]) -> bool:
    """Some call has a list price: without, dollars are not known rather than none."""
    return any(row["calls"] > row["unpriced_calls"] or row["list_microdollars"] for row in rows)


def stages_of(funnel: list[Row], known: bool) -> list[Stage]:
    """Every stage that something tells of; of several repositories the sum of those that do."""
    found = []
    for name in ("generated", *STAGES):
        told = [row for row in funnel if row[name] is not None]
        if not told and (funnel or name in ("reviewed", "green")):
            continue
        generated = _sum(told, "generated")
        found.append(
            Stage(
                name,
                _sum(told, name),
                _sum(told, name) / generated if generated else None,
                money_of(told, known, name),
            )
        )
    return found


def lasting_lines(funnel: list[Row]) -> list[Ratio]:
    """How many deployed lines were in production 30 and 90 days later, of those old enough."""
    found = []
    for name in ("live_30", "live_90"):
        told = [row for row in funnel if row[name] is not None]
        counted, total = _sum(told, name), _sum(told, f"{name}_of")
        if total:
            found.append(Ratio(name, counted, total, counted / total))
    return found


def buckets_of(rows: list[Row], known: bool) -> list[BucketLines]:
    """Lines and dollars by bucket and reason, most lines first."""
    merged: dict[tuple[str, str | None], list[Row]] = {}
    for row in rows:
        merged.setdefault((row["bucket"], row["reason"]), []).append(row)
    found = [
        BucketLines(bucket, reason, _sum(own, "lines"), money_of(own, known))
        for (bucket, reason), own in merged.items()
    ]
    return sorted(found, key=lambda part: (-part.lines, part.bucket, part.reason or ""))


def turn_costs_of(rows: list[Row]) -> list[TurnCost]:
    """What turns cost by what they did; kinds without any are left out."""
    order = ("lines", "removal", "untraced_code", "non_code", "no_session")
    found = []
    for kind in order:
        own = [row for row in rows if row["kind"] == kind]
        if own:
            found.append(
                TurnCost(
                    kind,
                    turns=_sum(own, "turns"),
                    calls=_sum(own, "calls"),
                    unpriced_calls=_sum(own, "unpriced_calls"),
                    tokens=_sum(own, "tokens"),
                    cost=money_of(own, price_known(own)),
                )
            )
    return found


def line_costs_of(rows: list[Row], in_production: bool) -> list[LineCost]:
    """What a line cost that got so far; deployed and live only where production is known."""
    found = []
    for stage in PRICED if in_production else PRICED[:3]:
        own = [row for row in rows if row["stage"] == stage]
        lines = _sum(own, "lines")
        direct, loaded, direct_cash, loaded_cash = (
            _over(own, name, lines)
            for name in ("direct_list", "all_list", "direct_cash", "all_cash")
        )
        found.append(LineCost(stage, lines, direct, loaded, direct_cash, loaded_cash))
    return found


def _over(rows: list[Row], name: str, number: int) -> float | None:
    """The sum of a column over a number; None where neither is known."""
    told = [row[name] for row in rows if row[name] is not None]
    return sum(told) / number if told and number else None


def yield_of(rows: list[Row], known: bool) -> Yield:
    """The share shipped within 30 days that stayed 30 more, drawn over sessions."""
    mature = [row for row in rows if row["mature"]]
    return Yield(
        figure=share_of(_column(mature, "shipped"), _column(mature, "mature")),
        shipped=_sum(rows, "shipped"),
        mature=_sum(rows, "mature"),
        too_young=_sum(rows, "too_young"),
        mature_cost=money_of(rows, known, "mature"),
        shipped_cost=money_of(rows, known, "shipped"),
    )


def waste_of(rows: list[Row], known: bool) -> Waste:
    """Dollars of lines that led to nothing, by how."""
    kinds = {
        name: _sum(rows, f"{name}_list") if known else None
        for name in ("rejected", "discarded", "closed", "undone", "churn")
    }
    return Waste(total=money_of(rows, known, "waste"), **kinds)


def ratio_of(name: str, rows: list[Row]) -> Ratio:
    """The plain ratio that the metric `name` names, over all its rows."""
    columns = metric(name).ratio
    assert columns is not None
    counted, total = (sum(row[column] or 0 for row in rows) for column in columns)
    return Ratio(name, counted, total, counted / total if total else None)


def outcomes_of(rows: list[Row]) -> list[ModelOutcome]:
    """Each agent, and where it ran several models each of these, most lines first."""
    found = []
    agents = sorted(
        {row["agent"] for row in rows}, key=lambda a: (-_sum(_of(rows, a), "settled"), a)
    )
    for agent in agents:
        own = _of(rows, agent)
        found.append(_outcome(agent, None, own))
        models = sorted({row["model"] or "" for row in own})
        if len(models) > 1:
            for model in models:
                chosen = [row for row in own if (row["model"] or "") == model]
                found.append(_outcome(agent, model or "untold", chosen))
    return found


def _of(rows: list[Row], agent: str) -> list[Row]:
    return [row for row in rows if row["agent"] == agent]


def _outcome(agent: str, model: str | None, rows: list[Row]) -> ModelOutcome:
    by_session: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        sums = by_session.setdefault((row["repository"], row["session"]), [0, 0])
        sums[0] += row["surviving"]
        sums[1] += row["settled"]
    counted = np.array([sums[0] for sums in by_session.values()], np.int64)
    total = np.array([sums[1] for sums in by_session.values()], np.int64)
    return ModelOutcome(
        agent,
        model,
        len(by_session),
        int(total.sum()),
        int(counted.sum()),
        share_of(counted, total),
    )


def session_outcome_of(row: Row, names: dict[str, str]) -> SessionOutcome:
    """A row of the metric session_outcome, the repository by its name to show."""
    known = price_known([row])
    return SessionOutcome(
        repository=_named(row["repository"], names),
        started_at=datetime.fromtimestamp(row["started_second"], UTC),
        cost=money_of([row], known),
        waste_list_microdollars=row["waste_list"] if known else None,
        **{name: row[name] for name in _KEPT},
    )


def _named(repository: str, names: dict[str, str]) -> str:
    return names.get(repository, repository)


def leak_of(rows: list[Row], names: dict[str, str]) -> Leak | None:
    """The dearest feature or branch all of whose lines are gone; null where there is none."""
    if not rows:
        return None
    row = max(rows, key=lambda row: row["list_microdollars"])
    name = _named(row["repository"], names)
    return Leak(name, row["subject"], row["sessions"], row["lines"], money_of([row]))


def landed_changes_of(rows: list[Row], deliveries: list[Row]) -> LandedChanges | None:
    """What changes took that landed generated lines; null where none did."""
    if not rows:
        return None
    number = len(rows)
    direct, loaded = _each(deliveries, "change", number)
    return LandedChanges(
        changes=number,
        requests=sum(1 for row in rows if row["number"] is not None),
        lines=_sum(rows, "lines"),
        turns_per_change=_sum(rows, "turns") / number,
        direct=direct,
        loaded=loaded,
        abandoned=_abandoned(deliveries),
        first_try=share_of(_column(rows, "first_try"), _column(rows, "changes"), "change"),
    )


def _abandoned(deliveries: list[Row]) -> int | None:
    told = [row["abandoned_list"] for row in deliveries if row["abandoned_list"] is not None]
    return sum(told) if told else None


def deployments_of(deliveries: list[Row]) -> Deployments | None:
    """What deployments took that first brought generated lines; null where none did."""
    number = sum(row["number"] for row in deliveries if row["kind"] == "deployment")
    if not number:
        return None
    direct, loaded = _each(deliveries, "deployment", number)
    return Deployments(number, direct, loaded)


def _each(deliveries: list[Row], kind: str, number: int) -> tuple[Money, Money]:
    """What one delivery cost, direct and fully loaded."""
    own = [row for row in deliveries if row["kind"] == kind]
    direct, direct_cash, loaded, loaded_cash = (
        _over(own, name, number) for name in ("direct_list", "direct_cash", "all_list", "all_cash")
    )
    return (
        Money(None if direct is None else round(direct), round(direct_cash or 0)),
        Money(None if loaded is None else round(loaded), round(loaded_cash or 0)),
    )


def effort_of(times: list[Row], fixing: list[Row]) -> Effort | None:
    """Minutes that people and agents worked; null where nothing tells of any."""
    if not times:
        return None
    return Effort(
        people=times[0]["people"],
        attended_minutes=times[0]["attended_minutes"],
        unattended_minutes=times[0]["unattended_minutes"],
        fixing=ratio_of("fixing_share", fixing),
    )


def return_of(rows: Callable[[str], list[Row]]) -> Return:
    """What AI must save to pay for itself, and what it costs a head; `rows` asks metrics."""
    even = rows("break_even")
    months = [
        MonthSpend(**{name: value for name, value in row.items() if name != "repository"})
        for row in rows("spend_per_developer")
    ]
    idle = [
        IdleSeats(**{name: value for name, value in row.items() if name != "repository"})
        for row in rows("idle_seats")
    ]
    return Return(even[0]["minutes"] if even else None, months, idle)


def money_of(rows: Sequence[Row], known: bool = True, name: str = "") -> Money:
    """The sums of a list price and of cash; the price is null where it is not `known`."""
    listed, cash = (
        (f"{name}_list", f"{name}_cash") if name else ("list_microdollars", "cash_microdollars")
    )
    return Money(_sum(rows, listed) if known else None, _sum(rows, cash))


def _sum(rows: Sequence[Row], name: str) -> int:
    return int(sum(row[name] for row in rows))


def _column(rows: Sequence[Row], name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([row[name] for row in rows], np.int64)
