"""The true cost of AI's rework: tokens, people's minutes, and minutes of checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from landed.metrics import SessionBench, SessionFacts
from landed.reports.delivery_model import ReworkCost
from landed.reports.journeys_model import Money

_MICRO_HOUR = 60.0

Row = dict[str, Any]


def rework_of(
    sessions: SessionFacts | None,
    delivered: Sequence[Row],
    scope: Row,
) -> ReworkCost | None:
    """What rework took; `delivered` are rows of the metric rework_delivery, `scope` has the rates.

    The whole is what tokens cost, people's minutes at the hourly rate, and minutes of checks at
    theirs; without a rate for people it is not known, without one for checks these are left out.
    None where neither agents' turns nor changes mended anything.
    """
    turns: list[Row] = []
    if sessions is not None:
        with SessionBench(sessions) as bench:
            turns = bench.rows("rework_cost")
    if not turns and not delivered:
        return None
    priced = sum(row["calls"] - row["unpriced_calls"] for row in turns)
    listed = sum(row["list_microdollars"] for row in turns)
    known = bool(priced or listed)
    attended = float(sum(row["attended_minutes"] for row in turns))
    reviewed, checked = (_known_sum(delivered, f"{name}_minutes") for name in ("reviewer", "check"))
    hourly, minute = scope["hourly_microdollars"], scope["check_minute_microdollars"]
    total = None
    if hourly is not None and (known or not turns):
        people = attended + (reviewed or 0)
        checks = (checked or 0) * (minute or 0)
        total = listed + round(people * hourly / _MICRO_HOUR + checks)
    return ReworkCost(
        turns=sum(row["turns"] for row in turns),
        cost=Money(listed if known else None, sum(row["cash_microdollars"] for row in turns)),
        attended_minutes=attended,
        reviewer_minutes=reviewed,
        check_minutes=checked,
        total_microdollars=total,
        missing=_missing(sessions, delivered, scope, reviewed, checked),
    )


def _known_sum(rows: Sequence[Row], name: str) -> float | None:
    known = [row[name] for row in rows if row[name] is not None]
    return float(sum(known)) if known else None


def _missing(
    sessions: SessionFacts | None,
    delivered: Sequence[Row],
    scope: Row,
    reviewed: float | None,
    checked: float | None,
) -> list[str]:
    """The inputs that are not there, in words."""
    found = []
    if sessions is None or not sessions.any:
        found.append("agents' sessions, so what their turns cost")
    if scope["hourly_microdollars"] is None:
        found.append("what an hour costs: cash.hourly_rate in landed.toml")
    if delivered and reviewed is None:
        found.append("reviews, so reviewers' minutes")
    if delivered and checked is None:
        found.append("checks, so their minutes")
    if checked and scope["check_minute_microdollars"] is None:
        found.append("what a minute of checks costs: cash.check_minute in landed.toml")
    return found
