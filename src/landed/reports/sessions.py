"""Every session, what it cost and where its lines ended, for `landed sessions`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.text import Text

from landed.config import Settings
from landed.metrics import SessionBench, Window, read_session_facts
from landed.records import OUTSIDE, UNREAD
from landed.reports.journeys import session_outcome_of
from landed.reports.journeys_model import Money, SessionOutcome
from landed.reports.journeys_words import SHORT_ID
from landed.reports.money import dollars
from landed.reports.terminal_layout import cut
from landed.reports.wording import count, printable
from landed.store import Store

_NAMES = {OUTSIDE: "no repository", UNREAD: "not read yet"}


@dataclass(frozen=True)
class SessionList:
    """The sessions that were asked for, and the sums over all that are there."""

    sessions: list[SessionOutcome]
    total: int
    spent: Money
    lines: int
    standing: int
    wasted: int
    waste_list_microdollars: int | None

    def as_json(self) -> dict[str, Any]:
        """The content of `landed sessions --json`."""
        return asdict(self)


def read_session_list(
    store: Store,
    settings: Settings,
    repositories: Sequence[str] | None,
    window: Window,
    *,
    sort: str = "time",
    waste: bool = False,
    limit: int | None = None,
) -> SessionList:
    """Read the sessions of `repositories` (None = all) in the window, the first in `sort` first.

    A session that worked in several repositories is one row for each. `waste` keeps those that
    spent something and whose generated lines are all gone.
    """
    facts = read_session_facts(store, settings, repositories, window)
    names = _names(store)
    with SessionBench(facts) as bench:
        found = [session_outcome_of(row, names) for row in bench.rows("session_outcome")]
    if waste:
        found = [one for one in found if one.cost.list_microdollars and _left_nothing(one)]
        sort = "cost" if sort == "time" else sort
    found.sort(key=lambda one: (_order(one, sort), one.started_at, one.session), reverse=True)
    prices = [one.cost.list_microdollars for one in found]
    wastes = [one.waste_list_microdollars for one in found]
    return SessionList(
        sessions=found[:limit] if limit else found,
        total=len(found),
        spent=Money(_known_sum(prices), sum(one.cost.cash_microdollars for one in found)),
        lines=sum(one.lines for one in found),
        standing=sum(one.standing for one in found),
        wasted=sum(one.wasted for one in found),
        waste_list_microdollars=_known_sum(wastes),
    )


def _known_sum(amounts: Sequence[int | None]) -> int | None:
    """The sum of what is known; None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _left_nothing(one: SessionOutcome) -> bool:
    """It generated lines, and all are gone."""
    return bool(one.lines) and one.gone == one.lines


def _order(one: SessionOutcome, sort: str) -> float:
    orders = {
        "time": one.started_at.timestamp(),
        "cost": one.cost.list_microdollars or 0,
        "lines": one.lines,
        "waste": one.waste_list_microdollars or 0,
    }
    return float(orders[sort])


def _names(store: Store) -> dict[str, str]:
    rows = store.query("select repository, min(name) as name from location group by 1")
    found = zip(rows["repository"].to_pylist(), rows["name"].to_pylist(), strict=True)
    return {**_NAMES, **dict(found)}


def session_lines(shown: SessionList, width: int) -> Iterator[Text]:
    """The sessions as rows of a table of `width` columns, and their sums."""
    if not shown.sessions:
        yield Text("No sessions. landed doctor tells whose logs are looked for, and where.")
        return
    paid = bool(shown.spent.cash_microdollars)
    fixed = 16 + 1 + SHORT_ID + 2 + 11 + 2 + 6 + 10 + (10 if paid else 0) + 21
    about = max(12, width - fixed)
    head = f"{'started':<16} {'session':<{SHORT_ID}}  {'agent':<11}  {'feature or branch':<{about}}"
    head += f"{'turns':>6}{'list':>10}{'cash':>10}" if paid else f"{'turns':>6}{'list':>10}"
    yield Text(f"{head}{'lines':>7}{'stand':>7}{'waste':>7}", style="bold")
    for one in shown.sessions:
        named = printable(one.feature or one.branch or one.repository)
        row = f"{one.started_at.astimezone():%Y-%m-%d %H:%M} "
        row += f"{printable(one.session[:SHORT_ID]):<{SHORT_ID}}  "
        row += f"{cut(printable(one.agent), 11):<11}  {cut(named, about):<{about}}"
        row += f"{count(one.turns):>6}{dollars(one.cost.list_microdollars):>10}"
        if paid:
            row += f"{dollars(one.cost.cash_microdollars):>10}"
        row += f"{count(one.lines):>7}{count(one.standing):>7}{count(one.wasted):>7}"
        yield Text(row.rstrip())
    left = shown.total - len(shown.sessions)
    more = f" ({count(left)} more; --limit 0 shows all)" if left else ""
    cash = f", {dollars(shown.spent.cash_microdollars)} cash" if paid else ""
    unpriced = sum(one.unpriced_calls for one in shown.sessions)
    yield Text(
        f"{count(shown.total, 'session')}{more}: {dollars(shown.spent.list_microdollars)} list"
        f"{cash}; {count(shown.lines, 'line')} generated, {count(shown.standing)} standing, "
        f"{count(shown.wasted)} wasted ({dollars(shown.waste_list_microdollars)})",
        style="dim",
    )
    if unpriced:
        yield Text(
            f"{count(unpriced, 'call')} of these without a known price: landed cost names them",
            style="dim",
        )
