"""What a report says of changes, reviews, checks, deployments and incidents.

Times are in seconds, money in micro-dollars, shares from 0 to 1. AI-heavy is a change or
deployment at least half of whose lines are AI's.
"""

from __future__ import annotations

from dataclasses import dataclass

from landed.compare import Amount, Figure, Matched
from landed.reports.journeys_model import Money


@dataclass(frozen=True)
class Connected:
    """What is known of one repository beyond its git history."""

    repository: str
    has_forge: bool
    has_checks: bool
    has_reviews: bool
    has_deployments: bool
    has_incidents: bool


@dataclass(frozen=True)
class Unconnected:
    """Something of delivery that is not known, and how it is connected."""

    what: str
    how: str


@dataclass(frozen=True)
class ChangeCounts:
    """Changes of one kind (AI-heavy, other), and the share of the finished ones merged."""

    kind: str
    finished: int
    merged: int
    merge_rate: Figure


@dataclass(frozen=True)
class StageTime:
    """How long a stage took, in seconds: medians of either kind, and their matched difference.

    `stage` is to_open, to_review, to_approval, to_merge, to_deploy, until_merge or until_deploy;
    `high_quality` where only changes count that no revert, fix or incident followed.
    """

    stage: str
    high_quality: bool
    heavy: Amount
    others: Amount
    matched: Matched


@dataclass(frozen=True)
class ChangeFailures:
    """Merged changes that failed, of either kind, and their matched difference."""

    heavy: Figure
    others: Figure
    matched: Matched


@dataclass(frozen=True)
class Rate:
    """A share of deployments; `of` is all, AI-heavy, other or no new lines."""

    of: str
    counted: int
    total: int
    figure: Figure


@dataclass(frozen=True)
class TimeOf:
    """A median time in seconds; `of` as in `Rate`."""

    of: str
    time: Amount


@dataclass(frozen=True)
class Frequency:
    """Deployments over weeks of one repository on average; `of` as in `Rate`."""

    of: str
    deployments: int
    weeks: float
    per_week: float | None


@dataclass(frozen=True)
class Dora:
    """The five metrics of DORA (2025), each for all and by the share of AI."""

    change_lead_time: list[TimeOf]
    deployment_frequency: list[Frequency]
    failed_deployment_recovery_time: list[TimeOf]
    change_fail_rate: list[Rate]
    deployment_rework_rate: list[Rate]


@dataclass(frozen=True)
class MonthDeployments:
    """Deployments to production in one month, those of them that failed, and unplanned ones."""

    month: str
    deployments: int
    failed: int
    unplanned: int


@dataclass(frozen=True)
class ReviewLoad:
    """What reviewing the finished changes of one kind took; minutes are an estimate."""

    kind: str
    changes: int
    reviewed: int
    rounds: int
    comments: int
    reviewer_minutes: float
    minutes_a_change: Amount
    senior_reviewed: int
    design: int
    design_without_senior: int


@dataclass(frozen=True)
class Reviewing:
    """Review load by kind, the difference within strata in minutes, and how it is estimated."""

    loads: list[ReviewLoad]
    matched: Matched
    minutes_per_round: float
    minutes_per_comment: float
    minutes_per_hundred_lines: float


@dataclass(frozen=True)
class Unreviewed:
    """Lines in production that came without a review, of one class of authors."""

    who: str
    lines: int
    unreviewed: int
    share: float | None


@dataclass(frozen=True)
class IncidentRate:
    """Incidents or bugs that lines brought, each by the share of its introducing lines.

    `kind` is incident or bug; `basis` traced, or inferred where only the time tells the cause;
    `side` AI or others. `low` and `high` are their numbers without and with declared evidence;
    rates are of `high`, for 1,000 lines landed and 1,000 days of a line in production.
    """

    kind: str
    basis: str
    side: str
    low: float
    high: float
    lines_landed: int
    line_days: float | None
    per_thousand_lines: Amount
    per_thousand_line_days: Amount


@dataclass(frozen=True)
class Causes:
    """Incidents or bugs by the rule that tells their cause."""

    kind: str
    rule: str
    incidents: int


@dataclass(frozen=True)
class ReworkCost:
    """What mending AI's lines took: turns that replaced young lines of AI, with what they cost and
    the minutes people attended them; and what reverts and hotfixes took of reviewers and checks.

    `total_microdollars` adds list price and all human minutes at the stated rate; null where an
    hour's rate or a price is not known. `missing` names the inputs that are not there.
    """

    turns: int
    cost: Money
    attended_minutes: float
    reviewer_minutes: float | None
    check_minutes: float | None
    total_microdollars: int | None
    missing: list[str]


@dataclass(frozen=True)
class DeliveryPart:
    """Everything a report says of delivery; null in a report where nothing of it is connected.

    `missing` says what is not connected.
    """

    connected: list[Connected]
    open_changes: int
    changes: list[ChangeCounts]
    dora: Dora
    stages: list[StageTime]
    failures: ChangeFailures
    reviewing: Reviewing | None
    unreviewed: list[Unreviewed]
    incidents: list[IncidentRate]
    causes: list[Causes]
    months: list[MonthDeployments]
    rework: ReworkCost | None
    missing: list[Unconnected]
