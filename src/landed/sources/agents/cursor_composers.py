"""The conversations in Cursor's global state database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landed.sources.agents.contract import (
    Call,
    DecidedBy,
    Decision,
    Edit,
    Microseconds,
    Reading,
    Reference,
    Session,
    Status,
    Turn,
)
from landed.sources.agents.cursor_edits import SHELLS, WRITERS, commanded, decision_of, edited
from landed.sources.agents.databases import Changed, columns, newest_row, opened
from landed.sources.agents.fields import mapping, moment, objects, parsed, path_of_uri, text, whole
from landed.sources.agents.shell import commits_made, may_change_files
from landed.sources.agents.timeline import Timeline

_FORM = 1
_TABLE = "cursorDiskKV"
_COMPOSER, _BUBBLE = "composerData:", "bubbleId:"
_PERSON, _AGENT = 1, 2
_DONE = frozenset({"completed", "success"})
_FAILED = frozenset({"error", "failed", "cancelled"})
_EARLIEST_MILLISECONDS = 1_000_000_000_000
"""2001: a smaller number of milliseconds counts from the start of the program."""


def conversations(path: Path) -> set[str]:
    """Return the conversations of which the database holds messages.

    Raises:
        OSError: the database cannot be read.
        sqlite3.Error: it is broken.
    """
    with opened(path) as database:
        return _named(database, _BUBBLE, 0)


def read_composers(path: Path, state: dict[str, Any] | None) -> Iterator[Reading]:
    """Yield every conversation of which something is new, whole, each as a part.

    The state is the highest row number read: Cursor gives a message that it writes again a new
    row. A conversation's keys stay the same.
    """
    since = whole(state, "row") if state and state.get("form") == _FORM else 0
    try:
        with opened(path) as database:
            if not {"key", "value"} <= columns(database, _TABLE):
                yield Reading(state={"form": _FORM, "row": 0})
                return
            newest = newest_row(database, _TABLE)
            since = since if since <= newest else 0
            for conversation in _changed(database, since):
                reading = Reading(state={"form": _FORM, "row": since})
                _Composer(database, conversation, reading).take()
                yield reading
            yield Reading(state={"form": _FORM, "row": newest})
    except (OSError, sqlite3.Error) as error:
        failed = Reading(state=state)
        failed.fault("changed-while-read" if isinstance(error, Changed) else "unreadable-database")
        yield failed


def _changed(database: sqlite3.Connection, since: int) -> list[str]:
    return sorted(_named(database, _COMPOSER, since) | _named(database, _BUBBLE, since))


def _named(database: sqlite3.Connection, start: str, since: int) -> set[str]:
    """Return the conversations with rows under keys of a kind, from a row number on."""
    rows = database.execute(
        f"SELECT key FROM {_TABLE} WHERE key >= ? AND key < ? AND rowid > ?",
        [start, _after(start), since],
    )
    return {str(key)[len(start) :].split(":")[0] for (key,) in rows} - {""}


def _after(start: str) -> str:
    return start[:-1] + chr(ord(start[-1]) + 1)


class _Composer:
    """Turns one conversation into records."""

    def __init__(self, database: sqlite3.Connection, name: str, reading: Reading) -> None:
        self._database = database
        self._name = name
        self._reading = reading
        self._data = parsed(self._value(f"{_COMPOSER}{name}"))
        self._timeline = Timeline(name)
        self._at = moment(self._data.get("createdAt")) or 0
        identifier = mapping(self._data, "workspaceIdentifier")
        self._session = Session(
            name,
            self._at,
            self._at,
            cwd=path_of_uri(identifier.get("uri")),
            branch=text(self._data, "createdOnBranch"),
        )
        self._turn: Turn | None = None
        self._counted = True

    def take(self) -> None:
        """Add what the whole conversation tells."""
        for bubble in self._bubbles():
            self._take_bubble(bubble)
        self._end_turn()
        if self._turn is not None and text(self._data, "status") == "aborted":
            self._turn.interrupted = True
        if not self._session.started_at:
            if self._reading.turns or self._reading.edits:
                self._reading.fault("bad-time")
            return
        self._reading.sessions.append(self._session)
        if self._session.branch is not None:
            self._reading.references.append(
                Reference(self._name, "branch", self._session.branch, self._session.started_at)
            )
        self._reading.activities += self._timeline.taken()

    def _bubbles(self) -> Iterator[dict[str, Any]]:
        """Yield the messages in the conversation's order, then those that it has left behind."""
        yield from objects(self._data, "conversation")
        start = f"{_BUBBLE}{self._name}:"
        stored = {
            str(key)
            for (key,) in self._database.execute(
                f"SELECT key FROM {_TABLE} WHERE key >= ? AND key < ?", [start, _after(start)]
            )
        }
        named = [
            start + (text(header, "bubbleId") or "")
            for header in objects(self._data, "fullConversationHeadersOnly")
        ]
        present = [key for key in dict.fromkeys(named) if key in stored]
        left = stored.difference(present)
        for key in [*present, *sorted(left, key=lambda key: (self._time_at(key), key))]:
            bubble = parsed(self._value(key))
            if bubble:
                yield {"bubbleId": key[len(start) :], **bubble}
            else:
                self._reading.fault("not-json")

    def _time_at(self, key: str) -> Microseconds:
        return _time_of(parsed(self._value(key))) or 0

    def _value(self, key: str) -> Any:
        row = self._database.execute(f"SELECT value FROM {_TABLE} WHERE key = ?", [key]).fetchone()
        return row[0] if row else None

    def _contents(self, name: str) -> str | None:
        value = self._value(name)
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return value if isinstance(value, str) else None

    def _take_bubble(self, bubble: dict[str, Any]) -> None:
        name, kind = text(bubble, "bubbleId"), bubble.get("type")
        if name is None or kind not in (_PERSON, _AGENT):
            self._reading.fault("missing-field")
            return
        self._see(_time_of(bubble))
        uris = bubble.get("workspaceUris")
        if self._session.cwd is None and isinstance(uris, list) and uris:
            self._session.cwd = path_of_uri(uris[0])
        if not self._at:
            self._reading.fault("bad-time")
            return
        if kind == _PERSON:
            self._end_turn()
            self._turn = Turn(name, self._name, self._at, self._at)
            self._reading.turns.append(self._turn)
            self._counted = False
            self._timeline.person(name, self._at)
            return
        self._timeline.agent(self._turn.turn if self._turn else None, self._at)
        self._take_tokens(bubble, name)
        tool = mapping(bubble, "toolFormerData")
        if tool:
            self._take_tool(tool, text(tool, "toolCallId") or name)

    def _see(self, at: Microseconds | None) -> None:
        # Messages without a time are as old as the one before.
        self._at = max(self._at, at or 0)
        self._session.started_at = min(self._session.started_at or self._at, self._at)
        self._session.ended_at = max(self._session.ended_at, self._at)
        if self._turn is not None:
            self._turn.ended_at = self._at

    def _end_turn(self) -> None:
        if self._turn is not None and not self._counted:
            self._reading.fault("no-token-counts")

    def _take_tokens(self, bubble: dict[str, Any], name: str) -> None:
        prompt = whole(bubble, "tokenCount", "inputTokens")
        output = whole(bubble, "tokenCount", "outputTokens")
        if not prompt and not output:
            return
        self._counted = True
        model = text(bubble, "modelInfo", "modelName") or text(
            self._data, "modelConfig", "modelName"
        )
        self._reading.calls.append(
            Call(
                name,
                self._name,
                self._turn.turn if self._turn else None,
                self._at,
                model,
                provider="cursor",
                input_tokens=prompt,
                output_tokens=output,
            )
        )

    def _take_tool(self, tool: dict[str, Any], key: str) -> None:
        name = text(tool, "name")
        accepted = decision_of(tool)
        by: DecidedBy | None = None if accepted is None else "person"
        if accepted is not None and name is not None:
            self._reading.decisions.append(
                Decision(key, self._name, self._turn_key, self._at, name, accepted, "person")
            )
        word = text(tool, "status")
        status: Status = "failed" if word in _FAILED else "applied"
        if accepted is False or word == "rejected":
            status, by = "refused", "person"
        elif word not in _DONE | _FAILED:
            return
        if name is None:
            self._reading.fault("missing-field")
        elif name in WRITERS:
            self._take_edit(tool, key, name, status, by)
        elif name in SHELLS:
            self._take_command(tool, key, name, status, by)

    def _take_command(
        self, tool: dict[str, Any], key: str, name: str, status: Status, by: DecidedBy | None
    ) -> None:
        command, output = commanded(tool)
        turn, at = self._turn_key, self._at
        if may_change_files(command):
            # A command that failed half-way may have changed files as well.
            done: Status = "refused" if status == "refused" else "applied"
            where = self._session.cwd or ""
            self._reading.edits.append(
                Edit(key, self._name, turn, at, where, name, done, "shell", decided_by=by)
            )
        for commit in commits_made(output):
            self._reading.references.append(Reference(self._name, "commit", commit, at, turn))

    @property
    def _turn_key(self) -> str | None:
        return self._turn.turn if self._turn else None

    def _take_edit(
        self, tool: dict[str, Any], key: str, name: str, status: Status, by: DecidedBy | None
    ) -> None:
        found = edited(tool, self._session.cwd, self._contents)
        if found is None:
            self._reading.fault("edit-without-path")
            return
        if parsed(tool.get("result")).get("applyFailed") is True and status == "applied":
            status = "failed"
        if found.changes is None and found.kind != "delete":
            self._reading.fault("edit-without-patch")
        self._reading.edits.append(
            Edit(
                edit=key,
                session=self._name,
                turn=self._turn_key,
                at=self._at,
                path=found.path,
                tool=name,
                status=status,
                kind=found.kind,
                changes=found.changes or (),
                before=found.before,
                decided_by=by,
            )
        )


def _time_of(bubble: dict[str, Any]) -> Microseconds | None:
    told = moment(bubble.get("createdAt"))
    if told is not None:
        return told
    started = mapping(bubble, "timingInfo").get("clientStartTime")
    if isinstance(started, int | float) and started >= _EARLIEST_MILLISECONDS:
        return moment(started)
    return None
