"""The one page for the board, in words."""

from __future__ import annotations

from landed.reports import wording
from landed.reports.board.assumptions import assumptions_of
from landed.reports.board.board import Board, last_whole_month
from landed.reports.board.document import Band, Bar, Fact, Front, Key, Table, Tone
from landed.reports.board.trend_chart import trend_svg
from landed.reports.dashboard.benchmarks import Benchmark
from landed.reports.journeys_model import Money, Stage
from landed.reports.journeys_words import STAGE_WORDS
from landed.reports.money import dollars
from landed.reports.wording import count, percent

SHOWN_STAGES = ("generated", "committed", "merged", "deployed", "live")
LONGEST_NAME = 60
_TOO_FEW = "not shown"


def front_of(board: Board) -> Front:
    """What page one says."""
    return Front(
        headline=_headline(board),
        keys=[_spent(board), _reached(board), _line(board), _waste(board)],
        funnel=_funnel(board),
        funnel_note=_funnel_note(board),
        unit_costs=unit_costs_of(board),
        trend_title="What was spent each month, and what stands of the lines generated then",
        trend_note=_trend_note(board),
        trend_svg=trend_svg(board.trend, in_production=board.in_production),
        waste=_waste_bars(board),
        waste_note=_waste_note(board),
        forecast=_forecast(board),
        band=_band(board),
        leak=_leak(board),
        benchmarks=_benchmarks(board),
        sure=_sure_bars(board),
        sure_notes=_sure_notes(board),
        assumptions=assumptions_of(board),
        missing=board.overview.missing,
    )


def shortened(name: str, longest: int = LONGEST_NAME) -> str:
    """A name that others chose, printable, and no longer than a line has room for."""
    shown = wording.printable(name)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def stage_of(board: Board, name: str) -> Stage | None:
    """One stage of the funnel; null where nothing tells of it."""
    return next((stage for stage in board.journey.stages if stage.stage == name), None)


def _standing(board: Board) -> Stage | None:
    """The last stage that is known: live, else merged."""
    return stage_of(board, "live") or stage_of(board, "merged")


def _headline(board: Board) -> str:
    why = board.journey.hidden
    if why is not None:
        return f"Nothing may be shown of agents’ work in this time: {why}."
    standing = _standing(board)
    if standing is None or not board.journey.generated:
        spent = board.journey.spent.list_microdollars
        told = f"; {dollars(spent)} was spent at list price" if spent else ""
        return f"No line that an agent generated is known in this time{told}."
    where = "are live in production today" if board.in_production else "are merged"
    told = f"Of {count(board.journey.generated, 'line')} that AI generated, "
    told += f"{percent(standing.share)} {where}."
    line = board.overview.cost.surviving if board.overview.cost else None
    if line is not None and line.loaded is not None:
        told += f" Each of those cost {dollars(line.loaded)}, all spending included."
    share = waste_share(board)
    if share is not None:
        told += f" {percent(share)} of the spending led to nothing."
    return told


def waste_share(board: Board) -> float | None:
    """Waste over all that was spent, at list price."""
    waste, spent = board.journey.waste.total, board.journey.spent
    if waste.list_microdollars is None or not spent.list_microdollars:
        return None
    return waste.list_microdollars / spent.list_microdollars


def _spent(board: Board) -> Key:
    if board.overview.cost is None:
        return _hidden("Spent", board)
    spent = board.overview.cost.spent
    details = [f"at list price; {dollars(spent.cash_microdollars)} in cash"]
    if board.paid is None:
        details = ["at list price", "what was paid is not told: cash is not known"]
    elif not board.narrowed:
        paid = f"{dollars(board.paid.paid_microdollars)} paid in {count(board.paid.months, 'month')}"
        details.append(f"{paid}, {percent(board.paid.used)} of it used")
    value = dollars(spent.list_microdollars)
    return Key("Spent on AI", value, details, "ai", missing=spent.list_microdollars is None)


def _reached(board: Board) -> Key:
    reached = board.overview.reached
    if reached is None:
        return _hidden("Reached production", board)
    deployed, live = stage_of(board, "deployed"), stage_of(board, "live")
    label = "Reached production"
    if deployed is None or live is None:
        merged = stage_of(board, "merged")
        detail = "of generated lines; nothing tells of production"
        return Key("Merged", percent(merged.share if merged else None), [detail], "merged")
    details = [f"of generated lines; {percent(live.share)} are live today"]
    figure = reached.yield_30.figure
    details.append(f"yield {wording.figure(figure, noun='session')}")
    if figure.estimate is not None:
        details[-1] += f", {count(figure.changes, 'session')}"
    return Key(label, percent(deployed.share), details, "live", missing=deployed.share is None)


def _line(board: Board) -> Key:
    if board.overview.cost is None:
        return _hidden("A surviving line cost", board)
    line = board.overview.cost.surviving
    if line is None or line.loaded is None:
        return Key("A surviving line cost", "–", ["no line with a price stands"], missing=True)
    where = "live" if line.stage == "live" else "on the default branch"
    details = [
        "list price, all spending over these lines",
        f"{dollars(line.direct)} direct; {count(line.lines, 'line')} {where}",
    ]
    return Key("A surviving line cost", dollars(line.loaded), details)


def _waste(board: Board) -> Key:
    if board.overview.cost is None:
        return _hidden("Waste", board)
    waste, share = board.journey.waste.total, waste_share(board)
    details = [f"{percent(share)} of list price" if share is not None else "list price"]
    details.append("dollars of lines that led to nothing")
    value = dollars(waste.list_microdollars)
    return Key("Waste", value, details, "waste", missing=waste.list_microdollars is None)


def _hidden(label: str, board: Board) -> Key:
    why = board.overview.hidden.get("sessions", "")
    return Key(label, "–", [f"{_TOO_FEW}: {why}"], missing=True)


_STAGE_TONES: dict[str, Tone] = {"live": "live", "deployed": "live", "merged": "merged"}


def _funnel(board: Board) -> list[Bar]:
    found = []
    for stage in board.journey.stages:
        if stage.stage not in SHOWN_STAGES:
            continue
        told = count(stage.lines) if stage.stage == "generated" else percent(stage.share)
        detail = "" if stage.stage == "generated" else count(stage.lines)
        tone = _STAGE_TONES.get(stage.stage, "ai")
        word = STAGE_WORDS[stage.stage]
        label = f"{word[0].upper()}{word[1:]}"
        found.append(Bar(label, told, detail, stage.share, tone))
    return found


def _funnel_note(board: Board) -> str:
    if board.journey.hidden is not None:
        return f"{_TOO_FEW.capitalize()}: {board.journey.hidden}."
    if not board.journey.generated:
        return "No generated line is known."
    if not board.in_production:
        return "Nothing tells of production: connect a forge, tag releases or record deployments."
    lasting = {ratio.name: ratio for ratio in board.journey.lasting}
    told = [
        f"{percent(lasting[name].share)} after {days} days"
        for name, days in (("live_30", 30), ("live_90", 90))
        if name in lasting
    ]
    return f"Of deployed lines old enough, still in production: {wording.listed(told)}." if told else ""


def unit_costs_of(board: Board) -> Table:
    """What one surviving line, landed change and deployment cost."""
    cost = board.overview.cost
    rows = []
    if cost is not None:
        if cost.surviving is not None:
            line = cost.surviving
            amounts = (line.direct, line.loaded, line.loaded_cash)
            rows.append(["A surviving line", count(line.lines), *map(dollars, amounts)])
        if cost.changes is not None:
            rows.append(_each("A landed change", cost.changes.changes, cost.changes))
        if cost.deployments is not None:
            rows.append(_each("A deployment", cost.deployments.deployments, cost.deployments))
    note = "Direct: dollars of these lines, and of changes given up. Loaded: all dollars."
    if not rows:
        note = "Nothing that cost dollars has landed, or it may not be shown."
    return Table("", ["", "Number", "Direct", "Loaded", "Loaded, cash"], rows, note)


def _each(name: str, number: int, of: object) -> list[str]:
    direct: Money = getattr(of, "direct")
    loaded: Money = getattr(of, "loaded")
    amounts = (direct.list_microdollars, loaded.list_microdollars, loaded.cash_microdollars)
    return [name, count(number), *map(dollars, amounts)]


def _trend_note(board: Board) -> str:
    if len(board.trend) < 2:
        return "There are not two months to compare yet."
    if any("…" in month.name for month in board.trend):
        return f"Months of fewer than {board.smallest} people are joined; their amounts are sums."
    return ""


WASTE_WORDS = {
    "closed": "On branches that were closed",
    "rejected": "Refused by people or rules",
    "discarded": "Thrown away before a commit",
    "undone": "Landed, then reverted or fixed",
}


def _waste_bars(board: Board) -> list[Bar]:
    waste = board.journey.waste
    amounts = {name: getattr(waste, name) for name in WASTE_WORDS}
    told = {name: amount for name, amount in amounts.items() if amount}
    total = sum(told.values())
    return [
        Bar(
            WASTE_WORDS[name],
            dollars(amount),
            percent(amount / total),
            amount / max(told.values()),
            "waste",
        )
        for name, amount in sorted(told.items(), key=lambda item: -item[1])
    ]


def _waste_note(board: Board) -> str:
    waste = board.journey.waste
    if board.journey.hidden is not None:
        return f"{_TOO_FEW.capitalize()}: {board.journey.hidden}."
    if waste.total.list_microdollars is None:
        return "No call has a known price."
    if not waste.total.list_microdollars:
        return "No dollar went to lines that led to nothing."
    told = f"In cash {dollars(waste.total.cash_microdollars)}."
    return told + (f" Churn, {dollars(waste.churn)} of replaced work, is apart." if waste.churn else "")


def _forecast(board: Board) -> list[str]:
    if not board.spend.budgets:
        return [f"{_TOO_FEW.capitalize()}: {board.spend.hidden or 'too few people'}."]
    found = board.spend.budgets[0]
    forecast, price = found.forecast, "cash" if found.price == "cash" else "list price"
    month = f"{forecast.month:%B %Y}"
    if forecast.expected is None:
        return [f"{month}: {dollars(forecast.so_far)} so far ({price}); {forecast.missing}."]
    told = [
        f"{month} is coming to {dollars(forecast.expected)} ({price}), with a chance of four in five "
        f"between {dollars(forecast.low)} and {dollars(forecast.high)}. "
        f"So far {dollars(forecast.so_far)}."
    ]
    if found.budget is not None:
        share = percent(forecast.expected / found.budget)
        told.append(f"The budget of {dollars(found.budget)} would be used to {share}.")
    else:
        told.append("No budget is set.")
    return told


def _band(board: Board) -> Band | None:
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
    )


def _leak(board: Board) -> str:
    if board.overview.cost is None:
        return f"{_TOO_FEW.capitalize()}."
    if not board.overview.leaks:
        return "No feature of enough people lost all its lines."
    leak = board.overview.leaks[0]
    price = dollars(leak.cost.list_microdollars)
    return (
        f"{shortened(leak.subject)} in {shortened(leak.repository)}: {price} at list price, "
        f"{count(leak.sessions, 'session')}, {count(leak.lines, 'line')}, none of which stands."
    )


def _benchmarks(board: Board) -> list[Fact]:
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


def _sure_bars(board: Board) -> list[Bar]:
    sure = board.overview.sure
    if sure is None or not sure.alive:
        return []
    lines = {grade: 0 for grade in wording.GRADES}
    for part in sure.authorship:
        lines[part.grade] += part.lines
    told = {grade: number for grade, number in lines.items() if number}
    shares = wording.percents(list(told.values()))
    return [
        Bar(wording.GRADES[grade], share, count(number), number / sure.alive, _GRADE_TONES[grade])
        for (grade, number), share in zip(told.items(), shares, strict=True)
    ]


def _sure_notes(board: Board) -> list[str]:
    sure = board.overview.sure
    if sure is None:
        why = board.overview.hidden.get("commits", "")
        return [f"{_TOO_FEW.capitalize()}: {why}."]
    told = [
        f"{percent(sure.evidence_share)} of {count(sure.alive, 'line')} alive have evidence of who "
        f"wrote them. AI wrote {wording.percent_range(sure.ai)} of them: without and with lines for "
        "which only the commit says so."
    ]
    cost = board.overview.cost
    if cost is not None:
        calls = board.spend.total.calls
        told.append(
            f"All {count(calls, 'call')} have a price."
            if not cost.unpriced_calls
            else f"{count(cost.unpriced_calls)} of {count(calls, 'call')} have no known price and "
            "are in no dollars."
        )
    told.append(
        "Which commit a line is from is what git blame says; landed verify compares the two, line "
        "by line."
    )
    return told
