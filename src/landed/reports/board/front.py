"""The one page for the board, in words."""

from __future__ import annotations

from landed.reports import wording
from landed.reports.board.assumptions import assumptions_of
from landed.reports.board.board import Board
from landed.reports.board.document import Bar, Front, Key, Table, Tone
from landed.reports.board.naming import NOT_SHOWN, capital, shortened
from landed.reports.board.outlook import (
    band_of,
    benchmarks_of,
    forecast_of,
    leak_of,
    sure_bars_of,
    sure_notes_of,
)
from landed.reports.board.trend_chart import trend_svg
from landed.reports.journeys_model import Deployments, LandedChanges, Stage
from landed.reports.journeys_words import STAGE_WORDS
from landed.reports.money import dollars
from landed.reports.wording import count, percent

MOST_MISSING = 6
SHOWN_STAGES = ("generated", "committed", "merged", "deployed", "live")


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
        forecast=forecast_of(board),
        band=band_of(board),
        leak=leak_of(board),
        benchmarks=benchmarks_of(board),
        sure=sure_bars_of(board),
        sure_notes=sure_notes_of(board),
        assumptions=assumptions_of(board),
        missing=_missing(board),
    )


def _missing(board: Board) -> list[str]:
    told = [shortened(what, 160) for what in board.overview.missing[:MOST_MISSING]]
    left = len(board.overview.missing) - len(told)
    return [*told, f"{left} more, in the appendix"] if left else told


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
    details = [f"list price of {count(board.spend.total.calls, 'call')}"]
    if board.paid is None:
        details.append("cash is not known: nothing paid is told")
    else:
        details.append(f"{dollars(spent.cash_microdollars)} cash")
    if board.paid is not None and not board.narrowed:
        paid = dollars(board.paid.paid_microdollars)
        details[-1] += f", {percent(board.paid.used)} of {paid} paid"
    value = dollars(spent.list_microdollars)
    return Key("Spent on AI", value, details, "ai", missing=spent.list_microdollars is None)


def _reached(board: Board) -> Key:
    reached = board.overview.reached
    if reached is None:
        return _hidden("Reached production", board)
    if not reached.generated:
        return Key("Reached production", "–", ["no generated line is known"], missing=True)
    deployed, live = stage_of(board, "deployed"), stage_of(board, "live")
    label = "Reached production"
    if deployed is None or live is None:
        merged = stage_of(board, "merged")
        detail = "of generated lines; nothing tells of production"
        return Key("Merged", percent(merged.share if merged else None), [detail], "merged")
    details = [f"of generated lines; {percent(live.share)} live today"]
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
        "list price, fully loaded",
        f"{dollars(line.direct)} direct; {count(line.lines, 'line')} {where}",
    ]
    return Key("A surviving line cost", dollars(line.loaded), details)


def _waste(board: Board) -> Key:
    if board.overview.cost is None:
        return _hidden("Waste", board)
    waste, share = board.journey.waste.total, waste_share(board)
    details = [f"{percent(share)} of spending, list price" if share is not None else "list price"]
    details.append("of lines that led to nothing")
    value = dollars(waste.list_microdollars)
    return Key("Waste", value, details, "waste", missing=waste.list_microdollars is None)


def _hidden(label: str, board: Board) -> Key:
    why = board.overview.hidden.get("sessions", "")
    return Key(label, "–", [f"{NOT_SHOWN}: {why}"], missing=True)


_STAGE_TONES: dict[str, Tone] = {"live": "live", "deployed": "live", "merged": "merged"}


def _funnel(board: Board) -> list[Bar]:
    found = []
    for stage in board.journey.stages:
        if stage.stage not in SHOWN_STAGES or not board.journey.generated:
            continue
        told = count(stage.lines) if stage.stage == "generated" else percent(stage.share)
        detail = "" if stage.stage == "generated" else count(stage.lines)
        tone = _STAGE_TONES.get(stage.stage, "ai")
        found.append(Bar(capital(STAGE_WORDS[stage.stage]), told, detail, stage.share, tone))
    return found


def _funnel_note(board: Board) -> str:
    if board.journey.hidden is not None:
        return f"{capital(NOT_SHOWN)}: {board.journey.hidden}."
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
    return (
        f"Of deployed lines old enough, still in production: {wording.listed(told)}."
        if told
        else ""
    )


def unit_costs_of(board: Board) -> Table:
    """What one surviving line, landed change and deployment cost."""
    cost = board.overview.cost
    rows = []
    if cost is not None:
        if cost.surviving is not None and cost.surviving.lines:
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


def _each(name: str, number: int, of: LandedChanges | Deployments) -> list[str]:
    loaded = of.loaded
    amounts = (of.direct.list_microdollars, loaded.list_microdollars, loaded.cash_microdollars)
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
        return f"{capital(NOT_SHOWN)}: {board.journey.hidden}."
    if waste.total.list_microdollars is None:
        return "No call has a known price."
    if not waste.total.list_microdollars:
        return "No dollar went to lines that led to nothing."
    told = f"In cash {dollars(waste.total.cash_microdollars)}."
    return told + (
        f" Churn, {dollars(waste.churn)} of replaced work, is apart." if waste.churn else ""
    )
