"""When a session's people and agents were at work: instants, and spans without long pauses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from landed.sources.agents.contract import Activity, Microseconds

LONGEST_PAUSE: Microseconds = 5 * 60 * 1_000_000


class Timeline:
    """Collects the activities of one session, in the order of its log.

    `memory` is what an earlier timeline of the session remembered: its last span goes on, under
    the same beginning, where what follows is near enough.
    """

    def __init__(self, session: str, memory: Any = None) -> None:
        self._session = session
        self._found: list[Activity] = []
        self._span: Activity | None = None
        self._noted = False
        if isinstance(memory, list) and len(memory) == 3:
            turn, started_at, ended_at = memory
            self._span = Activity(session, turn, "agent", started_at, ended_at)

    @property
    def memory(self) -> list[Any] | None:
        """The last span, as JSON."""
        span = self._span
        return [span.turn, span.started_at, span.ended_at] if span else None

    def person(self, turn: str | None, at: Microseconds) -> None:
        """A person did something."""
        self._found.append(Activity(self._session, turn, "person", at, at))

    def agent(
        self, turn: str | None, at: Microseconds, ended_at: Microseconds | None = None
    ) -> None:
        """The agent did something, or was at it until `ended_at`."""
        end = max(at, ended_at or at)
        span = self._span
        if (
            span is None
            or span.turn != turn
            or not span.started_at <= at <= span.ended_at + LONGEST_PAUSE
        ):
            span = self._span = Activity(self._session, turn, "agent", at, end)
        elif end > span.ended_at:
            span.ended_at = end
            if self._noted:
                return
        else:
            return
        self._noted = True
        self._found.append(span)

    def taken(self) -> list[Activity]:
        """Return what was found since the last time."""
        found, self._found = self._found, []
        self._span = replace(self._span) if self._span else None
        self._noted = False
        return found
