"""Pi: `~/.pi/agent/sessions/**/*.jsonl`, one file a session, known from public fixtures alone.

A line is the session's header, or a message of the user, of the assistant (with tool calls and
token counts) or of a tool (with the result of a call). Messages carry identifiers of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from landed.sources.agents.contract import (
    Call,
    Change,
    Edit,
    Home,
    Log,
    Microseconds,
    Reading,
    Session,
    Status,
    Turn,
)
from landed.sources.agents.differences import difference_of_fragment, lines_of
from landed.sources.agents.jsonlines import new_lines, object_of
from landed.sources.agents.shell import may_change_files

_FORM = 1


class Pi:
    """Reads the sessions of Pi."""

    agent = "pi"

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield a log for each session."""
        folder = home.path("PI_CODING_AGENT_DIR", ".pi/agent") / "sessions"
        for path in sorted(folder.glob("**/*.jsonl")):
            status = path.stat()
            yield Log(path, f"{status.st_size}:{status.st_mtime_ns}")

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield what is new in a session."""
        known = state if state is not None and state.get("form") == _FORM else {}
        resume, memory = state, known.get("memory")
        begun: dict[str, dict[str, Any]] = {}
        try:
            for part in new_lines(log.path, known.get("position")):
                reading = Reading()
                session = _Session(log.path, None if part.restarted else memory, begun, reading)
                for line in part.lines:
                    session.see(object_of(line, reading) or {})
                if part.unfinished.strip():
                    reading.fault("torn-line")
                memory = session.close()
                after = {"form": _FORM, "position": part.position, "memory": memory}
                # A call without a result is read again: its arguments are code, and no state.
                reading.state = resume if begun else after
                resume = after
                yield reading
        except OSError:
            failed = Reading(state=state)
            failed.fault("unreadable-file")
            yield failed


class _Session:
    """Turns the lines of one part into records; `memory` is what `close` returned before."""

    def __init__(
        self,
        path: Path,
        memory: dict[str, Any] | None,
        begun: dict[str, dict[str, Any]],
        reading: Reading,
    ) -> None:
        known = memory or {}
        self._name: str = known.get("session", path.stem)
        self._cwd: str | None = known.get("cwd")
        self._turn: str | None = known.get("turn")
        self._turn_began: Microseconds = known.get("turn_began", 0)
        self._started: Microseconds = known.get("started", 0)
        self._at: Microseconds = known.get("at", 0)
        self._begun = begun
        self._reading = reading

    def see(self, line: dict[str, Any]) -> None:
        """Take one line."""
        if not line:
            return
        at = _moment(line.get("timestamp"))
        if at is None:
            self._reading.fault("bad-time")
            return
        self._at = max(self._at, at)
        self._started = self._started or at
        if line.get("type") == "session":
            self._name, self._cwd = str(line.get("id")), _text(line.get("cwd"))
        elif line.get("type") == "message" and isinstance(line.get("message"), dict):
            self._take(str(line.get("id")), line["message"], at)

    def close(self) -> dict[str, Any]:
        """Add what goes on growing, and return what the next part has to know."""
        if self._started:
            self._reading.sessions.append(
                Session(self._name, self._started, self._at, cwd=self._cwd)
            )
            self._end_turn()
        return {
            "session": self._name,
            "cwd": self._cwd,
            "turn": self._turn,
            "turn_began": self._turn_began,
            "started": self._started,
            "at": self._at,
        }

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._reading.turns.append(Turn(self._turn, self._name, self._turn_began, self._at))

    def _take(self, key: str, message: dict[str, Any], at: Microseconds) -> None:
        role = message.get("role")
        if role == "user":
            self._end_turn()
            self._turn, self._turn_began = key, at
        elif role == "assistant":
            self._take_usage(key, message, at)
            content = message.get("content")
            for part in content if isinstance(content, list) else []:
                if isinstance(part, dict) and part.get("type") == "toolCall":
                    self._begun[str(part.get("id"))] = part
        elif role == "toolResult":
            call = self._begun.pop(str(message.get("toolCallId")), None)
            if call is None:
                self._reading.fault("result-without-call")
            else:
                self._take_call(call, "failed" if message.get("isError") else "applied", at)

    def _take_usage(self, key: str, message: dict[str, Any], at: Microseconds) -> None:
        usage = message.get("usage")
        if not isinstance(usage, dict):
            self._reading.fault("no-token-counts")
            return
        self._reading.calls.append(
            Call(
                call=key,
                session=self._name,
                turn=self._turn,
                at=at,
                model=_text(message.get("model")),
                provider=_text(message.get("provider")),
                input_tokens=_count(usage.get("input")),
                cache_read_tokens=_count(usage.get("cacheRead")),
                cache_write_5m_tokens=_count(usage.get("cacheWrite")),
                output_tokens=_count(usage.get("output")),
            )
        )

    def _take_call(self, call: dict[str, Any], status: Status, at: Microseconds) -> None:
        tool, given = call.get("name"), call.get("arguments")
        if not isinstance(given, dict) or tool not in ("edit", "write", "bash"):
            return
        if tool == "bash" and not may_change_files(str(given.get("command"))):
            return
        self._reading.edits.append(
            Edit(
                edit=str(call.get("id")),
                session=self._name,
                turn=self._turn,
                at=at,
                path=str((self._cwd or "") if tool == "bash" else given.get("path")),
                tool=tool,
                status=status,
                kind="shell" if tool == "bash" else "update",
                changes=() if tool == "bash" else _changes(tool, given),
            )
        )


def _changes(tool: str, given: dict[str, Any]) -> tuple[Change, ...]:
    if tool == "write":
        return (Change((), tuple(lines_of(str(given.get("content"))))),)
    edits = given.get("edits")
    parts = edits if isinstance(edits, list) else [given]
    return tuple(
        change
        for part in parts
        if isinstance(part, dict)
        for change in difference_of_fragment(str(part.get("oldText")), str(part.get("newText")))
    )


def _count(value: object) -> int:
    return value if type(value) is int and value > 0 else 0


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: object) -> Microseconds | None:
    try:
        return round(datetime.fromisoformat(str(value)).timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return None
