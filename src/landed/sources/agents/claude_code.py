"""Claude Code: the transcripts under `projects/`, one JSONL file a session or sub-agent.

Read off real sessions of version 2.1 without a terminal: new, continued, forked, with sub-agents,
in a worktree, with edits let through, refused and failed. What a person refuses or interrupts at
the terminal, pull-request links and the lines of older versions are known from their shapes in
the program and in other readers alone.

- A turn is a `promptId`; lines of versions without it take the `uuid` of the prompt's line.
- One answer of a model spans several lines whose output grows: the largest counts.
- A sub-agent's file names its session and prompt, so that its calls and edits belong to the turn
  that spawned it. Its own session is `<session>/<agent>`.
- A fork brings the lines of its original again: calls, edits and turns have the same keys in both.
  Where the lines name their original (`forkedFrom`), they are told as its; where only their times
  show that they are copies, they are told under the fork, which began later than its original.
  Neither gives activity, and the branch in such lines is not that of their time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landed.sources.agents.claude_code_calls import Calls
from landed.sources.agents.claude_code_edits import Files
from landed.sources.agents.claude_code_lines import (
    INTERRUPTED,
    answers_of,
    branch_of,
    call_of,
    is_typed,
    string,
)
from landed.sources.agents.claude_code_times import Times
from landed.sources.agents.claude_code_tools import (
    DECIDED,
    Asked,
    ReferenceKind,
    Tools,
    text_of,
)
from landed.sources.agents.contract import (
    Decision,
    Home,
    Log,
    Microseconds,
    Reading,
    Reference,
    Session,
    Turn,
)
from landed.sources.agents.fields import moment
from landed.sources.agents.jsonlines import (
    Part,
    last_line_with,
    new_lines,
    object_of,
    objects_of,
)
from landed.sources.agents.listing import readable

_FORM = 1


class ClaudeCode:
    """The reader of Claude Code's transcripts."""

    agent = "claude-code"

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield the transcripts under each of Claude Code's directories."""
        for directory in _directories(home):
            yield from _logs(readable(directory))

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield what is new in a transcript; see `landed.sources.agents.contract`."""
        if state is not None and state.get("form") != _FORM:
            state = None
        transcript = _Transcript(log.path, state)
        try:
            for part in new_lines(log.path, state and state["position"]):
                if part.restarted:
                    transcript = _Transcript(log.path, None)
                yield transcript.part(part)
        except OSError:
            failed = Reading(state=state)
            failed.fault("unreadable-file")
            yield failed


def _directories(home: Home) -> list[Path]:
    """Return the directories that hold transcripts, each once though several names lead to it."""
    named = home.environment.get("CLAUDE_CONFIG_DIR", "")
    chosen = [Path(part.strip()).expanduser() for part in named.split(",") if part.strip()]
    config = home.path("XDG_CONFIG_HOME", ".config")
    places = [
        place / "projects" for place in chosen or (config / "claude", home.directory / ".claude")
    ]
    return list({os.path.realpath(place): place for place in places}.values())


def _logs(directory: Path) -> Iterator[Log]:
    """Yield the transcripts below a directory; what cannot be listed holds none for us."""
    try:
        with os.scandir(directory) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _logs(Path(entry.path))
            elif entry.name.endswith(".jsonl") and entry.is_file():
                status = entry.stat()
                yield Log(Path(entry.path), f"{status.st_size}-{status.st_mtime_ns}")
        except OSError:
            continue


class _Transcript:
    """A transcript as far as it was read."""

    def __init__(self, path: Path, state: dict[str, Any] | None) -> None:
        known = state or {}
        self._path = path
        self._offset: int = known["position"]["offset"] if state else 0
        self._times = Times(known)
        self._calls = Calls(known.get("call"))
        self._head: str | None = known.get("head")
        self._mode: str | None = known.get("mode")
        self._named: list[tuple[ReferenceKind, str, str]] = [
            (kind, value, session) for kind, value, session in known.get("named", ())
        ]
        self._tools = Tools(
            Files(self._files_before, known.get("files") or {}),
            known.get("unanswered") or [],
            known.get("refused") or {},
        )
        self._began: Microseconds = known.get("began", 0)
        self._origin: str | None = known.get("origin")
        self._place: tuple[Any, ...] | None = None
        self._session = ""
        self.reading = Reading()

    def part(self, part: Part) -> Reading:
        """Return what the lines of one part say, and the state after them."""
        reading = self.reading = Reading()
        if part.overlong:
            reading.fault("overlong-line", part.overlong)
        for record in objects_of(part.text, reading):
            self._take(record)
        reading.state = self._state(part.position)
        if part.unfinished.strip():
            last = object_of(part.unfinished, Reading())
            if last is None:
                reading.fault("torn-line")
            else:
                self._take(last)
        self._times.tell(reading)
        reading.calls = self._calls.found(reading)
        return reading

    def _state(self, position: dict[str, Any]) -> dict[str, Any]:
        return self._times.state() | {
            "form": _FORM,
            "position": position,
            "call": self._calls.state(self.reading),
            "head": self._head,
            "mode": self._mode,
            "named": list(self._named),
            "began": self._began,
            "origin": self._origin,
            "files": self._tools.files.left(),
            "unanswered": self._tools.unanswered(),
            "refused": dict(self._tools.refused),
        }

    def _files_before(self) -> Files | None:
        """Return the files as known at the point where this reading began, by reading up to it."""
        if not self._offset:
            return None
        earlier = _Transcript(self._path, None)
        try:
            for part in new_lines(self._path, None, self._offset):
                earlier.part(part)
        except OSError:
            return None
        return earlier._tools.files

    def _take(self, record: dict[str, Any]) -> None:
        kind = record.get("type")
        if kind == "assistant" or kind == "user":
            told = record.get("timestamp")
            at = moment(told) if type(told) is str else None
            message = record.get("message")
            if at is None:
                self.reading.fault("bad-time")
            elif not isinstance(message, dict):
                self.reading.fault("missing-field")
            elif kind == "user":
                self._user(record, message, self._in_session(record, at), at)
            elif message.get("model") != "<synthetic>":
                self._assistant(record, message, self._in_session(record, at), at)
        elif kind == "queue-operation" and not self._times.sessions:
            # it stands first where a fork begins: lines of earlier times are its original's
            told = record.get("timestamp")
            self._began = (moment(told) if type(told) is str else None) or self._began
        elif kind == "permission-mode":
            self._mode = string(record.get("permissionMode")) or self._mode
        elif kind == "worktree-state":
            self._worktree(record.get("worktreeSession"), record)
        elif kind == "pr-link":
            self._refer("pull-request", record.get("prUrl"), record)

    def _in_session(self, record: dict[str, Any], at: Microseconds) -> str:
        """Note an event of the line's session, and return that."""
        origin = record.get("forkedFrom")
        self._times.copied = origin is not None or at < self._began
        place = record.get("sessionId"), record.get("agentId"), record.get("isSidechain"), origin
        if place == self._place and self._times.in_session(self._session, max(at, self._began)):
            return self._session
        name = string(record.get("sessionId")) or self._path.stem
        agent = string(record.get("agentId")) if record.get("isSidechain") is True else None
        if isinstance(origin, dict) and isinstance(origin.get("sessionId"), str):
            name = self._origin = origin["sessionId"]
        session = f"{name}/{agent}" if agent else name
        at = max(at, self._began)
        if not self._times.in_session(session, at):
            self._times.begin_session(
                Session(
                    session,
                    at,
                    at,
                    cwd=string(record.get("cwd")),
                    branch=branch_of(record),
                    commit=None if agent else self._head,
                    version=string(record.get("version")),
                    parent=name if agent else self._origin if self._origin != name else None,
                    sub_agent=agent is not None,
                )
            )
        if self._named:
            self._give_times(at)
        self._place, self._session = place, session
        return session

    def _assistant(
        self, record: dict[str, Any], message: dict[str, Any], session: str, at: Microseconds
    ) -> None:
        self._times.work(session, at)
        key = string(record.get("requestId")) or call_of(record, message)
        usage = message.get("usage")
        if key is None:
            self.reading.fault("missing-field")
        elif isinstance(usage, dict):
            spawned = record.get("isSidechain") is True
            turn = self._times.turn_key
            self._calls.take(key, message, usage, session, turn, at, spawned)
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if type(block) is dict and block.get("type") == "tool_use":
                self._tools.ask(block, key, self.reading)

    def _user(
        self, record: dict[str, Any], message: dict[str, Any], session: str, at: Microseconds
    ) -> None:
        content = message.get("content")
        answers = answers_of(content)
        text = "" if answers else text_of(content)
        typed = not answers and record.get("isSidechain") is not True and is_typed(record, text)
        self._mode = string(record.get("permissionMode")) or self._mode
        prompt = string(record.get("promptId"))
        if prompt is None and typed:
            prompt = string(record.get("uuid"))
        if prompt is not None and prompt != self._times.turn_key:
            if not answers:
                self._tools.drop_unanswered()
            owner = session.partition("/")[0]
            branch = None if self._times.copied else branch_of(record)
            self._times.begin_turn(Turn(prompt, owner, at, at, branch))
        if typed:
            self._times.person(session, at)
            self._times.begin_work(session, at)
        elif answers:
            self._times.work(session, at)
            for answer in answers:
                self._answer(record, answer, session, at)
        elif text.startswith(INTERRUPTED):
            self._times.work(session, at)
            self._times.person(session, at)
            self._times.interrupt()
        else:
            self._times.in_turn(at)

    def _answer(
        self, record: dict[str, Any], answer: dict[str, Any], session: str, at: Microseconds
    ) -> None:
        """Take the answer to a tool call: the decision on it, the edit or commit that it was."""
        key = answer["tool_use_id"]
        asked = self._tools.asked(key) or self._asked_earlier(key)
        if asked is None or not self._tools.concerns(asked, record, answer):
            return
        turn = self._times.turn_key
        answered = self._tools.answer(asked, record, answer, self._mode)
        if answered.edit is not None:
            edit = answered.edit
            edit.edit, edit.session, edit.turn, edit.at = key, session, turn, at
            edit.call = asked.call
            self.reading.edits.append(edit)
        status, decided_by = answered.outcome
        if status == "refused" or (status == "applied" and asked.tool in DECIDED):
            self.reading.decisions.append(
                Decision(key, session, turn, at, asked.tool, status != "refused", decided_by)
            )
            if decided_by == "person":
                self._times.person(session, at)
        for kind, value in answered.references:
            self.reading.references.append(Reference(session, kind, value, at, turn))

    def _asked_earlier(self, key: str) -> Asked | None:
        """Return a tool call that an earlier reading has seen unanswered."""
        if not self._tools.was_asked(key):
            return None
        try:
            line = last_line_with(self._path, key.encode(), self._offset)
        except OSError:
            line = None
        record = object_of(line, self.reading) if line else None
        message = record.get("message") if record else None
        if record is None or not isinstance(message, dict):
            return None
        call = string(record.get("requestId")) or call_of(record, message)
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if type(block) is dict and block.get("type") == "tool_use":
                self._tools.ask(block, call, self.reading)
        return self._tools.asked(key)

    def _worktree(self, told: Any, record: dict[str, Any]) -> None:
        if not isinstance(told, dict):
            return
        self._head = string(told.get("originalHeadCommit")) or self._head
        self._refer("worktree", told.get("worktreePath"), record)
        self._refer("branch", told.get("worktreeBranch"), record)

    def _refer(self, kind: ReferenceKind, value: Any, record: dict[str, Any]) -> None:
        """Note what a line without a time of its own names; the next event gives the time."""
        if isinstance(value, str) and value:
            self._place = None
            session = string(record.get("sessionId")) or self._path.stem
            self._named.append((kind, value, session))

    def _give_times(self, at: Microseconds) -> None:
        for kind, value, session in self._named:
            turn = self._times.turn_key
            self.reading.references.append(Reference(session, kind, value, at, turn))
        self._named = []
