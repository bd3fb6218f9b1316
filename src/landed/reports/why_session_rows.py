"""The rows of `landed why` about the session that a line comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from landed.reports.journeys_words import BUCKET_WORDS
from landed.reports.money import dollars
from landed.reports.why_session import EditOfLine, Generation, JourneyOfLine, SessionOfLine
from landed.reports.wording import count, day, percent

Cell = tuple[str, str]
"""A label and what stands by it."""

_REMOVED_BY = {
    "ai": "AI",
    "human": "a human",
    "automation": "automation",
    "unknown": "an unknown author",
}


def session_cells(
    told: Generation, live_since: datetime | None = None
) -> Iterator[tuple[Cell, Cell | None]]:
    """Yield what stands in each row: on the left, and on the right where there is room.

    `live_since` is when the line last came into production, which it may have left before.
    """
    yield ("session", _session(told.session)), None
    share = None if told.journey is None else ("share", _share(told, told.journey))
    yield ("", told.session.session), share
    yield ("edit", _edit(told)), ("decision", _decision(told.edit, told.session))
    if told.journey is not None:
        yield ("changed by", _changed_by(told.edit, told.journey)), None
        yield ("became", _became(told.journey, live_since)), None


def _session(session: SessionOfLine) -> str:
    parts = [
        f"{minute(session.started_at)}, {count(session.turns, 'turn')}",
        _price(session.list_microdollars, session.cash_microdollars),
    ]
    if session.unpriced_calls and session.list_microdollars is not None:
        parts.append(f"{count(session.unpriced_calls, 'call')} unpriced")
    return ", ".join(parts)


def _price(list_microdollars: int | None, cash_microdollars: int) -> str:
    price = "no list price" if list_microdollars is None else f"{dollars(list_microdollars)} list"
    return f"{price}, {dollars(cash_microdollars)} cash" if cash_microdollars else price


def _share(told: Generation, journey: JourneyOfLine) -> str:
    turn = told.turn
    if turn is None:
        return "none, no turn is told"
    if turn.list_microdollars is None and not turn.cash_microdollars:
        return "not known, its turn has no price"
    whole = _price(turn.list_microdollars, turn.cash_microdollars)
    if turn.list_microdollars is None:
        return f"{dollars(journey.cash_microdollars)} cash of its turn's {whole}"
    if turn.cash_microdollars:
        own = _price(journey.list_microdollars, journey.cash_microdollars)
        return f"{own}, of its turn's {whole}"
    return f"{dollars(journey.list_microdollars)} of its turn's {whole}"


def _edit(told: Generation) -> str:
    """Which edit of which turn, when its prompt was, and the tool."""
    edit, turn = told.edit, told.turn
    number = f"{edit.number} of {edit.edits} " if edit.number is not None and edit.edits else ""
    if turn is None or turn.number is None:
        return f"{number}at {minute(edit.made_at)}, by {edit.tool}"
    at = minute(turn.prompted_at or edit.made_at)
    begun = f"{minute(told.session.started_at):.10}"
    # the day is told already where it is that of the session
    at = at.removeprefix(f"{begun} ")
    return f"{number}in turn {turn.number} of {told.session.turns} ({at}), by {edit.tool}"


def _decision(edit: EditOfLine, session: SessionOfLine) -> str:
    """Who let the edit in, or did not."""
    done = {"applied": "accepted", "refused": "refused", "failed": "failed"}[edit.status]
    if edit.status == "failed":
        return "none: the edit failed"
    if edit.decided_by is None:
        return f"{done}; who decided is not told"
    by = {
        "person": f" by {session.person or 'a person'}",
        "policy": " by a rule",
        "automatic": " automatically, nobody was asked",
    }[edit.decided_by]
    return f"{done}{by}{', who changed it first' if edit.changed_by_user else ''}"


def _changed_by(edit: EditOfLine, journey: JourneyOfLine) -> str:
    if journey.human_share:
        return f"a human before the commit: {percent(journey.human_share)} of the text"
    if edit.changed_by_user:
        return "a person, before the edit was applied"
    return "nobody so far" if journey.committed_at is None else "nobody before the commit"


def _became(journey: JourneyOfLine, live_since: datetime | None) -> str:
    words = BUCKET_WORDS.get(journey.bucket, journey.bucket)
    if journey.bucket == "live" and journey.deployed_at is not None:
        release = f", first with {journey.release}" if journey.release else ""
        since = live_since or journey.deployed_at
        if since > journey.deployed_at:
            return f"{words} since {day(since)}, first {day(journey.deployed_at)}"
        return f"{words} since {day(since)}{release}"
    if journey.bucket == "merged" and journey.merged_at is not None:
        return f"{words}, since {day(journey.merged_at)}"
    if journey.bucket in ("reworked", "replaced"):
        on = f" on {day(journey.left_at)}" if journey.left_at else ""
        by = _REMOVED_BY.get(journey.removed_by or "", "")
        how = f": {journey.reason}" if journey.reason else ""
        return f"{words}{on}{how}{f' by {by}' if by else ''}"
    return f"{words}: {journey.reason}" if journey.reason else words


def minute(moment: datetime) -> str:
    """A time of this machine's zone as 2026-11-21 14:02."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
