"""What was spent for nothing: the dollars of lines that were rejected, lost, or had to be undone.

A line's dollars are its share of its turn's list price. Waste is what went to lines that were
refused or whose edit failed for good, that were discarded, whose branch was closed, or that were
reverted or fixed within the window of rework. It is as of the last time that the repositories
were read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from landed.config import Settings
from landed.reports.cost import Asked, Cost, chosen_calls, sql, team_of, total_of

if TYPE_CHECKING:
    from landed.store import Store

Key = tuple[str | None, str | None, str | None]
"""A group as `CostRow` has it: key, agent, home."""


def with_waste(store: Store, settings: Settings, cost: Cost) -> Cost:
    """The same table with the waste of every row; unchanged where no line was ever followed."""
    followed = store.query("select count(*) as lines from generated_line")["lines"].to_pylist()
    if not followed[0]:
        return cost
    # the journey of every line takes a while: it is read only where there are lines
    from landed.journey import read_journey

    lines = _wasted(read_journey(store, settings).lines)
    found = _by_group(store, settings, cost.asked, lines)
    rows = tuple(
        replace(
            row,
            amounts=replace(
                row.amounts, waste_microdollars=found.pop((row.key, row.agent, row.home), 0)
            ),
        )
        for row in cost.rows
    )
    known = cost.total.cash_microdollars is not None
    total = total_of([row.amounts for row in rows], cash_known=known)
    rest = sum(found.values())
    return replace(
        cost,
        rows=rows,
        total=replace(total, waste_microdollars=(total.waste_microdollars or 0) + rest),
    )


def _wasted(lines: pa.Table) -> pa.Table:
    names = ("agent", "session", "turn", "model", "generated_at", "list_microdollars")
    return lines.filter(lines["wasted"]).select(names)


def _by_group(store: Store, settings: Settings, asked: Asked, lines: pa.Table) -> Counter[Key]:
    chosen = chosen_calls(store, asked)
    places = {name: chosen[name] for name in ("repositories", "tops")}
    known = {
        (row["agent"], row["session"], row["turn"]): row
        for row in store.query(sql("cost_sessions"), places).to_pylist()
    }
    of_session = {(agent, session): row for (agent, session, _), row in known.items()}
    teams = team_of(settings)
    found: Counter[Key] = Counter()
    # one row for each edit is enough, and there are far fewer edits than lines
    edits = lines.group_by(["agent", "session", "turn", "model", "generated_at"]).aggregate(
        [("list_microdollars", "sum")]
    )
    for line in edits.to_pylist():
        agent, session = line["agent"], line["session"]
        place = known.get((agent, session, line["turn"])) or of_session.get((agent, session))
        moment = int(line["generated_at"].timestamp() * 1_000_000)
        if place is not None and chosen["since"] <= moment < chosen["until"]:
            found[_key(asked, line, place, teams)] += line["list_microdollars_sum"]
    return found


def _key(asked: Asked, line: dict[str, Any], place: dict[str, Any], teams: dict[str, str]) -> Key:
    by = asked.by
    if by in ("model", "agent"):
        return line[by], None, None
    if by == "session":
        return place["conversation"], line["agent"], None
    if by == "repository":
        return place["home"], None, None
    if by == "branch":
        return place["branch"], None, place["home"]
    if by == "feature":
        return place["feature"], None, None
    if by == "team":
        return teams.get(place["person"]), None, None
    return _period(asked, line["generated_at"]), None, None


def _period(asked: Asked, moment: datetime) -> str:
    seconds = int(moment.timestamp())
    day = datetime.fromtimestamp(seconds + asked.zone.ahead(seconds), UTC).date()
    if asked.by == "week":
        day = day.fromordinal(day.toordinal() - day.weekday())
    return f"{day:%Y-%m}" if asked.by == "month" else day.isoformat()
