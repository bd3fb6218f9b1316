"""Every pull or merge request: AI's part of it, its cost, checks, review, deployment and fate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from landed.config import Settings
from landed.metrics import (
    DeliveryBench,
    Window,
    read_delivery_facts,
    read_session_facts,
)
from landed.reports.journeys_model import Money
from landed.reports.markdown_layout import plain, table
from landed.reports.money import dollars
from landed.reports.terminal_layout import cut
from landed.reports.wording import count, day, percent_between, printable
from landed.store import Store

NARROW = 80
PROJECT = 12
"""Characters of a project's name that are shown before a number."""
NOTHING = (
    "No changes. landed connect github or gitlab tells where they are read from; landed doctor "
    "says what is connected."
)
_KEPT = (
    "project",
    "number",
    "title",
    "state",
    "draft",
    "automation",
    "agent",
    "lines",
    "ai_low",
    "ai_high",
    "additions",
    "deletions",
    "green",
    "reviewed",
    "reviews",
    "approvals",
    "rounds",
    "hotfix",
    "revert",
    "reverted",
    "failed",
    "incidents",
    "live_lines",
    "reworked_lines",
    "sessions",
    "turns",
)
"""What a row of the metric and a change shown have alike."""


Row = dict[str, Any]


@dataclass(frozen=True)
class ChangeShown:
    """One change; what nothing tells of is null.

    `lines` are those that landed with it, else those of its branch; `ai_low` of them are AI's
    without evidence that is only declared, `ai_high` with it. `incidents` are weighted by its share
    of the lines that introduced them. `fate` is draft, open, closed, merged, deployed, reverted or
    failed.
    """

    repository: str
    project: str
    number: int
    title: str
    state: str
    draft: bool
    automation: bool
    agent: str | None
    opened_at: datetime
    merged_at: datetime | None
    closed_at: datetime | None
    deployed_at: datetime | None
    lines: int | None
    ai_low: int | None
    ai_high: int | None
    additions: int | None
    deletions: int | None
    green: bool | None
    reviewed: bool | None
    reviews: int | None
    approvals: int | None
    rounds: int | None
    hotfix: bool | None
    revert: bool | None
    reverted: bool | None
    failed: bool | None
    incidents: float | None
    live_lines: int | None
    reworked_lines: int | None
    cost: Money
    sessions: int | None
    turns: int | None
    fate: str


@dataclass(frozen=True)
class ChangeList:
    """The changes that were asked for, and sums over all that are there."""

    changes: list[ChangeShown]
    total: int
    lines: int
    ai_low: int
    ai_high: int
    spent: Money

    def as_json(self) -> dict[str, Any]:
        """The content of `landed changes --json`."""
        return asdict(self)


def read_change_list(
    store: Store,
    settings: Settings,
    names: dict[str, str],
    window: Window,
    *,
    state: str = "all",
    sort: str = "time",
    limit: int | None = None,
) -> ChangeList:
    """Read the changes of the repositories `names` (id to name) that were open in the window.

    `state` is open, merged, closed or all; the first in `sort` (time, ai, cost or size) comes
    first, and `limit` says how many are kept.
    """
    ids = list(names)
    sessions = read_session_facts(store, settings, ids, window)
    facts = read_delivery_facts(store, settings, ids, window, sessions.journey)
    projects = store.query("select project, name from project")
    known = dict(zip(projects["project"].to_pylist(), projects["name"].to_pylist(), strict=True))
    with DeliveryBench(facts) as bench:
        rows = bench.rows("change_outcome")
    return list_of(rows, names, known, state=state, sort=sort, limit=limit)


def list_of(
    rows: Sequence[Row],
    names: dict[str, str],
    projects: dict[str, str],
    *,
    state: str = "all",
    sort: str = "time",
    limit: int | None = None,
) -> ChangeList:
    """As `read_change_list`, from rows of the metric change_outcome and the names of projects."""
    found = [_shown(row, names, projects) for row in rows if state in ("all", row["state"])]
    found.sort(key=lambda one: (_order(one, sort), one.opened_at, one.number), reverse=True)
    return ChangeList(
        changes=found[:limit] if limit else found,
        total=len(found),
        lines=sum(one.lines or 0 for one in found),
        ai_low=sum(one.ai_low or 0 for one in found),
        ai_high=sum(one.ai_high or 0 for one in found),
        spent=Money(
            _known_sum([one.cost.list_microdollars for one in found]),
            sum(one.cost.cash_microdollars for one in found),
        ),
    )


def _shown(row: Row, names: dict[str, str], projects: dict[str, str]) -> ChangeShown:
    kept: dict[str, Any] = {name: row[name] for name in _KEPT}
    kept["project"] = projects.get(row["project"], row["project"])
    # what a change cost is known only where sessions of it are
    price = row["list_microdollars"] if row["sessions"] else None
    return ChangeShown(
        repository=names[row["repository"]],
        opened_at=datetime.fromtimestamp(row["opened_second"], UTC),
        merged_at=_moment(row["merged_second"]),
        closed_at=_moment(row["closed_second"]),
        deployed_at=_moment(row["deployed_second"]),
        cost=Money(price, row["cash_microdollars"] or 0),
        fate=_fate(row),
        **kept,
    )


def _moment(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, UTC)


def _fate(row: Row) -> str:
    if row["state"] != "merged":
        return "draft" if row["state"] == "open" and row["draft"] else str(row["state"])
    if row["reverted"]:
        return "reverted"
    if row["failed"]:
        return "failed"
    return "deployed" if row["deployed_second"] is not None else "merged"


def _order(one: ChangeShown, sort: str) -> float:
    orders = {
        "time": one.opened_at.timestamp(),
        "ai": (one.ai_high or 0) / one.lines if one.lines else -1,
        "cost": one.cost.list_microdollars or 0,
        "size": one.lines or 0,
    }
    return float(orders[sort])


def _known_sum(amounts: Sequence[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def change_lines(shown: ChangeList, width: int = NARROW) -> Iterator[Text]:
    """The changes as rows of a table of `width` columns, 80 at least, and their sums."""
    if not shown.changes:
        yield Text(NOTHING)
        return
    several = len({one.project for one in shown.changes}) > 1
    numbers = max(len(_number(one, several)) for one in shown.changes)
    titles = max(width, NARROW) - 51 - numbers
    head = f"{'':>{numbers}} {'title':<{titles}}{'lines':>7}{'AI':>10}{'list':>8} "
    yield Text(f"{head}{'CI':<6}{'review':<9}fate", style="bold")
    for one in shown.changes:
        row = (
            f"{_number(one, several):>{numbers}} {cut(printable(one.title), titles - 1):<{titles}}"
        )
        row += f"{_lines(one):>7}{ai_share(one):>10}{dollars(one.cost.list_microdollars):>8} "
        row += f"{checks(one):<6}{review(one):<9}{one.fate}"
        yield Text(row)
    yield Text(_sums(shown), style="dim")


def _number(one: ChangeShown, several: bool) -> str:
    """Its number; of several projects with the end of the project's name."""
    name = cut(printable(one.project.rsplit("/", 1)[-1]), PROJECT) if several else ""
    return f"{name}#{one.number}"


def _lines(one: ChangeShown) -> str:
    return "–" if one.lines is None else count(one.lines)


def ai_share(one: ChangeShown) -> str:
    """AI's share of the lines as 60–80 %, without and with evidence that is only declared."""
    if not one.lines or one.ai_low is None or one.ai_high is None:
        return "–"
    return percent_between(one.ai_low / one.lines, one.ai_high / one.lines)


def checks(one: ChangeShown) -> str:
    """What the checks came to."""
    return "–" if one.green is None else "green" if one.green else "red"


def review(one: ChangeShown) -> str:
    """Whether somebody else approved it or reviewed it."""
    if one.reviewed is None:
        return "–"
    if one.approvals:
        return "approved"
    return "reviewed" if one.reviewed else "none"


def _sums(shown: ChangeList) -> str:
    left = shown.total - len(shown.changes)
    more = f" ({count(left)} more; --limit 0 shows all)" if left else ""
    share = (
        percent_between(shown.ai_low / shown.lines, shown.ai_high / shown.lines)
        if shown.lines
        else "–"
    )
    return (
        f"{count(shown.total, 'change')}{more}: {count(shown.lines, 'line')}, AI {share}, "
        f"{dollars(shown.spent.list_microdollars)} list"
    )


def changes_markdown(shown: ChangeList) -> Iterator[str]:
    """The changes as a table of Markdown, and their sums."""
    if not shown.changes:
        yield NOTHING
        return
    yield from table(
        (
            "Change",
            "Title",
            "Opened",
            "Lines",
            "AI",
            "List price",
            "CI",
            "Review",
            "Deployed",
            "Fate",
        ),
        (
            (
                f"{plain(printable(one.project))}#{one.number}",
                plain(printable(one.title)),
                day(one.opened_at),
                _lines(one),
                ai_share(one),
                dollars(one.cost.list_microdollars),
                checks(one),
                review(one),
                day(one.deployed_at) if one.deployed_at else "–",
                one.fate,
            )
            for one in shown.changes
        ),
        numbers=(3, 4, 5),
    )
    yield f"{_sums(shown)}."
