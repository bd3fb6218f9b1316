"""What it cost: list price and cash, by model, feature and team, against the budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from landed.compare import Forecast, forecast_month
from landed.reports.dashboard.grouped import OTHERS, folded
from landed.reports.dashboard.look import Look, Row
from landed.reports.dashboard.times import Cells, Moment, spend_series
from landed.reports.journeys import return_of
from landed.reports.journeys_model import Money, Return
from landed.rollups import Dimension, Filter

KINDS: tuple[Dimension, ...] = ("model", "agent", "team", "feature", "repository")
_TOKENS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
_MICRO = 1_000_000


@dataclass(frozen=True)
class Spent:
    """Calls, tokens by billed class, and dollars of one group; the name is null for all."""

    kind: str
    name: str | None
    calls: int
    unpriced_calls: int
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    cost: Money

    @property
    def tokens(self) -> int:
        """All tokens."""
        return sum(getattr(self, name) for name in _TOKENS)


@dataclass(frozen=True)
class Budget:
    """What may be spent in the month, and what the month is coming to; micro-dollars.

    `team` is null for everybody; `price` is list or cash; `forecast` may be without an estimate.
    """

    team: str | None
    price: str
    budget: int | None
    forecast: Forecast


@dataclass(frozen=True)
class SpendPage:
    """What was spent; `hidden` says why nothing is shown.

    `change` is how much more a day it was than in the time before. `budgets` begin with
    everybody's, with or without a budget. `paid` is what was paid for months, whatever was
    captured: invoices, seats, idle ones, a head.
    """

    since: date
    until: date
    hidden: str | None
    total: Spent
    change: float | None
    weeks: list[Moment]
    groups: list[Spent]
    budgets: list[Budget]
    paid: Return | None
    ignored: tuple[str, ...]


def spend_of(look: Look) -> SpendPage:
    """What the page says."""
    decision = look.decision("sessions")
    if not decision.shown:
        nobody = spent_of("all", None, [])
        return SpendPage(look.since, look.until, decision.why, nobody, None, [], [], [], None, ())
    earlier = look.before()
    total = spent_of("all", None, _by(look, "agent"))
    change = None
    if earlier is not None and earlier.decision("sessions").shown:
        before = spent_of("all", None, _by(earlier, "agent")).cost.list_microdollars
        change = look.change_a_day(total.cost.list_microdollars, before, earlier)
    return SpendPage(
        since=look.since,
        until=look.until,
        hidden=None,
        total=total,
        change=change,
        weeks=spend_series(look, Cells.weeks(look)),
        groups=[group for kind in KINDS for group in groups_of(look, kind)],
        budgets=budgets_of(look),
        paid=return_of(look.rows),
        ignored=() if not look.asked.restricted else look.asked.restricted,
    )


def groups_of(look: Look, kind: Dimension) -> list[Spent]:
    """What each group of one kind spent, most first, groups of too few people last."""
    members = folded(look, kind, _by(look, kind), "member")
    found = [spent_of(kind, name, rows) for name, rows in members.items()]
    return sorted(
        found,
        key=lambda one: (one.name == OTHERS, -(one.cost.list_microdollars or 0), one.name or ""),
    )


def spent_of(kind: str, name: str | None, rows: list[Row]) -> Spent:
    """The sums of rows of `sql/spend_by.sql`."""
    sums = {
        column: sum(row[column] for row in rows)
        for column in (
            "calls",
            "unpriced_calls",
            *_TOKENS,
            "list_microdollars",
            "cash_microdollars",
        )
    }
    listed, cash = sums.pop("list_microdollars"), sums.pop("cash_microdollars")
    priced = sums["calls"] > sums["unpriced_calls"] or listed or not sums["calls"]
    return Spent(kind, name, cost=Money(listed if priced else None, cash), **sums)


def budgets_of(look: Look) -> list[Budget]:
    """The budget and the forecast of this month, for everybody and for each team that has one.

    Whatever else is looked at: a month's budget is of everything. A team's is left out where it may
    not be shown.
    """
    today = look.as_of.astimezone(UTC).date()
    found = []
    planned = {(budget.team, budget.price): budget for budget in look.settings.budgets}
    planned.setdefault((None, "list"), None)  # type: ignore[arg-type]
    for (team, price), budget in sorted(planned.items(), key=lambda one: one[0][0] or ""):
        asked = Filter() if team is None else Filter(team=(team,))
        there = look.asking(asked)
        if not there.decision("sessions").shown:
            continue
        limit = None if budget is None else round(budget.dollars * _MICRO)
        found.append(Budget(team, price, limit, _forecast(there, price, today)))
    return found


def _forecast(look: Look, price: str, today: date) -> Forecast:
    """What this month comes to, from the days of the last three months."""
    recent = look.asking(look.asked.between(today - timedelta(days=93), None))

    def forecast() -> Forecast:
        rows = recent.series("spend_by_day", ("spend",))
        column = f"{price}_microdollars"
        days = {
            datetime.fromtimestamp(row["started_second"], UTC).date(): row[column] for row in rows
        }
        return forecast_month(days, today)

    return recent.estimated(f"forecast of {price} on {today}", forecast)


def _by(look: Look, kind: str) -> list[Row]:
    return look.series("spend_by", ("spend",), {"by": kind})
