"""The sessions, turns and spans of work in a Claude Code transcript, as its lines pass by."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from landed.sources.agents.contract import Activity, Microseconds, Reading, Session, Turn

_GAP = 5 * 60 * 1_000_000


class Times:
    """When sessions, turns and spans of agent work began and ended.

    `copied` is set while the lines are those of another session, whose own log tells the activity.
    What one reading leaves unfinished, the next one finds in `state`; both give the same
    beginnings, so that the later record takes the place of the earlier.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self.copied = False
        self.sessions = {one["session"]: Session(**one) for one in state.get("sessions", ())}
        self.turn = Turn(**state["turn"]) if state.get("turn") else None
        self.turn_key = self.turn.turn if self.turn else None
        self._span = Activity(**state["span"]) if state.get("span") else None
        self._seen: dict[str, Session] = {}
        self._turns: dict[str, Turn] = {}
        self._activities: list[Activity] = []

    def state(self) -> dict[str, Any]:
        """Return what the next reading has to know, as JSON values."""
        return {
            "sessions": [asdict(session) for session in self.sessions.values()],
            "turn": asdict(self.turn) if self.turn else None,
            "span": asdict(self._span) if self._span else None,
        }

    def tell(self, reading: Reading) -> None:
        """Add to a reading what was seen since the last time that this was asked."""
        reading.sessions = [replace(session) for session in self._seen.values()]
        reading.turns = [replace(turn) for turn in self._turns.values()]
        reading.activities = self._activities
        if self._span is not None and self._span.ended_at > self._span.started_at:
            reading.activities.append(replace(self._span))
        self._seen, self._turns, self._activities = {}, {}, []

    def in_session(self, session: str, at: Microseconds) -> bool:
        """Note an event of a session, and tell whether it is one that is known."""
        known = self.sessions.get(session)
        if known is None:
            return False
        if at > known.ended_at:
            known.ended_at = at
        elif at < known.started_at:
            known.started_at = at
        self._seen[session] = known
        return True

    def begin_session(self, session: Session) -> None:
        """Know a session from its first event on."""
        self.sessions[session.session] = self._seen[session.session] = session

    def begin_turn(self, turn: Turn) -> None:
        """Let a turn begin, or go on if it is one seen before."""
        self.turn = self._turns.setdefault(turn.turn, turn)
        self.turn_key = turn.turn

    def in_turn(self, at: Microseconds) -> None:
        """Note an event of the present turn."""
        turn = self.turn
        if turn is not None:
            if at > turn.ended_at:
                turn.ended_at = at
            self._turns[turn.turn] = turn

    def interrupt(self) -> None:
        """Note that a person stopped the present turn."""
        if self.turn is not None:
            self.turn.interrupted = True
            self._turns[self.turn.turn] = self.turn

    def person(self, session: str, at: Microseconds) -> None:
        """Note an action of a person in the present turn."""
        self.in_turn(at)
        if not self.copied:
            self._activities.append(Activity(session, self.turn_key, "person", at, at))

    def begin_work(self, session: str, at: Microseconds) -> None:
        """Begin a span of agent work: it works from the moment that it is asked."""
        if self.copied:
            return
        if self._span is not None and self._span.ended_at > self._span.started_at:
            self._activities.append(self._span)
        self._span = Activity(session, self.turn_key, "agent", at, at)

    def work(self, session: str, at: Microseconds) -> None:
        """Let an event of the agent lengthen the present span, or begin another."""
        self.in_turn(at)
        if self.copied:
            return
        span = self._span
        if (
            span is None
            or at - span.ended_at > _GAP
            or span.session != session
            or span.turn != self.turn_key
        ):
            self.begin_work(session, at)
        elif at > span.ended_at:
            span.ended_at = at
