"""What a report says of the lines that agents generated, and of what they cost.

Money is in micro-dollars, list price and cash side by side. Shares are from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from landed.compare import Figure


@dataclass(frozen=True)
class Money:
    """An amount at list price (null where no call has a known price), and what of it was paid."""

    list_microdollars: int | None
    cash_microdollars: int


@dataclass(frozen=True)
class Stage:
    """How many of the generated lines got so far, and what those lines cost."""

    stage: str
    lines: int
    share: float | None
    cost: Money


@dataclass(frozen=True)
class FunnelGroup:
    """The funnel of the lines of one agent, model, team, repository or month (`kind`).

    Stages that nothing tells of are null. Teams of fewer than five people stand together, with
    whoever is in none.
    """

    kind: str
    name: str
    generated: int
    accepted: int
    committed: int
    reviewed: int | None
    green: int | None
    merged: int
    deployed: int | None
    live: int | None
    cost: Money
    live_list_microdollars: int | None


@dataclass(frozen=True)
class ModelShipped:
    """The yield of an agent (`model` null) or of one of its models; `figure` is over sessions.

    `vendor` is who is paid for the model's calls; null where not known, or several are.
    """

    vendor: str | None
    agent: str
    model: str | None
    sessions: int
    mature: int
    shipped: int
    figure: Figure


@dataclass(frozen=True)
class BucketLines:
    """Generated lines that ended in one bucket for one reason."""

    bucket: str
    reason: str | None
    lines: int
    cost: Money


@dataclass(frozen=True)
class TurnCost:
    """Turns of one kind: lines, removal, untraced_code, non_code or no_session."""

    kind: str
    turns: int
    calls: int
    unpriced_calls: int
    tokens: int
    cost: Money


@dataclass(frozen=True)
class LineCost:
    """What a line that got so far cost, in micro-dollars at list price and in cash.

    `direct` are the dollars of those lines, `loaded` all dollars of the same time.
    """

    stage: str
    lines: int
    direct: float | None
    loaded: float | None
    direct_cash: float | None
    loaded_cash: float | None


@dataclass(frozen=True)
class Ratio:
    """A plain ratio and what it is made of; null where there is nothing to divide by."""

    name: str
    counted: float
    total: float
    share: float | None


@dataclass(frozen=True)
class Waste:
    """Dollars of lines that led to nothing, by how; churn stands apart."""

    total: Money
    rejected: int | None
    discarded: int | None
    closed: int | None
    undone: int | None
    churn: int | None


@dataclass(frozen=True)
class Yield:
    """Lines shipped within 30 days that stayed 30 more, of those old enough to tell.

    `mature_cost` and `shipped_cost` are the dollars of the same lines. Where nothing says what is
    in production all counts are 0 and `figure` has no estimate.
    """

    figure: Figure
    shipped: int
    mature: int
    too_young: int
    mature_cost: Money
    shipped_cost: Money


@dataclass(frozen=True)
class ModelOutcome:
    """The lines of an agent (`model` null) or of one of its models that stand today.

    `settled` leaves out what is still open or cannot be followed; `figure` is drawn over sessions.
    """

    agent: str
    model: str | None
    sessions: int
    settled: int
    standing: int
    figure: Figure


@dataclass(frozen=True)
class SessionOutcome:
    """One session: what it cost, and where its lines ended.

    `gone` are lines rejected, discarded, closed, reworked or rewritten before the merge; `wasted`
    those of them that count as waste.
    """

    repository: str
    agent: str
    session: str
    feature: str | None
    branch: str | None
    started_at: datetime
    turns: int
    calls: int
    unpriced_calls: int
    cost: Money
    lines: int
    landed: int
    standing: int
    open_lines: int
    gone: int
    wasted: int
    waste_list_microdollars: int | None


@dataclass(frozen=True)
class Leak:
    """A feature or branch all of whose generated lines are gone."""

    repository: str
    subject: str
    sessions: int
    lines: int
    cost: Money


@dataclass(frozen=True)
class LandedChanges:
    """Changes that landed generated lines, and what they took on average.

    `direct` is the cost of those lines, and of lines in changes that were closed unmerged
    (`abandoned`, in all), for each change; `loaded` all that was spent for each. `requests` are
    those of them that are pull or merge requests; the others are steps of the default branch.
    """

    changes: int
    requests: int
    lines: int
    turns_per_change: float
    direct: Money
    loaded: Money
    abandoned: int | None
    first_try: Figure


@dataclass(frozen=True)
class Deployments:
    """Deployments that first brought generated lines to production; cost as of changes."""

    deployments: int
    direct: Money
    loaded: Money


@dataclass(frozen=True)
class Effort:
    """Minutes that people attended agents, that agents worked alone, and spent mending AI lines."""

    people: int
    attended_minutes: float
    unattended_minutes: float
    fixing: Ratio


@dataclass(frozen=True)
class MonthSpend:
    """What was paid for one month, for each developer; everything captured, all repositories."""

    month: str
    paid_microdollars: int
    unallocated_microdollars: int
    developers: int | None
    active: int
    per_developer: float | None
    per_active: float | None


@dataclass(frozen=True)
class IdleSeats:
    """Seats of one vendor without captured use in 30 days."""

    vendor: str
    seats: int
    idle: int
    idle_microdollars_a_month: int


@dataclass(frozen=True)
class Return:
    """What AI must save to pay for itself, and what it costs a head."""

    break_even_minutes: float | None
    months: list[MonthSpend]
    idle_seats: list[IdleSeats]


@dataclass(frozen=True)
class JourneysPart:
    """Everything a report says of generated lines; null in a report where no session was seen.

    `spent` is all that the sessions cost, `lasting` how many of the deployed lines were in
    production 30 and 90 days later, of those old enough; `missing` says which inputs are not there.
    """

    sessions: int
    generated: int
    spent: Money
    unpriced_calls: int
    stages: list[Stage]
    lasting: list[Ratio]
    groups: list[FunnelGroup]
    buckets: list[BucketLines]
    turns: list[TurnCost]
    cost_per_line: list[LineCost]
    yield_30: Yield
    waste: Waste
    ratios: list[Ratio]
    outcomes: list[ModelOutcome]
    shipped: list[ModelShipped]
    expensive: list[SessionOutcome]
    leak: Leak | None
    changes: LandedChanges | None
    deployments: Deployments | None
    effort: Effort | None
    economics: Return
    missing: list[str]
