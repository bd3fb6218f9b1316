"""The transcripts that Cursor's agents leave: messages and tool calls, no times, no results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from landed.sources.agents.contract import Change, Edit, Microseconds, Reading, Session, Turn
from landed.sources.agents.fields import mapping, objects, text, whole
from landed.sources.agents.jsonlines import new_lines, object_of
from landed.sources.agents.patches import enveloped, replaced, unified, whole_text
from landed.sources.agents.shell import may_change_files

Kind = Literal["create", "update", "delete", "shell"]

_FORM = 1
_WRITERS = frozenset({"Write", "StrReplace", "Edit", "MultiEdit", "ApplyPatch", "Delete"})
_SHELLS = frozenset({"Shell", "Bash"})


def read_transcript(
    path: Path, state: dict[str, Any] | None, is_known: Callable[[str], bool]
) -> Iterator[Reading]:
    """Yield what is new in a transcript, nothing where another log has the conversation.

    Once left out, a conversation stays so, even when the other log drops it.
    """
    known = state if state is not None and state.get("form") == _FORM else {}
    session = path.stem
    if known.get("elsewhere") or is_known(session):
        yield Reading(state={"form": _FORM, "elsewhere": True})
        return
    try:
        at = path.stat().st_mtime_ns // 1000
        turns, calls = whole(known, "turns"), whole(known, "calls")
        started = whole(known, "started") or at
        for part in new_lines(path, known.get("position")):
            if part.restarted:
                turns, calls, started = 0, 0, at
            reading = Reading()
            if part.overlong:
                reading.fault("overlong-line", part.overlong)
            taken = _Taken(session, turns, calls, at, reading)
            for line in part.lines:
                taken.see(object_of(line, reading))
            if part.unfinished.strip():
                reading.fault("torn-line")
            turns, calls = taken.turns, taken.calls
            if turns:
                reading.sessions.append(Session(session, started, at))
            reading.state = {
                "form": _FORM,
                "position": part.position,
                "turns": turns,
                "calls": calls,
                "started": started,
            }
            yield reading
    except OSError:
        failed = Reading(state=state)
        failed.fault("unreadable-file")
        yield failed


class _Taken:
    """Turns the lines of one part into records; counts turns and calls of the whole transcript."""

    def __init__(
        self, session: str, turns: int, calls: int, at: Microseconds, reading: Reading
    ) -> None:
        self.turns = turns
        self.calls = calls
        self._session = session
        self._at = at
        self._reading = reading

    def see(self, line: dict[str, Any] | None) -> None:
        if line is None:
            return
        role = text(line, "role")
        if role == "user":
            turn = f"{self._session}:{self.turns}"
            self.turns += 1
            self._reading.turns.append(Turn(turn, self._session, self._at, self._at))
            self._reading.fault("no-token-counts")
        elif role == "assistant":
            for part in objects(line, "message", "content"):
                if part.get("type") == "tool_use":
                    self._take_call(part)
        else:
            self._reading.fault("missing-field")

    def _take_call(self, call: dict[str, Any]) -> None:
        tool, given = text(call, "name"), mapping(call, "input")
        key = text(call, "id") or f"{self._session}:call:{self.calls}"
        self.calls += 1
        if tool in _SHELLS and may_change_files(text(given, "command") or ""):
            where = text(given, "working_directory") or ""
            self._add(key, tool, where, (), "shell")
        elif tool in _WRITERS:
            path = text(given, "path") or text(given, "file_path")
            changes = _changes(given)
            if tool == "Delete" and path is not None:
                self._add(key, tool, path, (), "delete")
            elif path is None or changes is None:
                self._take_patch(key, tool, text(given, "patch") or text(given, "input") or "")
            else:
                self._add(key, tool, path, changes, "update")

    def _take_patch(self, key: str, tool: str, patch: str) -> None:
        files = enveloped(patch) or unified(patch) or []
        if not files:
            self._reading.fault("edit-without-patch")
        for file in files:
            name = key if len(files) == 1 else f"{key}:{file.path}"
            self._add(name, tool, file.path, file.changes, file.kind)

    def _add(self, key: str, tool: str, path: str, changes: tuple[Change, ...], kind: Kind) -> None:
        turn = f"{self._session}:{self.turns - 1}" if self.turns else None
        self._reading.edits.append(
            Edit(key, self._session, turn, self._at, path, tool, "applied", kind, changes)
        )


def _changes(given: dict[str, Any]) -> tuple[Change, ...] | None:
    """Return what the arguments say of the named file, None where they do not."""
    content = text(given, "contents") or text(given, "content")
    if content is not None:
        return whole_text(content)
    parts = objects(given, "edits") or [given]
    found = [replaced(part.get("old_string"), part.get("new_string")) for part in parts]
    return tuple(change for changes in found for change in changes) or None
