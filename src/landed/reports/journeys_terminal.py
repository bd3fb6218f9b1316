"""What agents generated and what it cost, for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from landed.compare import Figure
from landed.reports import palette, wording
from landed.reports.journeys_model import JourneysPart, Money, SessionOutcome
from landed.reports.journeys_words import SHORT_ID, STAGE_WORDS
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
from landed.reports.wording import count, percent, short_figure

SESSIONS = 3
OUTCOMES = 4


def answer_lines(part: JourneysPart) -> Iterator[Text]:
    """How much of the generated lines got to production, and what it cost: 80 columns."""
    yield from _funnel(part)
    yield Text()
    yield from _shipped(part)
    yield from _prices(part)
    yield from _waste(part)


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
            f"{count(part.unpriced_calls, 'call')} of models without a known price left out: "
            "landed cost names them",
            "",
        )


def _shipped(part: JourneysPart) -> Iterator[Text]:
    shown = part.yield_30
    if shown.mature:
        young = f"; {count(shown.too_young, 'line')} too young" if shown.too_young else ""
        told = shown.figure.estimate is not None
        sessions = count(shown.figure.changes, "session")
        after = f" live 30 days after shipping, of {sessions}" if told else ""
        yield from wrapped(
            f"Yield{'' if told else ':'} {session_figure(shown.figure)}{after}", young
        )
    else:
        yield from wrapped(f"Yield: {no_yield(part)}", "")
    if part.lasting:
        yield from wrapped(f"In production {lasting_told(part)}", "")


def lasting_told(part: JourneysPart) -> str:
    """How many of the deployed lines were still there later, such as `30 days later 80 %`."""
    days = {"live_30": "30 days later", "live_90": "90 days later"}
    return ", ".join(
        f"{days[one.name]} {percent(one.share)} of {count(int(one.total), 'deployed line')}"
        for one in part.lasting
    )


def no_yield(part: JourneysPart) -> str:
    """Why there is no yield at all."""
    if part.yield_30.too_young:
        return "all lines are too young, it takes 60 days to tell"
    return "not known, as nothing says what is in production" if part.generated else "no lines"


def _prices(part: JourneysPart) -> Iterator[Text]:
    reached = [cost for cost in part.cost_per_line if cost.lines and cost.loaded is not None]
    if not reached:
        return
    last = reached[-1]
    word = {"live": "surviving"}.get(last.stage, last.stage)
    told = f"A {word} line cost {dollars(last.loaded)} fully loaded ({dollars(last.direct)} direct)"
    change = "merged change" if part.changes and part.changes.requests else "landed change"
    for name, found in ((change, part.changes), ("deployment", part.deployments)):
        if found is not None:
            told += f", a {name} {each(found.loaded, found.direct)}"
    yield from wrapped(told, "")


def each(loaded: Money, direct: Money) -> str:
    """What one of something cost, both ways."""
    return f"{dollars(loaded.list_microdollars)} ({dollars(direct.list_microdollars)})"


def _waste(part: JourneysPart) -> Iterator[Text]:
    waste = part.waste
    if waste.total.list_microdollars is None:
        return
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
            ("no_session", "of no turn"),
        )
        if beside_lines.get(kind)
    )
    what = f": {', '.join(kinds)}" if kinds else ""
    yield from wrapped(f"Waste {dollars(waste.total.list_microdollars)}{what}", aside)


def effort_lines(part: JourneysPart) -> Iterator[Text]:
    """How long people attended agents."""
    if part.effort is None:
        return
    yield Text()
    effort = part.effort
    fixing = f"; {percent(effort.fixing.share)} of their work mended AI's own lines"
    yield from wrapped(
        f"Agents were attended {minutes(effort.attended_minutes)} and worked alone "
        f"{minutes(effort.unattended_minutes)}",
        fixing if effort.fixing.counted else "",
    )


def whose_lines(part: JourneysPart) -> Iterator[Text]:
    """Whose lines shipped and stand today."""
    if not part.outcomes:
        return
    shipped = {(one.agent, one.model): one.figure for one in part.shipped}
    aside = "standing today, of those settled"
    yield from section("Whose shipped?", f"yield · {aside}" if shipped else aside)
    for found in part.outcomes[:OUTCOMES]:
        name = f"{'  ' if found.model else ''}{found.model or found.agent}"
        line = Text(f"{INDENT}{cut(name, 19):<19}")
        own = shipped.get((found.agent, found.model))
        line.append(f"{short_figure(own) if own else '':>16}")
        line.append(f"{count(found.standing):>9} of {count(found.settled):<9}")
        line.append(_short_figure(found.figure))
        yield clipped(line)


def session_lines(part: JourneysPart) -> Iterator[Text]:
    """The sessions that cost most, and where their lines ended."""
    if part.expensive:
        yield from section("Most expensive sessions", "lines standing of those generated")
        for found in part.expensive[:SESSIONS]:
            yield _session(found)


def leak_lines(part: JourneysPart) -> Iterator[Text]:
    """The feature or branch whose dollars left no line."""
    if part.leak is not None:
        leak = part.leak
        told = (
            f"Biggest leak: {count(leak.sessions, 'session')} on {leak.subject} cost "
            f"{dollars(leak.cost.list_microdollars)} and left no line"
        )
        yield Text()
        yield from wrapped(told, ".   landed sessions --waste")


def _session(found: SessionOutcome) -> Text:
    about = found.feature or found.branch or "no feature"
    cost = dollars(found.cost.list_microdollars)
    left = Text(f"{INDENT}{cost:>8}  {found.session[:SHORT_ID]}  ")
    left.append(cut(f"{found.agent} on {about}", 34))
    told = f"{count(found.standing)} of {count(found.lines)}" if found.lines else "no lines"
    return beside(left, Text(told))


def session_figure(found: Figure) -> str:
    """A share over sessions with its interval, or how many more sessions would tell."""
    return wording.figure(found, noun="session")


def _short_figure(found: Figure) -> str:
    """As `session_figure`, in as few words as are left of a line."""
    if found.more_changes:
        return f"too few, +{count(found.more_changes, 'session')}"
    return session_figure(found)


def _price(money: Money) -> str:
    """List price, and cash where anything was paid."""
    cash = f" ({dollars(money.cash_microdollars)} cash)" if money.cash_microdollars else ""
    return f"{dollars(money.list_microdollars)} list{cash}"
