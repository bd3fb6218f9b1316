"""What agents generated and what it cost, for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from landed.compare import Figure
from landed.reports import palette, wording
from landed.reports.journeys_model import JourneysPart, Money, SessionOutcome
from landed.reports.journeys_words import STAGE_WORDS
from landed.reports.money import dollars, minutes
from landed.reports.terminal_layout import (
    INDENT,
    bar,
    beside,
    clipped,
    cut,
    section,
    wrapped,
)
from landed.reports.wording import count, percent

SESSIONS = 3
OUTCOMES = 4


def journey_lines(part: JourneysPart) -> Iterator[Text]:
    """The lines of the part, none wider than 80 columns."""
    yield from _funnel(part)
    yield from _headline(part)
    yield from _whose(part)
    yield from _sessions(part)


def _funnel(part: JourneysPart) -> Iterator[Text]:
    generated = part.stages[0]
    yield from section(
        f"Of {count(generated.lines, 'line')} that agents generated",
        f"{dollars(generated.cost.list_microdollars)} of {_price(part.spent)}",
    )
    for stage in part.stages[1:]:
        line = Text(
            f"{INDENT}{STAGE_WORDS[stage.stage]:<11}{count(stage.lines):>11}"
            f"  {percent(stage.share):>5}  "
        )
        line.append(f"{bar(stage.share, 26):<26}", style=palette.WHO["ai"])
        line.append(f"{dollars(stage.cost.list_microdollars):>10}")
        yield line
    if part.unpriced_calls:
        yield from wrapped(
            f"{count(part.unpriced_calls, 'call')} of models without a known price "
            "are not in these sums: landed cost names them",
            "",
        )


def _headline(part: JourneysPart) -> Iterator[Text]:
    yield Text()
    shown = part.yield_30
    young = f"; {count(shown.too_young, 'line')} too young" if shown.too_young else ""
    if shown.mature:
        yield from wrapped(
            f"Yield {session_figure(shown.figure)} live 30 days after shipping", young
        )
    else:
        yield from wrapped("Yield: all lines are too young, it takes 60 days to tell", "")
    furthest = [cost for cost in part.cost_per_line if cost.lines]
    if furthest:
        last = furthest[-1]
        word = {"live": "living", "deployed": "deployed"}.get(last.stage, last.stage)
        told = (
            f"A {word} line cost {dollars(last.loaded or 0)} fully loaded, "
            f"{dollars(last.direct or 0)} direct"
        )
        if part.changes is not None:
            per = part.changes.cost_per_change.list_microdollars
            told += f"; a landed change {dollars(per)}"
        yield from wrapped(told, "")
    waste = part.waste
    kinds = [
        f"{word} {dollars(amount)}"
        for word, amount in (
            ("rejected", waste.rejected),
            ("discarded", waste.discarded),
            ("closed", waste.closed),
            ("reverted or fixed", waste.undone),
        )
        if amount
    ]
    beside_lines = {turn.kind: turn.cost.list_microdollars for turn in part.turns}
    aside = "".join(
        f"; {word} {dollars(beside_lines[kind])}"
        for kind, word in (
            ("non_code", "not code"),
            ("untraced_code", "through the shell"),
            ("removal", "only removing"),
            ("no_session", "without a session"),
        )
        if beside_lines.get(kind)
    )
    what = f": {', '.join(kinds)}" if kinds else ""
    yield from wrapped(f"Waste {dollars(waste.total.list_microdollars)}{what}", aside)
    if part.effort is not None:
        effort = part.effort
        fixing = f"; {percent(effort.fixing.share)} of it mending AI's own lines"
        yield from wrapped(
            f"Agents were attended {minutes(effort.attended_minutes)} and worked alone "
            f"{minutes(effort.unattended_minutes)}",
            fixing if effort.fixing.counted else "",
        )


def _whose(part: JourneysPart) -> Iterator[Text]:
    if not part.outcomes:
        return
    yield from section("Whose lines survived?", "standing today, of those settled")
    for found in part.outcomes[:OUTCOMES]:
        name = f"{'  ' if found.model else ''}{found.model or found.agent}"
        line = Text(f"{INDENT}{cut(name, 26):<27}")
        line.append(f"{count(found.standing):>9} of {count(found.settled):<9}")
        line.append(session_figure(found.figure))
        yield clipped(line)


def _sessions(part: JourneysPart) -> Iterator[Text]:
    if part.expensive:
        yield from section("Most expensive sessions", "lines standing of those generated")
        for found in part.expensive[:SESSIONS]:
            yield _session(found)
    if part.leak is not None:
        leak = part.leak
        told = (
            f"Biggest leak: {count(leak.sessions, 'session')} on {leak.subject} cost "
            f"{dollars(leak.cost.list_microdollars)} and left no line"
        )
        yield from wrapped(told, ".   landed sessions --waste")


def _session(found: SessionOutcome) -> Text:
    about = found.feature or found.branch or "no feature"
    left = Text(f"{INDENT}{dollars(found.cost.list_microdollars):>8}  {found.session[:8]}  ")
    left.append(cut(f"{found.agent} on {about}", 38))
    told = f"{count(found.standing)} of {count(found.lines)}" if found.lines else "no lines"
    return beside(left, Text(told))


def session_figure(found: Figure) -> str:
    """A share over sessions with its interval, or how many more sessions would tell."""
    return wording.figure(found, noun="session")


def _price(money: Money) -> str:
    """List price, and cash where anything was paid."""
    cash = f" ({dollars(money.cash_microdollars)} cash)" if money.cash_microdollars else ""
    return f"{dollars(money.list_microdollars)} list{cash}"
