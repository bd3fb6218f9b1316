"""From the metrics of sessions to what a report says of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from landed.compare import share_of
from landed.metrics import SessionBench, SessionFacts
from landed.metrics.registry import metric
from landed.reports.journeys_model import (
    BucketLines,
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
STAGES = ("accepted", "committed", "merged", "deployed", "live")
_RATIOS = ("acceptance", "ship_rate", "completion", "manual_rework")

Row = dict[str, Any]


def journeys_of(facts: SessionFacts, names: dict[str, str]) -> JourneysPart | None:
    """What the sessions of a report's repositories came to; None where there are none.

    `names` has the name to show of each repository.
    """
    if not facts.any:
        return None
    with SessionBench(facts) as bench:
        rows = bench.rows
        turns = _turn_costs(rows("turn_costs"))
        funnel = rows("funnel")
        in_production = any(row["deployed"] for row in funnel) or not facts.journey.missing
        sessions = rows("session_outcome")
        return JourneysPart(
            sessions=len({(row["agent"], row["session"]) for row in sessions}),
            generated=_sum(funnel, "generated"),
            spent=Money(
                sum(turn.cost.list_microdollars for turn in turns),
                sum(turn.cost.cash_microdollars for turn in turns),
            ),
            unpriced_calls=sum(turn.unpriced_calls for turn in turns),
            stages=_stages(funnel, in_production),
            buckets=_buckets(rows("buckets")),
            turns=turns,
            cost_per_line=_line_costs(rows("cost_per_line"), in_production),
            yield_30=_yield(rows("yield")),
            waste=_waste(rows("waste")),
            ratios=[_ratio(name, rows(name)) for name in _RATIOS],
            outcomes=_outcomes(rows("outcome_by_model")),
            expensive=[session_outcome_of(row, names) for row in sessions[:EXPENSIVE]],
            leak=_leak(rows("leaks"), names),
            changes=_changes(rows("cost_per_change")),
            effort=_effort(rows("time_on_tasks"), rows("fixing_share")),
            economics=_return(bench.rows),
            missing=[found.what for found in facts.journey.missing],
        )


def _stages(funnel: list[Row], in_production: bool) -> list[Stage]:
    generated = _sum(funnel, "generated")
    shown = STAGES if in_production else STAGES[:3]
    return [
        Stage(
            name,
            _sum(funnel, name),
            _sum(funnel, name) / generated if generated else None,
            Money(_sum(funnel, f"{name}_list"), _sum(funnel, f"{name}_cash")),
        )
        for name in ("generated", *shown)
    ]


def _buckets(rows: list[Row]) -> list[BucketLines]:
    merged: dict[tuple[str, str | None], list[Row]] = {}
    for row in rows:
        merged.setdefault((row["bucket"], row["reason"]), []).append(row)
    found = [
        BucketLines(bucket, reason, _sum(own, "lines"), _money(own))
        for (bucket, reason), own in merged.items()
    ]
    return sorted(found, key=lambda part: (-part.lines, part.bucket, part.reason or ""))


def _turn_costs(rows: list[Row]) -> list[TurnCost]:
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
                    cost=_money(own),
                )
            )
    return found


def _line_costs(rows: list[Row], in_production: bool) -> list[LineCost]:
    found = []
    for stage in STAGES if in_production else STAGES[:3]:
        own = [row for row in rows if row["stage"] == stage]
        lines = _sum(own, "lines")
        direct, loaded, direct_cash, loaded_cash = (
            _sum(own, name) / lines if lines else None
            for name in ("direct_list", "all_list", "direct_cash", "all_cash")
        )
        found.append(LineCost(stage, lines, direct, loaded, direct_cash, loaded_cash))
    return found


def _yield(rows: list[Row]) -> Yield:
    mature = [row for row in rows if row["mature"]]
    return Yield(
        figure=share_of(_column(mature, "shipped"), _column(mature, "mature")),
        shipped=_sum(rows, "shipped"),
        mature=_sum(rows, "mature"),
        too_young=_sum(rows, "too_young"),
        mature_list_microdollars=_sum(rows, "mature_list"),
        shipped_list_microdollars=_sum(rows, "shipped_list"),
    )


def _waste(rows: list[Row]) -> Waste:
    return Waste(
        total=Money(_sum(rows, "waste_list"), _sum(rows, "waste_cash")),
        rejected=_sum(rows, "rejected_list"),
        discarded=_sum(rows, "discarded_list"),
        closed=_sum(rows, "closed_list"),
        undone=_sum(rows, "undone_list"),
        churn=_sum(rows, "churn_list"),
    )


def _ratio(name: str, rows: list[Row]) -> Ratio:
    columns = metric(name).ratio
    assert columns is not None
    counted, total = (sum(row[column] or 0 for row in rows) for column in columns)
    return Ratio(name, counted, total, counted / total if total else None)


def _outcomes(rows: list[Row]) -> list[ModelOutcome]:
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
    kept = ("agent", "session", "feature", "branch", "turns", "calls", "lines", "landed")
    return SessionOutcome(
        repository=names.get(row["repository"] or "", row["repository"] or "no repository"),
        started_at=datetime.fromtimestamp(row["started_second"], UTC),
        cost=Money(row["list_microdollars"], row["cash_microdollars"]),
        standing=row["standing"],
        open_lines=row["open_lines"],
        wasted=row["wasted"],
        waste_list_microdollars=row["waste_list"],
        **{name: row[name] for name in kept},
    )


def _leak(rows: list[Row], names: dict[str, str]) -> Leak | None:
    if not rows:
        return None
    row = max(rows, key=lambda row: row["list_microdollars"])
    name = names[row["repository"]]
    return Leak(name, row["subject"], row["sessions"], row["lines"], _money([row]))


def _changes(rows: list[Row]) -> LandedChanges | None:
    if not rows:
        return None
    whole = _money(rows)
    number = len(rows)
    return LandedChanges(
        changes=number,
        lines=_sum(rows, "lines"),
        turns_per_change=_sum(rows, "turns") / number,
        cost_per_change=Money(
            round(whole.list_microdollars / number), round(whole.cash_microdollars / number)
        ),
        first_try=share_of(_column(rows, "first_try"), _column(rows, "changes"), "change"),
    )


def _effort(times: list[Row], fixing: list[Row]) -> Effort | None:
    if not times:
        return None
    return Effort(
        people=max(row["people"] for row in times),
        attended_minutes=sum(row["attended_minutes"] for row in times),
        unattended_minutes=sum(row["unattended_minutes"] for row in times),
        fixing=_ratio("fixing_share", fixing),
    )


def _return(rows: Callable[[str], list[Row]]) -> Return:
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


def _money(rows: Sequence[Row]) -> Money:
    return Money(_sum(rows, "list_microdollars"), _sum(rows, "cash_microdollars"))


def _sum(rows: Sequence[Row], name: str) -> int:
    return int(sum(row[name] for row in rows))


def _column(rows: Sequence[Row], name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([row[name] for row in rows], np.int64)
