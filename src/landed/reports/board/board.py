"""What the report to the board says, before anyone decides how it looks.

It computes next to nothing of its own: its parts are the models of the dashboard's pages, so that a
figure is the same on the page, in the API and on paper.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from landed.reports.board.methods import Method, methods_of
from landed.reports.board.reconciliation import Reconciliation, named, reconciliation_of
from landed.reports.dashboard.agents import AgentsPage, agents_of
from landed.reports.dashboard.benchmarks import BENCHMARKS, Benchmark
from landed.reports.dashboard.journey import JourneyPage, journey_of
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.overview import Overview, overview_of
from landed.reports.dashboard.quality import QualityPage, quality_of
from landed.reports.dashboard.spend import SpendPage, spend_of
from landed.reports.dashboard.times import Cells, spend_series
from landed.reports.journeys_model import FunnelGroup, Money, MonthSpend
from landed.reports.model import Authored


@dataclass(frozen=True)
class Paid:
    """What was paid for the months of the report, all vendors, whatever else it was narrowed to.

    `unallocated_microdollars` is the part that no captured work bears: idle seats, usage
    that nobody saw; `used` the share of the rest.
    """

    months: int
    paid_microdollars: int
    unallocated_microdollars: int
    used: float | None


@dataclass(frozen=True)
class TrendMonth:
    """One month, or several joined so that no few people stand out.

    `generated` and `kept` are of lines generated then: `kept` are those live today, or on the
    default branch where nothing tells of production; null where no line was generated.
    """

    name: str
    first: date
    last: date
    cost: Money
    generated: int | None
    kept: int | None


@dataclass(frozen=True)
class Gap:
    """Something the figures leave out or could not see; `count` is null where it is no number."""

    what: str
    count: int | None
    unit: str


@dataclass(frozen=True)
class Board:
    """Everything the report says.

    `asked` are the days that were asked for; `since` and `until` may lie farther out. `narrowed`
    says what was chosen, by dimension. `smallest` is the fewest people of whom a figure is shown,
    `notice` a line to show with everything that is told, such as that the figures are made up.
    """

    made_at: datetime
    as_of: datetime
    since: date
    until: date
    notice: str | None
    asked: tuple[date, date]
    narrowed: dict[str, list[str]]
    repositories: int
    smallest: int
    in_production: bool
    overview: Overview
    journey: JourneyPage
    spend: SpendPage
    agents: AgentsPage
    quality: QualityPage
    paid: Paid | None
    trend: list[TrendMonth]
    benchmarks: tuple[Benchmark, ...]
    reconciliation: Reconciliation
    gaps: list[Gap]
    methods: list[Method]
    hourly_rate: float | None
    rework_days: int


def board_of(look: Look, made_at: datetime | None = None) -> Board:
    """What the report says of what `look` looks at.

    Raises:
        StoreError: nothing has been rolled up yet.
    """
    as_of = look.as_of
    overview, journey = overview_of(look), journey_of(look)
    spend = spend_of(look)
    return Board(
        made_at=(made_at or datetime.now(UTC)).replace(microsecond=0),
        as_of=as_of,
        since=look.since,
        until=look.until,
        notice=look.settings.notice,
        asked=(look.since, look.until),
        narrowed=_narrowed(look),
        repositories=len(look.names),
        smallest=look.settings.privacy.smallest_group,
        in_production=any(stage.stage == "live" for stage in journey.stages),
        overview=without_agents(overview),
        journey=journey,
        spend=spend,
        agents=agents_of(look),
        quality=quality_of(look),
        paid=_paid(spend),
        trend=_trend(look, journey),
        benchmarks=BENCHMARKS,
        reconciliation=reconciliation_of(look),
        gaps=_gaps(overview, journey),
        methods=methods_of(look, frozenset(overview.hidden)),
        hourly_rate=look.settings.cash.hourly_rate,
        rework_days=look.settings.rework_window_days,
    )


def without_agents(overview: Overview) -> Overview:
    """The same, its authorship by author and grade alone: some agents are those of few people."""
    if overview.sure is None:
        return overview
    lines: dict[tuple[str, str], int] = {}
    for part in overview.sure.authorship:
        key = (part.who, part.grade)
        lines[key] = lines.get(key, 0) + part.lines
    authorship = [
        Authored(who, None, grade, number)
        for (who, grade), number in sorted(lines.items(), key=lambda item: -item[1])
    ]
    return replace(overview, sure=replace(overview.sure, authorship=authorship))


def last_whole_month(board: Board) -> MonthSpend | None:
    """What was paid a head in the last month that had ended; null where nothing is told of any."""
    if board.spend.paid is None:
        return None
    running = f"{board.as_of.astimezone(UTC):%Y-%m}"
    whole = [month for month in board.spend.paid.months if month.month < running]
    return whole[-1] if whole else None


def _narrowed(look: Look) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for dimension in look.asked.restricted:
        values = look.asked.values(dimension)
        if dimension == "repository":
            values = tuple(look.names.get(value, value) for value in values)
        found[dimension] = [value or "not told" for value in values]
    return found


def _paid(spend: SpendPage) -> Paid | None:
    months = spend.paid.months if spend.paid else []
    if not months:
        return None
    paid = sum(month.paid_microdollars for month in months)
    idle = sum(month.unallocated_microdollars for month in months)
    return Paid(len(months), paid, idle, (paid - idle) / paid if paid > 0 else None)


def _trend(look: Look, journey: JourneyPage) -> list[TrendMonth]:
    if journey.hidden is not None:
        return []
    cohorts: dict[str, FunnelGroup] = {cohort.name: cohort for cohort in journey.cohorts}
    found = []
    for moment in spend_series(look, Cells.months(look)):
        name = named(moment.first, moment.last)
        lines = cohorts.get(name)
        kept = None if lines is None else lines.merged if lines.live is None else lines.live
        found.append(
            TrendMonth(
                name,
                moment.first,
                moment.last,
                moment.cost,
                lines.generated if lines else None,
                kept,
            )
        )
    return found


_BLIND = {
    "outside": "Generated lines in files of no repository",
    "excluded": "Generated lines in paths that the rules leave out",
    "untraced": "Generated lines that cannot be followed",
}


def _gaps(overview: Overview, journey: JourneyPage) -> list[Gap]:
    found = [Gap(f"Not connected: {what}", None, "") for what in overview.missing]
    for bucket, told in _BLIND.items():
        lines = sum(part.lines for part in journey.buckets if part.bucket == bucket)
        if lines:
            found.append(Gap(told, lines, "line"))
    if overview.cost is not None and overview.cost.unpriced_calls:
        found.append(
            Gap("Calls without a known price, in no dollars", overview.cost.unpriced_calls, "call")
        )
    for turn in journey.turns:
        if turn.kind == "untraced_code":
            told = "Turns that changed files through the shell: dollars count, lines do not"
            found.append(Gap(told, turn.turns, "turn"))
    if overview.sure is not None:
        none = overview.sure.alive - overview.sure.with_evidence
        if none:
            found.append(Gap("Lines alive without evidence of who wrote them", none, "line"))
    if overview.reached is not None and overview.reached.yield_30.too_young:
        young = overview.reached.yield_30.too_young
        found.append(Gap("Generated lines too young to count in the yield", young, "line"))
    return found
