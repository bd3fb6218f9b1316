"""Changes, reviews, deployments and incidents, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from landed.compare import Amount
from landed.reports.delivery_model import DeliveryPart, Dora, Rate, Reviewing
from landed.reports.delivery_terminal import incidents_told, rework_told, unreviewed_told
from landed.reports.delivery_words import (
    CONNECT,
    RULE_WORDS,
    STAGE_WORDS,
    WEEKLY,
    basis,
    minutes_told,
    points_difference,
    rate_told,
    share_reviewed,
    time_difference,
    time_told,
    verdict,
    weighed,
)
from landed.reports.markdown_layout import table
from landed.reports.money import minutes
from landed.reports.wording import count, figure, missing

SHARES = ("all", "AI-heavy", "other", "no new lines")
MONTHS = 24


def holding_markdown(part: DeliveryPart | None) -> Iterator[str]:
    """Changes that failed, and incidents, beside the rework of lines."""
    if part is None:
        return
    failures = part.failures
    if failures.heavy.changes or failures.others.changes:
        yield (
            f"Changes that failed (reverted, hotfixed, rolled back or with an incident): AI-heavy "
            f"{figure(failures.heavy)} of {count(failures.heavy.changes)}, others "
            f"{figure(failures.others)} of {count(failures.others.changes)}; "
            f"{verdict(failures.matched, 'fail more often', 'fail less often')}: "
            f"{points_difference(failures.matched)} ({basis(failures.matched)})."
        )
        yield ""
    told = [line for kind in ("incident", "bug") if (line := incidents_told(part, kind))]
    for line in told:
        yield f"- {line}"
    if told:
        yield ""


def delivery_markdown(part: DeliveryPart | None) -> Iterator[str]:
    """The chapters on delivery; without a forge what to connect."""
    yield "## How is it delivered?"
    yield ""
    if part is None:
        yield f"{CONNECT}."
        yield ""
        return
    yield from _dora(part.dora)
    yield from _changes(part)
    yield from _stages(part)
    if part.reviewing is not None:
        yield from _reviewing(part.reviewing)
    if part.unreviewed:
        yield f"Lines in production that nobody reviewed: {unreviewed_told(part)}."
        yield ""
    yield from _months(part)
    yield from _incidents(part)
    if part.rework is not None:
        yield f"{''.join(rework_told(part.rework))}."
        yield ""
    for gap in part.missing:
        yield f"- {gap.what[0].upper()}{gap.what[1:]}. To add it: {gap.how}."
    if part.missing:
        yield ""


def _dora(dora: Dora) -> Iterator[str]:
    yield "The five metrics of DORA; AI-heavy from half of the lines on."
    yield ""
    times = {one.of: _amount(one.time) for one in dora.change_lead_time}
    weekly = {
        one.of: f"{one.per_week:.1f} {WEEKLY} ({count(one.deployments)})"
        for one in dora.deployment_frequency
        if one.per_week is not None
    }
    fails, reworks = (
        {one.of: _rate(one) for one in rates}
        for rates in (dora.change_fail_rate, dora.deployment_rework_rate)
    )
    recovered = {one.of: _amount(one.time) for one in dora.failed_deployment_recovery_time}
    yield from table(
        ("Metric", *(share.capitalize() if share == "all" else share for share in SHARES)),
        (
            (name, *(found.get(share, "–") for share in SHARES))
            for name, found in (
                ("Change lead time", times),
                ("Deployment frequency", weekly),
                ("Failed deployment recovery time", recovered),
                ("Change fail rate", fails),
                ("Deployment rework rate", reworks),
            )
        ),
        numbers=(1, 2, 3, 4),
    )


def _amount(found: Amount) -> str:
    if found.estimate is None:
        there = f" ({count(found.number)} there)" if found.number else ""
        return f"{found.missing or '–'}{there}"
    return f"{time_told(found)} of {count(found.number)}"


def _rate(found: Rate) -> str:
    if found.figure.estimate is None:
        return f"{missing(found.figure, 'deployment')} ({count(found.total)} there)"
    return f"{figure(found.figure)} of {count(found.total)}"


def _changes(part: DeliveryPart) -> Iterator[str]:
    if not part.changes:
        return
    yield from table(
        ("Changes", "Merged or closed", "Merged", "Share"),
        (
            (one.kind, count(one.finished), count(one.merged), figure(one.merge_rate))
            for one in part.changes
        ),
        numbers=(1, 2, 3),
    )
    if part.open_changes:
        yield f"{count(part.open_changes, 'change')} open."
        yield ""


def _stages(part: DeliveryPart) -> Iterator[str]:
    if not part.stages:
        return
    yield "### Where does the time go?"
    yield ""
    yield "Medians; the difference is AI-heavy less others, within repository, author and size."
    yield ""
    yield from table(
        ("Stage", "AI-heavy", "Other", "Difference", "In words"),
        (
            (
                STAGE_WORDS[one.stage] + (", high quality only" if one.high_quality else ""),
                _amount(one.heavy),
                _amount(one.others),
                time_difference(one.matched),
                verdict(one.matched, "take longer", "take less time"),
            )
            for one in part.stages
        ),
        numbers=(1, 2, 3),
    )
    yield f"Compared: {basis(part.stages[0].matched)}."
    yield ""


def _reviewing(found: Reviewing) -> Iterator[str]:
    yield "### What does reviewing take?"
    yield ""
    yield (
        f"Minutes are estimated: {found.minutes_per_round:g} a round, "
        f"{found.minutes_per_comment:g} a comment on the code, and for each reviewer "
        f"{found.minutes_per_hundred_lines:g} a hundred lines."
    )
    yield ""
    yield from table(
        (
            "Changes",
            "Number",
            "Reviewed",
            "Rounds each",
            "Comments each",
            "Minutes each",
            "In all",
            "With a senior reviewer",
            "Of the design",
            "Of these without a senior",
        ),
        (
            (
                one.kind,
                count(one.changes),
                share_reviewed(one.reviewed, one.changes),
                f"{one.rounds / one.changes:.1f}",
                f"{one.comments / one.changes:.1f}",
                minutes_told(one.minutes_a_change),
                minutes(one.reviewer_minutes),
                count(one.senior_reviewed),
                count(one.design),
                count(one.design_without_senior),
            )
            for one in found.loads
        ),
        numbers=range(1, 10),
    )


def _months(part: DeliveryPart) -> Iterator[str]:
    if part.months:
        yield from table(
            ("Month", "Deployments", "Failed", "Unplanned"),
            (
                (one.month, count(one.deployments), count(one.failed), count(one.unplanned))
                for one in part.months[-MONTHS:]
            ),
            numbers=(1, 2, 3),
        )


def _incidents(part: DeliveryPart) -> Iterator[str]:
    if not part.causes:
        return
    yield "### What did lines bring about?"
    yield ""
    if part.incidents:
        yield from table(
            ("What", "Cause", "Of", "Number", "For 1,000 lines landed", "For 1,000 line-days"),
            (
                (
                    f"{one.kind}s",
                    one.basis,
                    "AI lines" if one.side == "AI" else "other lines",
                    weighed(one),
                    rate_told(one.per_thousand_lines),
                    rate_told(one.per_thousand_line_days),
                )
                for one in part.incidents
            ),
            numbers=(3, 4, 5),
        )
    yield from table(
        ("What", "How its cause is known", "Number"),
        ((f"{one.kind}s", RULE_WORDS[one.rule], count(one.incidents)) for one in part.causes),
        numbers=(2,),
    )
