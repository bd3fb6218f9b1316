"""Page one, its lower half: the month to come, the leak, others' figures, and how sure all is."""

from __future__ import annotations

from landed.reports import wording
from landed.reports.board.board import Board, last_whole_month
from landed.reports.board.document import Band, Bar, Fact, Tone
from landed.reports.board.naming import NOT_SHOWN, capital, shortened
from landed.reports.dashboard.benchmarks import Benchmark
from landed.reports.model import Coverage
from landed.reports.money import dollars
from landed.reports.wording import count, percent


def forecast_of(board: Board) -> list[str]:
    """What this month is coming to, in sentences."""
    if not board.spend.budgets:
        return [f"{capital(NOT_SHOWN)}: {board.spend.hidden or 'too few people'}."]
    found = board.spend.budgets[0]
    forecast, price = found.forecast, "cash" if found.price == "cash" else "list price"
    month = f"{forecast.month:%B %Y}"
    if forecast.expected is None:
        return [f"{month}: {dollars(forecast.so_far)} so far ({price}); {forecast.missing}."]
    told = [
        f"{month} is coming to {dollars(forecast.expected)} ({price}), with a chance of four in "
        f"five between {dollars(forecast.low)} and {dollars(forecast.high)}. "
        f"So far {dollars(forecast.so_far)}."
    ]
    if found.budget is None:
        told.append("No budget is set.")
    else:
        share = percent(forecast.expected / found.budget)
        told.append(f"That is {share} of the budget of {dollars(found.budget)}.")
    return told


def band_of(board: Board) -> Band | None:
    """The same as a band; null where there is no forecast."""
    if not board.spend.budgets:
        return None
    found = board.spend.budgets[0]
    forecast = found.forecast
    if forecast.expected is None or forecast.low is None or not forecast.high:
        return None
    full = max(forecast.high, found.budget or 0) * 1.04
    return Band(
        so_far=forecast.so_far / full,
        low=forecast.low / full,
        high=forecast.high / full,
        expected=forecast.expected / full,
        budget=found.budget / full if found.budget else None,
        note="Solid: so far. Pale: four chances in five. Line: expected."
        + (" Orange: the budget." if found.budget else ""),
    )


def leak_of(board: Board) -> str:
    """The dearest feature all of whose lines are gone."""
    if board.overview.cost is None:
        return f"{capital(NOT_SHOWN)}."
    if not board.overview.leaks:
        return "No feature of enough people lost all its lines."
    leak = board.overview.leaks[0]
    price = dollars(leak.cost.list_microdollars)
    return (
        f"{shortened(leak.subject)} in {shortened(leak.repository)}: {price} at list price, "
        f"{count(leak.sessions, 'session')}, {count(leak.lines, 'line')}, none of which stands."
    )


def benchmarks_of(board: Board) -> list[Fact]:
    """One's own figures beside those of others."""
    found = []
    for metric in dict.fromkeys(benchmark.metric for benchmark in board.benchmarks):
        others = [one for one in board.benchmarks if one.metric == metric]
        found.append(Fact(own_beside(board, metric), "; ".join(map(cited, others))))
    return found


def cited(benchmark: Benchmark) -> str:
    """What others reported, whose word it is and of when."""
    return f"{benchmark.told} ({benchmark.source}, {benchmark.year})"


def own_beside(board: Board, metric: str) -> str:
    """One's own figure to stand beside others'; says so where there is none."""
    if metric == "spend_per_developer":
        month = last_whole_month(board)
        if month is None or month.per_developer is None:
            return "Cash a developer and month: not known, nothing paid is told"
        told = f"Cash a developer in {month.month}: {dollars(month.per_developer)}"
        active = f"{dollars(month.per_active)} a user of AI"
        return f"{told}, {active}" if month.per_active is not None else told
    holding = board.overview.holding
    rework = holding.rework if holding else None
    if rework is None:
        return "Rework of AI’s lines: not known"
    others = wording.percent(rework.others.estimate, 1)
    return (
        f"Reworked within {rework.days} days: AI {wording.figure(rework.ai, 1)}, others {others}, "
        f"{wording.comparison_sentence(rework, rework.days).partition(':')[0]}"
    )


_GRADE_TONES: dict[str, Tone] = {
    "recorded": "live",
    "matched": "live",
    "similar": "merged",
    "declared": "ai",
    "dated": "human",
    "inferred": "waiting",
    "none": "unknown",
}


def sure_bars_of(board: Board) -> list[Bar]:
    """Lines alive by the grade of their evidence."""
    sure = board.overview.sure
    if sure is None or not sure.alive:
        return []
    lines = dict.fromkeys(wording.GRADES, 0)
    for part in sure.authorship:
        lines[part.grade] += part.lines
    told = {grade: number for grade, number in lines.items() if number}
    shares = wording.percents(list(told.values()))
    return [
        Bar(
            capital(wording.GRADES[grade]),
            share,
            count(number),
            number / sure.alive,
            _GRADE_TONES[grade],
        )
        for (grade, number), share in zip(told.items(), shares, strict=True)
    ]


def sure_notes_of(board: Board) -> list[str]:
    """What the figures rest on, in sentences."""
    sure = board.overview.sure
    if sure is None:
        why = board.overview.hidden.get("commits", "")
        return [f"{capital(NOT_SHOWN)}: {why}."]
    told = [_evidence_told(sure)]
    ignored = board.overview.ignored.get("sure", ())
    if ignored:
        told.append(f"This is not narrowed by {wording.listed(ignored)}.")
    cost = board.overview.cost
    if cost is not None:
        calls = board.spend.total.calls
        told.append(_prices_told(calls, cost.unpriced_calls))
    told.append(
        "Which commit a line is from is what git blame says; landed verify compares the two, line "
        "by line."
    )
    return told


def _prices_told(calls: int, unpriced: int) -> str:
    if not calls:
        return "No call of a model was captured."
    if not unpriced:
        return f"All {count(calls, 'call')} have a price."
    return f"{count(unpriced)} of {count(calls, 'call')} have no known price and are in no dollars."


def _evidence_told(sure: Coverage) -> str:
    if not sure.alive:
        return "No line alive is known."
    return (
        f"{percent(sure.evidence_share)} of {count(sure.alive, 'line')} alive have evidence of who "
        f"wrote them. AI wrote {wording.percent_range(sure.ai)} of them: without and with lines "
        "for which only the commit says so."
    )
