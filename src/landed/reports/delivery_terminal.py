"""Changes, reviews, deployments and incidents, for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from rich.text import Text

from landed.reports.delivery_model import Causes, DeliveryPart, IncidentRate, ReworkCost
from landed.reports.delivery_words import (
    NOTHING_FAILED,
    STAGE_WORDS,
    minutes_told,
    rate_told,
    share_reviewed,
    time_difference,
    time_told,
    verdict,
    weighed,
)
from landed.reports.money import dollars, minutes
from landed.reports.terminal_layout import INDENT, cell, clipped, section, wrapped
from landed.reports.wording import WHO, count, percent, short_figure

_SHARES = ("all", "AI-heavy", "other")
_LABEL = 26


class _Of(Protocol):
    """A figure of all deployments or changes, or of some kind of them."""

    @property
    def of(self) -> str: ...


Told = TypeVar("Told", bound=_Of)


def holding_lines(part: DeliveryPart | None) -> Iterator[Text]:
    """What the first screen adds to rework: changes that failed, and incidents."""
    if part is None:
        yield Text(f"{INDENT}{NOTHING_FAILED}", style="dim")
        return
    failures = part.failures
    if failures.heavy.changes or failures.others.changes:
        yield from wrapped(
            f"changes that failed: AI-heavy {short_figure(failures.heavy)}, "
            f"others {short_figure(failures.others)}",
            f"; {verdict(failures.matched, 'fail more often', 'fail less often')}",
        )
    for kind in ("incident", "bug"):
        if told := incidents_told(part, kind):
            yield from wrapped(told, "")


def incidents_told(part: DeliveryPart, kind: str) -> str:
    """How many incidents or bugs there were, and how many of them AI lines brought."""
    return incident_words(part.incidents, part.causes, kind)


def incident_words(incidents: list[IncidentRate], causes: list[Causes], kind: str) -> str:
    """The same from the incidents and bugs and the rules that tell their causes."""
    number = sum(row.incidents for row in causes if row.kind == kind)
    if not number:
        return ""
    traced = [row for row in incidents if (row.kind, row.basis) == (kind, "traced")]
    told = f"{count(number, kind)}: "
    told += (
        ", ".join(f"{weighed(row)} of {_lines_of(row)}" for row in traced)
        if traced
        else "none traced to lines"
    )
    by_rule = {row.rule: row.incidents for row in causes if row.kind == kind}
    by_time, unknown = by_rule.get("time", 0), by_rule.get("none", 0)
    # of either side the whole: without declared evidence for AI, with it for the others
    by_lines = round(sum(row.low if row.side == "AI" else row.high for row in traced))
    for rest, words in (
        (number - by_time - unknown - by_lines, "with a cause that brought no line"),
        (by_time, "by time only"),
        (unknown, "no cause known"),
    ):
        told += f", {count(rest)} {words}" if rest > 0 else ""
    return told


def delivery_lines(part: DeliveryPart | None) -> Iterator[Text]:
    """The details, none wider than 80 columns; the first screen says what to connect."""
    if part is None:
        return
    yield from _dora(part)
    yield from _stages(part)
    yield from _reviewing(part)
    yield from _incidents(part)
    yield from _rework(part)


def _dora(part: DeliveryPart) -> Iterator[Text]:
    dora = part.dora
    each = " each" if len(part.connected) > 1 else ""
    rows = [
        ("change lead time", _by_of(dora.change_lead_time, lambda one: time_told(one.time, True))),
        (
            f"deployments a week{each}",
            _by_of(dora.deployment_frequency, lambda one: _per_week(one.per_week)),
        ),
        ("change fail rate", _by_of(dora.change_fail_rate, lambda one: short_figure(one.figure))),
        (
            "recovery time",
            _by_of(dora.failed_deployment_recovery_time, lambda one: time_told(one.time, True)),
        ),
        ("rework rate", _by_of(dora.deployment_rework_rate, lambda one: short_figure(one.figure))),
    ]
    if not any(found for _, found in rows):
        return
    open_changes = f"{count(part.open_changes, 'change')} open" if part.open_changes else ""
    yield from section("How is it delivered? The five metrics of DORA", open_changes)
    yield Text(f"{'':<{_LABEL + 2}}{'all':>17}{'AI-heavy':>17}{'other':>17}", style="dim")
    for label, found in rows:
        line = f"{INDENT}{label:<{_LABEL}}"
        line += "".join(cell(found.get(share, "–"), 17) for share in ("all", *_SHARES[1:]))
        yield clipped(Text(line))


def _by_of(rows: Sequence[Told], told: Callable[[Told], str]) -> dict[str, str]:
    return {row.of: told(row) for row in rows}


def _per_week(number: float | None) -> str:
    return "–" if number is None else f"{number:.1f}"


def _stages(part: DeliveryPart) -> Iterator[Text]:
    shown = [one for one in part.stages if not one.high_quality]
    if not shown:
        return
    yield from section("Where does the time go? Medians", "AI-heavy less others, matched")
    yield Text(f"{'':<26}{'AI-heavy':>16}{'other':>16}{'difference':>22}", style="dim")
    for one in shown:
        line = f"{INDENT}{STAGE_WORDS[one.stage]:<24}{cell(time_told(one.heavy, True), 16)}"
        line += cell(time_told(one.others, True), 16)
        line += cell(time_difference(one.matched, True), 22)
        yield clipped(Text(line))
    good = next((one for one in part.stages if one.high_quality), None)
    if good is not None:
        yield from wrapped(
            f"without those that were reverted, fixed or led to an incident: AI-heavy "
            f"{time_told(good.heavy)}, other {time_told(good.others)}",
            f" ({STAGE_WORDS[good.stage].removeprefix('whole, ')})",
        )


def _reviewing(part: DeliveryPart) -> Iterator[Text]:
    found = part.reviewing
    if found is not None:
        yield from section("What does reviewing take?", "estimated minutes")
        yield Text(
            f"{'':<13}{'changes':>9}{'reviewed':>10}{'rounds':>8}{'comments':>10}"
            f"{'a change':>16}{'in all':>14}",
            style="dim",
        )
        for one in found.loads:
            line = f"{INDENT}{one.kind:<11}{count(one.changes):>9}"
            line += f"{share_reviewed(one.reviewed, one.changes):>10}"
            line += f"{one.rounds / one.changes:>8.1f}{one.comments / one.changes:>10.1f}"
            line += cell(minutes_told(one.minutes_a_change), 16)
            line += cell(minutes(one.reviewer_minutes), 14)
            yield clipped(Text(line))
        design = sum(one.design for one in found.loads)
        if design:
            without = sum(one.design_without_senior for one in found.loads)
            yield from wrapped(
                f"{count(design, 'change')} of the design, {count(without)} of them without a "
                "senior reviewer",
                "",
            )
    if part.unreviewed:
        yield from wrapped(f"Unreviewed in production: {unreviewed_told(part)}", "")


def unreviewed_told(part: DeliveryPart) -> str:
    """Lines in production that nobody reviewed, by who wrote them."""
    return ", ".join(
        f"{count(one.unreviewed)} of {count(one.lines)} {WHO[one.who]} lines ({percent(one.share)})"
        for one in part.unreviewed
    )


def _incidents(part: DeliveryPart) -> Iterator[Text]:
    traced = [one for one in part.incidents if one.basis == "traced"]
    if not traced:
        return
    yield from section("What did lines bring about?", "for 1,000 lines landed · 1,000 line-days")
    for one in traced:
        line = f"{INDENT}{one.kind + 's of ' + _lines_of(one):<26}{weighed(one):>9}"
        line += (
            f"{cell(rate_told(one.per_thousand_lines), 21)}"
            f"{cell(rate_told(one.per_thousand_line_days), 21)}"
        )
        yield clipped(Text(line))


def _lines_of(found: IncidentRate) -> str:
    return "AI lines" if found.side == "AI" else "other lines"


def _rework(part: DeliveryPart) -> Iterator[Text]:
    if part.rework is None:
        return
    yield from wrapped(*rework_told(part.rework))


def rework_told(found: ReworkCost) -> tuple[str, str]:
    """What mending took, and what of it is not known."""
    told = "Mending"
    if found.total_microdollars is not None:
        told += f" took {dollars(found.total_microdollars)}"
    parts = []
    if found.turns:
        parts.append(
            f"{count(found.turns, 'turn')} on AI's young lines "
            f"{dollars(found.cost.list_microdollars)}, attended {minutes(found.attended_minutes)}"
        )
    if found.reviewer_minutes:
        parts.append(f"reviewers of reverts and hotfixes {minutes(found.reviewer_minutes)}")
    if found.check_minutes:
        parts.append(f"their checks {minutes(found.check_minutes)}")
    told += f": {'; '.join(parts)}" if parts else ""
    unknown = f". Not known: {'; '.join(found.missing)}" if found.missing else ""
    return told, unknown
