"""The trace database of Copilot in VS Code: a span for each call of a model and of a tool."""

from __future__ import annotations

import glob
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from landed.sources.agents.contract import (
    Call,
    Edit,
    Microseconds,
    Reading,
    Reference,
    Session,
    Turn,
)
from landed.sources.agents.databases import Changed, columns, newest_row, opened
from landed.sources.agents.editors import folder_of_window
from landed.sources.agents.fields import moment, objects, text, whole
from landed.sources.agents.vscode_chats import document, user_of
from landed.sources.agents.vscode_tools import WRITERS, files_of

_FORM = 1
_SPANS_IN_A_PART = 5_000
_NANO_CREDITS_PER_MICRO_DOLLAR = 100_000
_COLUMNS = (
    "span_id",
    "trace_id",
    "parent_span_id",
    "operation_name",
    "conversation_id",
    "chat_session_id",
    "start_time_ms",
    "end_time_ms",
    "status_code",
    "request_model",
    "response_model",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "tool_name",
    "tool_call_id",
)
_ATTRIBUTES = {
    "copilot_chat.session_id": "own_session",
    "copilot_chat.parent_chat_session_id": "parent_session",
    "copilot_chat.debug_log_label": "label",
    "copilot_chat.server_request_id": "request",
    "copilot_chat.copilot_usage_nano_aiu": "nano_credits",
    "gen_ai.response.id": "response",
    "gen_ai.usage.cache_creation.input_tokens": "cache_write_tokens",
    "gen_ai.tool.call.arguments": "arguments",
    "github.copilot.git.branch": "branch",
    "github.copilot.git.commit_sha": "commit",
    "github.copilot.git.repository": "remote",
    "copilot_chat.repo.head_branch_name": "older_branch",
    "copilot_chat.repo.head_commit_hash": "older_commit",
    "copilot_chat.repo.remote_url": "older_remote",
}
_HOUSEKEEPING = frozenset({"title", "categorization"})


class _Chat(NamedTuple):
    """What a chat's own file tells: its turns in order, and where and by whom it was begun."""

    starts: list[Microseconds]
    keys: list[str]
    cwd: str | None = None
    user: str | None = None
    begun: Microseconds | None = None


def read_traces(
    path: Path, user_folder: Path, elsewhere: list[Path], state: dict[str, Any] | None
) -> Iterator[Reading]:
    """Yield what is new in the trace database.

    Folders `elsewhere` hold the sessions of Copilot's command line, whose own log counts them. The
    state is the highest row number read: VS Code gives a span that it writes again a new row.
    """
    since = whole(state, "row") if state and state.get("form") == _FORM else 0
    traces = _Traces(user_folder, elsewhere)
    try:
        with opened(path) as database:
            newest = newest_row(database, "spans") if columns(database, "spans") else 0
            since = since if since <= newest else 0
            reading = Reading(state={"form": _FORM, "row": since})
            for number, span in enumerate(_spans(database, since), 1):
                traces.take(span, reading)
                reading.state = {"form": _FORM, "row": span["row"]}
                if number % _SPANS_IN_A_PART == 0:
                    traces.close(reading)
                    yield reading
                    reading = Reading(state=reading.state)
            traces.close(reading)
            yield reading
    except (OSError, sqlite3.Error) as error:
        failed = Reading(state=state)
        failed.fault("changed-while-read" if isinstance(error, Changed) else "unreadable-database")
        yield failed


def _spans(database: sqlite3.Connection, since: int) -> Iterator[dict[str, Any]]:
    known = columns(database, "spans")
    if not {"span_id", "operation_name", "start_time_ms"} <= known:
        return
    chosen = [name for name in _COLUMNS if name in known]
    with_attributes = {"span_id", "key", "value"} <= columns(database, "span_attributes")
    empty: dict[str, Any] = dict.fromkeys([*_COLUMNS, *_ATTRIBUTES.values()])
    rows = database.execute(
        f"SELECT rowid, {', '.join(chosen)} FROM spans WHERE rowid > ? ORDER BY rowid", [since]
    )
    for number, *found in rows:
        span = {**empty, **dict(zip(chosen, found, strict=True)), "row": number}
        if with_attributes:
            for key, value in database.execute(
                "SELECT key, value FROM span_attributes WHERE span_id = ?", [span["span_id"]]
            ):
                if key in _ATTRIBUTES:
                    span[_ATTRIBUTES[key]] = value
        yield span


class _Traces:
    """Turns spans into records; keeps what it found out about chats."""

    def __init__(self, user_folder: Path, elsewhere: list[Path]) -> None:
        self._user_folder = user_folder
        self._elsewhere = elsewhere
        self._chats: dict[str, _Chat] = {}
        self._sessions: dict[str, Session] = {}
        self._turns: dict[str, Turn] = {}

    def take(self, span: dict[str, Any], reading: Reading) -> None:
        operation = text(span, "operation_name")
        if operation not in ("chat", "invoke_agent", "execute_tool"):
            return
        key, at = text(span, "span_id"), moment(span["start_time_ms"])
        own = text(span, "chat_session_id") or text(span, "own_session")
        session = text(span, "parent_session") or own or text(span, "conversation_id")
        if key is None or session is None:
            reading.fault("missing-field")
            return
        if at is None:
            reading.fault("bad-time")
            return
        if _is_name(session) and any((path / session).exists() for path in self._elsewhere):
            return
        until = max(moment(span["end_time_ms"]) or at, at)
        chat = self._chat(session)
        self._see(session, chat, at, until)
        turn = self._turn(span, session, chat, at, until)
        if operation == "chat":
            _take_call(span, key, session, turn, until, session != own, reading)
        elif operation == "invoke_agent":
            self._take_place(span, session, turn, at, reading)
        elif not chat.keys:
            _take_tool(span, key, session, turn, until, reading)

    def close(self, reading: Reading) -> None:
        reading.sessions += self._sessions.values()
        reading.turns += self._turns.values()
        self._sessions, self._turns = {}, {}

    def _see(self, session: str, chat: _Chat, at: Microseconds, until: Microseconds) -> None:
        # Begun as the chat's own file says, so that either row of the session may be kept.
        started = min(chat.begun or at, at)
        known = self._sessions.setdefault(
            session, Session(session, started, until, cwd=chat.cwd, user=chat.user)
        )
        known.started_at = min(known.started_at, started)
        known.ended_at = max(known.ended_at, until)

    def _turn(
        self,
        span: dict[str, Any],
        session: str,
        chat: _Chat,
        at: Microseconds,
        until: Microseconds,
    ) -> str | None:
        """Return the turn of the chat's own file that was running, else one for the trace."""
        if chat.keys:
            number = bisect_right(chat.starts, at) - 1
            return chat.keys[max(number, 0)]
        trace = text(span, "trace_id")
        if trace is not None:
            turn = self._turns.setdefault(trace, Turn(trace, session, at, until))
            turn.started_at = min(turn.started_at, at)
            turn.ended_at = max(turn.ended_at, until)
        return trace

    def _take_place(
        self,
        span: dict[str, Any],
        session: str,
        turn: str | None,
        at: Microseconds,
        reading: Reading,
    ) -> None:
        known = self._sessions[session]
        branch = text(span, "branch") or text(span, "older_branch")
        known.branch = known.branch or branch
        known.commit = known.commit or text(span, "commit") or text(span, "older_commit")
        known.remote = known.remote or text(span, "remote") or text(span, "older_remote")
        if branch is not None:
            reading.references.append(Reference(session, "branch", branch, at, turn))

    def _chat(self, session: str) -> _Chat:
        if session not in self._chats:
            self._chats[session] = _chat_of(self._user_folder, session)
        return self._chats[session]


def _take_call(
    span: dict[str, Any],
    key: str,
    session: str,
    turn: str | None,
    at: Microseconds,
    child: bool,
    reading: Reading,
) -> None:
    prompt, output = whole(span, "input_tokens"), whole(span, "output_tokens")
    if not prompt and not output:
        reading.fault("no-token-counts")
        return
    read, written = whole(span, "cached_tokens"), _number(span["cache_write_tokens"])
    reading.calls.append(
        Call(
            call=text(span, "request") or text(span, "response") or key,
            session=session,
            turn=turn,
            at=at,
            model=text(span, "response_model") or text(span, "request_model"),
            provider="github-copilot",
            input_tokens=max(0, prompt - read - written),
            cache_read_tokens=read,
            cache_write_5m_tokens=written,
            output_tokens=output,
            reasoning_tokens=min(whole(span, "reasoning_tokens"), output),
            reported_cost=_number(span["nano_credits"]) // _NANO_CREDITS_PER_MICRO_DOLLAR or None,
            sub_agent=child and text(span, "label") not in _HOUSEKEEPING,
        )
    )


def _take_tool(
    span: dict[str, Any],
    key: str,
    session: str,
    turn: str | None,
    at: Microseconds,
    reading: Reading,
) -> None:
    tool = text(span, "tool_name")
    if tool not in WRITERS:
        return
    name = text(span, "tool_call_id") or key
    files = files_of(tool, text(span, "arguments"), None)
    if not files:
        reading.fault("edit-without-patch")
    for file in files:
        reading.edits.append(
            Edit(
                edit=name if len(files) == 1 else f"{name}:{file.path}",
                session=session,
                turn=turn,
                at=at,
                path=file.path,
                tool=tool,
                status="failed" if span["status_code"] == 2 else "applied",
                kind="rename" if file.moved_to else file.kind,
                changes=file.changes,
                before="" if file.kind == "create" else None,
                moved_to=file.moved_to,
            )
        )


def _chat_of(user_folder: Path, session: str) -> _Chat:
    """Return what the file of a chat tells, no turns where there is no such file."""
    if not _is_name(session):
        return _Chat([], [])
    name = glob.escape(session)
    for pattern in (
        f"workspaceStorage/*/chatSessions/{name}.json*",
        f"globalStorage/emptyWindowChatSessions/{name}.json*",
    ):
        for path in sorted(user_folder.glob(pattern), reverse=True):
            try:
                told = document(path, Reading())
            except OSError:
                continue
            requests = objects(told, "requests")
            timed = [
                (at, text(request, "requestId") or f"{session}:{number}")
                for number, request in enumerate(requests)
                if (at := moment(request.get("timestamp"))) is not None
            ]
            timed.sort()
            return _Chat(
                [at for at, _ in timed],
                [key for _, key in timed],
                folder_of_window(path.parent.parent),
                user_of(told),
                moment(told.get("creationDate")),
            )
    return _Chat([], [])


def _is_name(session: str) -> bool:
    return not set(session) & set("/\\\0") and session not in (".", "..")


def _number(value: object) -> int:
    """Return a count that stands as text in the table of attributes."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0
    return whole(value)
