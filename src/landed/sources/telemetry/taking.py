"""Gathering the items of one export: each thing once, sessions and turns as wide as told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from landed.sources.telemetry.contract import Kind, Received, Told, digest
from landed.sources.telemetry.edits import Counted
from landed.sources.telemetry.signals import Event, Point, Span
from landed.sources.telemetry.words import is_word, team_of, user_of, word

_UNNAMED = "(unnamed)"
_TOKENS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "reasoning_tokens",
    "web_searches",
)


@dataclass(slots=True)
class Taking:
    """The items of one export, while its records are gone through."""

    received: Received = field(default_factory=Received)
    _items: dict[str, Told] = field(default_factory=dict)
    _spans: dict[tuple[Kind, str, str], dict[str, Any]] = field(default_factory=dict)
    _counts: dict[tuple[str, str, str, str, bool], list[str]] = field(default_factory=dict)

    def add(self, kind: Kind, key: str, fields: Mapping[str, Any]) -> None:
        """Take an item in; the same key again is the same thing told again."""
        self._items.setdefault(key, Told(key, kind, fields))

    def session(self, agent: str, session: str, record: Event | Point | Span) -> None:
        """Note that a record belongs to a session."""
        user = user_of(record.resource, record.attributes)
        self._widen(
            "session",
            agent,
            session,
            record.at,
            {
                "user": user,
                "version": word(record.resource, "service.version"),
                "team": team_of(record.resource, record.attributes),
            },
        )

    def turn(self, agent: str, turn: str, session: str, at: int) -> None:
        """Note that something happened in a turn."""
        self._widen("turn", agent, turn, at, {"session": session})

    def call(
        self,
        agent: str,
        key: str,
        *,
        session: str | None,
        turn: str | None,
        at: int,
        request: str | None = None,
        **told: Any,
    ) -> None:
        """Take a call of a model in; counts that are not told are 0."""
        fields = dict.fromkeys(_TOKENS, 0) | {
            "agent": agent,
            "session": session,
            "turn": turn,
            "at": at,
            "request": request,
            "model": None,
            "provider": None,
            "tier": None,
            "speed": None,
            "reported_cost": None,
            "sub_agent": False,
        }
        self.add("call", f"call:{agent}:{key}", fields | told)

    def decision(
        self,
        agent: str,
        decision: str,
        *,
        session: str,
        turn: str | None,
        at: int,
        tool: str,
        accepted: bool,
        decided_by: str | None,
    ) -> None:
        """Take in that a call of a tool was let through or refused."""
        fields = {"session": session, "turn": turn, "at": at, "tool": tool}
        fields |= {"accepted": accepted, "decided_by": decided_by}
        self.add(
            "decision",
            f"decision:{agent}:{decision}",
            {"agent": agent, "decision": decision, **fields},
        )

    def edit(
        self,
        agent: str,
        edit: str,
        *,
        session: str,
        turn: str | None,
        at: int,
        tool: str,
        applied: bool,
        counted: Counted,
    ) -> None:
        """Take in that a tool changed a file, or failed to."""
        fields = {"session": session, "turn": turn, "at": at, "tool": tool, "applied": applied}
        lines = {"lines_added": counted.added, "lines_removed": counted.removed}
        self.add("edit", f"edit:{agent}:{edit}", {"agent": agent, "edit": edit, **fields, **lines})

    def commit(self, agent: str, session: str, turn: str | None, commit: str, at: int) -> None:
        """Take in a commit that a session made."""
        fields = {"agent": agent, "session": session, "turn": turn, "at": at}
        self.add(
            "reference",
            f"commit:{agent}:{session}:{commit}",
            fields | {"kind": "commit", "value": commit},
        )

    def count(self, signal: str, record: Event | Point | Span, *, known: bool) -> None:
        """Count a record of which nothing else is kept.

        `known`: it is of an agent that Landed knows, and says nothing that is needed.
        """
        service = word(record.resource, "service.name") or _UNNAMED
        name = record.name if is_word(record.name) else _UNNAMED
        day = datetime.fromtimestamp(record.at / 1_000_000, UTC).date().isoformat()
        if isinstance(record, Point):
            # told again with every export: a series counts once a day
            identity = digest(series_of(record))
        else:
            identity = digest(record.at, record.trace, record.span)
        self._counts.setdefault((service, signal, name, day, known), []).append(identity)
        if not known:
            place = f"{service} {signal} {name}"
            self.received.unknown[place] = self.received.unknown.get(place, 0) + 1

    def finished(self) -> Received:
        """Return everything that was taken in."""
        for (kind, agent, name), fields in self._spans.items():
            told = {"agent": agent, kind: name, **fields}
            self.add(kind, f"{kind}:{digest(told)}", told)
        for (service, signal, name, day, known), identities in self._counts.items():
            fields = {"service": service, "signal": signal, "name": name, "day": day}
            alone = signal == "metrics"
            for one in dict.fromkeys(identities) if alone else [digest(sorted(identities))]:
                key = f"count:{digest(service, signal, name, day, one)}"
                number = 1 if alone else len(identities)
                self.add("count", key, fields | {"count": number, "known": known})
        self.received.items = list(self._items.values())
        return self.received

    def _widen(
        self, kind: Kind, agent: str, name: str, at: int, told: Mapping[str, str | None]
    ) -> None:
        known = self._spans.setdefault(
            (kind, agent, name), {"started_at": at, "ended_at": at, **told}
        )
        known["started_at"] = min(known["started_at"], at)
        known["ended_at"] = max(known["ended_at"], at)
        for field_name, value in told.items():
            known[field_name] = known[field_name] or value


def series_of(point: Point) -> list[Any]:
    """Return what a series of points is known by: resource, scope, name and attributes.

    Command lines stand in the resource of some agents, prompts and all; they tell no two series
    apart that the number of the process does not.
    """
    resource = {
        name: value
        for name, value in point.resource.items()
        if not name.startswith("process.command")
    }
    return [resource, point.scope, point.name, dict(point.attributes)]
