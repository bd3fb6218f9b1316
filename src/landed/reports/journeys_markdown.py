"""What agents generated and what it cost, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from landed.reports.journeys_model import JourneysPart, LandedChanges, Money, Ratio
from landed.reports.journeys_terminal import each, lasting_told, no_yield, session_figure
from landed.reports.journeys_words import (
    BENCHMARKS,
    BUCKET_WORDS,
    KIND_WORDS,
    RATIO_WORDS,
    SHORT_ID,
    STAGE_WORDS,
)
from landed.reports.markdown_layout import plain, table
from landed.reports.money import dollars, minutes
from landed.reports.wording import count, figure, percent

MONTHS = 24
"""Months told; of other groups there are never so many."""


def answer_markdown(part: JourneysPart) -> Iterator[str]:
    """How much of the generated lines got to production, and what it cost."""
    yield from _funnel(part)
    yield from _buckets(part)
    yield from _cost(part)


def details_markdown(part: JourneysPart) -> Iterator[str]:
    """The funnel by group, the sessions that cost most, and what it must save."""
    yield from _groups(part)
    yield from _sessions(part)
    yield from _return(part)


def _funnel(part: JourneysPart) -> Iterator[str]:
    yield "## What became of the lines that agents generated?"
    yield ""
    yield (
        f"{count(part.sessions, 'session')} cost {dollars(part.spent.list_microdollars)} at list "
        f"price ({_paid(part)}); "
        f"{count(part.generated, 'line')} bear "
        f"{dollars(part.stages[0].cost.list_microdollars)} of that."
    )
    yield ""
    yield from table(
        ("Lines", "Number", "Share", "List price", "Cash"),
        (
            (
                STAGE_WORDS[stage.stage],
                count(stage.lines),
                percent(stage.share),
                dollars(stage.cost.list_microdollars),
                _cash(part, stage.cost),
            )
            for stage in part.stages
        ),
        numbers=(1, 2, 3, 4),
    )
    shown = part.yield_30
    told = (
        f"{session_figure(shown.figure)}, {dollars(shown.shipped_cost.list_microdollars)} of "
        f"{dollars(shown.mature_cost.list_microdollars)}"
        if shown.mature
        else no_yield(part)
    )
    yield (
        f"Yield (deployed within 30 days and in production 30 days after): {told}; "
        f"{count(shown.too_young, 'line')} too young."
    )
    if part.lasting:
        yield f"In production {lasting_told(part)}."
    yield ""


def _paid(part: JourneysPart) -> str:
    cash = part.spent.cash_microdollars
    return f"{dollars(cash)} in cash" if cash else "what was paid is not known"


def _cash(part: JourneysPart, cost: Money) -> str:
    """Cash, where any is known."""
    return dollars(cost.cash_microdollars) if part.spent.cash_microdollars else "–"


def _buckets(part: JourneysPart) -> Iterator[str]:
    yield "Where they are now, each in one place:"
    yield ""
    yield from table(
        ("Where", "Why", "Lines", "List price", "Cash"),
        (
            (
                BUCKET_WORDS[found.bucket],
                plain(found.reason or "–"),
                count(found.lines),
                dollars(found.cost.list_microdollars),
                _cash(part, found.cost),
            )
            for found in part.buckets
        ),
        numbers=(2, 3, 4),
    )


def _cost(part: JourneysPart) -> Iterator[str]:
    yield "## What did it cost?"
    yield ""
    yield from table(
        ("Turns", "Number", "Calls", "Unpriced calls", "List price", "Cash"),
        (
            (
                KIND_WORDS[turn.kind],
                count(turn.turns),
                count(turn.calls),
                count(turn.unpriced_calls),
                dollars(turn.cost.list_microdollars),
                _cash(part, turn.cost),
            )
            for turn in part.turns
        ),
        numbers=(1, 2, 3, 4, 5),
    )
    yield from table(
        ("A line that was", "Lines", "Cost direct", "Cost fully loaded"),
        (
            (
                STAGE_WORDS[cost.stage],
                count(cost.lines),
                dollars(cost.direct),
                dollars(cost.loaded),
            )
            for cost in part.cost_per_line
        ),
        numbers=(1, 2, 3),
    )
    waste = part.waste
    yield (
        f"Waste: {dollars(waste.total.list_microdollars)} (rejected {dollars(waste.rejected)}, "
        f"discarded {dollars(waste.discarded)}, closed {dollars(waste.closed)}, reverted or fixed "
        f"{dollars(waste.undone)}). Churn, apart: {dollars(waste.churn)}."
    )
    yield ""
    if part.changes is not None:
        changes = part.changes
        yield (
            f"A landed change took {changes.turns_per_change:.1f} turns and cost "
            f"{each(changes.loaded, changes.direct)} fully loaded (direct)"
            f"{abandoned_told(changes)}; generated in one turn: {figure(changes.first_try)}."
        )
        yield ""
    if part.deployments is not None:
        found = part.deployments
        yield (
            f"{count(found.deployments, 'deployment')} brought generated lines: "
            f"{each(found.loaded, found.direct)} each."
        )
        yield ""


def whose_markdown(part: JourneysPart) -> Iterator[str]:
    """Whose lines shipped and stand today."""
    yield "## Whose shipped?"
    yield ""
    if part.shipped:
        yield "Yield: deployed within 30 days, and in production 30 days after that."
        yield ""
        yield from table(
            ("Agent", "Model", "Vendor", "Sessions", "Lines old enough", "Shipped", "Yield"),
            (
                (
                    plain(found.agent),
                    plain(found.model or "all"),
                    plain(found.vendor or "–"),
                    count(found.sessions),
                    count(found.mature),
                    count(found.shipped),
                    session_figure(found.figure),
                )
                for found in part.shipped
            ),
            numbers=(3, 4, 5),
        )
    yield "Standing today, of the lines that are settled:"
    yield ""
    yield from table(
        ("Agent", "Model", "Sessions", "Lines settled", "Standing today", "Share"),
        (
            (
                plain(found.agent),
                plain(found.model or "all"),
                count(found.sessions),
                count(found.settled),
                count(found.standing),
                session_figure(found.figure),
            )
            for found in part.outcomes
        ),
        numbers=(2, 3, 4),
    )
    ratios = [*part.lasting, *part.ratios, *([] if part.effort is None else [part.effort.fixing])]
    yield from table(
        ("Figure", "Counted", "Of", "Share"),
        ((RATIO_WORDS[ratio.name], *_ratio(ratio)) for ratio in ratios),
        numbers=(1, 2, 3),
    )
    if part.effort is not None:
        yield (
            f"People attended agents for {minutes(part.effort.attended_minutes)}; agents worked "
            f"alone for {minutes(part.effort.unattended_minutes)}."
        )
        yield ""


def _ratio(ratio: Ratio) -> tuple[str, str, str]:
    whole = float(ratio.total).is_integer() and float(ratio.counted).is_integer()
    counted, total = (
        (count(int(ratio.counted)), count(int(ratio.total)))
        if whole
        else (minutes(ratio.counted), minutes(ratio.total))
    )
    return counted, total, percent(ratio.share)


def abandoned_told(changes: LandedChanges) -> str:
    """What of the direct cost went into changes that were closed unmerged."""
    if not changes.abandoned:
        return ""
    return f"; {dollars(changes.abandoned)} of changes closed unmerged included"


def _groups(part: JourneysPart) -> Iterator[str]:
    if not part.groups:
        return
    yield "## How far did lines get, by whom and when?"
    yield ""
    for kind in dict.fromkeys(group.kind for group in part.groups):
        shown = [group for group in part.groups if group.kind == kind][-MONTHS:]
        yield from table(
            (
                kind.capitalize(),
                *(f"{word[0].upper()}{word[1:]}" for word in STAGE_WORDS.values()),
                "List price",
                "Of it live",
            ),
            (
                (
                    plain(group.name),
                    *(_optional(getattr(group, stage)) for stage in STAGE_WORDS),
                    dollars(group.cost.list_microdollars),
                    dollars(group.live_list_microdollars),
                )
                for group in shown
            ),
            numbers=range(1, len(STAGE_WORDS) + 3),
        )


def _optional(number: int | None) -> str:
    return "–" if number is None else count(number)


def _sessions(part: JourneysPart) -> Iterator[str]:
    if not part.expensive:
        return
    yield "## Which sessions cost most, and where did their lines end?"
    yield ""
    yield from table(
        ("Session", "Agent", "Feature", "Turns", "List", "Lines", "Landed", "Standing", "Wasted"),
        (
            (
                plain(found.session[:SHORT_ID]),
                plain(found.agent),
                plain(found.feature or found.branch or "–"),
                count(found.turns),
                dollars(found.cost.list_microdollars),
                count(found.lines),
                count(found.landed),
                count(found.standing),
                count(found.wasted),
            )
            for found in part.expensive
        ),
        numbers=(3, 4, 5, 6, 7, 8),
    )
    if part.leak is not None:
        leak = part.leak
        yield (
            f"Biggest leak: {count(leak.sessions, 'session')} on {plain(leak.subject)} cost "
            f"{dollars(leak.cost.list_microdollars)}, generated {count(leak.lines, 'line')} and "
            "left none."
        )
        yield ""


def _return(part: JourneysPart) -> Iterator[str]:
    economics = part.economics
    if not economics.months and not economics.idle_seats:
        return
    yield "## What must it save to pay for itself?"
    yield ""
    if economics.break_even_minutes is not None:
        yield (
            f"Break-even: {economics.break_even_minutes:.0f} minutes saved per developer and "
            "month, at the configured hourly rate. Everything captured, all repositories."
        )
    else:
        yield "Break-even needs what was paid and cash.hourly_rate in landed.toml."
    yield ""
    yield from table(
        ("Month", "Paid", "Not borne by captured use", "Per developer", "Per active user"),
        (
            (
                spend.month,
                dollars(spend.paid_microdollars),
                dollars(spend.unallocated_microdollars),
                dollars(spend.per_developer),
                dollars(spend.per_active),
            )
            for spend in economics.months
        ),
        numbers=(1, 2, 3, 4),
    )
    yield BENCHMARKS
    yield ""
    for seats in economics.idle_seats:
        yield (
            f"- {plain(seats.vendor)}: {count(seats.idle)} of {count(seats.seats, 'seat')} without "
            f"captured use in 30 days, {dollars(seats.idle_microdollars_a_month)} a month"
        )
    if economics.idle_seats:
        yield ""
